/* SPDX-License-Identifier: GPL-2.0 */
/* What the numbers of the wire protocol are called in files and output. */
#ifndef CTL_NAMES_H
#define CTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct name - one entry of a table of names
 * @text: the name; NULL ends the table
 * @value: the number or flag of the wire protocol
 * @later: the protocol has it but this version does not enforce it
 */
struct name {
	const char *text;
	uint32_t value;
	bool later;
};

/* Flags that belong together. */
extern const struct name names_file_op[];
extern const struct name names_socket_op[];
extern const struct name names_guard_op[];
extern const struct name names_stream_op[];
extern const struct name names_admin_op[];
extern const struct name names_proto[];

/* Numbers. */
extern const struct name names_mode[];
extern const struct name names_action[];
extern const struct name names_log[];
extern const struct name names_peer[];
extern const struct name names_class[];
extern const struct name names_verdict[];
extern const struct name names_reason[];

/* What an explanation says. */
extern const struct name names_ruling[];
extern const struct name names_basis[];
extern const struct name names_condition[];
extern const struct name names_miss[];

/* Numbers of the socket layer. */
extern const struct name names_family[];
extern const struct name names_socket_type[];
extern const struct name names_protocol[];
extern const struct name names_netlink[];

/* Entries that names_extend() makes room for, with the one it adds. */
#define NAMES_MAX 16

const struct name *names_ops_of_class(uint32_t class);
void names_extend(struct name *extended, const struct name *table,
		  const char *text, uint32_t value);
const struct name *names_find(const struct name *table, const char *text);
const char *names_text(const struct name *table, uint32_t value);
uint32_t names_enforced(const struct name *table);
const char *names_nearest(const struct name *table, const char *text);
const struct name *names_protocol_of(uint32_t family);
const struct name *names_protocol_in(uint64_t families);
char *names_set(const struct name *table, uint64_t set, const char *between);
char *names_list(const struct name *table, uint32_t flags, const char *between);

#endif /* CTL_NAMES_H */
