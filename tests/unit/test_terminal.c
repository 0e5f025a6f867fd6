// SPDX-License-Identifier: GPL-2.0
/* When output may be coloured. */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "terminal.h"

/* A terminal of our own. */
static int open_terminal(int *master)
{
	int terminal;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(*master >= 0);
	assert_int_equal(grantpt(*master), 0);
	assert_int_equal(unlockpt(*master), 0);
	terminal = open(ptsname(*master), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	return terminal;
}

static void set(const char *name, const char *value)
{
	if (value)
		assert_int_equal(setenv(name, value, 1), 0);
	else
		assert_int_equal(unsetenv(name), 0);
}

static void test_colours(void **state)
{
	static const struct {
		const char *no_color;
		const char *term;
		bool wanted;
	} cases[] = {
		{ NULL, "xterm", true },       { "", "xterm", true },
		{ "1", "xterm", false },       { "0", "xterm", false },
		{ NULL, "dumb", false },       { NULL, NULL, false },
		{ NULL, "", false },	       { "1", "dumb", false },
		{ NULL, "vt100-color", true },
	};
	int master;
	int terminal = open_terminal(&master);
	int file = open("/dev/null", O_WRONLY);
	size_t i;

	(void)state;
	assert_true(file >= 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		set("NO_COLOR", cases[i].no_color);
		set("TERM", cases[i].term);
		assert_int_equal(terminal_has_colours(terminal),
				 cases[i].wanted);
		assert_false(terminal_has_colours(file));
	}
	close(file);
	close(terminal);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
	};

	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
