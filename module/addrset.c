// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and ports.
 *
 * Prefixes either nest or are apart.  Sorted by address and then by length,
 * the last prefix that does not come behind an address is either the longest
 * one that contains it or lies inside that one, so a binary search and a climb
 * over parents finds all that contain it.
 */
#include "addrset.h"

/**
 * ip_from_bytes - an address as a number
 * @bytes: the address in network order
 * @len: 4 or 16
 *
 * Return: the number.
 */
struct ip ip_from_bytes(const u8 *bytes, u32 len)
{
	struct ip ip = {};

	if (len == 4) {
		ip.high = (u64)get_unaligned_be32(bytes) << 32;
	} else {
		ip.high = get_unaligned_be64(bytes);
		ip.low = get_unaligned_be64(bytes + 8);
	}
	return ip;
}

/**
 * ip_mask - an address without the bits behind a prefix
 * @ip: the address
 * @prefix_len: length of the prefix in bits, at most 128
 *
 * Return: the address with those bits zero.
 */
struct ip ip_mask(struct ip ip, u32 prefix_len)
{
	if (!prefix_len)
		ip.high = 0;
	else if (prefix_len < 64)
		ip.high &= ~0ULL << (64 - prefix_len);
	if (prefix_len <= 64)
		ip.low = 0;
	else if (prefix_len < 128)
		ip.low &= ~0ULL << (128 - prefix_len);
	return ip;
}

static inline int ip_compare(const struct ip *a, const struct ip *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return 0;
}

static inline bool net_contains(const struct addr_net *net, const struct ip *ip)
{
	return (ip->high & net->mask.high) == net->ip.high &&
	       (ip->low & net->mask.low) == net->ip.low;
}

/**
 * addrset_find_whole - the last prefix that does not come behind an address
 * @set: the set, which is not empty
 * @ip: the address
 *
 * Return: the prefix, or the first of all if it comes behind @ip as well.
 */
noinline const struct addr_net *addrset_find_whole(const struct addrset *set,
						   struct ip ip)
{
	const struct addr_net *net = set->nets;
	u32 count = set->net_count;

	while (count > 1) {
		u32 half = count / 2;

		if (!ip_behind(&net[half].ip, &ip))
			net += half;
		count -= half;
	}
	return net;
}

static bool says_wanted(const struct addr_verdict *says,
			const struct addr_verdict *wanted)
{
	return (says->allow & wanted->allow) || (says->deny & wanted->deny) ||
	       (says->loud & wanted->loud);
}

/**
 * addrset_rule - the first rule that says something about an address and port
 * @set: the set
 * @ip: the address
 * @port: the port in host order
 * @wanted: the rule has to say one of these
 *
 * Slower than addrset_lookup() and only needed for a report.
 *
 * Context: any; does not sleep.
 * Return: the lowest index of such a rule, or ADDRSET_NONE.
 */
u32 addrset_rule(const struct addrset *set, const struct ip *ip, u16 port,
		 const struct addr_verdict *wanted)
{
	const struct addr_net *net = addrset_find(set, ip);
	u32 rule = ADDRSET_NONE;
	u32 i;

	for (; net; net = net->parent) {
		for (i = 0; i < net->entry_count; i++) {
			const struct addr_entry *entry =
				&set->entries[net->entries + i];

			if (entry->first <= port && port <= entry->last &&
			    entry->rule < rule &&
			    says_wanted(&entry->says, wanted))
				rule = entry->rule;
		}
	}
	return rule;
}

static int compare_entries(const void *left, const void *right)
{
	const struct addr_entry *a = left;
	const struct addr_entry *b = right;
	int order = ip_compare(&a->ip, &b->ip);

	return order ? order : (int)a->prefix_len - (int)b->prefix_len;
}

static int compare_ports(const void *left, const void *right)
{
	const u32 *a = left;
	const u32 *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Groups sorted entries by prefix and finds the parent of each prefix. */
static void make_nets(struct addrset *set, u32 count)
{
	const struct addr_net *above = NULL;
	u32 i;

	for (i = 0; i < count; i++) {
		const struct addr_entry *entry = &set->entries[i];
		struct addr_net *net = &set->nets[set->net_count];

		if (i && !compare_entries(entry, entry - 1)) {
			net[-1].entry_count++;
			continue;
		}
		while (above && !net_contains(above, &entry->ip))
			above = above->parent;
		net->ip = entry->ip;
		net->mask =
			ip_mask((struct ip){ ~0ULL, ~0ULL }, entry->prefix_len);
		net->prefix_len = entry->prefix_len;
		net->parent = above;
		net->entries = i;
		net->entry_count = 1;
		set->net_count++;
		above = net;
	}
}

static int make_keys(struct addrset *set)
{
	u32 count;
	u32 i;

	while (1u << set->levels < set->net_count)
		set->levels++;
	count = 1u << set->levels;
	set->keys = pure_alloc(count, sizeof(*set->keys));
	if (!set->keys)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		set->keys[i] = i < set->net_count ? set->nets[i].ip.high :
						    ~0ULL;
	set->bytes += count * sizeof(*set->keys);
	return 0;
}

/* Begins a span wherever an entry of @net begins or ends. */
static u32 cut_spans(const struct addrset *set, const struct addr_net *net,
		     struct addr_span *spans, u32 *cuts)
{
	u32 count = 0;
	u32 used = 0;
	u32 i;

	cuts[count++] = 0;
	for (i = 0; i < net->entry_count; i++) {
		const struct addr_entry *entry =
			&set->entries[net->entries + i];

		cuts[count++] = entry->first;
		if (entry->last < 65535)
			cuts[count++] = entry->last + 1u;
	}
	pure_sort(cuts, count, sizeof(*cuts), compare_ports);
	for (i = 0; i < count; i++)
		if (!i || cuts[i] != cuts[i - 1])
			spans[used++].first = cuts[i];
	return used;
}

static void add_verdict(struct addr_verdict *to,
			const struct addr_verdict *more)
{
	to->allow |= more->allow;
	to->deny |= more->deny;
	to->loud |= more->loud;
}

/* Adds an entry to the spans that it covers; returns how many those are. */
static u32 cover_spans(struct addr_span *spans, u32 count,
		       const struct addr_entry *entry)
{
	u32 low = 0;
	u32 high = count;
	u32 i;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (spans[middle].first <= entry->first)
			low = middle;
		else
			high = middle;
	}
	for (i = low; i < count && spans[i].first <= entry->last; i++)
		add_verdict(&spans[i].says, &entry->says);
	return i - low;
}

/*
 * A parent that says the same of all ports says so in each span of @net, and a
 * lookup need not go there; what it has taken over itself comes along.
 */
static void take_over_parent(struct addr_net *net)
{
	u32 i;

	net->next = net->parent;
	if (!net->parent || net->parent->span_count > 1)
		return;
	net->next = net->parent->next;
	for (i = 0; i < net->span_count; i++)
		add_verdict(&net->spans[i].says, &net->parent->spans->says);
}

/* Parents stand in front of what they contain. */
static int make_spans(struct addrset *set, u32 *cuts)
{
	u32 work = 0;
	u32 used = 0;
	u32 i, e;

	for (i = 0; i < set->net_count; i++) {
		struct addr_net *net = &set->nets[i];
		struct addr_span *spans = set->spans + used;

		net->spans = spans;
		net->span_count = cut_spans(set, net, spans, cuts);
		used += net->span_count;
		for (e = 0; e < net->entry_count; e++) {
			work += cover_spans(spans, net->span_count,
					    &set->entries[net->entries + e]);
			if (work > ADDRSET_WORK_MAX)
				return -E2BIG;
		}
		take_over_parent(net);
	}
	return 0;
}

/**
 * addrset_build - build a set from entries
 * @set: the set, all zero
 * @entries: the entries; the set takes them over and sorts them
 * @count: how many, at most 1 << ADDRSET_LEVELS_MAX
 *
 * Whatever is returned, addrset_destroy() frees the set and @entries.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -E2BIG when so many port ranges of one prefix overlap
 * that laying them out takes more than ADDRSET_WORK_MAX steps.
 */
int addrset_build(struct addrset *set, struct addr_entry *entries, u32 count)
{
	u32 *cuts = NULL;
	int ret = -ENOMEM;

	set->entries = entries;
	if (!count)
		return 0;
	pure_sort(entries, count, sizeof(*entries), compare_entries);
	set->nets = pure_alloc(count, sizeof(*set->nets));
	/* An entry begins two spans at most, and each prefix has one at 0. */
	set->spans = pure_alloc(3 * (size_t)count, sizeof(*set->spans));
	cuts = pure_alloc(2 * (size_t)count + 1, sizeof(*cuts));
	if (!set->nets || !set->spans || !cuts)
		goto out;
	set->bytes = count * (sizeof(*set->nets) + sizeof(*entries) +
			      3 * sizeof(*set->spans));
	make_nets(set, count);
	ret = make_keys(set);
	if (!ret)
		ret = make_spans(set, cuts);
out:
	pure_free(cuts);
	return ret;
}

/**
 * addrset_destroy - free what a set holds
 * @set: the set, built or all zero; it is all zero afterwards
 */
void addrset_destroy(struct addrset *set)
{
	pure_free(set->nets);
	pure_free(set->keys);
	pure_free(set->spans);
	pure_free(set->entries);
	memset(set, 0, sizeof(*set));
}
