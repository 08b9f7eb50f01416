/* conn_tls.c: TLS of a connection as the options ask for it. */
#include "db/conn_internal.h"

#include <unistd.h>

/* wanted: whether anything asks for it. */
static bool wanted(const struct db_options *o)
{
	return o->ssl == DB_YES || o->ssl_ca || o->ssl_capath || o->ssl_cert ||
		o->ssl_key || o->ssl_cipher || o->tls_version ||
		o->ssl_verify_server_cert == DB_YES;
}

int conn_tls_files(const struct db_options *o, struct err *e)
{
	const struct {
		const char *option, *path;
	} file[] = {{"--ssl-ca", o->ssl_ca}, {"--ssl-capath", o->ssl_capath},
		{"--ssl-cert", o->ssl_cert}, {"--ssl-key", o->ssl_key}};

	for (size_t i = 0; i < sizeof(file) / sizeof(*file); i++)
		if (file[i].path && *file[i].path && access(file[i].path, R_OK))
			return err_sys(e, ERR_NOINPUT, "cannot read %s=%s",
				file[i].option, file[i].path);
	return 0;
}

void conn_tls_set(MYSQL *my, const struct db_options *o)
{
	my_bool tls = wanted(o);
	my_bool verify = tls && o->ssl_verify_server_cert != DB_NO;

	if (tls)
		mysql_ssl_set(my, o->ssl_key, o->ssl_cert, o->ssl_ca,
			o->ssl_capath, o->ssl_cipher);
	if (o->tls_version)
		mysql_optionsv(my, MARIADB_OPT_TLS_VERSION, o->tls_version);
	/* Where nothing was said, the library does as it is used to: the newer
	 * ones (Connector/C 3.4) begin with TLS, and check. */
	if (tls || o->ssl == DB_NO)
		mysql_optionsv(my, MYSQL_OPT_SSL_ENFORCE, &tls);
	if (tls || o->ssl == DB_NO || o->ssl_verify_server_cert == DB_NO)
		mysql_optionsv(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

int conn_tls_check(struct db *db, const struct db_options *o, struct err *e)
{
	if (!wanted(o) || mysql_get_ssl_cipher(db->my))
		return 0;
	return err_set(e, ERR_UNAVAILABLE,
		"%s: TLS was asked for, and the server offers none",
		db->where.buf);
}
