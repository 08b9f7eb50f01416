/* opt.h: one table of options yields parsing, option files, checks and --help.
 *
 * A program has several tables (its own, the connection's, the common ones),
 * each with the struct that its offsets point into. Values come from option
 * files first (optfile.h), then from the command line, later ones winning. As
 * in every MariaDB client: words may be joined by `-` or `_`; a flag --X can
 * be turned off as --skip-X, --disable-X or --X=0, and so can an option whose
 * value is optional; --loose-X is no error where there is no X; an unambiguous
 * beginning of a long name is not accepted. As elsewhere, --no-X turns it off,
 * too.
 */
#ifndef DBPIPES_BASE_OPT_H
#define DBPIPES_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"

enum opt_kind {
	OPT_HEADING,  /* no option: `help` is a heading in --help */
	OPT_FLAG,     /* bool */
	OPT_STRING,   /* char *, freed by opt_release; last one wins */
	OPT_UINT,     /* uint64_t, plain decimal */
	OPT_SIZE,     /* uint64_t bytes; K M G T are powers of 1024 */
	OPT_DURATION, /* uint64_t milliseconds; 90, 1.5s, 10m, 2h, 1d; plain
		       * numbers are seconds */
	OPT_ENUM,     /* int: index into `choices` */
	OPT_MODE,     /* int: index into `choices`: a flag that can say how: --X
		       * is the choice `optional`, --skip-X the first one,
		       * --X=NAME any; its letter takes no value */
	OPT_LIST,     /* struct strlist, one more each time */
	OPT_PASSWORD, /* struct opt_password, see below */
	OPT_IGNORED   /* accepted for compatibility; the help says so */
};

/* A password comes from an option file, or is asked for: on the command line
 * only the bare option is taken, since argv can be read by everyone. A value
 * there is overwritten in argv and refused with ERR_USAGE. */
struct opt_password {
	char *value; /* NULL: none; wiped and freed by opt_release */
	bool ask;    /* the option stood without a value */
};

struct opt_def {
	enum opt_kind kind;
	char letter;          /* short option, or 0 */
	const char *name;     /* long option, words joined by '-' */
	const char *arg;      /* argument's name in the help, NULL for flags */
	const char *optional; /* the value when given without one, or NULL:
			       * then an argument is needed. With it, a value
			       * must be joined on: --name=V, -zV */
	size_t offset;        /* into the struct of its opt_table */
	const char *const *choices; /* OPT_ENUM, OPT_MODE: NULL-ended */
	const char *help;           /* with unit and default */
	size_t also; /* OPT_FLAG that stands for two: the other one's offset;
		      * 0: for one */
};

struct opt_table {
	const struct opt_def *defs; /* ended by an entry without a name and
				     * without a help text */
	void *target;
};

struct opt_spec {
	const char *const
		*synopsis; /* lines behind the tool's name, NULL-ended */
	const char *about; /* a sentence for --help */
	const char *const *groups;      /* option file groups, NULL-ended; NULL:
					 * this tool reads no option files. The
					 * last one is the tool's own */
	const struct opt_table *tables; /* ended by one without defs */
};

/* opt_parse: read option files and the command line into the tables' structs
 * (which hold the defaults beforehand). Handles --help and --version (both
 * print and exit 0) and the --defaults-* options (see optfile.h), which must
 * come first, as MariaDB's clients demand. A struct opt_common among the
 * targets is applied, also before an error returns, and its `log` starts as
 * DBPIPES_LOG says. On return *argc and *argv hold the
 * operands. Secrets in argv are overwritten. Errors: ERR_USAGE, naming the
 * option and pointing to --help; ERR_CONFIG for an option file. */
int opt_parse(
	const struct opt_spec *spec, int *argc, char ***argv, struct err *e);

/* opt_set: one value by name, as an option file gives it: value NULL for a
 * name that stood alone. Errors: ERR_NOINPUT no such option, ERR_USAGE. */
int opt_set(const struct opt_spec *spec, const char *name, const char *value,
	struct err *e);

/* opt_release: free every string, list and password; secrets are wiped. */
void opt_release(const struct opt_spec *spec);

/* opt_print_help: what --help prints. */
void opt_print_help(const struct opt_spec *spec);

/* size_parse, duration_parse: see OPT_SIZE and OPT_DURATION. Trailing bytes
 * and overflow are errors (ERR_USAGE, naming `what`). */
int size_parse(
	const char *text, const char *what, uint64_t *bytes, struct err *e);
int duration_parse(
	const char *text, const char *what, uint64_t *ms, struct err *e);
int uint_parse(
	const char *text, const char *what, uint64_t *value, struct err *e);

/* secret_wipe: overwrite in a way that the compiler keeps. */
void secret_wipe(char *s, size_t len);

/* secret_ask: prompt on /dev/tty and read a line without echo. Owns: the
 * caller wipes and frees it. Errors: ERR_CONFIG when there is no terminal. */
char *secret_ask(const char *prompt, struct err *e);

/* The options that all tools share: --log, --progress, -q, -v. */
struct opt_common {
	int log;      /* enum log_format */
	int progress; /* enum progress_when */
	bool quiet, verbose;
};

extern const struct opt_def opt_common_defs[];

/* opt_common_apply: hand them to prog_log. */
void opt_common_apply(const struct opt_common *common);

#endif
