/* transfer.c: see transfer.h. */
#include "store/transfer.h"

#include <stdlib.h>

#include "base/prog.h"
#include "base/sig.h"

enum { CONNECT_SECONDS = 30 };

CURL *transfer_new(void)
{
	CURL *curl;

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		abort(); /* only for want of memory */
	curl = curl_easy_init();
	if (!curl)
		abort();
	return curl;
}

static int on_progress(
	void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)ctx;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return sig_pending();
}

void transfer_policy(CURL *curl, const char *ca_file)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "dbpipes/" DBPIPES_VERSION);
	if (ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
}

enum err_code transfer_code(CURLcode rc)
{
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_USE_SSL_FAILED:
		return ERR_UNAVAILABLE;
	case CURLE_LOGIN_DENIED:
		return ERR_DENIED;
	default:
		return ERR_TEMP;
	}
}
