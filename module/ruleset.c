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
	    (rule->families || rule->protos || rule->types || rule->peer))
		return refuse(error, -EINVAL,
			      "family, type, protocol or peer in a file rule");
	if (rule->peer && rule->action != CORDON_ACTION_ALLOW)
		return refuse(error, -EINVAL, "'peer' is for allow rules");
	if (rule->peer && class_default != CORDON_ACTION_DENY)
		return refuse(error, -EINVAL,
			      "'peer' needs 'default: deny'; nothing else is left to allow");
	if (rule->peer && (rule->protos & ~RULESET_PEER_PROTOS))
		return refuse(error, -EINVAL,
			      "'peer' goes with 'proto' tcp and mptcp only");
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
 * @rule: the rule; its parts are not used
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
	added->paths = (struct rule_part){ set->paths.count };
	added->abstracts = (struct rule_part){ set->abstracts.count };
	added->prefixes = (struct rule_part){ set->prefixes.count };
	added->ports = (struct rule_part){ set->ports.count };
	added->protocols = (struct rule_part){ set->protocols.count };
	added->cids = (struct rule_part){ set->cids.count };
	return 0;
}

/* The rule added last, or NULL; it is to blame for what follows. */
static struct rule *last_rule(struct ruleset *set, struct ruleset_error *error)
{
	error->rule = RULESET_NONE;
	if (!set->rules.count)
		return NULL;
	error->rule = set->rules.count - 1;
	return (struct rule *)set->rules.at + error->rule;
}

/* The same if it is a socket rule. */
static struct rule *last_socket_rule(struct ruleset *set,
				     struct ruleset_error *error)
{
	struct rule *rule = last_rule(set, error);

	return rule && rule->class == CORDON_CLASS_SOCKET ? rule : NULL;
}

/* Appends an element to a list and to the part of it that is the rule's. */
static int add_element(struct ruleset *set, struct list *list,
		       struct rule_part *part, const void *element, size_t size,
		       struct ruleset_error *error)
{
	if (list_reserve(set, list, 1, size))
		return refuse(error, -ENOMEM, "out of memory");
	memcpy((char *)list->at + list->count * size, element, size);
	list->count++;
	part->count++;
	return 0;
}

static int add_pattern(struct ruleset *set, struct list *list,
		       struct rule_part *part, const char *pattern,
		       enum pattern_kind kind, struct ruleset_error *error)
{
	struct pattern_error bad = {};
	u32 offset;
	int ret;

	ret = pattern_check(pattern, kind, &bad);
	if (ret) {
		error->at = bad.at;
		return refuse(error, ret, bad.why);
	}
	ret = add_text(set, pattern, &offset);
	if (ret)
		return refuse(error, ret, "out of memory");
	return add_element(set, list, part, &offset, sizeof(offset), error);
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
	struct rule *rule = last_rule(set, error);

	if (!rule)
		return refuse(error, -EINVAL, "path without a rule");
	return add_pattern(set, &set->paths, &rule->paths, pattern,
			   rule->class == CORDON_CLASS_FILE ? PATTERN_FILE :
							      PATTERN_SOCKET,
			   error);
}

/**
 * ruleset_add_abstract - add a pattern of names to the rule added last
 * @set: the ruleset
 * @pattern: the pattern, of abstract names of unix sockets
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int ruleset_add_abstract(struct ruleset *set, const char *pattern,
			 struct ruleset_error *error)
{
	struct rule *rule = last_socket_rule(set, error);

	if (!rule)
		return refuse(error, -EINVAL, "abstract name in a file rule");
	return add_pattern(set, &set->abstracts, &rule->abstracts, pattern,
			   PATTERN_ABSTRACT, error);
}

/**
 * ruleset_add_protocol - add a protocol number to the rule added last
 * @set: the ruleset
 * @protocol: the number
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int ruleset_add_protocol(struct ruleset *set, u32 protocol,
			 struct ruleset_error *error)
{
	struct rule *rule = last_socket_rule(set, error);

	if (!rule)
		return refuse(error, -EINVAL, "protocol in a file rule");
	return add_element(set, &set->protocols, &rule->protocols, &protocol,
			   sizeof(protocol), error);
}

/**
 * ruleset_add_cids - add a range of context ids to the rule added last
 * @set: the ruleset
 * @first: its first
 * @last: its last
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int ruleset_add_cids(struct ruleset *set, u32 first, u32 last,
		     struct ruleset_error *error)
{
	const struct number_range range = { first, last };
	struct rule *rule = last_socket_rule(set, error);

	if (!rule)
		return refuse(error, -EINVAL, "cid in a file rule");
	if (first > last)
		return refuse(error, -EINVAL, "cid range is reversed");
	return add_element(set, &set->cids, &rule->cids, &range, sizeof(range),
			   error);
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
	struct rule *rule = last_socket_rule(set, error);
	struct prefix prefix = { .len = len, .prefix_len = prefix_len };
	struct ip ip, masked;

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
	memcpy(prefix.bytes, bytes, len);
	return add_element(set, &set->prefixes, &rule->prefixes, &prefix,
			   sizeof(prefix), error);
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
	const struct number_range range = { first, last };
	struct rule *rule = last_socket_rule(set, error);

	if (!rule)
		return refuse(error, -EINVAL, "port in a file rule");
	/* Those of vsock have 32 bits, and 0 is one like any other. */
	if (rule->families != BIT_ULL(AF_VSOCK) && (!first || last > 65535))
		return refuse(error, -EINVAL, "port is not in 1 to 65535");
	if (first > last)
		return refuse(error, -EINVAL, "port range is reversed");
	return add_element(set, &set->ports, &rule->ports, &range,
			   sizeof(range), error);
}

/**
 * ruleset_shape - what a rule names
 * @rule: the rule, with all its parts
 *
 * Return: the families, fields and operations.
 */
struct rule_shape ruleset_shape(const struct rule *rule)
{
	struct rule_shape shape = { .families = rule->families,
				    .ops = rule->ops };

	shape.fields = (rule->prefixes.count ? RULE_ADDR : 0) |
		       (rule->ports.count ? RULE_PORT : 0) |
		       (rule->protos ? RULE_PROTO : 0) |
		       (rule->paths.count ? RULE_PATH : 0) |
		       (rule->abstracts.count ? RULE_ABSTRACT : 0) |
		       (rule->cids.count ? RULE_CID : 0) |
		       (rule->types ? RULE_TYPE : 0) |
		       (rule->peer ? RULE_PEER : 0) |
		       (rule->protocols.count ? RULE_PROTOCOL : 0);
	return shape;
}

static void destroy_tables(struct socket_tables *tables)
{
	u32 i;

	pathtree_destroy(&tables->paths);
	kindset_destroy(&tables->kinds);
	for (i = 0; i < IP_VERSIONS; i++)
		addrset_destroy(&tables->nets[i]);
}

/**
 * ruleset_destroy - free what a ruleset holds
 * @set: the ruleset; it is all zero afterwards
 */
void ruleset_destroy(struct ruleset *set)
{
	u32 i;

	pathtree_destroy(&set->files);
	for (i = 0; i < WHOSE_SETS; i++)
		destroy_tables(&set->sockets[i]);
	pure_free(set->rules.at);
	pure_free(set->paths.at);
	pure_free(set->abstracts.at);
	pure_free(set->prefixes.at);
	pure_free(set->ports.at);
	pure_free(set->protocols.at);
	pure_free(set->cids.at);
	pure_free(set->text.at);
	memset(set, 0, sizeof(*set));
}
