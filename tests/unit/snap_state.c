/* What is written down of a snapshot, by whom it can be read, and the walk
 * through a directory. */
#include "snap/state.h"

#include "base/alloc.h"
#include "fixture.h"
#include "snap/mounts.h"
#include "snap/tree.h"
#include "tap.h"

/* plan: as of a method that makes directories. */
static void plan(struct snap *snap, const char *name)
{
	*snap = (struct snap){.method = snap_method_by_name("reflink"),
		.name = xstrdup(name),
		.datadir = xstrdup("/srv/a = b"),
		.state = xstrdup(fixture_dir),
		.keep = xstrdup("/srv/.dbsnap/one"),
		.path = xstrdup(fixture_dir)};
}

/* opens: it can be opened, and is closed again. */
static bool opens(const char *name, struct snap *snap, struct err *e)
{
	struct state state = STATE_INIT;
	int rc;

	*snap = (struct snap){.state = xstrdup(fixture_dir)};
	rc = state_open(&state, snap, name, STATE_WORK, e);
	state_close(&state);
	return !rc;
}

static void test_state(void)
{
	struct state state = STATE_INIT, second = STATE_INIT;
	struct strbuf record = STRBUF_INIT;
	struct snap snap, read;
	struct err e;

	plan(&snap, "one");
	is_int(state_create(&state, &snap, true, &e), 0, "a plan is kept");
	ok(!opens("one", &read, &e) && e.code == ERR_TEMP,
		"nobody can take it while its maker is at work");
	snap_release(&read);
	ok(state_create(&second, &snap, true, &e) && e.code == ERR_CANTCREATE,
		"its name is taken");
	state_close(&state);
	ok(opens("one", &read, &e), "once the maker is gone it can be opened");
	is_str(read.datadir, "/srv/a = b", "with the data directory");
	is_str(read.path, snap.path, "and where it is read");
	ok(read.method == snap.method && !read.mount, "and the method");
	ok(!state_record(&read, &record, &e) && !record.len,
		"it is not whole before there is a record");
	strbuf_addstr(&record, "{}\n");
	state_complete(&snap, &record, &e);
	strbuf_reset(&record);
	ok(!state_record(&read, &record, &e) && !strcmp(record.buf, "{}\n"),
		"then it is");
	is_int(state_remove(&state, &snap, &e), 0, "it is removed");
	is_int(count_files(), 0, "with all files");
	snap_release(&read);
	ok(!opens("one", &read, &e) && e.code == ERR_NOINPUT,
		"and is not there any more");
	snap_release(&read);
	snap_release(&snap);
	strbuf_release(&record);
}

static void test_damage(void)
{
	struct strlist names = STRLIST_INIT;
	struct snap snap;
	struct err e;

	put_file("two.state", "dbsnap 1\nmethod=reflink\ndatadir=/srv\n");
	ok(!opens("two", &snap, &e) && e.code == ERR_DATA,
		"one without all its lines is damaged");
	snap_release(&snap);
	put_file("two.state",
		"dbsnap 1\nmethod=magic\ndatadir=/a\nkeep=/b\n"
		"path=/c\n");
	ok(!opens("two", &snap, &e) && e.code == ERR_DATA,
		"so is one of an unknown method");
	snap_release(&snap);
	put_file("one.state", "");
	put_file("two.json", "{}");
	mkdir(in_dir("dir"), 0700);
	put_file("dir/three.state", "");
	is_int(state_names(fixture_dir, &names, &e), 0, "all are found");
	ok(names.count == 2 && !strcmp(names.item[0], "one") &&
			!strcmp(names.item[1], "two"),
		"sorted, and none in a directory");
	strlist_release(&names);
}

static void test_directory(void)
{
	struct err e;
	char *dir;

	chmod(fixture_dir, 0770);
	dir = state_directory(fixture_dir, &e);
	ok(!dir && e.code == ERR_DENIED,
		"a directory that others may write to is refused");
	chmod(fixture_dir, 0700);
	dir = state_directory(in_dir("new/deep"), &e);
	ok(dir && !access(dir, W_OK), "one that is not there is made");
	free(dir);
}

static int gather(void *ctx, const struct tree_entry *entry, struct err *e)
{
	(void)e;
	strlist_add(ctx, entry->path);
	return !strcmp(entry->name, "closed");
}

static void test_tree(void)
{
	static const char want[] = "tree/a tree/b tree/b/1 tree/closed tree/l";
	struct strlist found = STRLIST_INIT;
	struct strbuf all = STRBUF_INIT;
	const char *outside = in_dir("outside");
	struct err e;

	mkdir(in_dir("tree"), 0700);
	mkdir(in_dir("tree/b"), 0700);
	mkdir(in_dir("tree/closed"), 0700);
	mkdir(outside, 0700);
	put_file("tree/a", "");
	put_file("tree/b/1", "");
	put_file("tree/closed/2", "");
	put_file("outside/kept", "");
	if (symlink(outside, in_dir("tree/l")))
		abort();
	is_int(tree_walk(AT_FDCWD, in_dir("tree"), gather, &found, &e), 0,
		"a tree is walked");
	for (size_t i = 0; i < found.count; i++)
		strbuf_addf(&all, "%stree/%s", i ? " " : "", found.item[i]);
	is_str(all.buf, want,
		"in the order of bytes, not through links, nor where not "
		"wanted");
	ok(tree_open(AT_FDCWD, in_dir("tree/l"), &e) < 0,
		"a link is not opened as a directory");
	ok(!tree_remove(in_dir("tree"), &e) && access(in_dir("tree"), F_OK),
		"a tree is removed");
	ok(!access(in_dir("outside/kept"), F_OK),
		"but not what a link in it points to");
	ok(!tree_remove(in_dir("tree"), &e), "twice is no error");
	strlist_release(&found);
	strbuf_release(&all);
}

/* is_self: a mounts_fn: the path is the one that was looked for. */
static bool is_self(void *ctx, const char *path, const char *point)
{
	return !strcmp(path, ctx) && !strcmp(point, "/proc");
}

static void test_below(void)
{
	is_str(mounts_below("/srv/db", "/srv"), "/db", "what is below a mount");
	is_str(mounts_below("/srv/db", "/"), "/srv/db", "below that on \"/\"");
	ok(!*mounts_below("/srv", "/srv") && !*mounts_below("/", "/"),
		"nothing is below the mount point itself");
	ok(!mounts_below("/srv2/db", "/srv"),
		"a name that begins alike is another one");
}

static void test_mounts(void)
{
	char self[] = "/proc/self", other[] = "/proc/other";
	struct mount_entry entry;
	struct stat st;
	struct err e;

	ok(!mounts_find(&entry, "/proc/self", &e) &&
			!strcmp(entry.point, "/proc") &&
			!strcmp(entry.type, "proc"),
		"the mount that a path is in is found");
	stat("/proc", &st);
	ok(entry.dev == st.st_dev, "with its device");
	is_str(entry.inside, "/self", "and the path in it");
	ok(mounts_each(&entry, is_self, self) &&
			!mounts_each(&entry, is_self, other),
		"and the paths to it");
	mounts_release(&entry);
	ok(mounts_is_point("/proc") && !mounts_is_point(fixture_dir),
		"a mount point is told from a plain directory");
}

int main(void)
{
	fixture_begin();
	test_state();
	test_damage();
	test_directory();
	test_tree();
	test_below();
	test_mounts();
	fixture_end();
	return done_testing();
}
