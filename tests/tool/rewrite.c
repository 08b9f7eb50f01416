/* rewrite DIR <DUMP >SCRIPT: a dump as the loader would send it, for the stock
 * client to run, so that a server can be the judge of lib/stream's insert.h
 * and create_table.h: tables without the keys that can wait, LOAD DATA LOCAL of
 * files in DIR in place of INSERTs, the keys when the next table comes, the
 * foreign keys at the end. The warnings that LOAD DATA leaves are printed by
 * the client, those of tables without any known column apart. stderr: counts.
 * The stream has to set utf8mb4.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/prog.h"
#include "stream/create_table.h"
#include "stream/insert.h"
#include "stream/statement.h"

struct rewrite {
	const char *dir;
	struct strbuf db; /* as USE has it */
	struct lexer_modes modes;
	struct statement st;
	struct create_table table;
	bool table_known, keys_wait;
	struct insert_head head;
	enum column_kind *kinds;
	size_t columns;
	struct strbuf lines, load;
	struct strlist foreign_keys;
	unsigned files;
	uint64_t rows, statements, as_it_is;
};

static void print(const char *sql, size_t len)
{
	fwrite(sql, 1, len, stdout);
	fputs("\n//end//\n", stdout);
}

static void print_keys(struct rewrite *rw)
{
	for (size_t i = 0; rw->keys_wait && i < rw->table.keys.count; i++)
		print(rw->table.keys.item[i], strlen(rw->table.keys.item[i]));
	rw->keys_wait = false;
}

static void add_foreign_keys(struct rewrite *rw)
{
	struct strbuf sql = STRBUF_INIT;

	strbuf_addstr(&sql, "USE `");
	for (const char *p = rw->db.buf; *p; p++) {
		if (*p == '`')
			strbuf_addch(&sql, '`');
		strbuf_addch(&sql, *p);
	}
	strbuf_addstr(&sql, "`\n//end//\n");
	strbuf_addstr(&sql, rw->table.foreign_keys.buf);
	strlist_add(&rw->foreign_keys, sql.buf);
	strbuf_release(&sql);
}

static void take_create(struct rewrite *rw, const struct piece *p)
{
	struct create_table *t = &rw->table;

	insert_head_release(&rw->head);
	rw->table_known = create_table_read(t, p->text, p->len, &rw->modes);
	rw->keys_wait = rw->table_known && t->create.len && !t->if_not_exists;
	if (!rw->keys_wait) {
		print(p->text, p->len);
		return;
	}
	print(t->create.buf, t->create.len);
	if (t->foreign_keys.len)
		add_foreign_keys(rw);
}

static void learn_kinds(struct rewrite *rw)
{
	size_t count = rw->head.columns.count ? rw->head.columns.count
					      : rw->table.visible.count;

	free(rw->kinds);
	rw->kinds = xcalloc(count + 1, sizeof(*rw->kinds));
	rw->columns = count;
	if (!rw->table_known ||
		strcmp(rw->head.table.buf, rw->table.table.buf) ||
		!create_table_kinds(
			&rw->table, &rw->head.columns, rw->kinds, count)) {
		free(rw->kinds);
		rw->kinds = NULL;
	}
}

/* convert: into rw->lines. */
static bool convert(struct rewrite *rw, const struct piece *p)
{
	struct insert_rows rows;
	bool same;
	int rc;

	if (!insert_head_read(&rw->head, p->text, p->len, &rw->modes, &same))
		return false;
	if (!same)
		learn_kinds(rw);
	insert_rows_begin(&rows, &rw->head, p->text, p->len, rw->kinds,
		rw->kinds ? rw->columns : 0);
	strbuf_reset(&rw->lines);
	while ((rc = insert_convert(&rows, rw->lines.len + 4096, &rw->lines)) >
		0)
		;
	rw->rows += rc ? 0 : rows.count;
	return !rc;
}

static void take_insert(struct rewrite *rw, const struct piece *p)
{
	struct strbuf path = STRBUF_INIT;
	FILE *file;

	rw->statements++;
	if (!convert(rw, p)) {
		rw->as_it_is++;
		print(p->text, p->len);
		return;
	}
	strbuf_addf(&path, "%s/%u", rw->dir, rw->files++);
	file = fopen(path.buf, "we");
	if (!file ||
		fwrite(rw->lines.buf, 1, rw->lines.len, file) !=
			rw->lines.len ||
		fclose(file)) {
		perror(path.buf);
		exit(1);
	}
	strbuf_reset(&rw->load);
	insert_load_data(&rw->head, path.buf, "utf8mb4",
		rw->kinds ? &rw->table.visible : NULL, &rw->load);
	print(rw->load.buf, rw->load.len);
	printf("SHOW WARNINGS\n//end//\n");
	strbuf_release(&path);
}

static void take(struct rewrite *rw, const struct piece *p)
{
	statement_read(&rw->st, p->text, p->len, &rw->modes);
	if (rw->st.kind == STATEMENT_INSERT) {
		take_insert(rw, p);
		return;
	}
	print_keys(rw);
	if (rw->st.kind == STATEMENT_CREATE_TABLE) {
		take_create(rw, p);
		return;
	}
	print(p->text, p->len);
	if (rw->st.kind == STATEMENT_USE) {
		strbuf_reset(&rw->db);
		strbuf_add(&rw->db, rw->st.db.buf, rw->st.db.len);
	}
}

static void finish(struct rewrite *rw)
{
	print_keys(rw);
	printf("SET foreign_key_checks = 0, sql_mode = '', "
	       "NAMES utf8mb4\n//end//\n");
	for (size_t i = 0; i < rw->foreign_keys.count; i++)
		print(rw->foreign_keys.item[i],
			strlen(rw->foreign_keys.item[i]));
	fprintf(stderr,
		"%" PRIu64 " rows of %" PRIu64
		" statements by LOAD DATA, %" PRIu64 " as they are\n",
		rw->rows, rw->statements - rw->as_it_is, rw->as_it_is);
}

int main(int argc, char **argv)
{
	struct rewrite rw = {
		.dir = argc > 1 ? argv[1] : ".",
		.db = STRBUF_INIT,
		.st = STATEMENT_INIT,
		.table = CREATE_TABLE_INIT,
		.head = INSERT_HEAD_INIT,
		.lines = STRBUF_INIT,
		.load = STRBUF_INIT,
		.foreign_keys = STRLIST_INIT,
	};
	struct err e = {0};
	struct input *in;
	struct lexer *lx;
	struct piece p;
	int rc;

	prog_init("rewrite");
	in = input_open(NULL, &e);
	if (!in)
		die_err(&e);
	lx = lexer_new(in, 0);
	printf("DELIMITER //end//\n");
	while ((rc = lexer_next(lx, &p, &e)) > 0) {
		if (p.kind != PIECE_STATEMENT)
			continue;
		take(&rw, &p);
		rw.modes = lexer_modes(lx);
	}
	if (rc)
		die_err(&e);
	finish(&rw);
	lexer_free(lx);
	input_close(in);
	strbuf_release(&rw.db);
	statement_release(&rw.st);
	create_table_release(&rw.table);
	insert_head_release(&rw.head);
	free(rw.kinds);
	strbuf_release(&rw.lines);
	strbuf_release(&rw.load);
	strlist_release(&rw.foreign_keys);
	return prog_finish(0);
}
