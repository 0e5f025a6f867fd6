// SPDX-License-Identifier: GPL-2.0
#include "case_addr.h"

#include <arpa/inet.h>
#include <string.h>

#include "decide.h"

static int add_rule(struct ruleset *set, const struct addr_rule *from)
{
	const struct rule rule = {
		.class = CORDON_CLASS_SOCKET,
		.action = from->deny ? CORDON_ACTION_DENY : CORDON_ACTION_ALLOW,
		.log = from->loud ? CORDON_LOG_ALWAYS : CORDON_LOG_AUTO,
		.ops = from->ops,
		.families = (from->families & 1 ? BIT_ULL(AF_INET) : 0) |
			    (from->families & 2 ? BIT_ULL(AF_INET6) : 0) |
			    (from->families > 3 ? BIT_ULL(AF_UNIX) : 0),
		.protos = from->protos,
	};
	struct ruleset_error error;
	unsigned int i;
	int ret = ruleset_add(set, &rule, "t.yaml:1", &error);

	for (i = 0; !ret && i < from->prefix_count; i++)
		ret = ruleset_add_prefix(set, from->prefixes[i].bytes,
					 from->prefixes[i].len,
					 from->prefixes[i].bits, &error);
	for (i = 0; !ret && i < from->port_count; i++)
		ret = ruleset_add_ports(set, from->ports[i].first,
					from->ports[i].last, &error);
	return ret;
}

/**
 * addr_case_compile - give the rules of a case to the evaluator
 * @a_case: the case
 * @set: becomes the rules; the caller destroys it, also after an error
 *
 * Return: 0, or why they were refused.
 */
int addr_case_compile(const struct addr_case *a_case, struct ruleset *set)
{
	struct ruleset_error error;
	unsigned int i;
	int ret = 0;

	memset(set, 0, sizeof(*set));
	set->socket_default = a_case->socket_default;
	for (i = 0; !ret && i < a_case->count; i++)
		ret = add_rule(set, &a_case->rules[i]);
	return ret ? ret : ruleset_compile(set, &error);
}

/**
 * struct verdict - what the rules say, one asked after the other
 * @allowed: a rule allows it
 * @deny_rule: the first rule that denies it
 * @loud_rule: the first rule that wants its permission reported
 */
struct verdict {
	bool allowed;
	u32 deny_rule;
	u32 loud_rule;
};

static struct verdict ask_rules(const struct addr_case *a_case,
				const struct addr_query *query)
{
	struct verdict verdict = {
		.deny_rule = RULESET_NONE,
		.loud_rule = RULESET_NONE,
	};
	unsigned int i;

	for (i = a_case->count; i--;) {
		const struct addr_rule *rule = &a_case->rules[i];

		if (!oracle_rule_matches(rule, query))
			continue;
		if (rule->deny) {
			verdict.deny_rule = i;
			continue;
		}
		verdict.allowed = true;
		if (rule->loud)
			verdict.loud_rule = i;
	}
	return verdict;
}

static const char *compare_query(const struct addr_case *a_case,
				 const struct ruleset *set,
				 const struct addr_query *query)
{
	struct verdict verdict = ask_rules(a_case, query);
	bool by_rule = verdict.deny_rule != RULESET_NONE;
	bool denied = by_rule || (!verdict.allowed &&
				  a_case->socket_default == CORDON_ACTION_DENY);
	bool loud = !denied && verdict.loud_rule != RULESET_NONE;
	struct endpoint endpoint = endpoint_make(query->bytes, query->len,
						 query->port, query->proto);
	struct decision decision = decide_socket(set, &endpoint, query->op);

	if (decision.denied != (denied ? query->op : 0))
		return denied ? "should be denied" : "should not be denied";
	if (decision.loud != (loud ? query->op : 0))
		return loud ? "should be loud" : "should not be loud";
	if (decide_socket_rule(set, &endpoint, query->op, denied) !=
	    (denied ? verdict.deny_rule : verdict.loud_rule))
		return "names another rule";
	return NULL;
}

/**
 * addr_case_compare - ask evaluator and oracle
 * @a_case: the case
 * @set: its rules for the evaluator
 *
 * Both operations and all protocols are asked about, whatever the case says.
 *
 * Return: NULL when they agree, else in what they do not.
 */
const char *addr_case_compare(const struct addr_case *a_case,
			      const struct ruleset *set)
{
	struct addr_query query = a_case->query;
	const char *what = NULL;
	unsigned int op, proto;

	for (op = 1; !what && op < __CORDON_SOCKET_OP_LAST; op <<= 1) {
		if (!(op & RULESET_SOCKET_OPS))
			continue;
		query.op = op;
		for (proto = 1; !what && proto < __CORDON_PROTO_LAST;
		     proto <<= 1) {
			query.proto = proto;
			what = compare_query(a_case, set, &query);
		}
	}
	return what;
}

/**
 * addr_case_fails - whether evaluator and oracle disagree about a case
 * @a_case: the case
 *
 * Return: true when they do; false also for a case that makes no sense.
 */
bool addr_case_fails(const void *a_case)
{
	const struct addr_case *it = a_case;
	struct ruleset set;
	bool fails;

	if (!it->query.len)
		return false;
	fails = !addr_case_compile(it, &set) && addr_case_compare(it, &set);
	ruleset_destroy(&set);
	return fails;
}

/* A rule with less of one thing; which thing is what @n is about. */
static bool simpler_rule(struct addr_rule *rule, unsigned int n)
{
	if (n < rule->prefix_count) {
		rule->prefixes[n] = rule->prefixes[--rule->prefix_count];
		return true;
	}
	n -= rule->prefix_count;
	if (n < rule->port_count) {
		rule->ports[n] = rule->ports[--rule->port_count];
		return true;
	}
	n -= rule->port_count;
	if (n < 16 && (rule->ops & ~BIT(n)) && (rule->ops & BIT(n))) {
		rule->ops &= ~BIT(n);
		return true;
	}
	if (n == 16 && rule->families) {
		rule->families = 0;
		return true;
	}
	if (n == 17 && rule->protos) {
		rule->protos = 0;
		return true;
	}
	if (n == 18 && rule->loud) {
		rule->loud = false;
		return true;
	}
	return false;
}

#define RULE_STEPS (2 * ADDR_RULE_LIST_MAX + 19)

/**
 * addr_case_simpler - a case with something taken away
 * @from: the case
 * @n: what to take away: a rule, something of a rule, or a byte
 * @to: becomes the simpler case, or stays no case where nothing is to be taken
 *
 * Return: false when there are not so many.
 */
bool addr_case_simpler(const void *from, unsigned int n, void *to)
{
	struct addr_case *it = to;
	unsigned int steps;

	memcpy(it, from, sizeof(*it));
	steps = it->count * RULE_STEPS;
	if (n < it->count) {
		it->count--;
		memmove(&it->rules[n], &it->rules[n + 1],
			(it->count - n) * sizeof(it->rules[0]));
		return true;
	}
	n -= it->count;
	if (n < steps) {
		if (!simpler_rule(&it->rules[n / RULE_STEPS], n % RULE_STEPS))
			it->query.len = 0;
		return true;
	}
	n -= steps;
	if (n < it->query.len) {
		if (!it->query.bytes[n])
			it->query.len = 0;
		it->query.bytes[n] = 0;
		return true;
	}
	return false;
}

static void print_rule(const struct addr_rule *rule, FILE *out)
{
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	fprintf(out, "%s%s ops 0x%x families 0x%x protos 0x%x",
		rule->deny ? "deny" : "allow", rule->loud ? " loud" : "",
		rule->ops, rule->families, rule->protos);
	for (i = 0; i < rule->prefix_count; i++) {
		const struct addr_prefix *prefix = &rule->prefixes[i];

		inet_ntop(prefix->len == 4 ? AF_INET : AF_INET6, prefix->bytes,
			  text, sizeof(text));
		fprintf(out, " %s/%u", text, prefix->bits);
	}
	for (i = 0; i < rule->port_count; i++)
		fprintf(out, " port %u-%u", rule->ports[i].first,
			rule->ports[i].last);
	fputc('\n', out);
}

/**
 * addr_case_print - print a case
 * @a_case: the case
 * @out: where to
 */
void addr_case_print(const struct addr_case *a_case, FILE *out)
{
	const struct addr_query *query = &a_case->query;
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	fprintf(out, "default: %s\n",
		a_case->socket_default == CORDON_ACTION_DENY ? "deny" :
							       "allow");
	for (i = 0; i < a_case->count; i++) {
		fprintf(out, "rule %u: ", i);
		print_rule(&a_case->rules[i], out);
	}
	inet_ntop(query->len == 4 ? AF_INET : AF_INET6, query->bytes, text,
		  sizeof(text));
	fprintf(out, "address: %s port %u\n", text, query->port);
}
