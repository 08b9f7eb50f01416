/* engine.h: a container engine, by its socket: loading an image, and removing
 * those of the same name that it has had before.
 * Source: Docker Engine API 1.24 and later; podman's socket answers it, too.
 */
#ifndef DBPIPES_STORE_ENGINE_H
#define DBPIPES_STORE_ENGINE_H

#include "base/err.h"
#include "base/sink.h"
#include "base/strlist.h"

struct engine;

/* engine_open: by its socket: `where` or $DOCKER_HOST (unix://PATH), or
 * /var/run/docker.sock. Nothing is asked yet. Owns: ended by engine_close.
 * Errors: ERR_USAGE for another kind of address. */
struct engine *engine_open(const char *where, struct err *e);
void engine_close(struct engine *engine);

/* engine_check: does it answer? Errors: ERR_UNAVAILABLE. */
int engine_check(struct engine *engine, struct err *e);

/* engine_load_begin: an image's archive follows through engine_sink.
 * engine_load_end: it is there; else ERR_UNAVAILABLE with the engine's words.
 */
int engine_load_begin(struct engine *engine, struct err *e);
struct sink engine_sink(struct engine *engine);
int engine_load_end(struct engine *engine, struct err *e);

/* engine_list: the ids of the images with a tag of this name. */
int engine_list(struct engine *engine, const char *name, struct strlist *ids,
	struct err *e);

/* engine_remove: an image and those of its tags that are of this name, unless
 * a container, running or not, is made of it, or it has other names, too.
 * Returns 1, 0 if it stays, -1. */
int engine_remove(
	struct engine *engine, const char *id, const char *name, struct err *e);

#endif
