/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of rules about addresses and ports.
 *
 * Like a path tree it is built once and then only read.  IPv4 and IPv6 are two
 * sets, so that "any IPv6 address" does not mean IPv4-mapped ones.
 */
#ifndef CORDON_ADDRSET_H
#define CORDON_ADDRSET_H

#include "pure.h"

#define ADDRSET_NONE U32_MAX

/* A set has at most 1 << this prefixes; see addrset_search(). */
#define ADDRSET_LEVELS_MAX 18

/* How much work overlapping port ranges may make; see addrset_build(). */
#define ADDRSET_WORK_MAX (16u << 20)

/**
 * struct ip - an address as a number, to be compared and masked
 * @high: the first eight bytes; all of an IPv4 address is in the top half
 * @low: the last eight bytes, 0 for IPv4
 */
struct ip {
	u64 high;
	u64 low;
};

/**
 * struct addr_verdict - what rules say, one bit for operation and protocol
 * @allow: allowed by a rule
 * @deny: denied by a rule
 * @loud: the permission is to be reported
 */
struct addr_verdict {
	u64 allow;
	u64 deny;
	u64 loud;
};

/**
 * struct addr_entry - one prefix and port range of one rule
 * @ip: the prefix; bits behind it are zero
 * @says: what the rule says
 * @rule: index of the rule
 * @prefix_len: length of the prefix in bits
 * @first: first port
 * @last: last port
 */
struct addr_entry {
	struct ip ip;
	struct addr_verdict says;
	u32 rule;
	u8 prefix_len;
	u16 first;
	u16 last;
};

/**
 * struct addr_span - what is said about a range of ports
 * @says: what entries say together
 * @first: its first port; it reaches to the next span of the net
 */
struct addr_span {
	struct addr_verdict says;
	u16 first;
};

/**
 * struct addr_net - a prefix that entries are about
 * @ip: the prefix
 * @mask: which bits of an address belong to it
 * @parent: the longest shorter prefix that contains it, or NULL
 * @next: the first of its parents whose spans are not part of @spans, or NULL
 * @spans: its spans
 * @span_count: number of them, at least 1
 * @entries: first of its entries
 * @entry_count: number of them
 * @prefix_len: its length in bits
 */
struct addr_net {
	struct ip ip;
	struct ip mask;
	const struct addr_net *parent;
	const struct addr_net *next;
	struct addr_span *spans;
	u32 span_count;
	u32 entries;
	u32 entry_count;
	u32 prefix_len;
};

/**
 * struct addrset - a frozen set
 * @nets: prefixes, by address and then length
 * @keys: the first eight bytes of the address of each, and as many more of the
 * greatest number as make it a power of two
 * @levels: which power
 * @spans: of all prefixes
 * @entries: of all prefixes
 * @net_count: number of @nets
 * @bytes: memory that the set takes
 */
struct addrset {
	struct addr_net *nets;
	u64 *keys;
	u32 levels;
	struct addr_span *spans;
	struct addr_entry *entries;
	u32 net_count;
	size_t bytes;
};

int addrset_build(struct addrset *set, struct addr_entry *entries, u32 count);
void addrset_destroy(struct addrset *set);
const struct addr_net *addrset_find_whole(const struct addrset *set,
					  struct ip ip);
u32 addrset_rule(const struct addrset *set, const struct ip *ip, u16 port,
		 const struct addr_verdict *wanted);

struct ip ip_from_bytes(const u8 *bytes, u32 len);
struct ip ip_mask(struct ip ip, u32 prefix_len);

/* Whether @a comes behind @b. */
static inline bool ip_behind(const struct ip *a, const struct ip *b)
{
	return a->high > b->high || (a->high == b->high && a->low > b->low);
}

static __always_inline const u64 *addrset_step(const u64 *key, u32 ahead,
					       u64 wanted)
{
	return key[ahead] <= wanted ? key + ahead : key;
}

/*
 * The last of 1 << @levels sorted keys that is not behind @wanted, or the
 * first.  A search by halves, whose steps are laid out one after the other for
 * each size that there can be: three instructions each.
 */
static __always_inline u32 addrset_search(const u64 *keys, u32 levels,
					  u64 wanted)
{
	const u64 *key = keys;

	switch (levels) {
	case 18:
		key = addrset_step(key, 1u << 17, wanted);
		fallthrough;
	case 17:
		key = addrset_step(key, 1u << 16, wanted);
		fallthrough;
	case 16:
		key = addrset_step(key, 1u << 15, wanted);
		fallthrough;
	case 15:
		key = addrset_step(key, 1u << 14, wanted);
		fallthrough;
	case 14:
		key = addrset_step(key, 1u << 13, wanted);
		fallthrough;
	case 13:
		key = addrset_step(key, 1u << 12, wanted);
		fallthrough;
	case 12:
		key = addrset_step(key, 1u << 11, wanted);
		fallthrough;
	case 11:
		key = addrset_step(key, 1u << 10, wanted);
		fallthrough;
	case 10:
		key = addrset_step(key, 1u << 9, wanted);
		fallthrough;
	case 9:
		key = addrset_step(key, 1u << 8, wanted);
		fallthrough;
	case 8:
		key = addrset_step(key, 1u << 7, wanted);
		fallthrough;
	case 7:
		key = addrset_step(key, 1u << 6, wanted);
		fallthrough;
	case 6:
		key = addrset_step(key, 1u << 5, wanted);
		fallthrough;
	case 5:
		key = addrset_step(key, 1u << 4, wanted);
		fallthrough;
	case 4:
		key = addrset_step(key, 1u << 3, wanted);
		fallthrough;
	case 3:
		key = addrset_step(key, 1u << 2, wanted);
		fallthrough;
	case 2:
		key = addrset_step(key, 1u << 1, wanted);
		fallthrough;
	case 1:
		key = addrset_step(key, 1u << 0, wanted);
		fallthrough;
	default:
		break;
	}
	return key - keys;
}

/* The longest prefix that contains @ip, or NULL. */
static __always_inline const struct addr_net *addrset_find(
	const struct addrset *set, const struct ip *ip)
{
	const struct addr_net *net;
	u32 last;

	if (unlikely(!set->net_count))
		return NULL;
	last = addrset_search(set->keys, set->levels, ip->high);
	/* What keys are padded with is not behind the last address there is. */
	if (unlikely(last >= set->net_count))
		last = set->net_count - 1;
	net = set->nets + last;
	/* Of IPv6, addresses that begin alike are told apart by the rest. */
	if (unlikely(net->ip.low > ip->low && net->ip.high == ip->high))
		net = addrset_find_whole(set, *ip);
	while (net && ((ip->high & net->mask.high) != net->ip.high ||
		       (ip->low & net->mask.low) != net->ip.low))
		net = net->parent;
	return net;
}

static __always_inline const struct addr_span *addrset_span(
	const struct addr_net *net, u16 port)
{
	const struct addr_span *span = net->spans;
	u32 count = net->span_count;

	/* The first span begins at port 0: it is never behind @port. */
	while (count > 1) {
		u32 half = count / 2;

		span = span[half].first <= port ? span + half : span;
		count -= half;
	}
	return span;
}

/**
 * addrset_lookup - what the rules say about an address and a port
 * @set: the set
 * @ip: the address
 * @port: the port in host order, 0 where there are none
 * @verdict: what they say is added to it
 *
 * Inline, as most lookups are of a task that waits to send.
 *
 * Context: any; does not sleep.
 */
static __always_inline void addrset_lookup(const struct addrset *set,
					   const struct ip *ip, u16 port,
					   struct addr_verdict *verdict)
{
	const struct addr_net *net = addrset_find(set, ip);

	for (; net; net = net->next) {
		const struct addr_span *span = addrset_span(net, port);

		verdict->allow |= span->says.allow;
		verdict->deny |= span->says.deny;
		verdict->loud |= span->says.loud;
	}
}

#endif /* CORDON_ADDRSET_H */
