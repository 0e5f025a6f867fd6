// SPDX-License-Identifier: GPL-2.0
/* Collecting the rules of one tenant and checking each. */
#include "ruleset.h"

#include "pattern.h"

static int refuse(struct ruleset_error *error, int err, const char *why)
{
	error->why = why;
	return err;
}

/* Makes room for @more elements of @size; the old ones stay as they are. */
static int list_reserve(struct ruleset *set, struct list *list, u32 more,
			size_t size)
{
	u32 room = max(list->room, 8u);
	void *at;

	if (more <= list->room - list->count)
		return 0;
	if (more > (1u << 30) - list->count)
		return -E2BIG;
	while (room - list->count < more)
		room *= 2;
	at = pure_alloc(room, size);
	if (!at)
		return -ENOMEM;
	if (list->count)
		memcpy(at, list->at, list->count * size);
	pure_free(list->at);
	set->bytes += (room - list->room) * size;
	list->at = at;
	list->room = room;
	return 0;
}

static int add_text(struct ruleset *set, const char *text, u32 *offset)
{
	u32 size = strlen(text) + 1;
	int ret = list_reserve(set, &set->text, size, 1);

	if (ret)
		return ret;
	*offset = set->text.count;
	memcpy((char *)set->text.at + *offset, text, size);
	set->text.count += size;
	return 0;
}

/* Rules of one file line follow each other: their origin is kept once. */
static int add_origin(struct ruleset *set, const char *origin, u32 *offset)
{
	if (set->rules.count) {
		const struct rule *last =
			ruleset_rule(set, set->rules.count - 1);

		if (!strcmp(ruleset_text(set, last->origin), origin)) {
			*offset = last->origin;
			return 0;
		}
	}
	return add_text(set, origin, offset);
}

static int check_rule(const struct ruleset *set, const struct rule *rule,
		      struct ruleset_error *error)
{
	u16 known = rule->class == CORDON_CLASS_FILE ? RULESET_FILE_OPS :
						       RULESET_SOCKET_OPS;
	u8 class_default = rule->class == CORDON_CLASS_FILE ?
				   set->file_default :
				   set->socket_default;

	if (!class_default)
		return refuse(error, -EINVAL,
			      "rule of a class that the tenant does not mediate");
	if (!rule->ops)
		return refuse(error, -EINVAL, "rule names no operation");
	if (rule->ops & ~known)
		return refuse(error, -EOPNOTSUPP,
			      "operation is not enforced by this version");
	if (rule->class == CORDON_CLASS_FILE &&
	    (rule->families || rule->protos))
		return refuse(error, -EINVAL,
			      "family or protocol in a file rule");
	if (rule->log == CORDON_LOG_ALWAYS &&
	    rule->action != CORDON_ACTION_ALLOW)
		return refuse(error, -EINVAL,
			      "'log: always' is for allow rules");
	if (rule->log == CORDON_LOG_NEVER && rule->action != CORDON_ACTION_DENY)
		return refuse(error, -EINVAL, "'log: never' is for deny rules");
	if (set->rules.count == RULESET_RULES_MAX)
		return refuse(error, -E2BIG, "tenant has too many rules");
	return 0;
}

/**
 * ruleset_add - add a rule
 * @set: the ruleset, with its defaults set
 * @rule: the rule; ops, class, action, log, families and protos are used
 * @origin: where it was written
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, -EOPNOTSUPP, -E2BIG or -ENOMEM.
 */
int ruleset_add(struct ruleset *set, const struct rule *rule,
		const char *origin, struct ruleset_error *error)
{
	struct rule *added;
	u32 offset;
	int ret;

	error->rule = RULESET_NONE;
	ret = check_rule(set, rule, error);
	if (ret)
		return ret;
	ret = add_origin(set, origin, &offset);
	if (!ret)
		ret = list_reserve(set, &set->rules, 1, sizeof(*rule));
	if (ret)
		return refuse(error, ret, "out of memory");
	added = (struct rule *)set->rules.at + set->rules.count++;
	*added = *rule;
	added->origin = offset;
	added->first = rule->class == CORDON_CLASS_FILE ? set->paths.count :
							  set->prefixes.count;
	added->count = 0;
	added->first_port = set->ports.count;
	added->port_count = 0;
	return 0;
}

/* The rule added last, if it is of @class. */
static struct rule *last_rule(struct ruleset *set, u8 class,
			      struct ruleset_error *error)
{
	struct rule *rule;

	error->rule = RULESET_NONE;
	if (!set->rules.count)
		return NULL;
	error->rule = set->rules.count - 1;
	rule = (struct rule *)set->rules.at + error->rule;
	return rule->class == class ? rule : NULL;
}

/**
 * ruleset_add_path - add a path pattern to the rule added last
 * @set: the ruleset
 * @pattern: the pattern
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int ruleset_add_path(struct ruleset *set, const char *pattern,
		     struct ruleset_error *error)
{
	struct rule *rule = last_rule(set, CORDON_CLASS_FILE, error);
	struct pattern_error bad = {};
	u32 offset;
	int ret;

	if (!rule)
		return refuse(error, -EINVAL, "path in a socket rule");
	ret = pattern_check(pattern, PATTERN_FILE, &bad);
	if (ret) {
		error->at = bad.at;
		return refuse(error, ret, bad.why);
	}
	ret = add_text(set, pattern, &offset);
	if (!ret)
		ret = list_reserve(set, &set->paths, 1, sizeof(u32));
	if (ret)
		return refuse(error, ret, "out of memory");
	((u32 *)set->paths.at)[set->paths.count++] = offset;
	rule->count++;
	return 0;
}

/**
 * ruleset_add_prefix - add an address prefix to the rule added last
 * @set: the ruleset
 * @bytes: the address in network order
 * @len: its length in bytes, 4 or 16
 * @prefix_len: length of the prefix in bits
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int ruleset_add_prefix(struct ruleset *set, const u8 *bytes, u32 len,
		       u32 prefix_len, struct ruleset_error *error)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct rule *rule = last_rule(set, CORDON_CLASS_SOCKET, error);
	struct ip ip, masked;
	struct prefix *prefix;

	if (!rule)
		return refuse(error, -EINVAL, "address in a file rule");
	if (len != 4 && len != 16)
		return refuse(error, -EINVAL,
			      "address has neither 4 nor 16 bytes");
	if (prefix_len > 8 * len)
		return refuse(error, -EINVAL,
			      "prefix is longer than the address");
	ip = ip_from_bytes(bytes, len);
	masked = ip_mask(ip, prefix_len);
	if (ip.high != masked.high || ip.low != masked.low)
		return refuse(error, -EINVAL,
			      "address has bits set behind its prefix");
	/* It would never match: such addresses are treated as IPv4. */
	if (len == 16 && prefix_len >= 96 && !memcmp(bytes, mapped, 12))
		return refuse(error, -EINVAL,
			      "IPv4-mapped prefix: write it as IPv4");
	if (list_reserve(set, &set->prefixes, 1, sizeof(*prefix)))
		return refuse(error, -ENOMEM, "out of memory");
	prefix = (struct prefix *)set->prefixes.at + set->prefixes.count++;
	memset(prefix, 0, sizeof(*prefix));
	memcpy(prefix->bytes, bytes, len);
	prefix->len = len;
	prefix->prefix_len = prefix_len;
	rule->count++;
	return 0;
}

/**
 * ruleset_add_ports - add a range of ports to the rule added last
 * @set: the ruleset
 * @first: its first port
 * @last: its last port
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int ruleset_add_ports(struct ruleset *set, u32 first, u32 last,
		      struct ruleset_error *error)
{
	struct rule *rule = last_rule(set, CORDON_CLASS_SOCKET, error);
	struct port_range *range;

	if (!rule)
		return refuse(error, -EINVAL, "port in a file rule");
	if (!first || last > 65535)
		return refuse(error, -EINVAL, "port is not in 1 to 65535");
	if (first > last)
		return refuse(error, -EINVAL, "port range is reversed");
	if (list_reserve(set, &set->ports, 1, sizeof(*range)))
		return refuse(error, -ENOMEM, "out of memory");
	range = (struct port_range *)set->ports.at + set->ports.count++;
	range->first = first;
	range->last = last;
	rule->port_count++;
	return 0;
}

/**
 * ruleset_destroy - free what a ruleset holds
 * @set: the ruleset; it is all zero afterwards
 */
void ruleset_destroy(struct ruleset *set)
{
	u32 i;

	pathtree_destroy(&set->files);
	for (i = 0; i < IP_VERSIONS; i++)
		addrset_destroy(&set->nets[i]);
	pure_free(set->rules.at);
	pure_free(set->paths.at);
	pure_free(set->prefixes.at);
	pure_free(set->ports.at);
	pure_free(set->text.at);
	memset(set, 0, sizeof(*set));
}
