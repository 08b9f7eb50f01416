/* feed.h: bytes as standard input, for input_open knows files alone. */
#ifndef DBPIPES_TESTS_FUZZ_FEED_H
#define DBPIPES_TESTS_FUZZ_FEED_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static inline void feed(const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len ||
		lseek(fd, 0, SEEK_SET) || dup2(fd, STDIN_FILENO) < 0)
		abort();
	close(fd);
}

#endif
