// SPDX-License-Identifier: GPL-2.0
/*
 * The same source files as in the module build the same trees here, so what
 * the kernel would find too large or too entangled is known before it is
 * asked, with a line and a column.
 */
#include "compile.h"

#include "ruleset.h"

static int add_paths(struct ruleset *set, const struct policy_rule *from,
		     struct position *at, struct ruleset_error *error)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < from->pattern_count; i++) {
		*at = from->patterns[i].at;
		ret = from->patterns[i].abstract ?
			      ruleset_add_abstract(set, from->patterns[i].text,
						   error) :
			      ruleset_add_path(set, from->patterns[i].text,
					       error);
	}
	return ret;
}

static int add_ends(struct ruleset *set, const struct policy_rule *from,
		    struct position *at, struct ruleset_error *error)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < from->address_count; i++) {
		*at = from->addresses[i].at;
		ret = ruleset_add_prefix(set, from->addresses[i].ip,
					 from->addresses[i].len,
					 from->addresses[i].prefix_len, error);
	}
	for (i = 0; !ret && i < from->port_count; i++) {
		*at = from->at;
		ret = ruleset_add_ports(set, from->ports[i].first,
					from->ports[i].last, error);
	}
	return ret;
}

static int add_numbers(struct ruleset *set, const struct policy_rule *from,
		       struct ruleset_error *error)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < from->protocol_count; i++)
		ret = ruleset_add_protocol(set, from->protocols[i], error);
	for (i = 0; !ret && i < from->cid_count; i++)
		ret = ruleset_add_cids(set, from->cids[i].first,
				       from->cids[i].last, error);
	return ret;
}

static int add_rule(struct ruleset *set, const struct policy_rule *from,
		    struct position *at, struct ruleset_error *error)
{
	const struct rule rule = {
		.class = from->class,
		.action = from->action,
		.ops = from->ops,
		.log = from->log,
		.families = from->families,
		.types = from->types,
		.protos = from->protos,
		.peer = from->peer,
	};
	int ret;

	*at = from->at;
	ret = ruleset_add(set, &rule, from->origin, error);
	if (!ret)
		ret = add_paths(set, from, at, error);
	if (!ret)
		ret = add_ends(set, from, at, error);
	if (ret)
		return ret;
	*at = from->at;
	return add_numbers(set, from, error);
}

/**
 * compile_tenant - make what the module would make of a tenant's rules
 * @set: becomes the compiled rules; the caller destroys it after an error too
 * @tenant: the tenant, without errors
 * @at: becomes the place that an error is about
 * @error: filled in when it is refused
 *
 * Return: 0, or a negative error number.
 */
int compile_tenant(struct ruleset *set, const struct policy_tenant *tenant,
		   struct position *at, struct ruleset_error *error)
{
	size_t i;
	int ret = 0;

	set->file_default = tenant->file_default;
	set->socket_default = tenant->socket_default;
	for (i = 0; !ret && i < tenant->rule_count; i++)
		ret = add_rule(set, &tenant->rules[i], at, error);
	if (ret)
		return ret;
	ret = ruleset_compile(set, error);
	*at = ret && error->rule < tenant->rule_count ?
		      tenant->rules[error->rule].at :
		      tenant->at;
	return ret;
}

/* As the module does: one rule that allows to execute the programs. */
static int compile_setup(struct ruleset *set,
			 const struct policy_tenant *tenant,
			 struct position *at, struct ruleset_error *error)
{
	const struct policy_rule rule = {
		.at = tenant->at,
		.origin = tenant->origin,
		.class = CORDON_CLASS_FILE,
		.action = CORDON_ACTION_ALLOW,
		.ops = CORDON_FILE_OP_EXEC,
		.patterns = tenant->setup,
		.pattern_count = tenant->setup_count,
	};
	int ret;

	if (!tenant->setup_count)
		return 0;
	set->file_default = CORDON_ACTION_DENY;
	ret = add_rule(set, &rule, at, error);
	if (ret)
		return ret;
	*at = tenant->setup[0].at;
	return ruleset_compile(set, error);
}

/**
 * compile_check - report what the module would refuse
 * @policy: a policy without errors
 * @diag: where errors are reported
 */
void compile_check(const struct policy *policy, struct diag *diag)
{
	size_t i;

	for (i = 0; i < policy->count; i++) {
		struct ruleset set = { 0 };
		struct ruleset setup = { 0 };
		struct ruleset_error error = { .rule = RULESET_NONE };
		struct position at;

		if (compile_tenant(&set, &policy->tenants[i], &at, &error))
			diag_error(diag, &at, "%s", error.why);
		if (compile_setup(&setup, &policy->tenants[i], &at, &error))
			diag_error(diag, &at, "%s", error.why);
		ruleset_destroy(&set);
		ruleset_destroy(&setup);
	}
}
