// SPDX-License-Identifier: GPL-2.0
/*
 * Putting policy in force, all or nothing.
 *
 * policy_commit() does what can fail first, and undoes it if it does: compile,
 * bound, attach hooks, have running tasks join.  Only then are the policies
 * published, by a single store to policy_generation: readers go by it, see
 * policy_of().  What nobody can see any more is freed last.
 *
 * A dry run does the first part of it, without having anybody join, and undoes
 * it always.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "policy.h"

#include <linux/module.h>
#include <linux/slab.h>

#include "admin.h"
#include "attach.h"
#include "enrolled.h"
#include "hooks.h"
#include "member.h"
#include "plan.h"
#include "seal.h"
#include "selectors.h"
#include "socket_owner.h"

/* See policy.h. */
DEFINE_MUTEX(policy_mutex);
u64 policy_generation __read_mostly;
u64 policy_join_generation __read_mostly;

static struct policy_totals totals_in_force;

/* Running tasks that match join, and what sockets they have go with them. */
static int scan(void)
{
	int ret = member_scan();

	return ret ? ret : socket_owner_scan();
}

/*
 * Whoever loads a policy must be able to take it back, which members cannot: a
 * selector that matches the loader would lock everybody out who is like it.
 */
static int join_all(void)
{
	int ret = member_scan();
	bool joined;

	rcu_read_lock();
	joined = member_tenant(current);
	rcu_read_unlock();
	if (!ret && joined)
		return -EDEADLK;
	return ret ? ret : socket_owner_scan();
}

static int refuse_join(struct commit *commit, int err)
{
	if (err == -EDEADLK)
		return commit_refuse(commit, err,
				     "a selector matches the task that loads the policy, which could then not take it back");
	if (err == -EAGAIN)
		return commit_refuse(commit, err,
				     "more than %u tasks would be members; see parameter members_max",
				     member_table.max);
	if (err == -ENFILE)
		return commit_refuse(commit, err,
				     "members of a tenant have more sockets than its share of %u; see parameter sockets_max",
				     socket_owner_table.max);
	return commit_refuse(commit, err,
			     "out of memory while running tasks join");
}

/*
 * What join_all() would find out of the loader's cgroup and uid; of its PID
 * namespaces it cannot be told as long as nobody has joined.
 */
static int check_loader(struct commit *commit)
{
	bool would_join;

	rcu_read_lock();
	would_join = selectors_find(commit->selectors, current);
	rcu_read_unlock();
	return would_join ? refuse_join(commit, -EDEADLK) : 0;
}

/*
 * Puts the selectors in force and has running tasks join.  Nothing is enforced
 * by it yet, as the policies of new tenants are not published.
 */
static int join_running(struct commit *commit)
{
	int ret;

	WRITE_ONCE(policy_join_generation, policy_generation + 1);
	/* Who joins by the new selectors bears the new mark. */
	synchronize_rcu();
	commit->old_selectors = selectors_replace(commit->selectors);
	ret = join_all();
	if (!ret)
		return 0;
	refuse_join(commit, ret);
	selectors_replace(commit->old_selectors);
	commit->old_selectors = NULL;
	/* Nor does anybody who joins by them bear the old one. */
	synchronize_rcu();
	WRITE_ONCE(policy_join_generation, policy_generation);
	synchronize_rcu();
	member_drop_generation(policy_generation + 1);
	socket_owner_drop_generation(policy_generation + 1);
	/* Those whom the old selectors match as well were dropped with them. */
	if (scan())
		pr_err("running tasks could not join again; load the policy once more\n");
	return ret;
}

static void publish(struct commit *commit)
{
	u64 generation = policy_generation + 1;
	struct tenant *tenant;

	list_for_each_entry(tenant, &policy_tenants, list) {
		if (!tenant->next)
			continue;
		tenant->next->generation = generation;
		tenant->next->previous = policy_locked(tenant);
		rcu_assign_pointer(tenant->policy, tenant->next);
	}
	/* Pairs with the order of loads in policy_of(), which depend. */
	smp_store_release(&policy_generation, generation);
	commit->totals.generation = generation;
	commit->totals.bytes_max = totals_in_force.bytes_max;
	totals_in_force = commit->totals;
}

static void free_previous(void)
{
	struct tenant *tenant;

	list_for_each_entry(tenant, &policy_tenants, list) {
		if (!tenant->next)
			continue;
		policy_free(tenant->next->previous);
		tenant->next->previous = NULL;
		if (!tenant->next->removes)
			tenant->next = NULL;
	}
}

/* Lets go of tenants whose policy has no members any more, or never had. */
static void drop_removed(void)
{
	struct tenant *tenant, *next;
	bool removed = false;

	list_for_each_entry(tenant, &policy_tenants, list) {
		if (tenant->next) {
			RCU_INIT_POINTER(tenant->policy, NULL);
			removed = true;
		}
	}
	if (!removed)
		return;
	synchronize_rcu();
	member_drop_tenants();
	socket_owner_drop_tenants();
	list_for_each_entry_safe(tenant, next, &policy_tenants, list) {
		if (!tenant->next)
			continue;
		policy_free(tenant->next);
		tenant->next = NULL;
		unenrol(tenant);
	}
	/* Another tenant's selectors may match those who were set free. */
	if (scan())
		pr_err("tasks of removed tenants could not join others; load the policy once more\n");
}

static int prepare(struct commit *commit)
{
	const char *why = "";
	int ret = plan_make(commit);

	if (!ret)
		ret = plan_selectors(commit);
	if (ret)
		return ret;
	ret = attach_add(commit->needs, &why);
	if (ret)
		return commit_refuse(commit, ret, "%s", why);
	if (commit->draft->dry_run)
		return check_loader(commit);
	if (commit->needs & NEED_OWNERS)
		socket_owner_open();
	if (commit->needs & NEED_PEERS)
		socket_owner_want_peers(true);
	return join_running(commit);
}

/* Detaches what is not needed, when nothing is left that relies on it. */
static void trim(u32 needs)
{
	if (!(needs & NEED_PEERS))
		socket_owner_want_peers(false);
	if (!(needs & NEED_OWNERS))
		socket_owner_close();
	attach_trim(needs);
}

static int commit_pinned(struct commit *commit, const u64 *expected)
{
	int ret;

	if (expected && *expected != policy_generation)
		return commit_refuse(commit, -ESTALE,
				     "policy generation is %llu, not %llu: somebody else changed the policy",
				     policy_generation, *expected);
	ret = seal_check(commit);
	if (ret)
		return ret;
	ret = prepare(commit);
	if (ret || commit->draft->dry_run) {
		plan_drop();
		selectors_free(commit->selectors);
		trim(plan_needs_in_force());
		return ret;
	}
	publish(commit);
	synchronize_rcu();
	free_previous();
	selectors_free(commit->old_selectors);
	drop_removed();
	trim(commit->needs);
	return 0;
}

/*
 * While there is a policy, or one is coming, the module has a user and cannot be
 * removed.  Once it is being removed none comes any more.
 */
static int commit_locked(struct commit *commit, const u64 *expected)
{
	int ret;

	lockdep_assert_held(&policy_mutex);
	if (!totals_in_force.tenants && !try_module_get(THIS_MODULE))
		return commit_refuse(commit, -ESHUTDOWN,
				     "the module is being removed");
	ret = commit_pinned(commit, expected);
	if (!totals_in_force.tenants)
		module_put(THIS_MODULE);
	return ret;
}

/* What somebody asks for, whether it can be had or not. */
static u16 commit_op(const struct draft *draft)
{
	const struct draft_tenant *tenant;

	list_for_each_entry(tenant, &draft->tenants, list)
		if (tenant->policy)
			return draft->replace_all ? CORDON_ADMIN_OP_REPLACE :
						    CORDON_ADMIN_OP_LOAD;
	return draft->replace_all ? CORDON_ADMIN_OP_FLUSH :
				    CORDON_ADMIN_OP_REMOVE;
}

static void note_commit(const struct commit *commit,
			const struct policy_totals *before, u16 op, int ret)
{
	if (commit->draft->dry_run)
		return;
	admin_note(op, before, &totals_in_force, ret, commit->why);
	if (!ret)
		pr_info("policy generation %llu in force: %u tenants, %u rules\n",
			policy_generation, commit->totals.tenants,
			commit->totals.rules);
	else
		pr_notice("policy refused: %s\n", commit->why);
}

/**
 * policy_commit - put a draft in force
 * @draft: the draft, of which what is used is taken
 * @expected: the generation that has to be in force, or NULL for any
 * @generation: set to the generation in force then, unless it fails
 * @why: set to a sentence when it fails, in which case nothing has changed
 * @why_size: size of @why
 *
 * Context: may sleep, for seconds.
 * Return: 0, -EPERM for what is sealed, -ESTALE when another generation is in
 * force, -ENOENT for the removal of a tenant that there is not, -EINVAL for bad
 * rules, -EDEADLK when the caller would become a member, -E2BIG, -EAGAIN or
 * -ENFILE when a bound is exceeded, -ENOMEM, -ESHUTDOWN when the module is being
 * removed, or what attach_add() returns.
 */
int policy_commit(struct draft *draft, const u64 *expected, u64 *generation,
		  char *why, size_t why_size)
{
	struct commit commit = {
		.draft = draft,
		.why = why,
		.why_size = why_size,
	};
	struct policy_totals before;
	u16 op;
	int ret;

	why[0] = '\0';
	op = commit_op(draft);
	mutex_lock(&policy_mutex);
	before = totals_in_force;
	ret = commit_locked(&commit, expected);
	note_commit(&commit, &before, op, ret);
	if (!ret)
		*generation = policy_generation;
	mutex_unlock(&policy_mutex);
	return ret;
}

/* What was sealed, as far as there is room for it. */
static void describe_seal(char *text, size_t size, const char *const *names,
			  u32 count)
{
	size_t len = 0;
	u32 i;

	if (!count)
		scnprintf(text, size, "all policy");
	for (i = 0; i < count; i++)
		len += scnprintf(text + len, size - len, "%s%s",
				 i ? ", " : "tenants ", names[i]);
	/* Then the rest is in what "cordonctl show" says of each. */
	if (len + 1 == size)
		strcpy(text + size - 4, "...");
}

/* Finds all of them before any is sealed: that cannot be taken back. */
static int seal_named(struct commit *commit, const char *const *names,
		      u32 count)
{
	struct tenant **tenants = kvcalloc(count, sizeof(*tenants), GFP_KERNEL);
	int ret = 0;
	u32 i;

	if (!tenants)
		return commit_refuse(commit, -ENOMEM, "out of memory");
	for (i = 0; i < count && !ret; i++) {
		tenants[i] = enrolled_find(names[i]);
		if (!tenants[i])
			ret = commit_refuse(commit, -ENOENT,
					    "tenant %s: there is none of that name",
					    names[i]);
	}
	if (!ret)
		ret = seal_tenants(commit, tenants, count);
	kvfree(tenants);
	return ret;
}

/**
 * policy_seal - keep policy as it is until the next boot
 * @names: names of the tenants whose policy it is
 * @count: how many, or 0 for all policy, that there is none of others included
 * @why: set to a sentence when it fails, in which case nothing was sealed
 * @why_size: size of @why
 *
 * Context: may sleep.
 * Return: 0, -ENOENT when there is no such tenant, -ENOSPC, -ENOMEM, or
 * -ESHUTDOWN when the module is being removed.
 */
int policy_seal(const char *const *names, u32 count, char *why, size_t why_size)
{
	struct commit commit = { .why = why, .why_size = why_size };
	int ret;

	why[0] = '\0';
	mutex_lock(&policy_mutex);
	ret = count ? seal_named(&commit, names, count) : seal_all(&commit);
	if (!ret)
		describe_seal(why, why_size, names, count);
	admin_note(CORDON_ADMIN_OP_SEAL, &totals_in_force, &totals_in_force,
		   ret, why);
	if (!ret)
		pr_info("sealed until the next boot: %s\n", why);
	else
		pr_notice("seal refused: %s\n", why);
	mutex_unlock(&policy_mutex);
	return ret;
}

static bool is_wanted(void)
{
	struct seal_state seal;
	bool wanted;

	mutex_lock(&policy_mutex);
	seal_read(&seal);
	wanted = totals_in_force.tenants || seal.all;
	mutex_unlock(&policy_mutex);
	return wanted;
}

/**
 * policy_hold - wait until no policy is in force
 *
 * "rmmod -f" removes a module that is in use, where the kernel was built so: then
 * this keeps tenants confined, and the one who asked waiting.
 *
 * Context: may sleep, for ever.
 */
void policy_hold(void)
{
	if (!is_wanted())
		return;
	pr_emerg("removal was forced, but policy is in force: flush it\n");
	do {
		schedule_timeout_idle(HZ / 10);
	} while (is_wanted());
}

/**
 * policy_refused - report that a policy was refused before its commit
 * @err: the negative error number
 * @why: the reason, or ""
 *
 * Context: may sleep.
 */
void policy_refused(int err, const char *why)
{
	mutex_lock(&policy_mutex);
	admin_note(CORDON_ADMIN_OP_LOAD, &totals_in_force, &totals_in_force,
		   err, why);
	mutex_unlock(&policy_mutex);
}

/**
 * policy_totals - what is in force
 * @totals: set to it
 *
 * Context: policy_mutex is held.
 */
void policy_totals(struct policy_totals *totals)
{
	lockdep_assert_held(&policy_mutex);
	*totals = totals_in_force;
}

/**
 * policy_bytes_max - bound on the memory of all policies
 *
 * Return: the number of bytes.
 */
u64 policy_bytes_max(void)
{
	return totals_in_force.bytes_max;
}

/**
 * policy_init - set the bound on memory
 * @bytes_max: the number of bytes
 *
 * Context: may sleep.
 */
void policy_init(u64 bytes_max)
{
	mutex_lock(&policy_mutex);
	totals_in_force.bytes_max = bytes_max;
	digest_all(totals_in_force.digest, &policy_tenants, plan_coming_policy);
	mutex_unlock(&policy_mutex);
}
