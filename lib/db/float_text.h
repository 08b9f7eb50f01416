/* float_text.h: floating-point numbers as the shortest text that reads back as
 * the very same number. */
#ifndef DBPIPES_DB_FLOAT_TEXT_H
#define DBPIPES_DB_FLOAT_TEXT_H

/* Room that the caller makes; the text is shorter. */
enum { FLOAT_TEXT_ROOM = 48 };

/* double_text, float_text: a finite value as an SQL literal, without a NUL.
 * Of all decimal numbers that any correct reader rounds to the value, one with
 * the fewest digits, and of these the nearest. float_text also holds where it
 * is read as a double first and cut to a float then, as servers do.
 *
 * Numbers below 10^17 and from 10^-5 on are written without an exponent, all
 * others with one (1e300, 1.5e-40): a server cuts longer decimals (MariaDB
 * manual, DECIMAL: 65 digits, 38 decimals; MySQL: 30). Negative zero has one,
 * too (-0e0), for servers read `-0` as the whole number 0.
 *
 * Returns the first byte behind the text. */
char *double_text(char *to, double value);
char *float_text(char *to, float value);

#endif
