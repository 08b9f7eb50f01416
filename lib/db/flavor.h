/* flavor.h: what a server is and can do: each difference between servers is a
 * row here, never an `if` elsewhere. What a privilege decides is not asked
 * here but tried.
 */
#ifndef DBPIPES_DB_FLAVOR_H
#define DBPIPES_DB_FLAVOR_H

#include <stdbool.h>

#include "base/err.h"
#include "db/conn.h"

enum flavor_vendor { VENDOR_MARIADB, VENDOR_MYSQL };

struct flavor {
	enum flavor_vendor vendor;
	unsigned version;       /* 101119 for 10.11.19 */
	bool snapshot_position; /* binlog_snapshot_file and _position exist */
	bool backup_stage;      /* BACKUP STAGE (MariaDB 10.4.1) */
	bool insert_history;    /* system_versioning_insert_history (10.11.0) */
	bool mariadb_gtid;      /* domain-server-sequence GTIDs (10.0.2) */
	bool binlog_status;     /* SHOW BINARY LOG STATUS, its only name from
				 * MySQL 8.4 on (8.2.0) */
	bool source_terms;     /* CHANGE REPLICATION SOURCE TO (MySQL 8.0.23) */
	bool channels;         /* FOR CHANNEL 'name' (MySQL 5.7.6) */
	bool public_key;       /* GET_MASTER_PUBLIC_KEY (MySQL 8.0.4) */
	bool gtid_add;         /* SET GLOBAL gtid_purged = '+…' (MySQL 8.0) */
	bool show_create_user; /* (MariaDB 10.2.0, MySQL 5.7.6) */
	bool replace_user;     /* CREATE OR REPLACE USER (MariaDB 10.1.1) */
	bool blocks;           /* BEGIN NOT ATOMIC outside routines (10.1.1) */
	bool roles;            /* CREATE ROLE of no account (MariaDB 10.0.5) */
	bool global_priv;      /* mysql.global_priv; mysql.user is a view of it,
				* which needs mariadb.sys (MariaDB 10.4.1) */
	bool account_roles;    /* roles are accounts (MySQL 8.0) */
	bool show_routine;     /* and no mysql.proc (MySQL 8.0) */
	bool instance_lock;    /* LOCK INSTANCE FOR BACKUP (MySQL 8.0.3) */
	bool lazy_regexp;      /* (?s), \s and .*? in REGEXP (MariaDB 10.0.5,
				* MySQL 8.0.4) */
	bool libraries;        /* CREATE LIBRARY (MySQL 9.2.0) */
	bool executes_any;     /* EXECUTE IMMEDIATE of what makes programs, too
				* (MariaDB 10.6.2) */
	bool crc32c;           /* CRC32C() (MariaDB 10.8.0) */
	bool ftwrl_waits;      /* FLUSH TABLES WITH READ LOCK does, for LOCK
				* TABLES of others (MySQL) */
	bool only_creates;     /* GRANT makes no account, and no mode
				* NO_AUTO_CREATE_USER says so (MySQL 8.0.11) */
	bool one_dictionary;   /* InnoDB's is the server's: no .frm file can be
				* missing (MySQL 8.0) */
	bool file_names;       /* CONVERT(... USING filename) (MariaDB) */
	bool whole_accounts;   /* SHOW CREATE USER states every clause */
};

/* flavor_same_words: whether two servers write a definition in the same words:
 * of one vendor and series, of MySQL also of one release. */
bool flavor_same_words(const struct flavor *a, const struct flavor *b);

/* flavor_detect: ask the server. Errors: those of db_query. */
int flavor_detect(struct flavor *flavor, struct db *db, struct err *e);

#endif
