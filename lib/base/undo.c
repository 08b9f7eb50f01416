/* undo.c: the list of what must be undone if the program ends early. */
#include "base/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct undo_step {
	undo_fn *fn;
	void *arg;
};

static struct {
	struct undo_step *step;
	size_t count, cap;
} undo;

static void forget(size_t i)
{
	undo.count--;
	memmove(&undo.step[i], &undo.step[i + 1],
		(undo.count - i) * sizeof(*undo.step));
	if (undo.count)
		return;
	free(undo.step);
	undo.step = NULL;
	undo.cap = 0;
}

void undo_push(undo_fn *fn, void *arg)
{
	undo.step = grow_array(
		undo.step, undo.count, &undo.cap, sizeof(*undo.step));
	undo.step[undo.count++] = (struct undo_step){fn, arg};
}

void undo_drop(undo_fn *fn, void *arg)
{
	size_t i;

	for (i = undo.count; i-- > 0;) {
		if (undo.step[i].fn == fn && undo.step[i].arg == arg) {
			forget(i);
			return;
		}
	}
}

void undo_run_all(void)
{
	while (undo.count) {
		struct undo_step step = undo.step[undo.count - 1];

		forget(undo.count - 1);
		step.fn(step.arg);
	}
}
