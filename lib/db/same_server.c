/* same_server.c: see same_server.h. */
#include "db/same_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>

#include "db/result.h"

/* A lock that only we know of, and how it is asked for. */
struct token {
	char take[80], who[80];
};

static int token_make(struct token *t, struct err *e)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return err_sys(e, ERR_OS, "no random number is to be had");
	snprintf(t->take, sizeof(t->take),
		"SELECT GET_LOCK('dbpipes-%016" PRIx64 "', 0)", number);
	snprintf(t->who, sizeof(t->who),
		"SELECT IS_USED_LOCK('dbpipes-%016" PRIx64 "')", number);
	return 0;
}

int same_server(struct db *a, struct db *b, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	struct err refused;
	struct token token;
	bool same;

	if (token_make(&token, e))
		return -1;
	/* The lock goes with its connection. */
	same = db_query_value(a, token.take, &value, &refused) > 0 &&
		db_query_value(b, token.who, &value, &refused) > 0;
	strbuf_release(&value);
	return same;
}
