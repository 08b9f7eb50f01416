/* transfer.h: what every transfer over libcurl must keep to, whatever its
 * protocol. For lib/store alone: only there are curl's types known.
 */
#ifndef DBPIPES_STORE_TRANSFER_H
#define DBPIPES_STORE_TRANSFER_H

#include <curl/curl.h>

#include "base/err.h"

/* transfer_new: Owns: ended by curl_easy_cleanup. */
CURL *transfer_new(void);

/* transfer_policy: no signals of curl's own, a limit to connecting, a stop when
 * a signal has come. ca_file: certificates to trust beside the system's, or
 * NULL. */
void transfer_policy(CURL *curl, const char *ca_file);

/* transfer_code: what a failure of curl means to the caller. */
enum err_code transfer_code(CURLcode rc);

#endif
