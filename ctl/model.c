// SPDX-License-Identifier: GPL-2.0
/*
 * What can be said about a policy as a whole.  Single values were checked
 * where they were parsed; nothing here touches a file or the kernel.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "names.h"
#include "text.h"

static void check_log(const struct policy_rule *rule, struct diag *diag)
{
	if (rule->log == CORDON_LOG_ALWAYS &&
	    rule->action == CORDON_ACTION_DENY)
		diag_error(diag, &rule->at,
			   "'log: always' is for allow rules; what a deny rule denies is reported anyway");
	if (rule->log == CORDON_LOG_NEVER &&
	    rule->action == CORDON_ACTION_ALLOW)
		diag_error(diag, &rule->at,
			   "'log: never' is for deny rules; what an allow rule permits is not reported anyway");
}

/* Rules about peers only allow, which must not be allowed already. */
static void check_peer(const struct policy_rule *rule, uint32_t socket_default,
		       struct diag *diag)
{
	const uint32_t protos = CORDON_PROTO_TCP | CORDON_PROTO_MPTCP;

	if (!rule->peer)
		return;
	if (rule->action == CORDON_ACTION_DENY)
		diag_error(diag, &rule->at,
			   "'peer' is for allow rules; to deny the sockets of others write 'default: deny'");
	else if (socket_default == CORDON_ACTION_ALLOW)
		diag_error(diag, &rule->at,
			   "'peer' needs 'default: deny'; with 'default: allow' the sockets of others are allowed as well");
	if (rule->protos & ~protos)
		diag_error(diag, &rule->at,
			   "'peer' goes with 'proto' tcp and mptcp only; allow others by 'addr'");
}

/* An address of a family that the rule leaves out would never match. */
static void check_families(const struct policy_rule *rule, struct diag *diag)
{
	size_t i;

	if (!(rule->families & FAMILIES_INET))
		return;
	for (i = 0; i < rule->address_count; i++) {
		const struct address *address = &rule->addresses[i];
		uint32_t family = address->len == 4 ? AF_INET : AF_INET6;
		char *text;

		if (rule->families & BIT_ULL(family))
			continue;
		text = text_prefix(address);
		diag_error(diag, &address->at,
			   "address %s is of family '%s', which the rule's 'family' leaves out",
			   text, names_text(names_family, family));
		free(text);
	}
}

/**
 * rule_shape - what a rule names
 * @rule: the rule
 *
 * Return: families, fields and operations.
 */
struct rule_shape rule_shape(const struct policy_rule *rule)
{
	struct rule_shape shape = { .families = rule->families,
				    .ops = rule->ops };
	size_t i;

	for (i = 0; i < rule->pattern_count; i++)
		shape.fields |= rule->patterns[i].abstract ? RULE_ABSTRACT :
							     RULE_PATH;
	shape.fields |= (rule->address_count ? RULE_ADDR : 0) |
			(rule->port_count ? RULE_PORT : 0) |
			(rule->protos ? RULE_PROTO : 0) |
			(rule->cid_count ? RULE_CID : 0) |
			(rule->types ? RULE_TYPE : 0) |
			(rule->peer ? RULE_PEER : 0) |
			(rule->protocol_count ? RULE_PROTOCOL : 0);
	return shape;
}

/* Fields, families and operations that do not go together. */
static void check_shape(const struct policy_rule *rule, struct diag *diag)
{
	const struct rule_shape shape = rule_shape(rule);
	struct rule_misfit misfit;
	char *names;

	if (rule->class != CORDON_CLASS_SOCKET)
		return;
	if (rule->named_protocol && rule->families != BIT_ULL(AF_NETLINK))
		diag_error(diag, &rule->at,
			   "'protocol' has the name of one of netlink, which 'family' is not; write a number");
	if (rulefit_check(&shape, &misfit))
		return;
	if (misfit.field && misfit.families) {
		names = names_set(names_family, misfit.families, "', '");
		diag_error(diag, &rule->at,
			   rule->families ?
				   "'%s' does not go with family '%s'" :
				   "'%s' does not go with family '%s', which the rest of the rule is about",
			   misfit.field, names);
		free(names);
	} else if (misfit.field) {
		names = names_list(names_socket_op, misfit.ops, "', '");
		diag_error(diag, &rule->at,
			   "'%s' does not go with operation '%s'", misfit.field,
			   names);
		free(names);
	} else {
		diag_error(diag, &rule->at, "%s", misfit.why);
	}
}

static void check_numbers(const struct policy_rule *rule, struct diag *diag)
{
	if (rule->protocol_count > MODEL_NUMBERS_MAX ||
	    rule->cid_count > MODEL_NUMBERS_MAX)
		diag_error(diag, &rule->at,
			   "a rule has at most %d elements in 'protocol' and in 'cid'; write two rules",
			   MODEL_NUMBERS_MAX);
}

static void check_breadth(const struct policy_rule *rule, struct diag *diag)
{
	size_t i;

	if (rule->class != CORDON_CLASS_FILE ||
	    rule->action != CORDON_ACTION_ALLOW ||
	    rule->ops != names_enforced(names_file_op))
		return;
	for (i = 0; i < rule->pattern_count; i++)
		if (!strcmp(rule->patterns[i].text, "/**"))
			diag_warn(diag, &rule->patterns[i].at,
				  "this rule allows everything everywhere");
}

/* No exec in the host's mount namespace would be joining. */
static void check_setup(const struct policy_tenant *tenant, struct diag *diag)
{
	size_t i;

	for (i = 0; i < tenant->setup_count; i++)
		if (!strcmp(tenant->setup[i].text, "/**"))
			diag_warn(diag, &tenant->setup[i].at,
				  "every program counts as set-up, and joins nobody outside of containers");
}

static void check_selectors(const struct policy_tenant *tenant,
			    struct diag *diag)
{
	size_t bytes = 0;
	size_t i;

	for (i = 0; i < tenant->selector_count; i++) {
		const char *cgroup = tenant->selectors[i].cgroup;

		bytes += cgroup ? 16 + strlen(cgroup) : 24;
	}
	for (i = 0; i < tenant->setup_count; i++)
		bytes += 8 + strlen(tenant->setup[i].text);
	if (bytes > MODEL_SELECTOR_BYTES_MAX)
		diag_error(diag, &tenant->at,
			   "the selectors of tenant '%s' take %zu bytes, more than the %d that fit one message; use wider patterns",
			   tenant->name, bytes, MODEL_SELECTOR_BYTES_MAX);
}

static int by_name(const void *a, const void *b)
{
	const struct policy_tenant *const *left = a;
	const struct policy_tenant *const *right = b;
	int order = strcmp((*left)->name, (*right)->name);

	if (order)
		return order;
	return *left < *right ? -1 : *left > *right;
}

static void check_names(const struct policy *policy, struct diag *diag)
{
	const struct policy_tenant **sorted =
		alloc_zeroed(policy->count, sizeof(struct policy_tenant *));
	size_t i;

	for (i = 0; i < policy->count; i++)
		sorted[i] = &policy->tenants[i];
	qsort(sorted, policy->count, sizeof(struct policy_tenant *), by_name);
	for (i = 1; i < policy->count; i++)
		if (!strcmp(sorted[i - 1]->name, sorted[i]->name))
			diag_error(diag, &sorted[i]->at,
				   "duplicate tenant '%s'; it is also defined at %s",
				   sorted[i]->name, sorted[i - 1]->origin);
	free(sorted);
}

/**
 * struct claim - a selector and the tenant that it belongs to
 * @selector: the selector
 * @tenant: the tenant
 */
struct claim {
	const struct selector *selector;
	const struct policy_tenant *tenant;
};

static int by_claim(const void *a, const void *b)
{
	const struct selector *left = ((const struct claim *)a)->selector;
	const struct selector *right = ((const struct claim *)b)->selector;

	if (!left->cgroup != !right->cgroup)
		return left->cgroup ? 1 : -1;
	if (left->cgroup && strcmp(left->cgroup, right->cgroup))
		return strcmp(left->cgroup, right->cgroup);
	if (left->uid_first != right->uid_first)
		return left->uid_first < right->uid_first ? -1 : 1;
	return left < right ? -1 : left > right;
}

static void warn_claims(const struct claim *first, const struct claim *second,
			struct diag *diag)
{
	const char *a = first->tenant->name;
	const char *b = second->tenant->name;
	bool uids = !first->selector->cgroup;

	if (!strcmp(a, b))
		return;
	diag_warn(diag, &second->selector->at,
		  "tenants '%s' and '%s' select the same %s; '%s' gets the tasks because its name sorts first",
		  first->tenant->name, second->tenant->name,
		  uids ? "uids" : "cgroups", strcmp(a, b) < 0 ? a : b);
}

/* Of overlapping uid ranges, each is held against the one reaching furthest. */
static void compare_claims(const struct claim *claims, size_t count,
			   struct diag *diag)
{
	const struct claim *widest = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct selector *selector = claims[i].selector;

		if (selector->cgroup) {
			if (i && claims[i - 1].selector->cgroup &&
			    !strcmp(claims[i - 1].selector->cgroup,
				    selector->cgroup))
				warn_claims(&claims[i - 1], &claims[i], diag);
			continue;
		}
		if (widest && selector->uid_first <= widest->selector->uid_last)
			warn_claims(widest, &claims[i], diag);
		if (!widest || selector->uid_last > widest->selector->uid_last)
			widest = &claims[i];
	}
}

static void check_claims(const struct policy *policy, struct diag *diag)
{
	struct claim *claims = NULL;
	size_t count = 0;
	size_t i;
	size_t j;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *tenant = &policy->tenants[i];

		for (j = 0; j < tenant->selector_count; j++) {
			struct claim *claim = array_push(claims, count);

			claim->tenant = tenant;
			claim->selector = &tenant->selectors[j];
		}
	}
	if (count)
		qsort(claims, count, sizeof(*claims), by_claim);
	compare_claims(claims, count, diag);
	free(claims);
}

/**
 * model_check - check what concerns more than one value
 * @policy: all tenants of a load
 * @diag: where errors and warnings are reported
 */
void model_check(const struct policy *policy, struct diag *diag)
{
	size_t i;
	size_t j;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *tenant = &policy->tenants[i];

		check_setup(tenant, diag);
		check_selectors(tenant, diag);
		for (j = 0; j < tenant->rule_count; j++) {
			check_log(&tenant->rules[j], diag);
			check_peer(&tenant->rules[j], tenant->socket_default,
				   diag);
			check_shape(&tenant->rules[j], diag);
			check_numbers(&tenant->rules[j], diag);
			check_families(&tenant->rules[j], diag);
			check_breadth(&tenant->rules[j], diag);
		}
	}
	check_names(policy, diag);
	check_claims(policy, diag);
}

/**
 * policy_find - a tenant of a policy
 * @policy: the policy
 * @name: its name
 *
 * Return: the tenant, or NULL.
 */
const struct policy_tenant *policy_find(const struct policy *policy,
					const char *name)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (!strcmp(policy->tenants[i].name, name))
			return &policy->tenants[i];
	return NULL;
}

/**
 * model_rule_count - number of rules of all tenants
 * @policy: the tenants
 *
 * Return: the number, as the files have them.
 */
size_t model_rule_count(const struct policy *policy)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < policy->count; i++)
		count += policy->tenants[i].rule_count;
	return count;
}

/**
 * rule_clear - free what a rule holds
 * @rule: the rule
 */
void rule_clear(struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->pattern_count; i++)
		free(rule->patterns[i].text);
	free(rule->patterns);
	free(rule->addresses);
	free(rule->ports);
	free(rule->protocols);
	free(rule->cids);
	free(rule->origin);
	memset(rule, 0, sizeof(*rule));
}

/**
 * tenant_clear - free what a tenant holds
 * @tenant: the tenant
 */
void tenant_clear(struct policy_tenant *tenant)
{
	size_t i;

	for (i = 0; i < tenant->selector_count; i++)
		free(tenant->selectors[i].cgroup);
	for (i = 0; i < tenant->setup_count; i++)
		free(tenant->setup[i].text);
	for (i = 0; i < tenant->rule_count; i++)
		rule_clear(&tenant->rules[i]);
	free(tenant->selectors);
	free(tenant->setup);
	free(tenant->rules);
	free(tenant->name);
	free(tenant->origin);
	memset(tenant, 0, sizeof(*tenant));
}

/**
 * policy_clear - free what a policy holds
 * @policy: the policy
 */
void policy_clear(struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		tenant_clear(&policy->tenants[i]);
	free(policy->tenants);
	memset(policy, 0, sizeof(*policy));
}
