// SPDX-License-Identifier: GPL-2.0
/* Every message says what was found and, where that can be told, what to write. */
#include "value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

/* (uid_t)-1 means "no uid" to the kernel. */
#define UID_LAST 4294967294U

/* What a message quotes of a value, so that it stays a line. */
#define QUOTE_LEN 64

static char *quote(const struct yaml_node *node)
{
	size_t len = strlen(node->text);

	if (len > QUOTE_LEN)
		len = QUOTE_LEN;
	while (len && (node->text[len] & 0xc0) == 0x80)
		len--;
	return text_escape(node->text, len);
}

static bool refuse(const struct yaml_node *node, struct diag *diag,
		   const char *before, const char *after)
{
	char *found = quote(node);

	diag_error(diag, &node->at, "%s '%s' %s", before, found, after);
	free(found);
	return false;
}

/**
 * value_number - parse a decimal number
 * @text: digits, without sign, space or leading zero
 * @most: the largest that is allowed
 * @number: becomes the number
 *
 * Return: true when it is one.
 */
bool value_number(const char *text, uint64_t most, uint64_t *number)
{
	uint64_t sum = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return false;
	for (; *text; text++) {
		unsigned int digit = *text - '0';

		if (digit > 9 || sum > most / 10 || sum * 10 > most - digit)
			return false;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return true;
}

/**
 * value_bound - take a number that is not zero
 * @key: the key that it belongs to
 * @node: the value
 * @most: the largest that is allowed
 * @bound: becomes the number
 * @diag: where an error is reported
 *
 * Return: true when it is one.
 */
bool value_bound(const struct yaml_node *key, const struct yaml_node *node,
		 uint32_t most, uint32_t *bound, struct diag *diag)
{
	uint64_t number = 0;

	if (value_number(node->text, most, &number) && number) {
		*bound = number;
		return true;
	}
	diag_error(diag, &node->at, "'%s' must be a number from 1 to %u",
		   key->text, most);
	return false;
}

/* Parses "A" or "A-B". */
static bool parse_range(const char *text, uint64_t most, uint64_t *first,
			uint64_t *last)
{
	const char *dash = strchr(text, '-');
	char *low;
	bool good;

	if (!dash) {
		good = value_number(text, most, first);
		*last = *first;
		return good;
	}
	low = alloc_text(text, dash - text);
	good = value_number(low, most, first) &&
	       value_number(dash + 1, most, last);
	free(low);
	return good;
}

static bool check_order(const struct yaml_node *node, const char *what,
			uint64_t first, uint64_t last, struct diag *diag)
{
	if (first <= last)
		return true;
	diag_error(diag, &node->at,
		   "%s range %llu-%llu is reversed; write %llu-%llu", what,
		   (unsigned long long)first, (unsigned long long)last,
		   (unsigned long long)last, (unsigned long long)first);
	return false;
}

/**
 * value_name - look a word up
 * @node: the word
 * @what: what it should be, such as "operation"
 * @table: where to look
 * @value: becomes its number
 * @diag: where an error is reported
 *
 * Return: true when it is there and this version enforces it.
 */
bool value_name(const struct yaml_node *node, const char *what,
		const struct name *table, uint32_t *value, struct diag *diag)
{
	const struct name *name = names_find(table, node->text);

	if (!name) {
		diag_unknown(diag, &node->at, what, "", node->text, table);
		return false;
	}
	if (name->later) {
		diag_error(diag, &node->at,
			   "%s '%s' is not enforced by this version of cordon",
			   what, name->text);
		return false;
	}
	*value = name->value;
	return true;
}

/**
 * value_uids - parse a uid or a range of uids
 * @node: the text
 * @selector: gets the range
 * @diag: where an error is reported
 *
 * Return: true when it is one.
 */
bool value_uids(const struct yaml_node *node, struct selector *selector,
		struct diag *diag)
{
	uint64_t first = 0;
	uint64_t last = 0;

	if (!parse_range(node->text, UID_LAST, &first, &last))
		return refuse(node, diag, "uid",
			      "is not a number from 0 to 4294967294 or a range of two such numbers");
	if (!check_order(node, "uid", first, last, diag))
		return false;
	selector->uid_first = first;
	selector->uid_last = last;
	return true;
}

/**
 * value_name_or_number - look a word up, or take a number
 * @node: the text
 * @what: what it should be, such as "family"
 * @table: where to look
 * @most: the largest number
 * @value: becomes the number
 * @diag: where an error is reported
 *
 * Return: true when it is either.
 */
bool value_name_or_number(const struct yaml_node *node, const char *what,
			  const struct name *table, uint32_t most,
			  uint32_t *value, struct diag *diag)
{
	uint64_t number;

	if (!node->text[0] ||
	    strspn(node->text, "0123456789") != strlen(node->text))
		return value_name(node, what, table, value, diag);
	if (!value_number(node->text, most, &number)) {
		diag_error(diag, &node->at,
			   "%s %.20s is not a number from 0 to %u", what,
			   node->text, most);
		return false;
	}
	*value = number;
	return true;
}

/**
 * value_ports - parse a port or a range of ports
 * @node: the text
 * @wide: ports have 32 bits, and 0 is one
 * @ports: becomes the range
 * @diag: where an error is reported
 *
 * Return: true when it is one.
 */
bool value_ports(const struct yaml_node *node, bool wide, struct ports *ports,
		 struct diag *diag)
{
	uint64_t first = 0;
	uint64_t last = 0;

	if (wide && !parse_range(node->text, UINT32_MAX, &first, &last))
		return refuse(node, diag, "port",
			      "is not a number from 0 to 4294967295 or a range of two such numbers");
	if (!wide &&
	    (!parse_range(node->text, 65535, &first, &last) || !first || !last))
		return refuse(node, diag, "port",
			      "is not a number from 1 to 65535 or a range of two such numbers");
	if (!check_order(node, "port", first, last, diag))
		return false;
	ports->first = first;
	ports->last = last;
	return true;
}

/**
 * value_cids - parse a vsock context id or a range of them
 * @node: the text, for which there are names as well
 * @cids: becomes the range
 * @diag: where an error is reported
 *
 * Return: true when it is one.
 */
bool value_cids(const struct yaml_node *node, struct ports *cids,
		struct diag *diag)
{
	static const struct name known[] = {
		{ "hypervisor", 0 },   { "local", 1 }, { "host", 2 },
		{ "any", UINT32_MAX }, { NULL },
	};
	const struct name *name = names_find(known, node->text);
	uint64_t first = name ? name->value : 0;
	uint64_t last = first;

	if (!name && !parse_range(node->text, UINT32_MAX, &first, &last))
		return refuse(node, diag, "cid",
			      "is not hypervisor, local, host, any, a number from 0 to 4294967295 or a range of two such numbers");
	if (!check_order(node, "cid", first, last, diag))
		return false;
	cids->first = first;
	cids->last = last;
	return true;
}

static bool parse_prefix_len(const struct yaml_node *node, const char *text,
			     struct address *address, struct diag *diag)
{
	unsigned int most = address->len * 8;
	uint64_t number;

	if (!value_number(text, UINT32_MAX, &number))
		return refuse(node, diag, "address",
			      "has something else than a number behind '/'");
	if (number > most) {
		diag_error(diag, &node->at,
			   "prefix length %llu is longer than the %u bits of an %s address",
			   (unsigned long long)number, most,
			   address->len == 4 ? "IPv4" : "IPv6");
		return false;
	}
	address->prefix_len = number;
	return true;
}

/* Clears what is behind the prefix; true when something was set there. */
static bool clear_host_bits(struct address *address)
{
	bool any = false;
	unsigned int bit;

	for (bit = address->prefix_len; bit < address->len * 8U; bit++) {
		uint8_t mask = 0x80 >> bit % 8;

		any |= address->ip[bit / 8] & mask;
		address->ip[bit / 8] &= ~mask;
	}
	return any;
}

static bool check_host_bits(const struct yaml_node *node,
			    struct address *address, struct diag *diag)
{
	char *right;

	if (!clear_host_bits(address))
		return true;
	right = text_prefix(address);
	diag_error(diag, &node->at,
		   "address %s has bits set behind its prefix; write %s",
		   node->text, right);
	free(right);
	return false;
}

/* The kernel judges an IPv4-mapped IPv6 address as the IPv4 address it is. */
static void unmap(struct address *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (address->len != 16 || address->prefix_len < 96 ||
	    memcmp(address->ip, mapped, sizeof(mapped)))
		return;
	memmove(address->ip, address->ip + 12, 4);
	memset(address->ip + 4, 0, 12);
	address->len = 4;
	address->prefix_len -= 96;
}

/**
 * value_address - parse an IPv4 or IPv6 address with an optional prefix
 * @node: the text
 * @address: becomes the prefix
 * @diag: where an error is reported
 *
 * Return: true when it is one.
 */
bool value_address(const struct yaml_node *node, struct address *address,
		   struct diag *diag)
{
	const char *slash = strchrnul(node->text, '/');
	char *ip = alloc_text(node->text, slash - node->text);

	memset(address, 0, sizeof(*address));
	address->at = node->at;
	if (inet_pton(AF_INET, ip, address->ip) == 1)
		address->len = 4;
	else if (inet_pton(AF_INET6, ip, address->ip) == 1)
		address->len = 16;
	free(ip);
	if (!address->len)
		return refuse(node, diag, "address",
			      "is not an IPv4 or IPv6 address with an optional /PREFIX");
	address->prefix_len = address->len * 8;
	if (*slash && !parse_prefix_len(node, slash + 1, address, diag))
		return false;
	if (!check_host_bits(node, address, diag))
		return false;
	unmap(address);
	return true;
}

/**
 * value_pattern - check a pattern
 * @node: the text
 * @kind: what it is for
 * @diag: where an error is reported, at the byte that is to blame
 *
 * Return: true when it is one.
 */
bool value_pattern(const struct yaml_node *node, enum pattern_kind kind,
		   struct diag *diag)
{
	static const char *const kinds[] = {
		[PATTERN_FILE] = "path",
		[PATTERN_CGROUP] = "cgroup",
		[PATTERN_SOCKET] = "path",
		[PATTERN_ABSTRACT] = "abstract name",
	};
	struct pattern_error error;
	struct position at;

	if (!pattern_check(node->text, kind, &error))
		return true;
	at = node_place(node, error.at);
	diag_error(diag, &at, "bad %s pattern: %s", kinds[kind], error.why);
	return false;
}

/**
 * value_tenant_name - check the name of a tenant
 * @node: the text
 * @diag: where an error is reported
 *
 * Return: true when it is one.
 */
bool value_tenant_name(const struct yaml_node *node, struct diag *diag)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *name = node->text;
	size_t len = strlen(name);

	if (len && len <= CORDON_NAME_MAX && strspn(name, letters) == len &&
	    !strchr("._-", name[0]))
		return true;
	return refuse(node, diag, "tenant name",
		      "must be 1 to 63 of A-Z a-z 0-9 . _ - and begin with a letter or digit");
}
