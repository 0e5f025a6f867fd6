// SPDX-License-Identifier: GPL-2.0
/* A host that does not have the library of the journal. */
#include "support.h"

#include <dlfcn.h>
#include <unistd.h>

#include "journal_calls.h"

void *__wrap_dlopen(const char *name, int mode);
char *__wrap_dlerror(void);

/* What is said of it, which may be nothing. */
static char *why;

/* Called by the linker's hand in the place of those of libc. */
void *__wrap_dlopen(const char *name, int mode)
{
	(void)mode;
	assert_string_equal(name, "libsystemd.so.0");
	return NULL;
}

char *__wrap_dlerror(void)
{
	return why;
}

static void want_library(void *into)
{
	(void)into;
	assert_null(journal_calls());
}

static void test_absent(void **state)
{
	static char *const reasons[] = { (char *)"no such file", NULL };
	static const char *const expected[] = {
		"cordonctl: the journal cannot be used: no such file\n",
		"cordonctl: the journal cannot be used: libsystemd.so.0 is not as expected\n",
	};
	char said[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		why = reasons[i];
		capture(STDERR_FILENO, want_library, NULL, said, sizeof(said));
		assert_string_equal(said, expected[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
	};

	return cmocka_run_group_tests_name("journal_calls", tests, NULL, NULL);
}
