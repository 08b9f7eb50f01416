/* load_keys.c: keys that have waited, added before their time: for a statement
 * that needs them, and at the end.
 */
#include <string.h>

#include "db/conn_internal.h"
#include "db/load_internal.h"

int load_hand_over(struct load *load, bool rows, struct err *e)
{
	unsigned status = load->db->my->server_status;

	if (rows &&
		(status & SERVER_STATUS_IN_TRANS ||
			!(status & SERVER_STATUS_AUTOCOMMIT)))
		load->open_rows = true;
	if (!rows)
		load->open_rows = false; /* it commits what is before it */
	return status & SERVER_STATUS_IN_TRANS ? db_exec(load->db, "COMMIT", e)
					       : 0;
}

/* let_go: what the dump's own transaction holds would lock the threads out that
 * add a key. */
static int let_go(struct load *load, struct err *e)
{
	return load->db->my->server_status & SERVER_STATUS_IN_TRANS
		? load_hand_over(load, true, e)
		: 0;
}

int load_ready_table(struct load *load, struct load_table *table, struct err *e)
{
	if (table->keys.count && let_go(load, e))
		return -1;
	return load_add_keys(load, table, e);
}

int load_ready_keys(struct load *load, struct err *e)
{
	if (load_close_table(load, e))
		return -1;
	for (struct load_table *t = load_queue_tables(load->queue); t;
		t = t->next)
		if (load_ready_table(load, t, e))
			return -1;
	return 0;
}

/* add_foreign: one table after the other, for each locks two. */
static int add_foreign(struct load *load, struct err *e)
{
	for (struct load_table *t = load_queue_tables(load->queue); t;
		t = t->next) {
		if (!t->foreign_keys.count)
			continue;
		if (let_go(load, e))
			return -1;
		for (size_t i = 0; i < t->foreign_keys.count; i++) {
			const char *sql = t->foreign_keys.item[i];

			if (load_put(load, t, JOB_KEYS, sql, strlen(sql),
				    t->keys_end + i, e) ||
				load_wait(load, true, e))
				return -1;
		}
		strlist_release(&t->foreign_keys);
		t->refers = true;
	}
	return 0;
}

int load_ready_foreign(struct load *load, struct err *e)
{
	return load_ready_keys(load, e) || load_wait(load, true, e) ||
			add_foreign(load, e)
		? -1
		: 0;
}

bool load_owes_foreign(struct load *load)
{
	for (struct load_table *t = load_queue_tables(load->queue); t;
		t = t->next)
		if (t->foreign_keys.count)
			return true;
	return false;
}
