/* undo.h: the list of what must be undone if the program ends early.
 *
 * A step is pushed before the thing it undoes exists, and dropped when that
 * thing is gone or has become permanent. die_err() and prog_finish() run what
 * is left, latest first. Main thread only.
 */
#ifndef DBPIPES_BASE_UNDO_H
#define DBPIPES_BASE_UNDO_H

typedef void undo_fn(void *arg);

/* undo_push: register fn(arg). Must not fail, must tolerate that the thing
 * never came to exist. */
void undo_push(undo_fn *fn, void *arg);
/* undo_drop: forget the latest step with this fn and arg, without running it.
 */
void undo_drop(undo_fn *fn, void *arg);
/* undo_run_all: run every step, latest first; each is forgotten before it
 * runs, so a second call does nothing twice. */
void undo_run_all(void);

#endif
