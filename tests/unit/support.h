/* SPDX-License-Identifier: GPL-2.0 */
/* What several files of unit tests need. */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

/* cmocka.h wants these four in front of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode.h"
#include "input.h"
#include "pure.h"

struct json_object;

/* What policies of tests begin with: lines 1 to 5. */
#define HEAD                                                                   \
	"version: 1\n"                                                         \
	"tenants:\n"                                                           \
	"  acme:\n"                                                            \
	"    select:\n"                                                        \
	"      - uid: 1000\n"

/* The same with the beginning of a class section: lines 6 to 8. */
#define FILE_HEAD                                                              \
	HEAD "    file:\n"                                                     \
	     "      default: deny\n"                                           \
	     "      rules:\n"
#define SOCKET_HEAD                                                            \
	HEAD "    socket:\n"                                                   \
	     "      default: deny\n"                                           \
	     "      rules:\n"

/**
 * struct bad - a policy file and all that is to be found in it
 * @name: for the report of a failure
 * @text: the file
 * @findings: what is to be said
 */
struct bad {
	const char *name;
	const char *text;
	const char *findings;
};

struct event denied_read(void);
void input_from_text(struct input *input, const char *text);
void input_from_bytes(struct input *input, const char *name, const char *bytes,
		      size_t size);
void input_good(struct input *input, const char *text);
char *input_findings(const struct input *input);
char *expand(const struct policy *policy);
void expect_expanded(const struct policy *policy);
void expect_findings(const char *name, const struct input *input,
		     const char *expected);
void expect_bad_files(const struct bad *bad, size_t count);
void capture(int descriptor, void (*call)(void *into), void *into, char *text,
	     size_t size);
void expect_within(struct json_object *some, struct json_object *all,
		   const char *what);

#endif /* UNIT_SUPPORT_H */
