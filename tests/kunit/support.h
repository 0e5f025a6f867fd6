/* SPDX-License-Identifier: GPL-2.0 */
/* What several suites need. */
#ifndef CORDON_TESTS_SUPPORT_H
#define CORDON_TESTS_SUPPORT_H

#include <kunit/test.h>
#include <linux/sched.h>

#include "policy.h"

/* So many allocations nothing here makes: a walk that gets there is stuck. */
#define FAULTS_MAX 2000

/**
 * struct faults - a walk over the allocations of an operation
 * @nth: which of them is made to fail
 * @failed: in how many attempts the operation failed
 * @survivable: the kernel itself can do without some of them
 * @finished: an attempt met fewer allocations than @nth
 *
 *	while (faults_begin(&faults)) {
 *		ret = operation();
 *		faults_end(test, &faults, ret);
 *		undo it, or see that it left nothing
 *	}
 *	faults_done(test, &faults, how many allocations it has at least);
 *
 * guest.sh sees to it that only allocations of the caches kmalloc-*, member and
 * socket_owner count, and neither those that sanitizers make nor whole pages.
 */
struct faults {
	u32 nth;
	u32 failed;
	bool survivable;
	bool finished;
};

static inline bool faults_begin(struct faults *faults)
{
	if (faults->finished)
		return false;
	current->fail_nth = ++faults->nth;
	return true;
}

void faults_end(struct kunit *test, struct faults *faults, int ret);
void faults_done(struct kunit *test, const struct faults *faults, u32 least);

/**
 * struct rule_spec - a rule to be
 * @class: enum cordon_class
 * @action: enum cordon_action
 * @ops: operation flags
 * @log: enum cordon_log
 * @protos: protocol flags
 * @families: set of families
 * @origin: where it is said to come from
 * @paths: patterns, up to a NULL
 * @nets: prefixes as text, up to a NULL
 * @ports: ranges of ports, up to one that is zero
 */
struct rule_spec {
	u8 class;
	u8 action;
	u16 ops;
	u8 log;
	u8 protos;
	u64 families;
	const char *origin;
	const char *paths[4];
	const char *nets[4];
	u16 ports[3][2];
};

int add_rule(struct ruleset *set, const struct rule_spec *spec,
	     struct ruleset_error *error);
int add_rules(struct ruleset *set, const struct rule_spec *specs, u32 count,
	      struct ruleset_error *error);
const struct pathname *make_path(struct kunit *test, const char *text);
u32 parse_ip(const char *text, u8 *bytes);
u32 parse_net(const char *text, u8 *bytes, u32 *prefix_len);
struct tenant *make_tenant(struct kunit *test, const char *name);
struct policy *make_policy(const struct selector *selectors, u32 count);

#endif /* CORDON_TESTS_SUPPORT_H */
