/* sig.h: signals become a flag that ordinary code looks at.
 *
 * HUP, INT and TERM set the flag, write one byte to a self-pipe, and shut down
 * the sockets registered with sig_watch_socket(), so that a call blocked in a
 * library on one of them comes back. Cleanup is ordinary code; then
 * sig_reraise() dies of the signal, and the parent sees the truth. PIPE is
 * ignored (prog.h turns EPIPE on stdout back into it), and so is XFSZ: a file
 * over its limit is EFBIG.
 */
#ifndef DBPIPES_BASE_SIG_H
#define DBPIPES_BASE_SIG_H

#include "base/attr.h"

/* sig_init: install the handlers. A signal that was ignored when we were
 * started (nohup) stays ignored. Called by prog_init. */
void sig_init(void);
/* sig_pending: the signal that asked us to stop, or 0. */
int sig_pending(void);
/* sig_clear: forget it, so that cleanup may use blocking calls again. Returns
 * the signal. */
int sig_clear(void);
/* sig_last: the last signal that came, cleared or not; 0: none yet. */
int sig_last(void);
/* sig_fd: becomes readable when a signal has come, for poll(2). */
int sig_fd(void);
/* sig_watch_socket, sig_unwatch_socket: at most 64 sockets at once; one more
 * is not watched. Call unwatch before the socket is closed. Thread-safe. */
void sig_watch_socket(int fd);
void sig_unwatch_socket(int fd);
/* sig_block_in_thread: workers leave signals to the main thread. */
void sig_block_in_thread(void);
/* sig_reraise: restore the default action and die of the signal. */
NORETURN void sig_reraise(int signo);

#endif
