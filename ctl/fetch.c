// SPDX-License-Identifier: GPL-2.0
/* A dump that a policy change interrupts is asked for again as a whole. */
#include "fetch.h"

#include <errno.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "encode.h"
#include "unknown.h"

/* After so many interrupted dumps the policy is changing all the time. */
#define TRIES 8

static int dump(struct session *session, uint8_t command, session_take take,
		void *into)
{
	struct nl_msg *message =
		encode_command(session->family, command, NLM_F_DUMP);
	int ret = session_request(session, message, take, into);

	nlmsg_free(message);
	return ret;
}

static int take_status(struct nlmsghdr *header, void *into)
{
	struct status *status = into;

	status_clear(status);
	return decode_status(header, status);
}

/**
 * fetch_status - the state of the module
 * @session: an open session
 * @status: becomes the state; the caller clears it, also after an error
 *
 * Return: 0, or a negative errno.
 */
int fetch_status(struct session *session, struct status *status)
{
	struct nl_msg *message =
		encode_command(session->family, CORDON_CMD_STATUS_GET, 0);
	int ret;

	memset(status, 0, sizeof(*status));
	ret = session_request(session, message, take_status, status);
	nlmsg_free(message);
	return !ret && !status->version ? -EBADMSG : ret;
}

static int take_tenant(struct nlmsghdr *header, void *into)
{
	struct tenant_list *list = into;
	struct tenant_state *state = array_push(list->items, list->count);
	int ret = decode_tenant(header, state);

	state->tenant.unknown = unknown_attributes(header);
	return ret;
}

/**
 * fetch_tenants - all tenants, without their rules
 * @session: an open session
 * @list: becomes the tenants; the caller clears it, also after an error
 *
 * Return: 0, or a negative errno.
 */
int fetch_tenants(struct session *session, struct tenant_list *list)
{
	int tries = TRIES;
	int ret;

	memset(list, 0, sizeof(*list));
	do {
		tenant_list_clear(list);
		ret = dump(session, CORDON_CMD_TENANT_GET, take_tenant, list);
	} while (ret == -EAGAIN && --tries);
	return ret;
}

static int take_rules(struct nlmsghdr *header, void *into)
{
	struct policy_tenant *tenant = into;

	tenant->unknown |= unknown_attributes(header);
	return decode_rules(header, tenant);
}

static void clear_rules(struct policy_tenant *tenant)
{
	size_t i;

	for (i = 0; i < tenant->rule_count; i++)
		rule_clear(&tenant->rules[i]);
	free(tenant->rules);
	tenant->rules = NULL;
	tenant->rule_count = 0;
}

/**
 * fetch_rules - the rules of a tenant
 * @session: an open session
 * @tenant: its name is asked for, its rules are replaced
 *
 * Return: 0, or a negative errno.
 */
int fetch_rules(struct session *session, struct policy_tenant *tenant)
{
	int tries = TRIES;
	int ret;

	do {
		struct nl_msg *message =
			encode_rule_dump(session->family, tenant->name);

		clear_rules(tenant);
		ret = session_request(session, message, take_rules, tenant);
		nlmsg_free(message);
	} while (ret == -EAGAIN && --tries);
	return ret;
}

/* The tenants of a list become those of a policy, which has none yet. */
static void take_over(struct tenant_list *list, struct policy *policy)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		*array_push(policy->tenants, policy->count) =
			list->items[i].tenant;
		memset(&list->items[i].tenant, 0,
		       sizeof(list->items[i].tenant));
	}
	tenant_list_clear(list);
}

static int fetch_whole(struct session *session, struct policy *policy)
{
	struct tenant_list list;
	int ret = fetch_tenants(session, &list);
	size_t i;

	take_over(&list, policy);
	for (i = 0; !ret && i < policy->count; i++)
		ret = fetch_rules(session, &policy->tenants[i]);
	return ret;
}

static int fetch_generation(struct session *session, uint64_t *generation)
{
	struct status status;
	int ret = fetch_status(session, &status);

	*generation = status.generation;
	status_clear(&status);
	return ret;
}

/**
 * fetch_policy - all that is in force, at one moment
 * @session: an open session
 * @policy: becomes the policy; the caller clears it, also after an error
 * @generation: becomes its generation
 *
 * Return: 0, -EAGAIN when it changes all the time, or another negative errno.
 */
int fetch_policy(struct session *session, struct policy *policy,
		 uint64_t *generation)
{
	uint64_t after = 0;
	int tries = TRIES;
	int failed;
	int ret;

	memset(policy, 0, sizeof(*policy));
	do {
		policy_clear(policy);
		ret = fetch_generation(session, generation);
		if (ret)
			return ret;
		/* A tenant may be gone before its rules are asked for. */
		ret = fetch_whole(session, policy);
		if (ret && ret != -ENOENT && ret != -EAGAIN)
			return ret;
		failed = fetch_generation(session, &after);
		if (failed)
			return failed;
		if (!ret && after == *generation)
			return 0;
	} while (--tries);
	return -EAGAIN;
}

static int take_member(struct nlmsghdr *header, void *into)
{
	struct member_list *list = into;

	return decode_member(header, array_push(list->items, list->count));
}

/**
 * fetch_members - all tasks that belong to tenants
 * @session: an open session
 * @list: becomes the tasks; the caller clears it, also after an error
 *
 * Tasks come and go all the time, so an interrupted dump is as good as another.
 *
 * Return: 0, or a negative errno.
 */
int fetch_members(struct session *session, struct member_list *list)
{
	int ret;

	memset(list, 0, sizeof(*list));
	ret = dump(session, CORDON_CMD_MEMBER_GET, take_member, list);
	return ret == -EAGAIN ? 0 : ret;
}

/**
 * fetch_events - events that were sent, oldest first
 * @session: an open session
 * @since: number of the first that is wanted
 * @take: called for every event
 * @into: its second argument
 *
 * Return: 0, a negative errno, or what @take returned.
 */
int fetch_events(struct session *session, uint64_t since, session_take take,
		 void *into)
{
	struct nl_msg *message = encode_event_dump(session->family, since);
	int ret = session_request(session, message, take, into);

	nlmsg_free(message);
	return ret;
}

/**
 * struct own_page - some of the events of the caller's own tenant
 * @take: called for every event
 * @into: its second argument
 * @next: number in the tenant of the next that is wanted
 * @any: there were some
 */
struct own_page {
	session_take take;
	void *into;
	uint64_t next;
	bool any;
};

static int take_own(struct nlmsghdr *header, void *into)
{
	struct own_page *page = into;
	struct event event;
	int ret = decode_event(header, &event);

	/* One that does not lead on would be asked for again and again. */
	if (!ret && event.tenant_seq < page->next)
		ret = -EBADMSG;
	page->next = event.tenant_seq + 1;
	page->any = true;
	event_clear(&event);
	return ret ? ret : page->take(header, page->into);
}

/**
 * fetch_own_events - events of the caller's own tenant, oldest first
 * @session: an open session
 * @since: number in the tenant of the first that is wanted
 * @take: called for every event
 * @into: its second argument
 *
 * Return: 0, a negative errno, or what @take returned.
 */
int fetch_own_events(struct session *session, uint64_t since, session_take take,
		     void *into)
{
	struct own_page page = { .take = take, .into = into, .next = since };
	int ret = 0;

	do {
		struct nl_msg *message =
			encode_own_events(session->family, page.next);

		page.any = false;
		ret = session_request(session, message, take_own, &page);
		nlmsg_free(message);
	} while (!ret && page.any);
	return ret;
}

/**
 * tenant_list_clear - free what a list holds
 * @list: the list
 */
void tenant_list_clear(struct tenant_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		tenant_clear(&list->items[i].tenant);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

/**
 * member_list_clear - free what a list holds
 * @list: the list
 */
void member_list_clear(struct member_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		member_clear(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}
