/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes, addresses and times as text that is safe to print. */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;

bool text_is_utf8(const char *bytes, size_t len);
size_t text_utf8_len(const char *bytes, size_t len);
bool text_is_harmless(const char *text);
size_t text_utf8_take(const char *bytes, size_t len, uint32_t *code);
bool text_is_sly(uint32_t code);
char *text_escape(const char *bytes, size_t len);
char *text_escape_word(const char *bytes, size_t len);
char *text_address(const uint8_t *ip, size_t len);
char *text_prefix(const struct address *address);
char *text_time_local(uint64_t nanoseconds);
char *text_time_utc(uint64_t nanoseconds);
char *text_errno(uint32_t number);
const char *text_plural(size_t count);
char *text_hex(const uint8_t *bytes, size_t len);

#endif /* CTL_TEXT_H */
