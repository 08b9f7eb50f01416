/* attr.h: the compiler attributes that our declarations use. */
#ifndef DBPIPES_BASE_ATTR_H
#define DBPIPES_BASE_ATTR_H

#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN __attribute__((noreturn))
/* For what is called from one hot loop, however large it is. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

#endif
