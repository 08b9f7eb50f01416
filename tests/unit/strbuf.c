/* Growing buffers, lists and the escaping of text. */
#include "base/strbuf.h"

#include <stdlib.h>

#include "base/strlist.h"
#include "base/text.h"
#include "tap.h"

static void test_strbuf(void)
{
	struct strbuf sb = STRBUF_INIT;
	char *text;
	int i;

	is_str(sb.buf, "", "an empty buffer reads as an empty string");
	strbuf_setlen(&sb, 0);
	strbuf_add(&sb, "a\0b", 3);
	ok(sb.len == 3 && !memcmp(sb.buf, "a\0b", 4),
		"a NUL byte is kept, and one more ends the buffer");
	strbuf_reset(&sb);
	is_str(sb.buf, "", "a reset buffer is empty");
	for (i = 0; i < 1000; i++)
		strbuf_addf(&sb, "%03d,", i);
	ok(sb.len == 4000 && !strncmp(sb.buf + 3996, "999,", 4),
		"formatted text is appended however often the buffer moves");
	strbuf_reset(&sb);
	strbuf_addf(&sb, "%5000s", "x");
	ok(sb.len == 5000 && sb.buf[4999] == 'x',
		"formatted text longer than the room is whole");
	strbuf_shrink(&sb, 100);
	ok(sb.len == 0 && sb.cap == 0, "a blown-up buffer gives memory back");
	strbuf_addstr(&sb, "hello world");
	strbuf_remove(&sb, 5, 6);
	is_str(sb.buf, "hello", "bytes are removed from the end");
	strbuf_remove(&sb, 0, 2);
	is_str(sb.buf, "llo", "bytes are removed from the beginning");
	strbuf_remove(&sb, 1, 99);
	is_str(sb.buf, "l", "removing more than there is removes the rest");
	strbuf_remove(&sb, 7, 1);
	is_str(sb.buf, "l", "removing behind the end changes nothing");
	text = strbuf_detach(&sb);
	is_str(text, "l", "detached bytes are the caller's");
	free(text);
	text = strbuf_detach(&sb);
	is_str(text, "", "an empty buffer detaches as an empty string");
	free(text);
	strbuf_release(&sb);
}

static void test_strlist(void)
{
	struct strlist list = STRLIST_INIT;
	char word[] = "first";
	int i;

	strlist_add(&list, word);
	word[0] = 'x';
	is_str(list.item[0], "first", "a list keeps its own copy of a string");
	for (i = 0; i < 100; i++)
		strlist_add(&list, "more");
	ok(list.count == 101 && !strcmp(list.item[100], "more"),
		"a list grows");
	ok(strlist_has(&list, "more") && !strlist_has(&list, "mor"),
		"a list knows which strings it has");
	strlist_release(&list);
	ok(list.count == 0 && !strlist_has(&list, "more"),
		"a released list is empty");
}

static void escaped(const char *text, const char *want, const char *title)
{
	struct strbuf sb = STRBUF_INIT;

	text_escape(&sb, text, strlen(text));
	is_str(sb.buf, want, title);
	strbuf_release(&sb);
}

static void test_text(void)
{
	escaped("plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		"plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		"UTF-8 of every length is shown as it is");
	escaped("a\nb\033[2J\x7f", "a\\x0Ab\\x1B[2J\\x7F",
		"control characters are escaped");
	escaped("\xc2\x9b"
		"1m",
		"\\xC2\\x9B1m", "a control character of two bytes is escaped");
	escaped("\xff\xc3(\xed\xa0\x80\xc0\xaf",
		"\\xFF\\xC3(\\xED\\xA0\\x80\\xC0\\xAF",
		"bytes that are not UTF-8 are escaped");
	escaped("\xf0\x9f\x98", "\\xF0\\x9F\\x98",
		"a character cut short is escaped");
	is_int((intmax_t)utf8_length("\xf4\x90\x80\x80", 4), 0,
		"there is no character beyond U+10FFFF");
	is_int((intmax_t)utf8_length("\xf4\x8f\xbf\xbf", 4), 4,
		"U+10FFFF itself is one");
	ok(utf8_valid("", 0) && utf8_valid("0123456789abcdef", 16) &&
			utf8_valid("0123456\xc3\xa9 89\xf0\x9f\x98\x80", 16),
		"well-formed text is told");
	ok(!utf8_valid("01234567\xc3", 9) && !utf8_valid("\xff", 1) &&
			!utf8_valid("012345678\xed\xa0\x80", 12),
		"and so is what is not");
}

int main(void)
{
	test_strbuf();
	test_strlist();
	test_text();
	return done_testing();
}
