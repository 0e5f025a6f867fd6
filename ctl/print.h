/* SPDX-License-Identifier: GPL-2.0 */
/* Structs -> text for people. */
#ifndef CTL_PRINT_H
#define CTL_PRINT_H

#include <stdio.h>

#include "decode.h"
#include "fetch.h"
#include "model.h"

void print_tenant(const struct tenant_state *state, FILE *out);
void print_rule(const struct policy_rule *rule, FILE *out);
void print_status(const struct status *status, FILE *out);
void print_members(const struct member_list *list, FILE *out);
void print_event(const struct event *event, FILE *out);

#endif /* CTL_PRINT_H */
