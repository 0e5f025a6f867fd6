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
 * struct addr_net - a prefix that entries are about
 * @ip: the prefix
 * @mask: which bits of an address belong to it
 * @prefix_len: its length in bits
 * @parent: the longest shorter prefix that contains it, or ADDRSET_NONE
 * @spans: first of its spans
 * @span_count: number of them, at least 1
 * @entries: first of its entries
 * @entry_count: number of them
 */
struct addr_net {
	struct ip ip;
	struct ip mask;
	u32 prefix_len;
	u32 parent;
	u32 spans;
	u32 span_count;
	u32 entries;
	u32 entry_count;
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
 * struct addrset - a frozen set
 * @nets: prefixes, by address and then length
 * @spans: of all prefixes
 * @entries: of all prefixes
 * @net_count: number of @nets
 * @bytes: memory that the set takes
 */
struct addrset {
	struct addr_net *nets;
	struct addr_span *spans;
	struct addr_entry *entries;
	u32 net_count;
	size_t bytes;
};

int addrset_build(struct addrset *set, struct addr_entry *entries, u32 count);
void addrset_destroy(struct addrset *set);
void addrset_lookup(const struct addrset *set, const struct ip *ip, u16 port,
		    struct addr_verdict *verdict);
u32 addrset_rule(const struct addrset *set, const struct ip *ip, u16 port,
		 const struct addr_verdict *wanted);

struct ip ip_from_bytes(const u8 *bytes, u32 len);
struct ip ip_mask(struct ip ip, u32 prefix_len);

#endif /* CORDON_ADDRSET_H */
