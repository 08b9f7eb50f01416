/* datadir_file.c: see datadir_file.h. */
#include "verify/datadir_file.h"

#include <endian.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

char *datadir_inside(const char *folder, const char *name)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "%s/%s", folder, name);
	return strbuf_detach(&path);
}

int datadir_read(const char *folder, const char *name, size_t most,
	struct strbuf *text, struct err *e)
{
	char *path = datadir_inside(folder, name);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = 0;

	strbuf_reset(text);
	if (fd >= 0) {
		strbuf_grow(text, most);
		n = io_read_full(fd, text->buf, most, path, e);
		strbuf_setlen(text, n > 0 ? (size_t)n : 0);
		close(fd);
	}
	free(path);
	return n < 0 ? -1 : fd >= 0;
}

uint64_t datadir_size(const char *folder, const char *name)
{
	char *path = datadir_inside(folder, name);
	struct stat status;
	uint64_t size = 0;

	if (!lstat(path, &status) && S_ISREG(status.st_mode))
		size = (uint64_t)status.st_size;
	free(path);
	return size;
}

uint32_t datadir_uint32(const char *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return be32toh(number);
}
