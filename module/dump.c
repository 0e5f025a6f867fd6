// SPDX-License-Identifier: GPL-2.0
/* What is in force, for whoever asks. */
#include <linux/limits.h>

#include "attach.h"
#include "audit.h"
#include "backlog.h"
#include "compat.h"
#include "history.h"
#include "member.h"
#include "netlink.h"
#include "policy.h"
#include "seal.h"
#include "socket_owner.h"
#include "version.h"

#define PAD 0

static int put_string_list(struct sk_buff *skb, int type,
			   const char *(*name)(u32 index))
{
	const char *text;
	u32 i;

	for (i = 0; (text = name(i)); i++)
		if (nla_put_string(skb, type, text))
			return -EMSGSIZE;
	return 0;
}

static int put_policy_totals(struct sk_buff *skb)
{
	struct policy_totals totals;

	mutex_lock(&policy_mutex);
	policy_totals(&totals);
	mutex_unlock(&policy_mutex);
	return nla_put_u64_64bit(skb, CORDON_STATUS_GENERATION,
				 totals.generation, PAD) ||
	       nla_put(skb, CORDON_STATUS_DIGEST, DIGEST_SIZE, totals.digest) ||
	       nla_put_u32(skb, CORDON_STATUS_TENANTS, totals.tenants) ||
	       nla_put_u32(skb, CORDON_STATUS_RULES, totals.rules) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_POLICY_BYTES, totals.bytes,
				 PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_POLICY_BYTES_MAX,
				 totals.bytes_max, PAD);
}

static int put_event_totals(struct sk_buff *skb)
{
	struct event_counters counters;

	tally_read(NULL, &counters);
	return nla_put_u64_64bit(skb, CORDON_STATUS_LOADED, event_began(),
				 PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_GENERATED,
				 counters.of[EVENT_GENERATED], PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_SENT,
				 counters.of[EVENT_SENT], PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_SUPPRESSED,
				 counters.of[EVENT_SUPPRESSED], PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_LOST,
				 counters.of[EVENT_LOST], PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_PENDING,
				 counters.of[EVENT_PENDING], PAD);
}

static int put_event_room(struct sk_buff *skb)
{
	struct backlog_state backlog;
	struct history_state history;

	backlog_read(&backlog);
	history_read(&history);
	return nla_put_u32(skb, CORDON_STATUS_BACKLOG_MAX, backlog.max) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_BACKLOG_BYTES,
				 backlog.bytes, PAD) ||
	       nla_put_u32(skb, CORDON_STATUS_HISTORY_MAX, history.max) ||
	       nla_put_u32(skb, CORDON_STATUS_HISTORY, history.count) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_HISTORY_FIRST,
				 history.first, PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_HISTORY_BYTES,
				 history.bytes, PAD);
}

static int put_audit(struct sk_buff *skb)
{
	struct audit_state audit;

	audit_read(&audit);
	return nla_put_u64_64bit(skb, CORDON_STATUS_AUDIT_LOGGED, audit.logged,
				 PAD) ||
	       nla_put_u64_64bit(skb, CORDON_STATUS_AUDIT_MISSED, audit.missed,
				 PAD);
}

static int put_seal(struct sk_buff *skb)
{
	struct seal_state seal;

	mutex_lock(&policy_mutex);
	seal_read(&seal);
	mutex_unlock(&policy_mutex);
	if (seal.all && nla_put_flag(skb, CORDON_STATUS_SEALED))
		return -EMSGSIZE;
	return nla_put_u32(skb, CORDON_STATUS_SEALED_TENANTS, seal.tenants);
}

static int put_status(struct sk_buff *skb, const void *unused)
{
	struct nlattr *nest = nla_nest_start(skb, CORDON_A_STATUS);

	if (!nest || nla_put_string(skb, CORDON_STATUS_VERSION, CORDON_VERSION))
		return -EMSGSIZE;
	if (nla_put_u32(skb, CORDON_STATUS_MEMBERS,
			atomic_read(&member_table.count)) ||
	    nla_put_u32(skb, CORDON_STATUS_MEMBERS_MAX, member_table.max) ||
	    nla_put_u32(skb, CORDON_STATUS_SOCKETS,
			atomic_read(&socket_owner_table.count)) ||
	    nla_put_u32(skb, CORDON_STATUS_SOCKETS_MAX, socket_owner_table.max))
		return -EMSGSIZE;
	if (put_policy_totals(skb) || put_event_totals(skb) ||
	    put_event_room(skb) || put_audit(skb) || put_seal(skb) ||
	    put_string_list(skb, CORDON_STATUS_HOOK, attach_name))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * dump_status - handler of status-get
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -ENOMEM or -EMSGSIZE.
 */
int dump_status(struct sk_buff *skb, struct genl_info *info)
{
	return netlink_reply(info, put_status, NULL);
}

static int put_selectors(struct sk_buff *skb, const struct policy *policy)
{
	u32 i;

	for (i = 0; i < policy->selector_count; i++) {
		const struct selector *selector = &policy->selectors[i];
		struct nlattr *nest =
			nla_nest_start(skb, CORDON_TENANT_SELECTOR);

		if (!nest)
			return -EMSGSIZE;
		if (selector->cgroup) {
			if (nla_put_string(skb, CORDON_SELECTOR_CGROUP,
					   selector->cgroup))
				return -EMSGSIZE;
		} else if (nla_put_u32(skb, CORDON_SELECTOR_UID_FIRST,
				       selector->uid_first) ||
			   nla_put_u32(skb, CORDON_SELECTOR_UID_LAST,
				       selector->uid_last)) {
			return -EMSGSIZE;
		}
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_setup(struct sk_buff *skb, const struct ruleset *setup)
{
	u32 i;

	for (i = 0; i < setup->paths.count; i++)
		if (nla_put_string(skb, CORDON_TENANT_SETUP,
				   ruleset_path(setup, i)))
			return -EMSGSIZE;
	return 0;
}

static int put_policy(struct sk_buff *skb, const struct policy *policy)
{
	const struct ruleset *rules = &policy->rules;

	if (nla_put_u32(skb, CORDON_TENANT_MODE, policy->mode) ||
	    nla_put_u32(skb, CORDON_TENANT_RULES, rules->rules.count) ||
	    nla_put_u32(skb, CORDON_TENANT_EVENT_RATE, policy->rate) ||
	    nla_put_u32(skb, CORDON_TENANT_EVENT_BURST, policy->burst) ||
	    nla_put_u64_64bit(skb, CORDON_TENANT_BYTES,
			      rules->bytes + policy->setup.bytes, PAD))
		return -EMSGSIZE;
	if (policy->origin &&
	    nla_put_string(skb, CORDON_TENANT_ORIGIN, policy->origin))
		return -EMSGSIZE;
	if (rules->file_default &&
	    nla_put_u32(skb, CORDON_TENANT_FILE_DEFAULT, rules->file_default))
		return -EMSGSIZE;
	if (rules->socket_default &&
	    nla_put_u32(skb, CORDON_TENANT_SOCKET_DEFAULT,
			rules->socket_default))
		return -EMSGSIZE;
	if (policy->revoke && nla_put_flag(skb, CORDON_TENANT_REVOKE))
		return -EMSGSIZE;
	if (policy->event_self && nla_put_flag(skb, CORDON_TENANT_EVENT_SELF))
		return -EMSGSIZE;
	if (nla_put_u32(skb, CORDON_TENANT_GUARD_ALLOW,
			(__CORDON_GUARD_OP_LAST - 1) & ~policy->guard_denied))
		return -EMSGSIZE;
	if (put_setup(skb, &policy->setup))
		return -EMSGSIZE;
	return put_selectors(skb, policy);
}

static int put_tenant(struct sk_buff *skb, struct tenant *tenant)
{
	struct nlattr *nest = nla_nest_start(skb, CORDON_A_TENANT);
	struct event_counters counters;

	tally_read(&tenant->tally, &counters);
	if (!nest || nla_put_string(skb, CORDON_TENANT_NAME, tenant->name) ||
	    nla_put_u32(skb, CORDON_TENANT_MEMBERS,
			atomic_read(&tenant->members)) ||
	    nla_put_u64_64bit(skb, CORDON_TENANT_GENERATED,
			      counters.of[EVENT_GENERATED], PAD) ||
	    nla_put_u64_64bit(skb, CORDON_TENANT_SENT, counters.of[EVENT_SENT],
			      PAD) ||
	    nla_put_u64_64bit(skb, CORDON_TENANT_SUPPRESSED,
			      counters.of[EVENT_SUPPRESSED], PAD) ||
	    nla_put_u64_64bit(skb, CORDON_TENANT_LOST, counters.of[EVENT_LOST],
			      PAD) ||
	    nla_put_u64_64bit(skb, CORDON_TENANT_PENDING,
			      counters.of[EVENT_PENDING], PAD) ||
	    put_policy(skb, policy_locked(tenant)))
		return -EMSGSIZE;
	if (tenant->sealed && nla_put_flag(skb, CORDON_TENANT_SEALED))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Begins a message of a dump, which is marked when the policy changes. */
static void *begin_message(struct sk_buff *skb, struct netlink_callback *cb,
			   u8 cmd)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &cordon_family,
				   NLM_F_MULTI, cmd);

	cb->seq = (u32)READ_ONCE(policy_generation);
	if (header)
		genl_dump_check_consistent(cb, header);
	return header;
}

/**
 * dump_tenants - handler of tenant-get
 * @skb: the answer
 * @cb: the dump; args[0] counts the tenants that are done
 *
 * Return: length of the answer, 0 at the end, or -EMSGSIZE.
 */
int dump_tenants(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tenant *tenant;
	long number = 0;
	int ret = 0;

	mutex_lock(&policy_mutex);
	list_for_each_entry(tenant, &policy_tenants, list) {
		void *header;

		if (number++ < cb->args[0])
			continue;
		header = begin_message(skb, cb, CORDON_CMD_TENANT_GET);
		ret = header ? netlink_end_message(skb, header,
						   put_tenant(skb, tenant)) :
			       -EMSGSIZE;
		if (ret)
			break;
		cb->args[0] = number;
	}
	mutex_unlock(&policy_mutex);
	return netlink_dump_result(skb, ret);
}

static int put_paths(struct sk_buff *skb, const struct ruleset *rules,
		     const struct rule *rule)
{
	u32 i;

	for (i = 0; i < rule->paths.count; i++)
		if (nla_put_string(skb, CORDON_RULE_PATH,
				   ruleset_path(rules, rule->paths.first + i)))
			return -EMSGSIZE;
	return 0;
}

static int put_prefix(struct sk_buff *skb, const struct prefix *prefix)
{
	struct nlattr *nest = nla_nest_start(skb, CORDON_RULE_ADDR);

	if (!nest || nla_put(skb, CORDON_ADDR_IP, prefix->len, prefix->bytes) ||
	    nla_put_u32(skb, CORDON_ADDR_PREFIX_LEN, prefix->prefix_len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_range(struct sk_buff *skb, int type,
		     const struct number_range *range)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest || nla_put_u32(skb, CORDON_PORT_FIRST, range->first) ||
	    nla_put_u32(skb, CORDON_PORT_LAST, range->last))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_set(struct sk_buff *skb, int type, u64 set)
{
	u32 i;

	for (i = 0; i < 64; i++)
		if ((set & BIT_ULL(i)) && nla_put_u32(skb, type, i))
			return -EMSGSIZE;
	return 0;
}

/* What socket rules have besides internet addresses and their ports. */
static int put_kinds(struct sk_buff *skb, const struct ruleset *rules,
		     const struct rule *rule)
{
	u32 i;

	if (put_set(skb, CORDON_RULE_FAMILY, rule->families) ||
	    put_set(skb, CORDON_RULE_TYPE, rule->types))
		return -EMSGSIZE;
	for (i = 0; i < rule->abstracts.count; i++)
		if (nla_put_string(skb, CORDON_RULE_ABSTRACT,
				   ruleset_abstract(rules,
						    rule->abstracts.first + i)))
			return -EMSGSIZE;
	for (i = 0; i < rule->protocols.count; i++)
		if (nla_put_u32(skb, CORDON_RULE_PROTOCOL,
				ruleset_protocol(rules,
						 rule->protocols.first + i)))
			return -EMSGSIZE;
	for (i = 0; i < rule->cids.count; i++)
		if (put_range(skb, CORDON_RULE_CID,
			      ruleset_cids(rules, rule->cids.first + i)))
			return -EMSGSIZE;
	return 0;
}

static int put_socket_object(struct sk_buff *skb, const struct ruleset *rules,
			     const struct rule *rule)
{
	u32 i;

	if (rule->protos && nla_put_u32(skb, CORDON_RULE_PROTO, rule->protos))
		return -EMSGSIZE;
	if (rule->peer && nla_put_u32(skb, CORDON_RULE_PEER, rule->peer))
		return -EMSGSIZE;
	for (i = 0; i < rule->prefixes.count; i++)
		if (put_prefix(skb,
			       ruleset_prefix(rules, rule->prefixes.first + i)))
			return -EMSGSIZE;
	for (i = 0; i < rule->ports.count; i++)
		if (put_range(skb, CORDON_RULE_PORT,
			      ruleset_ports(rules, rule->ports.first + i)))
			return -EMSGSIZE;
	return put_kinds(skb, rules, rule);
}

static int put_rule(struct sk_buff *skb, const struct tenant *tenant,
		    const struct ruleset *rules, const struct rule *rule)
{
	struct nlattr *nest;
	int ret;

	if (nla_put_string(skb, CORDON_A_TENANT_NAME, tenant->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, CORDON_A_RULE);
	if (!nest || nla_put_u32(skb, CORDON_RULE_CLASS, rule->class) ||
	    nla_put_u32(skb, CORDON_RULE_ACTION, rule->action) ||
	    nla_put_u32(skb, CORDON_RULE_OPS, rule->ops) ||
	    nla_put_u32(skb, CORDON_RULE_LOG, rule->log) ||
	    nla_put_string(skb, CORDON_RULE_ORIGIN,
			   ruleset_text(rules, rule->origin)))
		return -EMSGSIZE;
	ret = put_paths(skb, rules, rule);
	if (!ret && rule->class == CORDON_CLASS_SOCKET)
		ret = put_socket_object(skb, rules, rule);
	if (!ret)
		nla_nest_end(skb, nest);
	return ret;
}

static int dump_rules_of(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct tenant *tenant)
{
	const struct ruleset *rules = &policy_locked(tenant)->rules;
	int ret = 0;

	while (!ret && cb->args[0] < rules->rules.count) {
		void *header = begin_message(skb, cb, CORDON_CMD_RULE_GET);

		if (!header)
			return -EMSGSIZE;
		ret = put_rule(skb, tenant, rules,
			       ruleset_rule(rules, cb->args[0]));
		ret = netlink_end_message(skb, header, ret);
		if (!ret)
			cb->args[0]++;
	}
	return ret;
}

/**
 * dump_rules - handler of rule-get
 * @skb: the answer
 * @cb: the dump; args[0] counts the rules that are done
 *
 * Return: length of the answer, 0 at the end, -EINVAL without the name of a
 * tenant, -ENOENT when there is none of that name, or -EMSGSIZE.
 */
int dump_rules(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *name = compat_dump_attrs(cb)[CORDON_A_TENANT_NAME];
	const struct tenant *tenant;
	int ret = -ENOENT;

	if (!name) {
		netlink_explain(cb->extack, NULL,
				"attribute 'tenant name' is missing");
		return -EINVAL;
	}
	mutex_lock(&policy_mutex);
	list_for_each_entry(tenant, &policy_tenants, list) {
		if (strcmp(tenant->name, nla_data(name)))
			continue;
		ret = dump_rules_of(skb, cb, tenant);
		break;
	}
	mutex_unlock(&policy_mutex);
	if (ret == -ENOENT)
		netlink_explain(cb->extack, name,
				"there is no tenant of that name");
	return netlink_dump_result(skb, ret);
}

/**
 * struct member_dump - a dump of members that is going on
 * @skb: the answer
 * @cb: the dump
 */
struct member_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int put_member(const struct member *member, void *arg)
{
	struct member_dump *dump = arg;
	struct sk_buff *skb = dump->skb;
	struct nlattr *nest;
	char comm[TASK_COMM_LEN];
	void *header;

	/* It is none yet, and will not be if its exec fails. */
	if (member->joining)
		return 0;
	header = begin_message(skb, dump->cb, CORDON_CMD_MEMBER_GET);
	if (!header)
		return -EMSGSIZE;
	/* Not get_task_comm(): its lock must not be taken inside ours. */
	strscpy_pad(comm, member->task->comm, sizeof(comm));
	nest = nla_nest_start(skb, CORDON_A_MEMBER);
	if (!nest ||
	    nla_put_string(skb, CORDON_MEMBER_TENANT, member->tenant->name) ||
	    nla_put_u32(skb, CORDON_MEMBER_PID, task_pid_nr(member->task)) ||
	    nla_put_u32(skb, CORDON_MEMBER_TGID, task_tgid_nr(member->task)) ||
	    nla_put_string(skb, CORDON_MEMBER_COMM, comm) ||
	    nla_put_u32(skb, CORDON_MEMBER_PPID, task_ppid_nr(member->task)))
		return netlink_end_message(skb, header, -EMSGSIZE);
	nla_nest_end(skb, nest);
	return netlink_end_message(skb, header, 0);
}

/**
 * dump_members - handler of member-get
 * @skb: the answer
 * @cb: the dump; args[0] counts the buckets that are done
 *
 * Return: length of the answer, 0 at the end, or -EMSGSIZE.
 */
int dump_members(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct member_dump dump = { .skb = skb, .cb = cb };
	u32 bucket = cb->args[0];
	int ret = 0;

	for (; bucket < 1u << member_table.bits; bucket++) {
		u32 before = skb->len;

		ret = member_visit(bucket, put_member, &dump);
		if (ret) {
			/* All of a bucket or nothing. */
			nlmsg_trim(skb, skb->data + before);
			break;
		}
	}
	cb->args[0] = bucket;
	return netlink_dump_result(skb, ret);
}
