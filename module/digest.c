// SPDX-License-Identifier: GPL-2.0
/*
 * SHA-256 of what a policy says.  Each number has eight bytes and each text its
 * length in front, so that no two policies come out as the same bytes.  Where a
 * rule was written does not count: who copies a file does not change a policy.
 */
#include "digest.h"

#include "compat.h"
#include "policy.h"

static void add_number(COMPAT_SHA256 *hash, u64 number)
{
	const __le64 wire = cpu_to_le64(number);

	sha256_update(hash, (const u8 *)&wire, sizeof(wire));
}

static void add_text(COMPAT_SHA256 *hash, const char *text)
{
	size_t len = strlen(text);

	add_number(hash, len);
	sha256_update(hash, (const u8 *)text, len);
}

typedef const struct number_range *(*get_range)(const struct ruleset *set,
						u32 index);
typedef const char *(*get_pattern)(const struct ruleset *set, u32 index);

static void add_ranges(COMPAT_SHA256 *hash, const struct ruleset *rules,
		       const struct rule_part *part, get_range get)
{
	u32 i;

	add_number(hash, part->count);
	for (i = 0; i < part->count; i++) {
		add_number(hash, get(rules, part->first + i)->first);
		add_number(hash, get(rules, part->first + i)->last);
	}
}

static void add_patterns(COMPAT_SHA256 *hash, const struct ruleset *rules,
			 const struct rule_part *part, get_pattern get)
{
	u32 i;

	add_number(hash, part->count);
	for (i = 0; i < part->count; i++)
		add_text(hash, get(rules, part->first + i));
}

static void add_prefixes(COMPAT_SHA256 *hash, const struct ruleset *rules,
			 const struct rule_part *part)
{
	u32 i;

	add_number(hash, part->count);
	for (i = 0; i < part->count; i++) {
		const struct prefix *prefix =
			ruleset_prefix(rules, part->first + i);

		add_number(hash, prefix->prefix_len);
		add_number(hash, prefix->len);
		sha256_update(hash, prefix->bytes, prefix->len);
	}
}

static void add_rule(COMPAT_SHA256 *hash, const struct ruleset *rules,
		     const struct rule *rule)
{
	u32 i;

	add_number(hash, rule->class);
	add_number(hash, rule->action);
	add_number(hash, rule->ops);
	add_number(hash, rule->log);
	add_number(hash, rule->families);
	add_number(hash, rule->types);
	add_number(hash, rule->protos);
	add_number(hash, rule->peer);
	add_patterns(hash, rules, &rule->paths, ruleset_path);
	add_patterns(hash, rules, &rule->abstracts, ruleset_abstract);
	add_prefixes(hash, rules, &rule->prefixes);
	add_ranges(hash, rules, &rule->ports, ruleset_ports);
	add_ranges(hash, rules, &rule->cids, ruleset_cids);
	add_number(hash, rule->protocols.count);
	for (i = 0; i < rule->protocols.count; i++)
		add_number(hash,
			   ruleset_protocol(rules, rule->protocols.first + i));
}

static void add_rules(COMPAT_SHA256 *hash, const struct ruleset *rules)
{
	u32 i;

	add_number(hash, rules->file_default);
	add_number(hash, rules->socket_default);
	add_number(hash, rules->rules.count);
	for (i = 0; i < rules->rules.count; i++)
		add_rule(hash, rules, ruleset_rule(rules, i));
}

static void add_selectors(COMPAT_SHA256 *hash, const struct policy *policy)
{
	u32 i;

	add_number(hash, policy->selector_count);
	for (i = 0; i < policy->selector_count; i++) {
		const struct selector *selector = &policy->selectors[i];

		add_text(hash, selector->cgroup ?: "");
		add_number(hash, selector->uid_first);
		add_number(hash, selector->uid_last);
	}
}

/**
 * digest_policy - work out the digest of a tenant's policy
 * @policy: the policy, complete, whose digest is set
 *
 * Context: may sleep.
 */
void digest_policy(struct policy *policy)
{
	COMPAT_SHA256 hash;

	sha256_init(&hash);
	add_number(&hash, policy->mode);
	add_number(&hash, policy->rate);
	add_number(&hash, policy->burst);
	add_number(&hash, policy->event_self);
	add_number(&hash, policy->revoke);
	add_number(&hash, policy->guard_denied);
	add_rules(&hash, &policy->rules);
	add_rules(&hash, &policy->setup);
	add_selectors(&hash, policy);
	sha256_final(&hash, policy->digest);
}

/**
 * digest_all - work out the digest of the policies of all tenants
 * @digest: set to it, DIGEST_SIZE bytes
 * @tenants: struct tenant, by name
 * @chosen: the policy of a tenant that counts, or NULL when it does not
 *
 * Context: may sleep; policy_mutex is held.
 */
void digest_all(u8 *digest, struct list_head *tenants,
		const struct policy *(*chosen)(const struct tenant *tenant))
{
	struct tenant *tenant;
	COMPAT_SHA256 hash;

	sha256_init(&hash);
	list_for_each_entry(tenant, tenants, list) {
		const struct policy *policy = chosen(tenant);

		if (!policy)
			continue;
		add_text(&hash, tenant->name);
		sha256_update(&hash, policy->digest, DIGEST_SIZE);
	}
	sha256_final(&hash, digest);
}
