// SPDX-License-Identifier: GPL-2.0
/* What tenants can choose (paths, command names) must not fool a terminal. */
#include "text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "model.h"

#define NANOSECONDS 1000000000ULL

/* Smallest character that may be written with so many continuation bytes. */
static const uint32_t utf8_least[] = { 0, 0x80, 0x800, 0x10000 };

static bool is_character(uint32_t code, size_t more)
{
	return code >= utf8_least[more] && code <= 0x10ffff &&
	       (code < 0xd800 || code > 0xdfff);
}

/**
 * text_utf8_take - the character at the start of some bytes
 * @bytes: the bytes
 * @len: how many there are, at least 1
 * @code: becomes its number
 *
 * Return: its length in bytes, or 0 when this is not UTF-8.
 */
size_t text_utf8_take(const char *bytes, size_t len, uint32_t *code)
{
	uint8_t first = bytes[0];
	size_t more;
	size_t i;

	*code = first;
	if (first < 0x80)
		return 1;
	if (first < 0xc0 || first >= 0xf8)
		return 0;
	more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	if (more >= len)
		return 0;
	*code = first & (0x3f >> more);
	for (i = 1; i <= more; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	return is_character(*code, more) ? more + 1 : 0;
}

/**
 * text_utf8_len - length of the character at the start of some bytes
 * @bytes: the bytes
 * @len: how many there are, at least 1
 *
 * Return: its length in bytes, or 0 when this is not UTF-8.
 */
size_t text_utf8_len(const char *bytes, size_t len)
{
	uint32_t code;

	return text_utf8_take(bytes, len, &code);
}

/**
 * text_is_utf8 - whether bytes are UTF-8 without a NUL
 * @bytes: the bytes
 * @len: how many
 *
 * Return: true when they are.
 */
bool text_is_utf8(const char *bytes, size_t len)
{
	while (len) {
		size_t step = *bytes ? text_utf8_len(bytes, len) : 0;

		if (!step)
			return false;
		bytes += step;
		len -= step;
	}
	return true;
}

/**
 * struct span - characters with numbers next to each other
 * @first: the first of them
 * @last: the last
 */
struct span {
	uint32_t first;
	uint32_t last;
};

/*
 * Controls, some of which terminals obey, and what is not seen, ends lines or
 * reverses the direction.
 */
static const struct span sly[] = {
	{ 0, 0x1f },	    { 0x7f, 0x9f },	  { 0xad, 0xad },
	{ 0x61c, 0x61c },   { 0x180e, 0x180e },	  { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f },	  { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

/* What divides words, for people or for programs. */
static const struct span spaces[] = {
	{ 0x20, 0x20 },	    { 0xa0, 0xa0 },	{ 0x1680, 0x1680 },
	{ 0x2000, 0x200a }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
};

static bool is_in(const struct span *spans, size_t count, uint32_t code)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (code >= spans[i].first && code <= spans[i].last)
			return true;
	return false;
}

/**
 * text_is_sly - whether a character can make a terminal show something else
 * @code: its number
 *
 * Return: true when it can.
 */
bool text_is_sly(uint32_t code)
{
	return is_in(sly, sizeof(sly) / sizeof(sly[0]), code);
}

/* Length of the character when it can stand for itself, else 0. */
static size_t plain_len(const char *bytes, size_t len, bool word)
{
	uint32_t code;
	size_t step = text_utf8_take(bytes, len, &code);

	if (!step || code == '\\' || text_is_sly(code))
		return 0;
	if (word && is_in(spaces, sizeof(spaces) / sizeof(spaces[0]), code))
		return 0;
	return step;
}

/**
 * text_is_harmless - whether the letters of a text may be printed
 * @text: the text, in UTF-8
 *
 * Controls of ASCII are not looked at: every format has its own way with them.
 *
 * Return: false when there are controls beyond ASCII among them, or what
 * reverses the direction of writing.
 */
bool text_is_harmless(const char *text)
{
	size_t len = strlen(text);

	while (len) {
		bool ascii = (uint8_t)*text < 0x80;
		size_t step = ascii ? 1 : plain_len(text, len, false);

		if (!step)
			return false;
		text += step;
		len -= step;
	}
	return true;
}

static char *escape(const char *bytes, size_t len, bool word)
{
	char *text = alloc_zeroed(len * 4 + 1, 1);
	char *to = text;

	while (len) {
		size_t step = plain_len(bytes, len, word);

		if (step) {
			memcpy(to, bytes, step);
			to += step;
		} else {
			step = 1;
			to += sprintf(to, "\\x%02x", (uint8_t)*bytes);
		}
		bytes += step;
		len -= step;
	}
	return text;
}

/**
 * text_escape - bytes as printable text that can be read in one way only
 * @bytes: the bytes
 * @len: how many
 *
 * Backslash, controls, what is not seen and what is not UTF-8 become \xNN.
 *
 * Return: the text, for the caller to free.
 */
char *text_escape(const char *bytes, size_t len)
{
	return escape(bytes, len, false);
}

/**
 * text_escape_word - like text_escape(), and spaces become \xNN too
 * @bytes: the bytes
 * @len: how many
 *
 * Return: the text, one word, for the caller to free.
 */
char *text_escape_word(const char *bytes, size_t len)
{
	return escape(bytes, len, true);
}

/**
 * text_address - an IP address as text
 * @ip: the address in network order
 * @len: 4 or 16
 *
 * Return: the text, for the caller to free.
 */
char *text_address(const uint8_t *ip, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	if (len != 4 && len != 16)
		return alloc_printf("(address of %zu bytes)", len);
	if (!inet_ntop(len == 4 ? AF_INET : AF_INET6, ip, text, sizeof(text)))
		text[0] = '\0';
	return alloc_text(text, strlen(text));
}

/**
 * text_prefix - an address prefix as text
 * @address: the prefix
 *
 * Return: the text, without "/LEN" for a single address; the caller frees it.
 */
char *text_prefix(const struct address *address)
{
	char *ip = text_address(address->ip, address->len);
	char *text;

	if (address->prefix_len == address->len * 8U)
		return ip;
	text = alloc_printf("%s/%u", ip, address->prefix_len);
	free(ip);
	return text;
}

static void split(uint64_t nanoseconds, bool local, struct tm *tm)
{
	time_t seconds = nanoseconds / NANOSECONDS;

	memset(tm, 0, sizeof(*tm));
	if (local)
		localtime_r(&seconds, tm);
	else
		gmtime_r(&seconds, tm);
}

/**
 * text_time_local - a time for people
 * @nanoseconds: since the epoch
 *
 * Return: local time to the millisecond, for the caller to free.
 */
char *text_time_local(uint64_t nanoseconds)
{
	char text[64];
	struct tm tm;

	split(nanoseconds, true, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	return alloc_printf("%s.%03u", text,
			    (unsigned int)(nanoseconds % NANOSECONDS /
					   1000000));
}

/**
 * text_time_utc - a time for programs
 * @nanoseconds: since the epoch
 *
 * Return: RFC 3339 in UTC to the nanosecond, for the caller to free.
 */
char *text_time_utc(uint64_t nanoseconds)
{
	char text[64];
	struct tm tm;

	split(nanoseconds, false, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	return alloc_printf("%s.%09uZ", text,
			    (unsigned int)(nanoseconds % NANOSECONDS));
}

/**
 * text_plural - how a noun behind a number ends
 * @count: the number
 *
 * Return: "s", or "" behind 1.
 */
const char *text_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/**
 * text_errno - the name of an error number
 * @number: the number, 0 for none
 *
 * Return: such as "EACCES", or the number when it has no name; the caller
 * frees it.
 */
char *text_errno(uint32_t number)
{
	const char *name = NULL;

	if (!number)
		return alloc_text("-", 1);
	if (number < 4096)
		name = strerrorname_np(number);
	return name ? alloc_text(name, strlen(name)) :
		      alloc_printf("%u", number);
}

/**
 * text_hex - bytes in hexadecimal
 * @bytes: the bytes
 * @len: how many
 *
 * Return: the text, for the caller to free.
 */
char *text_hex(const uint8_t *bytes, size_t len)
{
	char *text = alloc_zeroed(2 * len + 1, 1);
	size_t i;

	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}
