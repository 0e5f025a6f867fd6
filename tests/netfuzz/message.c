// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include <linux/cordon.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

/* Most levels of nesting that a message gets when it gets too many. */
#define DEEP 400

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const names[] = { "f0", "f1", "f2", "f3", "f4", "f5" };

static const char *const cgroups[] = {
	"/fuzz/a",     "/fuzz/b",     "/fuzz/*",    "/fuzz/{a,b}",
	"/fuzz/**/c*", "/fuzz/[a-c]", "/fuzz/none",
};

static const char *const paths[] = {
	"/srv/**",
	"/srv/a/f",
	"/srv/*/f",
	"/srv/{a,b,c}/**/f",
	"/**/x/**/y",
	"/*a*a*a*a*a*a*a*b",
	"/{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}",
	"/[!a-z]/\\*",
	"memfd:x",
	"/",
	"/{,a}",
	"/a//b",
	"/../x",
	"relative",
	"/[z-a]",
	"/**/**/**/**/x",
	"/{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}",
};

/* Splitmix64 (Steele, Lea, Flood: Fast splittable random numbers, 2014). */
static uint64_t chance_next(struct chance *chance)
{
	uint64_t word = chance->state += 0x9e3779b97f4a7c15ULL;

	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
	word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
	return word ^ (word >> 31);
}

/**
 * chance_seed - begin a sequence
 * @chance: becomes the sequence
 * @seed: which
 */
void chance_seed(struct chance *chance, uint64_t seed)
{
	chance->state = seed;
	chance->chaos = 0;
}

/**
 * chance_below - a random number
 * @chance: the sequence
 * @bound: above the highest, not 0
 *
 * Return: the number.
 */
uint32_t chance_below(struct chance *chance, uint32_t bound)
{
	return chance_next(chance) % bound;
}

/**
 * chance_wrong - whether this step goes wrong
 * @chance: the sequence
 *
 * Return: 1 if it does.
 */
int chance_wrong(struct chance *chance)
{
	return chance_below(chance, 1000) < chance->chaos;
}

static void put_bytes(struct message *message, const void *bytes, size_t len)
{
	size_t padded = (len + 3) & ~(size_t)3;

	if (message->len + padded > MESSAGE_MAX)
		return;
	memcpy(message->bytes + message->len, bytes, len);
	memset(message->bytes + message->len + len, 0, padded - len);
	message->len += padded;
}

/* A number where things break: at bounds, at signs, and anywhere. */
static uint32_t odd_number(struct chance *chance)
{
	static const uint32_t odd[] = {
		0,
		1,
		3,
		255,
		256,
		65535,
		65536,
		INT32_MAX,
		1u << 31,
		UINT32_MAX,
		UINT32_MAX - 3,
	};

	if (!chance_below(chance, 3))
		return chance_next(chance);
	return odd[chance_below(chance, COUNT(odd))];
}

static void put_attr(struct message *message, struct chance *chance, int type,
		     const void *payload, size_t len)
{
	struct nlattr head = { .nla_type = type,
			       .nla_len = sizeof(head) + len };
	uint8_t changed[4096];

	if (len > sizeof(changed))
		len = sizeof(changed);
	memcpy(changed, payload, len);
	if (chance_wrong(chance))
		return;
	if (chance_wrong(chance))
		head.nla_type = chance_below(chance, 24);
	if (chance_wrong(chance))
		head.nla_type |= 1u << (14 + chance_below(chance, 2));
	if (chance_wrong(chance))
		head.nla_len = odd_number(chance);
	if (len && chance_wrong(chance))
		changed[chance_below(chance, len)] = chance_next(chance);
	if (len && chance_wrong(chance))
		len = chance_below(chance, len);
	put_bytes(message, &head, sizeof(head));
	put_bytes(message, changed, len);
	if (chance_wrong(chance))
		put_attr(message, chance, type, payload, len);
}

static void put_u32(struct message *message, struct chance *chance, int type,
		    uint32_t value)
{
	if (chance_wrong(chance))
		value = odd_number(chance);
	put_attr(message, chance, type, &value, sizeof(value));
}

/* One of the first so many flags or numbers, most of the time. */
static void put_some(struct message *message, struct chance *chance, int type,
		     uint32_t known)
{
	put_u32(message, chance, type, 1 + chance_below(chance, known - 1));
}

static void put_text(struct message *message, struct chance *chance, int type,
		     const char *text)
{
	char longer[4100];

	if (chance_wrong(chance)) {
		memset(longer, "/a*{"[chance_below(chance, 4)], sizeof(longer));
		longer[chance_below(chance, sizeof(longer))] = '\0';
		longer[sizeof(longer) - 1] = '\0';
		longer[0] = '/';
		text = longer;
	}
	put_attr(message, chance, type, text, strlen(text) + 1);
}

static size_t nest_begin(struct message *message, int type)
{
	struct nlattr head = { .nla_type = type | NLA_F_NESTED };
	size_t at = message->len;

	put_bytes(message, &head, sizeof(head));
	return at;
}

static void nest_end(struct message *message, struct chance *chance, size_t at)
{
	uint16_t len = message->len - at;

	if (at + sizeof(struct nlattr) > message->len)
		return;
	if (chance_wrong(chance))
		len = odd_number(chance);
	memcpy(message->bytes + at, &len, sizeof(len));
}

static void put_deep(struct message *message, struct chance *chance, int type)
{
	size_t at[DEEP];
	int i;

	for (i = 0; i < DEEP; i++)
		at[i] = nest_begin(message, type);
	while (i--)
		nest_end(message, chance, at[i]);
}

static void put_selector(struct message *message, struct chance *chance)
{
	size_t at = nest_begin(message, CORDON_TENANT_SELECTOR);
	uint32_t uid = 50000 + chance_below(chance, 100);

	if (chance_below(chance, 3)) {
		put_text(message, chance, CORDON_SELECTOR_CGROUP,
			 cgroups[chance_below(chance, COUNT(cgroups))]);
	} else {
		put_u32(message, chance, CORDON_SELECTOR_UID_FIRST, uid);
		put_u32(message, chance, CORDON_SELECTOR_UID_LAST,
			uid + chance_below(chance, 3));
	}
	nest_end(message, chance, at);
}

static void put_name(struct message *message, struct chance *chance, int type)
{
	put_text(message, chance, type,
		 names[chance_below(chance, COUNT(names))]);
}

static void put_path(struct message *message, struct chance *chance, int type)
{
	uint32_t known = chance_wrong(chance) ? COUNT(paths) : 9;

	put_text(message, chance, type, paths[chance_below(chance, known)]);
}

static void put_tenant(struct message *message, struct chance *chance)
{
	size_t at = nest_begin(message, CORDON_A_TENANT);
	uint32_t i;

	put_name(message, chance, CORDON_TENANT_NAME);
	put_text(message, chance, CORDON_TENANT_ORIGIN, "fuzz.yaml:1");
	put_some(message, chance, CORDON_TENANT_MODE, __CORDON_MODE_LAST);
	put_some(message, chance, CORDON_TENANT_FILE_DEFAULT,
		 __CORDON_ACTION_LAST);
	if (chance_below(chance, 2))
		put_some(message, chance, CORDON_TENANT_SOCKET_DEFAULT,
			 __CORDON_ACTION_LAST);
	if (!chance_below(chance, 4))
		put_some(message, chance, CORDON_TENANT_GUARD_ALLOW,
			 __CORDON_GUARD_OP_LAST);
	if (!chance_below(chance, 8))
		put_attr(message, chance, CORDON_TENANT_REVOKE, "", 0);
	if (!chance_below(chance, 8))
		put_some(message, chance, CORDON_TENANT_EVENT_RATE,
			 CORDON_EVENT_RATE_MAX + 2);
	if (!chance_below(chance, 8))
		put_some(message, chance, CORDON_TENANT_EVENT_BURST,
			 CORDON_EVENT_BURST_MAX + 2);
	for (i = chance_below(chance, 3); i < 2; i++)
		put_path(message, chance, CORDON_TENANT_SETUP);
	for (i = chance_below(chance, 3); i < 3; i++)
		put_selector(message, chance);
	if (chance_wrong(chance))
		put_deep(message, chance, CORDON_TENANT_SELECTOR);
	nest_end(message, chance, at);
}

static void put_addr(struct message *message, struct chance *chance)
{
	static const uint8_t ip[16] = { 10, 1 };
	size_t at = nest_begin(message, CORDON_RULE_ADDR);
	int six = chance_below(chance, 2);

	put_attr(message, chance, CORDON_ADDR_IP, ip, six ? 16 : 4);
	put_u32(message, chance, CORDON_ADDR_PREFIX_LEN,
		16 + chance_below(chance, six ? 112 : 17));
	nest_end(message, chance, at);
}

static void put_port(struct message *message, struct chance *chance)
{
	size_t at = nest_begin(message, CORDON_RULE_PORT);
	uint32_t first = 1 + chance_below(chance, 60000);

	put_u32(message, chance, CORDON_PORT_FIRST, first);
	put_u32(message, chance, CORDON_PORT_LAST,
		first + chance_below(chance, 5000));
	nest_end(message, chance, at);
}

static void put_file_rule(struct message *message, struct chance *chance)
{
	uint32_t i;

	put_u32(message, chance, CORDON_RULE_CLASS, CORDON_CLASS_FILE);
	put_some(message, chance, CORDON_RULE_OPS, __CORDON_FILE_OP_LAST);
	for (i = chance_below(chance, 4); i < 4; i++)
		put_path(message, chance, CORDON_RULE_PATH);
}

static void put_cid(struct message *message, struct chance *chance)
{
	size_t at = nest_begin(message, CORDON_RULE_CID);

	put_u32(message, chance, CORDON_PORT_FIRST, chance_below(chance, 5));
	put_u32(message, chance, CORDON_PORT_LAST, ~0U);
	nest_end(message, chance, at);
}

/* Families that have no IP addresses, each with what it has instead. */
static void put_kind(struct message *message, struct chance *chance)
{
	switch (chance_below(chance, 5)) {
	case 0:
		put_path(message, chance, CORDON_RULE_PATH);
		break;
	case 1:
		put_text(message, chance, CORDON_RULE_ABSTRACT, "a[b-d]{e,f*}");
		break;
	case 2:
		put_cid(message, chance);
		break;
	case 3:
		put_u32(message, chance, CORDON_RULE_FAMILY, 16);
		put_u32(message, chance, CORDON_RULE_PROTOCOL,
			chance_below(chance, 32));
		break;
	default:
		put_u32(message, chance, CORDON_RULE_FAMILY,
			chance_below(chance, chance_wrong(chance) ? 100 : 46));
		put_u32(message, chance, CORDON_RULE_TYPE,
			chance_below(chance, chance_wrong(chance) ? 20 : 11));
	}
}

static void put_socket_rule(struct message *message, struct chance *chance)
{
	put_u32(message, chance, CORDON_RULE_CLASS, CORDON_CLASS_SOCKET);
	put_u32(message, chance, CORDON_RULE_OPS, CORDON_SOCKET_OP_CONNECT);
	if (!chance_below(chance, 16))
		put_some(message, chance, CORDON_RULE_PEER, __CORDON_PEER_LAST);
	if (!chance_below(chance, 3)) {
		put_kind(message, chance);
		return;
	}
	if (chance_below(chance, 2))
		put_some(message, chance, CORDON_RULE_PROTO,
			 __CORDON_PROTO_LAST);
	put_addr(message, chance);
	if (chance_below(chance, 2))
		put_port(message, chance);
}

static void put_rule(struct message *message, struct chance *chance)
{
	size_t at = nest_begin(message, CORDON_A_RULE);

	put_some(message, chance, CORDON_RULE_ACTION, __CORDON_ACTION_LAST);
	put_text(message, chance, CORDON_RULE_ORIGIN, "fuzz.yaml:2");
	if (!chance_below(chance, 8))
		put_some(message, chance, CORDON_RULE_LOG, __CORDON_LOG_LAST);
	if (chance_below(chance, 4))
		put_file_rule(message, chance);
	else
		put_socket_rule(message, chance);
	if (chance_wrong(chance))
		put_deep(message, chance, CORDON_RULE_ADDR);
	nest_end(message, chance, at);
}

static void put_rules(struct message *message, struct chance *chance)
{
	uint32_t i;

	put_name(message, chance, CORDON_A_TENANT_NAME);
	for (i = chance_below(chance, 6); i < 7; i++)
		put_rule(message, chance);
}

static void put_commit(struct message *message, struct chance *chance)
{
	uint64_t generation = chance_below(chance, 50);

	if (!chance_below(chance, 4))
		put_attr(message, chance, CORDON_A_EXPECT_GENERATION,
			 &generation, sizeof(generation));
	if (!chance_below(chance, 4))
		put_attr(message, chance, CORDON_A_REPLACE_ALL, "", 0);
}

static void put_file_act(struct message *message, struct chance *chance)
{
	static const char *const asked[] = { "/srv/a/f", "/srv/x/y", "/",
					     "memfd:x" };
	const char *path = asked[chance_below(chance, COUNT(asked))];

	put_u32(message, chance, CORDON_ACT_OP, 1u << chance_below(chance, 8));
	put_attr(message, chance, CORDON_ACT_PATH, path, strlen(path));
}

static void put_socket_act(struct message *message, struct chance *chance)
{
	static const uint8_t ip[16] = { 10, 1, 2, 3 };
	int six = chance_below(chance, 2);

	put_u32(message, chance, CORDON_ACT_FAMILY, six ? 10 : 2);
	put_u32(message, chance, CORDON_ACT_TYPE, 1 + chance_below(chance, 3));
	put_u32(message, chance, CORDON_ACT_PROTOCOL, chance_below(chance, 20));
	put_u32(message, chance, CORDON_ACT_OP, 2u << chance_below(chance, 5));
	put_attr(message, chance, CORDON_ACT_ADDR, ip, six ? 16 : 4);
	put_u32(message, chance, CORDON_ACT_PORT, chance_below(chance, 60000));
}

/* Unix sockets and those of vsock. */
static void put_named_act(struct message *message, struct chance *chance)
{
	int named = chance_below(chance, 2);
	const char *name = chance_below(chance, 2) ? "/srv/a/f" : "@abe";

	put_u32(message, chance, CORDON_ACT_FAMILY, named ? 1 : 40);
	put_u32(message, chance, CORDON_ACT_TYPE, 1);
	put_u32(message, chance, CORDON_ACT_OP, 2u << chance_below(chance, 3));
	if (named) {
		put_attr(message, chance, CORDON_ACT_NAME, name, strlen(name));
	} else {
		put_u32(message, chance, CORDON_ACT_CID,
			chance_below(chance, 5));
		put_u32(message, chance, CORDON_ACT_PORT, odd_number(chance));
	}
}

static void put_act(struct message *message, struct chance *chance)
{
	uint32_t class = 1 + chance_below(chance, 3);
	size_t at;

	put_name(message, chance, CORDON_A_TENANT_NAME);
	at = nest_begin(message, CORDON_A_ACT);
	put_u32(message, chance, CORDON_ACT_CLASS, class);
	if (class == CORDON_CLASS_FILE)
		put_file_act(message, chance);
	else if (class == CORDON_CLASS_GUARD)
		put_u32(message, chance, CORDON_ACT_OP,
			1u << chance_below(chance, 8));
	else if (chance_below(chance, 2))
		put_socket_act(message, chance);
	else
		put_named_act(message, chance);
	if (chance_wrong(chance))
		put_deep(message, chance, CORDON_ACT_OWN);
	nest_end(message, chance, at);
}

static void put_payload(struct message *message, struct chance *chance)
{
	switch (message->cmd) {
	case CORDON_CMD_POLICY_ADD_TENANT:
		put_tenant(message, chance);
		break;
	case CORDON_CMD_POLICY_ADD_RULES:
		put_rules(message, chance);
		break;
	case CORDON_CMD_POLICY_REMOVE_TENANT:
	case CORDON_CMD_RULE_GET:
		put_name(message, chance, CORDON_A_TENANT_NAME);
		break;
	case CORDON_CMD_POLICY_COMMIT:
		put_commit(message, chance);
		break;
	case CORDON_CMD_EXPLAIN:
		put_act(message, chance);
		break;
	}
	/* What belongs to another command. */
	if (chance_wrong(chance))
		put_rule(message, chance);
	if (chance_wrong(chance))
		put_tenant(message, chance);
}

/* Commits are rare, since each can mean a wait for all tasks. */
static uint8_t choose_command(struct chance *chance)
{
	static const uint8_t often[] = {
		CORDON_CMD_POLICY_BEGIN,	 CORDON_CMD_POLICY_ADD_TENANT,
		CORDON_CMD_POLICY_ADD_TENANT,	 CORDON_CMD_POLICY_ADD_RULES,
		CORDON_CMD_POLICY_ADD_RULES,	 CORDON_CMD_POLICY_ADD_RULES,
		CORDON_CMD_POLICY_REMOVE_TENANT, CORDON_CMD_EXPLAIN,
	};
	static const uint8_t seldom[] = {
		CORDON_CMD_STATUS_GET,	   CORDON_CMD_POLICY_ABORT,
		CORDON_CMD_TENANT_GET,	   CORDON_CMD_RULE_GET,
		CORDON_CMD_MEMBER_GET,	   CORDON_CMD_POLICY_COMMIT,
		CORDON_CMD_POLICY_COMMIT,  CORDON_CMD_EVENT_GET,
		CORDON_CMD_EVENT_SELF_GET,
	};

	uint8_t any = chance_below(chance, 256);

	/* Once policy is sealed there is nothing left to try. */
	if (chance_wrong(chance) && any != CORDON_CMD_POLICY_SEAL)
		return any;
	if (chance_below(chance, 12))
		return often[chance_below(chance, COUNT(often))];
	return seldom[chance_below(chance, COUNT(seldom))];
}

static uint16_t flags_of(uint8_t cmd)
{
	switch (cmd) {
	case CORDON_CMD_TENANT_GET:
	case CORDON_CMD_RULE_GET:
	case CORDON_CMD_MEMBER_GET:
	case CORDON_CMD_EVENT_GET:
		return NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP;
	default:
		return NLM_F_REQUEST | NLM_F_ACK;
	}
}

static void put_headers(struct message *message, struct chance *chance,
			uint16_t family, uint32_t seq)
{
	struct nlmsghdr outer = { .nlmsg_type = family,
				  .nlmsg_flags = flags_of(message->cmd),
				  .nlmsg_seq = seq };
	struct genlmsghdr inner = { .cmd = message->cmd,
				    .version = CORDON_PROTOCOL_VERSION };

	if (chance_wrong(chance)) {
		inner.version = chance_below(chance, 256);
		message->sound = 0;
	}
	if (chance_wrong(chance))
		inner.reserved = chance_below(chance, 65536);
	if (chance_wrong(chance)) {
		outer.nlmsg_flags = chance_below(chance, 65536);
		message->sound = 0;
	}
	message->len = 0;
	put_bytes(message, &outer, sizeof(outer));
	put_bytes(message, &inner, sizeof(inner));
}

/**
 * message_make - make a request
 * @message: becomes the request
 * @chance: decides on all of it
 * @family: number of the generic netlink family
 * @seq: number that the answer shall bear
 */
void message_make(struct message *message, struct chance *chance,
		  uint16_t family, uint32_t seq)
{
	static const uint16_t chaos[] = { 0, 0, 0, 5, 30, 200 };
	uint32_t len;

	chance->chaos = chaos[chance_below(chance, COUNT(chaos))];
	message->sound = 1;
	message->cmd = choose_command(chance);
	put_headers(message, chance, family, seq);
	put_payload(message, chance);
	len = message->len;
	if (chance_wrong(chance)) {
		message->len = chance_below(chance, message->len);
		message->sound = 0;
	}
	if (chance_wrong(chance)) {
		len = odd_number(chance);
		message->sound = 0;
	}
	memcpy(message->bytes, &len, sizeof(len));
}
