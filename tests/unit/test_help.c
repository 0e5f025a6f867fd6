// SPDX-License-Identifier: GPL-2.0
/* What is said about verbs: by help, and by the man page. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "source.h"
#include "verbs.h"

/* Columns of a terminal. */
#define WIDTH 80

static char *help_text(const struct command *command)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	if (command)
		help_verb(command, out);
	else
		help_all(out);
	fclose(out);
	return text;
}

static void expect_lines_fit(const char *text)
{
	size_t len;

	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		if (len >= WIDTH)
			print_error("too long: %.*s\n", (int)len, text);
		assert_true(len < WIDTH);
	}
}

static void expect_in(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		print_error("'%s' is not in:\n%.400s\n", wanted, text);
	assert_non_null(strstr(text, wanted));
}

static void test_all(void **state)
{
	const struct command *command;
	char *text = help_text(NULL);
	size_t i;

	(void)state;
	expect_lines_fit(text);
	for (i = 0; (command = verbs_get(i)); i++) {
		char *what =
			alloc_printf("%s %s", command->name, command->operands);
		char *line =
			alloc_printf("\n  %-26s %s\n", what, command->help);

		expect_in(text, line);
		free(line);
		free(what);
	}
	assert_true(i > 8);
	free(text);
}

static void test_each(void **state)
{
	const struct command *command;
	size_t i;

	(void)state;
	for (i = 0; (command = verbs_get(i)); i++) {
		const struct option_spec *option = command->options;
		char *text = help_text(command);
		char *dashes;

		expect_lines_fit(text);
		expect_in(text, "\n  --help ");
		/* Those of 'run' are the command's. */
		expect_in(text, command->misuse ?
					"\nIt ends with the exit code" :
					"\nexit codes:\n");
		for (; option->name; option++) {
			assert_true(option - command->options < OPTIONS_MAX);
			dashes = alloc_printf("\n  --%s%s", option->name,
					      option->argument ? "=" : " ");
			expect_in(text, dashes);
			free(dashes);
			expect_in(text, option->help);
		}
		free(text);
	}
}

static void test_layout(void **state)
{
	static const char expected[] =
		"usage: cordonctl flush [OPTION...]\n"
		"\n"
		"remove every tenant and detach all hooks.\n"
		"\n"
		"options:\n"
		"  --dry-run                  have the module check it, but do not commit\n"
		"  --json                     print the new generation as JSON\n"
		"  --help                     show this\n"
		"\n"
		"exit codes:\n";
	char *text = help_text(&cmd_flush);

	(void)state;
	text[strlen(expected) < strlen(text) ? strlen(expected) : 0] = '\0';
	assert_string_equal(text, expected);
	free(text);
}

static void test_find(void **state)
{
	const struct command *command;
	size_t i;

	(void)state;
	for (i = 0; (command = verbs_get(i)); i++)
		assert_ptr_equal(verbs_find(command->name), command);
	assert_null(verbs_find("laod"));
	assert_null(verbs_find(""));
}

static char *read_page(void)
{
	char *name = alloc_printf("%s/ctl/cordonctl.8", TOP_DIR);
	struct source_list list = { 0 };
	struct diag diag = { 0 };
	char *text;

	source_read_all(&list, &name, 1, &diag);
	free(name);
	assert_int_equal(diag.errors, 0);
	text = alloc_text(list.items[0]->text, list.items[0]->size);
	source_list_free(&list);
	diag_free(&diag);
	return text;
}

/* What stands in a text behind a line and in front of another, or NULL. */
static char *between(const char *text, const char *line, const char *next)
{
	const char *start = strstr(text, line);
	const char *end = start ? strstr(start + strlen(line), next) : NULL;

	if (!end)
		return start ? alloc_text(start, strlen(start)) : NULL;
	return alloc_text(start, end - start);
}

/* Whether a text has an option of that name, and not of a longer one. */
static bool has_option(const char *text, const char *name)
{
	char *dashes = alloc_printf("Fl -%s", name);
	const char *at = text;
	bool found = false;

	while (!found && (at = strstr(at, dashes))) {
		at += strlen(dashes);
		found = !at[0] || strchr("\n ", at[0]);
	}
	free(dashes);
	return found;
}

/*
 * In the synopsis of the verb, and among what is said about it; only of --json
 * one paragraph tells for all verbs.
 */
static void expect_option(const char *synopsis, const char *about,
			  const struct command *command, const char *name)
{
	if (!has_option(synopsis, name))
		print_error("%s: no --%s in the synopsis\n", command->name,
			    name);
	assert_true(has_option(synopsis, name));
	if (!strcmp(name, "json"))
		return;
	if (!has_option(about, name))
		print_error("%s: nothing about --%s\n", command->name, name);
	assert_true(has_option(about, name));
}

/* All lines of the synopsis about a verb. */
static char *synopsis_of(const char *page, const char *name)
{
	char *whole = between(page, "\n.Sh SYNOPSIS\n", "\n.Sh ");
	char *line = alloc_printf("Cm %s", name);
	char *all = alloc_text("", 0);
	char *rest = whole;
	char *usage;

	/* A verb begins with .Nm and goes on to the next one. */
	while ((usage = strstr(rest, "\n.Nm\n"))) {
		char *own = between(usage, "\n.Nm\n", "\n.Nm\n");
		const char *at = strstr(own, line);
		char *longer;

		if (at && strchr("\n ", at[strlen(line)])) {
			longer = alloc_printf("%s%s\n", all, own);
			free(all);
			all = longer;
		}
		free(own);
		rest = usage + 4;
	}
	free(line);
	free(whole);
	return all;
}

/* Each verb, and each of its options, has its place in the man page. */
static void test_page(void **state)
{
	const struct option_spec *option;
	const struct command *command;
	char *page = read_page();
	const char *before = page;
	size_t i;

	(void)state;
	for (i = 0; (command = verbs_get(i)); i++) {
		char *item = alloc_printf("\n.It Cm %s", command->name);
		char *about = between(page, item, "\n.It Cm ");
		char *synopsis = synopsis_of(page, command->name);

		/* Behind the verb that is in front of it in the table. */
		expect_in(before, item);
		before = strstr(before, item);
		for (option = command->options; option->name; option++)
			expect_option(synopsis, about, command, option->name);
		free(synopsis);
		free(about);
		free(item);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),    cmocka_unit_test(test_each),
		cmocka_unit_test(test_layout), cmocka_unit_test(test_find),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests_name("help", tests, NULL, NULL);
}
