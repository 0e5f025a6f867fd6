// SPDX-License-Identifier: GPL-2.0
/*
 * "*", "?", "[...]" and "\" inside one component, byte by byte: a name is a
 * string of bytes to the kernel, so "?" is one byte and not one character.
 *
 * Only the last "*" is ever retried, because an earlier one could not match
 * more than a later one already did.  So the work is bounded by the product of
 * both lengths, and pattern_check() bounds those.
 */
#include "glob.h"

/* Reads one byte of a set, which may be escaped. */
static unsigned char set_byte(const char *glob, size_t *at)
{
	if (glob[*at] == '\\')
		(*at)++;
	return glob[(*at)++];
}

/* Whether @byte is in the set at @glob; *@len becomes the set's length. */
static bool set_match(const char *glob, unsigned char byte, size_t *len)
{
	bool negated = glob[1] == '!' || glob[1] == '^';
	size_t first = negated ? 2 : 1;
	size_t at = first;
	bool found = false;

	while (glob[at] != ']' || at == first) {
		unsigned char low = set_byte(glob, &at);
		unsigned char high = low;

		if (glob[at] == '-' && glob[at + 1] != ']') {
			at++;
			high = set_byte(glob, &at);
		}
		if (low <= byte && byte <= high)
			found = true;
	}
	*len = at + 1;
	return found != negated;
}

/* Whether the piece at @glob, not a "*", matches @byte; *@len is its length. */
static bool piece_match(const char *glob, unsigned char byte, size_t *len)
{
	switch (glob[0]) {
	case '?':
		*len = 1;
		return true;
	case '[':
		return set_match(glob, byte, len);
	case '\\':
		*len = 2;
		return (unsigned char)glob[1] == byte;
	default:
		*len = 1;
		return (unsigned char)glob[0] == byte;
	}
}

/**
 * glob_match - whether a name matches a glob
 * @glob: a component that pattern_check() accepted, without braces
 * @glob_len: its length in bytes
 * @name: the name
 * @name_len: its length in bytes
 *
 * Context: any.
 * Return: true when the whole name matches the whole glob.
 */
bool glob_match(const char *glob, size_t glob_len, const char *name,
		size_t name_len)
{
	size_t star = SIZE_MAX; /* behind the last "*", if there was one */
	size_t retry = 0; /* where its match ends for now */
	size_t g = 0;
	size_t n = 0;

	for (;;) {
		size_t len;

		if (g < glob_len && glob[g] == '*') {
			star = ++g;
			retry = n;
			continue;
		}
		if (n == name_len && g == glob_len)
			return true;
		if (n < name_len && g < glob_len &&
		    piece_match(glob + g, name[n], &len)) {
			g += len;
			n++;
			continue;
		}
		if (star == SIZE_MAX || retry == name_len)
			return false;
		g = star;
		n = ++retry;
	}
}
