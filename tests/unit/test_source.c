// SPDX-License-Identifier: GPL-2.0
/* Reading files: which are taken, which are refused, and origins. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"

#define GOOD "version: 1\ntenants: {a: {select: [uid: 1]}}\n"

/* Every test runs in a directory of its own that is removed afterwards. */
static int enter_directory(void **state)
{
	char name[] = "/tmp/cordon-unit-XXXXXX";

	if (!mkdtemp(name) || chdir(name))
		return -1;
	*state = alloc_text(name, strlen(name));
	return 0;
}

static int leave_directory(void **state)
{
	char *command = alloc_printf("rm -r '%s'", (char *)*state);
	int ret = chdir("/") || system(command);

	free(command);
	free(*state);
	return ret;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void expect(char **names, size_t count, const char *expected)
{
	struct input input;
	char *findings;

	input_read(&input, names, count);
	findings = input_findings(&input);
	assert_string_equal(findings, expected);
	free(findings);
	input_clear(&input);
}

static void expect_one(const char *name, const char *expected)
{
	char *copy = alloc_text(name, strlen(name));

	expect(&copy, 1, expected);
	free(copy);
}

static void test_missing(void **state)
{
	(void)state;
	expect_one("none.yaml", "none.yaml: No such file or directory\n");
}

static void test_empty(void **state)
{
	(void)state;
	write_file("empty.yaml", "");
	expect_one("empty.yaml",
		   "empty.yaml:1:1: the file is empty; expected a map with 'version' and 'tenants'\n");
}

static void test_fifo(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("fifo.yaml", 0600), 0);
	expect_one("fifo.yaml", "fifo.yaml: not a regular file\n");
}

static void test_device(void **state)
{
	(void)state;
	expect_one("/dev/zero", "/dev/zero: not a regular file\n");
}

static void make_sparse(const char *name, off_t size)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static void test_huge(void **state)
{
	(void)state;
	make_sparse("huge.yaml", 100 << 20);
	expect_one("huge.yaml", "huge.yaml:1:1: file is larger than 16 MiB\n");
	make_sparse("over.yaml", (16 << 20) + 1);
	expect_one("over.yaml", "over.yaml:1:1: file is larger than 16 MiB\n");
}

/* Of the largest size it is read, and refused for its NULs. */
static void test_largest(void **state)
{
	(void)state;
	make_sparse("large.yaml", 16 << 20);
	expect_one("large.yaml",
		   "large.yaml:1:1: not YAML text: control characters are not allowed (0x00)\n");
}

/* What has no size beforehand is cut off while it is read. */
static void test_endless_input(void **state)
{
	int saved = dup(STDIN_FILENO);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(saved >= 0 && zero >= 0);
	assert_int_equal(dup2(zero, STDIN_FILENO), STDIN_FILENO);
	expect_one("-", "<stdin>:1:1: file is larger than 16 MiB\n");
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
	close(zero);
}

static void test_standard_input(void **state)
{
	int saved = dup(STDIN_FILENO);
	int file;
	char dash[] = "-";
	char *name = dash;
	struct input input;

	(void)state;
	write_file("good.yaml", GOOD);
	file = open("good.yaml", O_RDONLY | O_CLOEXEC);
	assert_true(saved >= 0 && file >= 0);
	assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
	input_read(&input, &name, 1);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(input.diag.errors, 0);
	assert_int_equal(input.policy.count, 1);
	assert_string_equal(input.policy.tenants[0].origin, "<stdin>:2");
	input_clear(&input);
	close(saved);
	close(file);
}

static void test_directory(void **state)
{
	char directory[] = "d";
	char *name = directory;
	struct input input;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	expect_one("d", "d: the directory holds no *.yaml or *.yml file\n");
	write_file("d/2.yml", "version: 1\ntenants: {b: {select: [uid: 2]}}\n");
	write_file("d/1.yaml", GOOD);
	write_file("d/.hidden.yaml", "[");
	write_file("d/readme.txt", "[");
	input_read(&input, &name, 1);
	assert_int_equal(input.diag.errors, 0);
	assert_int_equal(input.policy.count, 2);
	assert_string_equal(input.policy.tenants[0].origin, "d/1.yaml:2");
	assert_string_equal(input.policy.tenants[1].origin, "d/2.yml:2");
	input_clear(&input);
}

static void test_symbolic_link(void **state)
{
	char *text =
		alloc_printf(FILE_HEAD
			     "        - {allow: read, path: %s/link/**}\n"
			     "        - {allow: read, path: '%s/{dir,link}'}\n"
			     "        - {allow: read, path: '%s/l*'}\n"
			     "    setup: %s/link/a\n",
			     (char *)*state, (char *)*state, (char *)*state,
			     (char *)*state);
	char *expected =
		alloc_printf("p.yaml:12:12: warning: '%s/link' is a symbolic link on this host and is never matched; its target is '%s/dir'\n"
			     "p.yaml:9:31: warning: '%s/link' is a symbolic link on this host and is never matched; its target is '%s/dir'\n"
			     "p.yaml:10:31: warning: '%s/link' is a symbolic link on this host and is never matched; its target is '%s/dir'\n",
			     (char *)*state, (char *)*state, (char *)*state,
			     (char *)*state, (char *)*state, (char *)*state);

	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(symlink("dir", "link"), 0);
	write_file("p.yaml", text);
	expect_one("p.yaml", expected);
	free(text);
	free(expected);
}

static char *origin_of(const char *name, unsigned int line)
{
	struct source_list list = { 0 };
	struct position at = { source_list_add(&list, name), line, 1 };
	char *origin = source_origin(&at);

	source_list_free(&list);
	return origin;
}

static void test_origin(void **state)
{
	char deep[400];
	char *origin = origin_of("etc/\x1b[0m\xff.yaml", 7);

	(void)state;
	assert_string_equal(origin, "etc/\\x1b[0m\\xff.yaml:7");
	free(origin);

	memset(deep, 'd', sizeof(deep));
	deep[50] = '/';
	deep[200] = '/';
	deep[sizeof(deep) - 1] = '\0';
	origin = origin_of(deep, 12);
	assert_int_equal(strlen(origin), 399 - 201 + 3);
	assert_string_equal(origin + strlen(origin) - 4, "d:12");
	free(origin);

	memset(deep, 'd', sizeof(deep) - 1);
	origin = origin_of(deep, 12);
	assert_int_equal(strlen(origin), CORDON_ORIGIN_MAX);
	assert_string_equal(origin + strlen(origin) - 4, "d:12");
	free(origin);
}

#define IN_DIRECTORY(test)                                                     \
	cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_missing),
		IN_DIRECTORY(test_empty),
		IN_DIRECTORY(test_fifo),
		IN_DIRECTORY(test_device),
		IN_DIRECTORY(test_huge),
		IN_DIRECTORY(test_largest),
		IN_DIRECTORY(test_endless_input),
		IN_DIRECTORY(test_standard_input),
		IN_DIRECTORY(test_directory),
		IN_DIRECTORY(test_symbolic_link),
		cmocka_unit_test(test_origin),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
