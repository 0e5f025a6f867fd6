// SPDX-License-Identifier: GPL-2.0
/*
 * A function of the kernel has one direct call at most, and whoever has it shows
 * in enabled_functions of tracefs: as a symbol of a module, or as a trampoline
 * of BPF, whose number says what it is attached to and so whose it is.
 */
#include "tracers.h"

#include <inttypes.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc.h"

#define ENABLED "/sys/kernel/tracing/enabled_functions"
#define TRAMPOLINE "bpf_trampoline_"

/* The number of a trampoline: an object of BTF, a flag, and a type in it. */
#define KEY_OBJECT_SHIFT 32
#define KEY_IS_BTF 0x80000000ULL
#define KEY_TYPE 0x7fffffffULL

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int program_info(uint32_t id, struct bpf_prog_info *info)
{
	union bpf_attr attr = { .prog_id = id };
	int descriptor = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	long ret;

	if (descriptor < 0)
		return -1;
	memset(info, 0, sizeof(*info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = descriptor;
	attr.info.info_len = sizeof(*info);
	attr.info.info = (uintptr_t)info;
	ret = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
	close(descriptor);
	return ret ? -1 : 0;
}

/* Which programs a trampoline is for; NULL when that cannot be told. */
static char *name_programs(uint64_t key)
{
	union bpf_attr attr = { .start_id = 0 };
	struct bpf_prog_info info;
	char *names = NULL;

	while (!bpf(BPF_PROG_GET_NEXT_ID, &attr)) {
		uint32_t id = attr.next_id;
		char *more;

		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
		if (program_info(id, &info) ||
		    info.attach_btf_obj_id != key >> KEY_OBJECT_SHIFT ||
		    info.attach_btf_id != (key & KEY_TYPE))
			continue;
		more = alloc_printf("%s%.*s (id %u)", names ? names : "",
				    (int)sizeof(info.name), info.name, id);
		free(names);
		names = alloc_printf("%s ", more);
		free(more);
	}
	return names;
}

/* "name+0x0/0x10 [module]" in words, for the caller to free. */
static char *describe(const char *symbol)
{
	const char *module = strchr(symbol, '[');
	char *programs = NULL;
	char *text;
	uint64_t key;

	if (!strncmp(symbol, TRAMPOLINE, strlen(TRAMPOLINE))) {
		key = strtoull(symbol + strlen(TRAMPOLINE), NULL, 10);
		if (key & KEY_IS_BTF)
			programs = name_programs(key);
		text = programs ? alloc_printf("BPF program %.*s",
					       (int)strlen(programs) - 1,
					       programs) :
				  alloc_printf("a BPF program");
		free(programs);
		return text;
	}
	if (module)
		return alloc_printf("kernel module %.*s",
				    (int)strcspn(module + 1, "]"), module + 1);
	return alloc_printf("%.*s", (int)strcspn(symbol, "+\n "), symbol);
}

/* The function that a line begins with, or NULL if it continues another. */
static char *function_of(const char *line)
{
	size_t len = strcspn(line, " \t\n");

	return len ? alloc_text(line, len) : NULL;
}

static const char *direct_of(const char *line)
{
	const char *arrow = strstr(line, "-->");

	return strstr(line, "\tdirect") && arrow ? arrow + 3 : NULL;
}

/**
 * struct reader - where in a list of functions one is
 * @in: the list
 * @line: the last line
 * @room: its size
 * @function: the function that it is about
 */
struct reader {
	FILE *in;
	char *line;
	size_t room;
	char *function;
};

/* The symbol that the next direct call is to, or NULL at the end. */
static const char *next_direct(struct reader *reader)
{
	const char *direct;
	char *name;

	while (getline(&reader->line, &reader->room, reader->in) >= 0) {
		name = function_of(reader->line);
		if (name) {
			free(reader->function);
			reader->function = name;
		}
		direct = direct_of(reader->line);
		if (direct && reader->function)
			return direct;
	}
	return NULL;
}

static void reader_clear(struct reader *reader)
{
	free(reader->line);
	free(reader->function);
}

/**
 * tracers_holder - who has the direct call of a function
 * @in: what enabled_functions says
 * @function: the function
 *
 * Return: a name for people, for the caller to free, or NULL.
 */
char *tracers_holder(FILE *in, const char *function)
{
	struct reader reader = { .in = in };
	const char *direct;
	char *name = NULL;

	while (!name && (direct = next_direct(&reader)))
		if (!strcmp(reader.function, function))
			name = describe(direct);
	reader_clear(&reader);
	return name;
}

/**
 * tracers_name - the same of the kernel that runs
 * @function: the function
 *
 * Return: a name for people, for the caller to free, or NULL.
 */
char *tracers_name(const char *function)
{
	FILE *in = fopen(ENABLED, "re");
	char *name;

	if (!in)
		return NULL;
	name = tracers_holder(in, function);
	fclose(in);
	return name;
}

static const struct finding finding = {
	.check = "hooks",
	.expected =
		"no direct call of another tracer on a function of the security layer",
	.advice =
		"stop that tracer, or have it use another kind of probe; a policy that needs the function is refused until then",
};

/**
 * tracers_examine - look for functions that the module might want and not get
 * @in: what enabled_functions says
 * @findings: what is found
 *
 * Return: how many.
 */
size_t tracers_examine(FILE *in, struct findings *findings)
{
	struct finding found = finding;
	struct reader reader = { .in = in };
	const char *direct;
	size_t count = 0;

	found.level = FINDING_WARNING;
	while ((direct = next_direct(&reader))) {
		char *name;

		if (strncmp(reader.function, "security_", 9) ||
		    strstr(direct, "[cordon]"))
			continue;
		name = describe(direct);
		finding_add(findings, &found, "%s is held by %s",
			    reader.function, name);
		free(name);
		count++;
	}
	reader_clear(&reader);
	return count;
}

/**
 * tracers_check - the same on the kernel that runs
 * @findings: what is found
 */
void tracers_check(struct findings *findings)
{
	struct finding found = finding;
	FILE *in = fopen(ENABLED, "re");

	if (!in) {
		found.level = FINDING_UNKNOWN;
		found.advice =
			"run it as root, where tracefs is mounted at /sys/kernel/tracing";
		finding_add(findings, &found, ENABLED " cannot be read");
		return;
	}
	found.level = FINDING_OK;
	if (!tracers_examine(in, findings))
		finding_add(findings, &found,
			    "no other tracer holds a function of the security layer");
	fclose(in);
}
