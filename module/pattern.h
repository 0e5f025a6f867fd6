/* SPDX-License-Identifier: GPL-2.0 */
/* Grammar of path and cgroup patterns: checking, splitting, alternatives. */
#ifndef CORDON_PATTERN_H
#define CORDON_PATTERN_H

#include "pure.h"

/* How many plain patterns the braces of one pattern may stand for. */
#define PATTERN_ALTERNATIVES_MAX 64

/* How many "**" one pattern may have in front of its last component. */
#define PATTERN_DEEP_MAX 2

/* How many "*" one component may have. */
#define PATTERN_STARS_MAX 8

/* What names an anonymous file made by memfd_create(2). */
#define PATTERN_MEMFD "memfd:"

/**
 * enum pattern_kind - what a pattern may be written for
 * @PATTERN_FILE: absolute paths, and memfd:NAME
 * @PATTERN_CGROUP: paths of cgroups below the cgroup v2 root
 * @PATTERN_SOCKET: absolute paths of unix sockets
 * @PATTERN_ABSTRACT: abstract names of unix sockets, in which "/" is a byte
 * like any other
 */
enum pattern_kind {
	PATTERN_FILE,
	PATTERN_CGROUP,
	PATTERN_SOCKET,
	PATTERN_ABSTRACT,
};

/**
 * struct pattern_error - why a pattern was refused
 * @why: a static phrase in lower case, without a full stop
 * @at: offset in bytes of the culprit in the pattern
 */
struct pattern_error {
	const char *why;
	size_t at;
};

/**
 * enum component_kind - how a component of a pattern matches
 * @COMPONENT_LITERAL: one name, byte by byte
 * @COMPONENT_GLOB: names that a glob matches
 * @COMPONENT_DEEP: "**", any number of names
 */
enum component_kind {
	COMPONENT_LITERAL,
	COMPONENT_GLOB,
	COMPONENT_DEEP,
};

int pattern_check(const char *text, enum pattern_kind kind,
		  struct pattern_error *error);
unsigned int pattern_alternatives(const char *text);
int pattern_alternative(const char *text, unsigned int index, char *buffer,
			size_t size);
size_t pattern_component(const char *text, enum component_kind *kind);
size_t pattern_unescape(const char *text, size_t len, char *name);

#endif /* CORDON_PATTERN_H */
