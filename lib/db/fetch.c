/* fetch.c: see fetch.h. The library's own mysql_stmt_fetch copies each value
 * into a variable bound before; so the packets are read beneath it, and the
 * statement is told when they have ended. */
#include "db/fetch.h"

#include <errmsg.h>

/* The first byte of a row, and of the packet that ends them, with its length.
 * Source: MariaDB manual, "Resultset row", "EOF_Packet", "OK_Packet". */
enum { ROW = 0x00, END = 0xfe, END_MOST = 0xffffff };

int fetch_malformed(struct err *e)
{
	return err_set(e, ERR_UNAVAILABLE, "the server's answer is malformed");
}

int fetch_open(struct fetch *fetch, struct db *db, const struct strbuf *sql,
	struct err *e)
{
	*fetch = (struct fetch){.db = db, .stmt = mysql_stmt_init(db->my)};
	if (!fetch->stmt)
		return err_set(e, ERR_OS, "no memory for a statement");
	/* Until there are rows, none are left unread. */
	fetch->ended = true;
	if (mariadb_stmt_execute_direct(fetch->stmt, sql->buf, sql->len))
		return db_fail(db, NULL, e);
	fetch->ended = false;
	return 0;
}

const MYSQL_FIELD *fetch_fields(const struct fetch *fetch, unsigned *count)
{
	*count = mysql_stmt_field_count(fetch->stmt);
	return mariadb_stmt_fetch_fields(fetch->stmt);
}

/* fail: *e says why the library could not read on. */
static int fail(struct db *db, struct err *e)
{
	if (!db->packets.too_large &&
		mysql_errno(db->my) != CR_NET_PACKET_TOO_LARGE)
		return db_fail(db, NULL, e);
	return err_set(e, ERR_DATA,
		"a row is larger than any server's max_allowed_packet (1 GiB)");
}

/* end: no more rows; the connection can be used again. */
static void end(struct fetch *fetch)
{
	fetch->ended = true;
	fetch->stmt->state = MYSQL_STMT_FETCH_DONE;
	fetch->db->my->status = MYSQL_STATUS_READY;
}

int fetch_next(struct fetch *fetch, const unsigned char **packet, size_t *len,
	struct err *e)
{
	MYSQL *my = fetch->db->my;
	unsigned long got;

	if (packets_row(&fetch->db->packets, my, packet, len))
		return 1;
	got = mysql_net_read_packet(my);
	if (got == packet_error) {
		end(fetch);
		return fail(fetch->db, e);
	}
	*packet = my->net.read_pos;
	*len = got;
	if (got && **packet == ROW) {
		*packet = packets_copy(&fetch->db->packets, *packet, got);
		return 1;
	}
	if (!got || **packet != END || got >= END_MOST)
		return fetch_malformed(e);
	end(fetch);
	return 0;
}

void fetch_close(struct fetch *fetch)
{
	if (!fetch->stmt)
		return;
	if (!fetch->ended)
		db_abandon(fetch->db);
	mysql_stmt_close(fetch->stmt);
	packets_trim(&fetch->db->packets);
	fetch->stmt = NULL;
}
