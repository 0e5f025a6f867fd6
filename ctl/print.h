/* SPDX-License-Identifier: GPL-2.0 */
/* Structs -> text for people. */
#ifndef CTL_PRINT_H
#define CTL_PRINT_H

#include <stdio.h>

#include "decode.h"
#include "fetch.h"
#include "model.h"

/**
 * enum print_style - how the line of an event is laid out
 * @PRINT_PLAIN: one space between its parts
 * @PRINT_ALIGNED: in columns
 * @PRINT_COLOURED: in columns, for a terminal that has colours
 */
enum print_style {
	PRINT_PLAIN,
	PRINT_ALIGNED,
	PRINT_COLOURED,
};

void print_tenant(const struct tenant_state *state, FILE *out);
void print_rule(const struct policy_rule *rule, FILE *out);
void print_status(const struct status *status, FILE *out);
void print_members(const struct member_list *list, FILE *out);
void print_event(const struct event *event, enum print_style style, FILE *out);
char *print_event_text(const struct event *event);

#endif /* CTL_PRINT_H */
