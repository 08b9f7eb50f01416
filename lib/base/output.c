/* output.c: see output.h. */
#include "base/output.h"

#include <unistd.h>

#include "base/prog.h"

int output_open(struct output *output, const char *path, const char *what,
	bool forced, struct err *e)
{
	output->file = (struct atomic_file){.fd = -1};
	out_init(&output->out, STDOUT_FILENO, "standard output");
	if (path) {
		if (atomic_open(&output->file, path, e))
			return -1;
		out_init(&output->out, output->file.fd, path);
		return 0;
	}
	return forced ? 0 : prog_refuse_terminal(STDOUT_FILENO, what, e);
}

int output_commit(struct output *output, struct err *e)
{
	if (out_flush(&output->out, e))
		return -1;
	return output->file.path ? atomic_commit(&output->file, e) : 0;
}

void output_release(struct output *output)
{
	if (output->file.path)
		atomic_abort(&output->file);
	out_release(&output->out);
}
