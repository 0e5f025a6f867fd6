// SPDX-License-Identifier: GPL-2.0
#include "case_path.h"

#include <ctype.h>
#include <string.h>

#include "decide.h"
#include "pattern.h"
#include "trail.h"

static struct oracle_says rule_says(const struct path_rule *rule)
{
	struct oracle_says says = { 0 };

	if (rule->action == CORDON_ACTION_DENY)
		says.deny = rule->ops;
	else
		says.allow = rule->ops;
	if (rule->log == CORDON_LOG_ALWAYS)
		says.loud = rule->ops;
	return says;
}

static int add_rule(struct path_judge *judge, const struct path_rule *from,
		    unsigned int index)
{
	const struct rule rule = {
		.class = CORDON_CLASS_FILE,
		.action = from->action,
		.log = from->log,
		.ops = from->ops,
	};
	struct ruleset_error error;
	int ret = ruleset_add(&judge->set, &rule, "t.yaml:1", &error);

	if (!ret)
		ret = ruleset_add_path(&judge->set, from->pattern, &error);
	if (!ret)
		oracle_add(judge->oracle, from->pattern, index,
			   rule_says(from));
	return ret;
}

/**
 * path_judge_make - give rules to both
 * @judge: becomes the judge; the caller frees it, also after an error
 * @a_case: the rules
 *
 * Return: 0, or why the evaluator refused them.
 */
int path_judge_make(struct path_judge *judge, const struct path_case *a_case)
{
	struct ruleset_error error;
	unsigned int i;
	int ret = 0;

	memset(judge, 0, sizeof(*judge));
	judge->set.file_default = a_case->file_default;
	judge->oracle = oracle_new();
	for (i = 0; !ret && i < a_case->count; i++)
		ret = add_rule(judge, &a_case->rules[i], i);
	return ret ? ret : ruleset_compile(&judge->set, &error);
}

/**
 * path_judge_free - free what a judge holds
 * @judge: the judge
 */
void path_judge_free(struct path_judge *judge)
{
	ruleset_destroy(&judge->set);
	oracle_free(judge->oracle);
}

/* Compares what becomes of one operation, and which rule is named for it. */
static const char *compare_op(const struct path_judge *judge,
			      const struct pathname *path, u16 op,
			      const struct oracle_says *says)
{
	const struct ruleset *set = &judge->set;
	struct decision decision = decide_file(set, path, op);
	bool denied = (says->deny & op) ||
		      (set->file_default == CORDON_ACTION_DENY &&
		       !(says->allow & op));
	bool loud = !denied && (says->loud & op);
	struct oracle_says wanted = { 0 };

	if (decision.denied != (denied ? op : 0))
		return denied ? "should be denied" : "should not be denied";
	if (decision.loud != (loud ? op : 0))
		return loud ? "should be loud" : "should not be loud";
	if (decide_file_plain(set, path, op) == (denied || loud))
		return "is taken for what it is not in half the time";
	if (denied)
		wanted.deny = op;
	else
		wanted.loud = op;
	if (decide_file_rule(set, path, op, denied) !=
	    oracle_first(judge->oracle, wanted))
		return "names another rule";
	return NULL;
}

static const char *compare(struct path_judge *judge,
			   const struct pathname *path,
			   const struct oracle_says *says)
{
	union access access = {
		.word = pathtree_lookup(&judge->set.files, path),
	};
	const char *what = NULL;
	u16 op;

	if (access.allow != says->allow)
		return "allow differs";
	if (access.deny != says->deny)
		return "deny differs";
	if (access.loud != says->loud)
		return "loud differs";
	if (access.unused)
		return "unused bits are set";
	for (op = 1; !what && op <= RULESET_FILE_OPS; op <<= 1)
		what = compare_op(judge, path, op, says);
	return what;
}

/**
 * path_judge_compare - ask both about a path
 * @judge: the judge
 * @path: the path
 *
 * Return: NULL when they agree, else in what they do not.
 */
const char *path_judge_compare(struct path_judge *judge, const char *path)
{
	struct oracle_says says = oracle_ask(judge->oracle, path);
	struct trail trail;
	const char *what;

	trail_make(&trail, path);
	what = compare(judge, &trail.path, &says);
	trail_free(&trail);
	return what;
}

static bool path_is_valid(const char *path)
{
	if (!strncmp(path, PATTERN_MEMFD, strlen(PATTERN_MEMFD)))
		return strlen(path) <= NAME_MAX;
	if (!strcmp(path, "/"))
		return true;
	do {
		size_t len;

		if (*path++ != '/')
			return false;
		len = strcspn(path, "/");
		if (!len || len > NAME_MAX)
			return false;
		path += len;
	} while (*path);
	return true;
}

/**
 * path_case_is_valid - whether a case makes sense
 * @a_case: the case
 *
 * Return: true when all patterns and the path are well-formed.
 */
bool path_case_is_valid(const struct path_case *a_case)
{
	struct pattern_error error;
	unsigned int i;

	for (i = 0; i < a_case->count; i++)
		if (pattern_check(a_case->rules[i].pattern, PATTERN_FILE,
				  &error))
			return false;
	return path_is_valid(a_case->path);
}

/**
 * path_case_fails - whether evaluator and oracle disagree about a case
 * @a_case: the case
 *
 * Return: true when they do; false also for a case that makes no sense.
 */
bool path_case_fails(const void *a_case)
{
	const struct path_case *it = a_case;
	struct path_judge judge;
	bool fails;

	if (!path_case_is_valid(it))
		return false;
	fails = !path_judge_make(&judge, it) &&
		path_judge_compare(&judge, it->path);
	path_judge_free(&judge);
	return fails;
}

static unsigned int count_slashes(const char *text)
{
	unsigned int count = 0;

	for (; *text; text++)
		count += *text == '/';
	return count;
}

static void drop_component(char *text, unsigned int n)
{
	char *slash = text + strcspn(text, "/");
	bool is_root = !strcmp(text, "/");
	char *end;

	while (n--)
		slash += 1 + strcspn(slash + 1, "/");
	end = slash + 1 + strcspn(slash + 1, "/");
	memmove(slash, end, strlen(end) + 1);
	/* What is left of the root makes no sense: it must not stay the same. */
	if (!*text && !is_root)
		strcpy(text, "/");
}

static void drop_byte(char *text, unsigned int n)
{
	memmove(text + n, text + n + 1, strlen(text + n));
}

/* Drops byte @at of all components that are like the one at @name. */
static void drop_from_alike(char *text, const char *name, size_t at)
{
	size_t len = strlen(name);

	while ((text = strchr(text, '/'))) {
		text++;
		if (strcspn(text, "/") == len && !memcmp(text, name, len))
			drop_byte(text, at);
	}
}

/* Text number 0 is the path, the others are the patterns. */
static char *text_of(struct path_case *a_case, unsigned int n)
{
	return n ? a_case->rules[n - 1].pattern : a_case->path;
}

static bool drop_from_texts(struct path_case *to, unsigned int n,
			    void (*drop)(char *, unsigned int))
{
	unsigned int i, parts;

	for (i = 0; i <= to->count; i++, n -= parts) {
		char *text = text_of(to, i);

		parts = drop == drop_byte ? strlen(text) : count_slashes(text);
		if (n < parts) {
			drop(text, n);
			return true;
		}
	}
	return false;
}

/* Names that match each other can only be shortened together. */
static void drop_everywhere(struct path_case *to, unsigned int n)
{
	char name[CASE_TEXT_MAX];
	unsigned int begin = n;
	unsigned int i;

	while (begin && to->path[begin - 1] != '/')
		begin--;
	strcpy(name, to->path + begin);
	name[strcspn(name, "/")] = '\0';
	if (!begin || !*name) {
		drop_byte(to->path, n);
		return;
	}
	for (i = 0; i <= to->count; i++)
		drop_from_alike(text_of(to, i), name, n - begin);
}

static unsigned int count_parts(struct path_case *a_case)
{
	unsigned int count = 0;
	unsigned int i;

	for (i = 0; i <= a_case->count; i++)
		count += count_slashes(text_of(a_case, i));
	return count;
}

/**
 * path_case_simpler - a case with something taken away
 * @from: the case
 * @n: what to take away: a rule, a component, or a byte
 * @to: becomes the simpler case
 *
 * Return: false when there are not so many.
 */
bool path_case_simpler(const void *from, unsigned int n, void *to)
{
	struct path_case *it = to;
	unsigned int parts;

	memcpy(it, from, sizeof(*it));
	parts = count_parts(it);
	if (n < it->count) {
		it->count--;
		memmove(&it->rules[n], &it->rules[n + 1],
			(it->count - n) * sizeof(it->rules[0]));
		return true;
	}
	n -= it->count;
	if (n < parts)
		return drop_from_texts(it, n, drop_component);
	n -= parts;
	if (n < strlen(it->path)) {
		drop_everywhere(it, n);
		return true;
	}
	return drop_from_texts(it, n - strlen(it->path), drop_byte);
}

static void print_text(const char *text, FILE *out)
{
	for (; *text; text++)
		fprintf(out, isprint((unsigned char)*text) ? "%c" : "\\x%02x",
			(unsigned char)*text);
	fputc('\n', out);
}

/**
 * path_case_print - print a case
 * @a_case: the case
 * @out: where to
 */
void path_case_print(const struct path_case *a_case, FILE *out)
{
	unsigned int i;

	fprintf(out, "default: %s\n",
		a_case->file_default == CORDON_ACTION_DENY ? "deny" : "allow");
	for (i = 0; i < a_case->count; i++) {
		const struct path_rule *rule = &a_case->rules[i];

		fprintf(out, "rule %u: %s 0x%02x%s ", i,
			rule->action == CORDON_ACTION_DENY ? "deny" : "allow",
			rule->ops,
			rule->log == CORDON_LOG_ALWAYS ? " loud" : "");
		print_text(rule->pattern, out);
	}
	fputs("path: ", out);
	print_text(a_case->path, out);
}
