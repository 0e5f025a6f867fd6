// SPDX-License-Identifier: GPL-2.0
/* What several suites need. */
#include "support.h"

#include <linux/inet.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * faults_end - end an attempt
 * @test: the test
 * @faults: the walk
 * @ret: what the operation returned, which is -ENOMEM if there was a fault
 */
void faults_end(struct kunit *test, struct faults *faults, int ret)
{
	bool hit = !current->fail_nth;

	current->fail_nth = 0;
	faults->finished = !hit || faults->nth == FAULTS_MAX;
	if (!hit)
		KUNIT_EXPECT_EQ_MSG(test, ret, 0, "without a fault");
	else if (ret || !faults->survivable)
		KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "fault %u",
				    faults->nth);
	if (ret)
		faults->failed++;
}

/**
 * faults_done - judge a walk
 * @test: the test
 * @faults: the walk
 * @least: how many times at least the operation has to have failed
 */
void faults_done(struct kunit *test, const struct faults *faults, u32 least)
{
	KUNIT_EXPECT_GE(test, faults->failed, least);
	KUNIT_EXPECT_LT_MSG(test, faults->nth, FAULTS_MAX,
			    "it never went through");
}

/* An address as bytes; returns their number, or 0 when it is none. */
u32 parse_ip(const char *text, u8 *bytes)
{
	if (in4_pton(text, -1, bytes, -1, NULL))
		return 4;
	return in6_pton(text, -1, bytes, -1, NULL) ? 16 : 0;
}

/* A prefix as bytes and a length; returns the number of bytes, or 0. */
u32 parse_net(const char *text, u8 *bytes, u32 *prefix_len)
{
	const char *slash = strchr(text, '/');

	if (!slash || kstrtou32(slash + 1, 10, prefix_len))
		return 0;
	if (in4_pton(text, -1, bytes, '/', NULL))
		return 4;
	return in6_pton(text, -1, bytes, '/', NULL) ? 16 : 0;
}

static int add_nets(struct ruleset *set, const struct rule_spec *spec,
		    struct ruleset_error *error)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < ARRAY_SIZE(spec->nets) && spec->nets[i]; i++) {
		u8 bytes[16];
		u32 prefix_len;
		u32 len = parse_net(spec->nets[i], bytes, &prefix_len);

		ret = len ? ruleset_add_prefix(set, bytes, len, prefix_len,
					       error) :
			    -EDOM;
	}
	return ret;
}

/**
 * add_rule - add a rule with all that it has
 * @set: the ruleset
 * @spec: the rule
 * @error: filled in when it is refused
 *
 * Return: what the function that refused returned, or 0; -EDOM for a prefix
 * that the test itself got wrong.
 */
int add_rule(struct ruleset *set, const struct rule_spec *spec,
	     struct ruleset_error *error)
{
	const struct rule rule = {
		.class = spec->class,
		.action = spec->action,
		.ops = spec->ops,
		.log = spec->log,
		.protos = spec->protos,
		.families = spec->families,
	};
	int ret = ruleset_add(set, &rule, spec->origin ?: "test:1", error);
	u32 i;

	for (i = 0; !ret && i < ARRAY_SIZE(spec->paths) && spec->paths[i]; i++)
		ret = ruleset_add_path(set, spec->paths[i], error);
	if (!ret)
		ret = add_nets(set, spec, error);
	for (i = 0; !ret && i < ARRAY_SIZE(spec->ports) && spec->ports[i][0];
	     i++)
		ret = ruleset_add_ports(set, spec->ports[i][0],
					spec->ports[i][1], error);
	return ret;
}

int add_rules(struct ruleset *set, const struct rule_spec *specs, u32 count,
	      struct ruleset_error *error)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < count; i++)
		ret = add_rule(set, &specs[i], error);
	return ret;
}

/* Just as much memory as may be read, so that KASAN sees what is beyond. */
static const char *make_name(struct kunit *test, const char *from, u32 len)
{
	char *name = kunit_kzalloc(test, max(len, 8u), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(name, '#', max(len, 8u));
	memcpy(name, from, len);
	return name;
}

/**
 * make_path - a path as lookups take it
 * @test: the test, which frees it
 * @text: "/", an absolute path, or "memfd:NAME"
 *
 * Return: the path.
 */
const struct pathname *make_path(struct kunit *test, const char *text)
{
	struct pathname *path = kunit_kzalloc(test, sizeof(*path), GFP_KERNEL);
	struct component *names;
	const char *end = text + strlen(text);

	KUNIT_ASSERT_NOT_NULL(test, path);
	names = kunit_kcalloc(test, strlen(text), sizeof(*names), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, names);
	path->at = names;
	path->memfd = *text != '/';
	while (end != text && !(end == text + 1 && *text == '/')) {
		const char *begin = end;

		while (begin != text && begin[-1] != '/')
			begin--;
		component_set(names++, make_name(test, begin, end - begin),
			      end - begin);
		path->count++;
		end = begin == text ? text : begin - 1;
	}
	return path;
}

struct tenant *make_tenant(struct kunit *test, const char *name)
{
	struct tenant *tenant = tenant_new(name);

	KUNIT_ASSERT_NOT_NULL(test, tenant);
	return tenant;
}

/**
 * make_policy - a policy with selectors and without rules
 * @selectors: the selectors, which are copied
 * @count: how many
 *
 * Return: the policy, or NULL for want of memory.
 */
struct policy *make_policy(const struct selector *selectors, u32 count)
{
	struct policy *policy = policy_new();
	u32 i;

	if (!policy)
		return NULL;
	policy->mode = CORDON_MODE_ENFORCE;
	policy->selectors = kvcalloc(count, sizeof(*selectors), GFP_KERNEL);
	if (!policy->selectors)
		goto fail;
	for (i = 0; i < count; i++) {
		struct selector *selector = &policy->selectors[i];

		*selector = selectors[i];
		policy->selector_count++;
		if (!selectors[i].cgroup)
			continue;
		selector->cgroup = kstrdup(selectors[i].cgroup, GFP_KERNEL);
		if (!selector->cgroup)
			goto fail;
	}
	return policy;
fail:
	policy_free(policy);
	return NULL;
}

MODULE_DESCRIPTION("KUnit suites of cordon");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(CORDON_KUNIT);
