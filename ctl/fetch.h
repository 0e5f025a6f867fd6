/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel has in force, as a whole. */
#ifndef CTL_FETCH_H
#define CTL_FETCH_H

#include <stddef.h>

#include "decode.h"
#include "nl.h"

/**
 * struct tenant_list - all tenants
 * @items: in the order of the dump
 * @count: how many
 */
struct tenant_list {
	struct tenant_state *items;
	size_t count;
};

/**
 * struct member_list - all tasks that belong to tenants
 * @items: in the order of the dump
 * @count: how many
 */
struct member_list {
	struct member *items;
	size_t count;
};

int fetch_status(struct session *session, struct status *status);
int fetch_tenants(struct session *session, struct tenant_list *list);
int fetch_policy(struct session *session, struct policy *policy,
		 uint64_t *generation);
int fetch_rules(struct session *session, struct policy_tenant *tenant);
int fetch_events(struct session *session, uint64_t since, session_take take,
		 void *into);
int fetch_own_events(struct session *session, uint64_t since, session_take take,
		     void *into);
int fetch_members(struct session *session, struct member_list *list);

void tenant_list_clear(struct tenant_list *list);
void member_list_clear(struct member_list *list);

#endif /* CTL_FETCH_H */
