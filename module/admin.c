// SPDX-License-Identifier: GPL-2.0
/*
 * Events about administration.
 *
 * What is no tenant's is in the account of a tenant that has no name and is on
 * no list, so that it is limited, numbered and summed up like any other.  What
 * a member asks for in vain is in its own tenant's account: no tenant can use
 * up what another, or the host, has to tell.  Acts of those who may administer
 * are told whatever the limit: nobody else can make them many.
 */
#include "admin.h"

#include <linux/audit.h>
#include <linux/rcupdate.h>

#include "member.h"
#include "policy.h"
#include "report.h"
#include "trace.h"

/* Room for the reason of a refusal. */
#define WHY_SIZE 256

/* Requests in vain that are told a second and at once, of all but members. */
#define REQUESTS_RATE 10
#define REQUESTS_BURST 100

static struct tenant *host;
static struct policy *host_policy;

static u32 login_uid(void)
{
	return from_kuid(&init_user_ns, audit_get_loginuid(current));
}

/**
 * admin_note - report what somebody who may did to policy
 * @op: one operation flag of the class admin
 * @before: what was in force
 * @after: what is in force
 * @ret: 0, or the negative error number of a refusal
 * @why: the reason of a refusal, what was sealed or joined, or ""
 *
 * Context: may sleep.
 */
void admin_note(u16 op, const struct policy_totals *before,
		const struct policy_totals *after, int ret, const char *why)
{
	struct event_cause cause = {
		.tenant = host,
		.policy = host_policy,
		.class = CORDON_CLASS_ADMIN,
		.op = op,
		.reason = CORDON_REASON_ADMIN,
		.rule = RULESET_NONE,
		.denied = ret,
		.error = -ret,
		.path = why,
		.path_len = strlen(why),
	};
	struct event_admin *admin = &cause.object.admin;

	admin->before = before->generation;
	admin->loginuid = login_uid();
	memcpy(admin->digest_before, before->digest, DIGEST_SIZE);
	memcpy(admin->digest, after->digest, DIGEST_SIZE);
	trace_cordon_policy(op, before->generation, after, ret, why);
	rcu_read_lock();
	report_always(&cause);
	rcu_read_unlock();
}

/**
 * admin_note_module - report that the module comes or goes
 * @op: CORDON_ADMIN_OP_START or CORDON_ADMIN_OP_STOP
 *
 * Context: may sleep.
 */
void admin_note_module(u16 op)
{
	struct policy_totals totals;

	mutex_lock(&policy_mutex);
	policy_totals(&totals);
	admin_note(op, &totals, &totals, 0, "");
	mutex_unlock(&policy_mutex);
}

/* Inside rcu_read_lock(). */
static void deny(const char *why)
{
	struct event_cause cause = {
		.tenant = host,
		.policy = host_policy,
		.class = CORDON_CLASS_ADMIN,
		.op = CORDON_ADMIN_OP_REQUEST,
		.reason = CORDON_REASON_PERMISSION,
		.rule = RULESET_NONE,
		.denied = true,
		.error = EPERM,
		.object.admin.before = READ_ONCE(policy_generation),
		.object.admin.loginuid = login_uid(),
		.path = why,
		.path_len = strlen(why),
	};
	struct tenant *tenant = member_tenant(current);
	const struct policy *policy = tenant ? policy_of(tenant) : NULL;

	if (policy) {
		cause.tenant = tenant;
		cause.policy = policy;
	}
	report_event(&cause);
}

/**
 * admin_deny - report that current asked for what it may not have
 * @format: format of what that was and why
 *
 * Context: any; does not sleep.
 */
void admin_deny(const char *format, ...)
{
	char why[WHY_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vscnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	rcu_read_lock();
	deny(why);
	rcu_read_unlock();
}

/**
 * admin_init - open the account of what is no tenant's
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init admin_init(void)
{
	host_policy = policy_new();
	if (!host_policy)
		return -ENOMEM;
	host_policy->mode = CORDON_MODE_ENFORCE;
	policy_set_limit(host_policy, REQUESTS_RATE, REQUESTS_BURST);
	host = tenant_new("");
	if (host)
		return 0;
	policy_free(host_policy);
	return -ENOMEM;
}

/**
 * admin_exit - close it
 *
 * Context: may sleep; no event is on its way any more.
 */
void admin_exit(void)
{
	tenant_put(host);
	policy_free(host_policy);
}
