/* SPDX-License-Identifier: GPL-2.0 */
/* Model -> attributes of the wire protocol. */
#ifndef CTL_ENCODE_H
#define CTL_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "slice.h"

struct nl_msg;

/* Room of a message, and how much of it is used before the next is begun. */
#define ENCODE_MESSAGE_ROOM 32768
#define ENCODE_MESSAGE_FULL 24576

struct nl_msg *encode_command(int family, uint8_t command, int flags);
struct nl_msg *encode_tenant(int family, const struct policy_tenant *tenant);
struct nl_msg *encode_rules(int family, const struct policy_tenant *tenant,
			    struct rule_cursor *cursor);
struct nl_msg *encode_removal(int family, const char *name);
struct nl_msg *encode_join(int family, const char *name);
struct nl_msg *encode_commit(int family, const uint64_t *generation,
			     bool replace_all, bool dry_run);
struct nl_msg *encode_seal(int family, char *const *names, size_t count);
struct nl_msg *encode_rule_dump(int family, const char *tenant);
struct nl_msg *encode_event_dump(int family, uint64_t since);
struct nl_msg *encode_own_events(int family, uint64_t since);
char *encode_origin_at(struct nl_msg *message, uint32_t offset);

#endif /* CTL_ENCODE_H */
