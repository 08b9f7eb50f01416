/* seal.h: whether a compressed dump is whole and unchanged, told while it is
 * read from its beginning to its end, in memory that does not grow with it.
 *
 * It sees every byte: of skippable frames by seal_begin, _content, _end; of
 * frames of text by seal_text_begin, _text, _text_end. What returns text
 * returns why the dump is damaged, and NULL where nothing is wrong.
 */
#ifndef DBPIPES_STREAM_SEAL_H
#define DBPIPES_STREAM_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seal;

struct seal *seal_new(void);
void seal_free(struct seal *s);

/* seal_begin: a skippable frame, by its magic and size, 8 bytes. */
const char *seal_begin(struct seal *s, const unsigned char *header);
const char *seal_content(struct seal *s, const unsigned char *data, size_t len);
const char *seal_end(struct seal *s);

const char *seal_text_begin(const struct seal *s);
void seal_text(struct seal *s, const unsigned char *data, size_t len);
/* seal_text_end: how large the frame was, packed and not. */
void seal_text_end(struct seal *s, uint64_t packed, uint64_t text);

/* seal_complete: all was there, and as it should be; nothing may follow. */
bool seal_complete(const struct seal *s);
/* seal_head: the line of the head; it lives as long as the seal. */
const char *seal_head(const struct seal *s);

#endif
