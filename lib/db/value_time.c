/* value_time.c: dates and times of the binary protocol; see value.h. */
#include "db/digits.h"
#include "db/value_internal.h"

/* put_micros: the digits behind the second; those that the type has, and all
 * where it seems to have too few, or no fixed number. */
static char *put_micros(char *to, unsigned decimals, unsigned micros)
{
	if (decimals > TIME_DECIMALS)
		decimals = micros ? TIME_DECIMALS : 0;
	else if (micros % (unsigned)powers_of_ten[TIME_DECIMALS - decimals])
		decimals = TIME_DECIMALS;
	if (!decimals)
		return to;
	*to++ = '.';
	put_pair(put_pair(put_pair(to, micros / 10000), micros / 100 % 100),
		micros % 100);
	return to + decimals;
}

/* byte: number `i` of a word as it stands in a packet. */
static inline unsigned byte(uint64_t word, unsigned i)
{
	return (unsigned)(word >> 8 * i) & 0xff;
}

/* are_pairs: whether the bytes that `which` has the highest bits of are below
 * 100: two digits. */
static inline bool are_pairs(uint64_t word, uint64_t which)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7f, over = 0x1c1c1c1c1c1c1c1c;

	return !((((word & low) + over) | word) & which);
}

/* put_clock: minutes and seconds are bytes of the word, from `at` on. */
static inline char *put_clock(
	char *to, uint64_t hours, uint64_t word, unsigned at)
{
	to = hours < 100 ? put_pair(to, (unsigned)hours) : put_uint(to, hours);
	*to++ = ':';
	to = put_pair(to, byte(word, at));
	*to++ = ':';
	return put_pair(to, byte(word, at + 1));
}

static inline char *put_date(char *to, uint64_t word)
{
	unsigned year = byte(word, 0) + 256 * byte(word, 1);

	to = put_pair(to, year / 100);
	to = put_pair(to, year % 100);
	*to++ = '-';
	to = put_pair(to, byte(word, 2));
	*to++ = '-';
	return put_pair(to, byte(word, 3));
}

/* The lengths are 0, 4, 7 and 11: year in two bytes, month, day; hours,
 * minutes, seconds; microseconds in four bytes. */
struct step value_put_datetime(struct step at, const struct value_plan *plan)
{
	const uint64_t pairs = 0x0080808080800000, date = 0xffffffff;
	unsigned len = *at.data;
	uint64_t word = load_word(at.data + 1) & UINT64_MAX >> 8;
	uint64_t micros = 0;
	bool time = plan->kind == KIND_DATETIME;

	at.data += 1 + len;
	if (len == 11)
		micros = load(at.data - 4, 4);
	else if (len == 4 || !len)
		word &= len ? date : 0;
	else if (len != 7)
		return (struct step){NULL, at.data};
	if ((!time && len > 4) || (word & 0xffff) > 9999 ||
		!are_pairs(word, pairs) || micros > 999999)
		return (struct step){NULL, at.data};
	*at.to++ = '\'';
	at.to = put_date(at.to, word);
	if (time) {
		*at.to++ = ' ';
		at.to = put_clock(at.to, byte(word, 4), word, 5);
		if (plan->decimals || micros)
			at.to = put_micros(
				at.to, plan->decimals, (unsigned)micros);
	}
	*at.to++ = '\'';
	return at;
}

/* The lengths are 0, 8 and 12: sign, days in four bytes, hours, minutes,
 * seconds; microseconds in four bytes. */
struct step value_put_time(struct step at, const struct value_plan *plan)
{
	const uint64_t pairs = 0x8080000000000000;
	unsigned len = *at.data;
	uint64_t word = len ? load_word(at.data + 1) : 0;
	uint64_t micros = 0, days = word >> 8 & UINT32_MAX;

	at.data += 1 + len;
	if (len == 12)
		micros = load(at.data - 4, 4);
	else if (len != 8 && len)
		return (struct step){NULL, at.data};
	if (byte(word, 0) > 1 || !are_pairs(word, pairs) || micros > 999999)
		return (struct step){NULL, at.data};
	*at.to++ = '\'';
	*at.to = '-';
	at.to += byte(word, 0);
	at.to = put_clock(at.to, days * 24 + byte(word, 5), word, 6);
	at.to = put_micros(at.to, plan->decimals, (unsigned)micros);
	*at.to++ = '\'';
	return at;
}
