// SPDX-License-Identifier: GPL-2.0
/*
 * Every message is acknowledged before the next is sent, so a refusal is known
 * to be about the message that was sent last.  A transaction that is given up
 * ends with its socket.
 */
#include "transaction.h"

#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "decode.h"
#include "encode.h"
#include "progress.h"

static int send_step(struct session *session, struct nl_msg *message,
		     const char *doing, struct refusal *refusal)
{
	int ret = session_request(session, message, NULL, NULL);

	if (ret) {
		refusal_set(refusal, session, ret, doing);
		if (session->has_offset)
			refusal->origin =
				encode_origin_at(message, session->offset);
	}
	nlmsg_free(message);
	return ret;
}

static int send_bare(struct session *session, uint8_t command,
		     const char *doing, struct refusal *refusal)
{
	return send_step(session, encode_command(session->family, command, 0),
			 doing, refusal);
}

/* @before: how many rules were sent before, of how many in all. */
static int add_tenant(struct session *session,
		      const struct policy_tenant *tenant, size_t before,
		      size_t all, struct refusal *refusal)
{
	struct rule_cursor cursor = { 0 };
	struct nl_msg *message;
	char *doing = alloc_printf("to add tenant '%s'", tenant->name);
	int ret = send_step(session, encode_tenant(session->family, tenant),
			    doing, refusal);

	if (ret && session->has_offset)
		refusal->origin =
			alloc_text(tenant->origin, strlen(tenant->origin));
	free(doing);
	doing = alloc_printf("to add rules to tenant '%s'", tenant->name);
	while (!ret &&
	       (message = encode_rules(session->family, tenant, &cursor))) {
		progress_show("sending rules:", before + cursor.rule, all);
		ret = send_step(session, message, doing, refusal);
	}
	free(doing);
	return ret;
}

static int remove_tenant(struct session *session, const char *name,
			 struct refusal *refusal)
{
	char *doing = alloc_printf("to remove tenant '%s'", name);
	int ret = send_step(session, encode_removal(session->family, name),
			    doing, refusal);

	free(doing);
	return ret;
}

static int take_generation(struct nlmsghdr *header, void *into)
{
	return decode_generation(header, into);
}

static int send_commit(struct session *session, const struct change *change,
		       uint64_t *generation, struct refusal *refusal)
{
	struct nl_msg *message =
		encode_commit(session->family, change->expected,
			      change->replace_all, change->dry_run);
	int ret =
		session_request(session, message, take_generation, generation);

	if (ret) {
		refusal_set(refusal, session, ret, "to commit the policy");
		refusal->unsure = !session->refused && !change->dry_run;
	}
	nlmsg_free(message);
	return ret;
}

static int run(struct session *session, const struct change *change,
	       uint64_t *generation, struct refusal *refusal)
{
	size_t all = model_rule_count(change->policy);
	size_t sent = 0;
	size_t i;
	int ret = send_bare(session, CORDON_CMD_POLICY_BEGIN,
			    "to begin a transaction", refusal);

	for (i = 0; !ret && i < change->policy->count; i++) {
		const struct policy_tenant *tenant =
			&change->policy->tenants[i];

		ret = add_tenant(session, tenant, sent, all, refusal);
		sent += tenant->rule_count;
	}
	for (i = 0; !ret && i < change->remove_count; i++)
		ret = remove_tenant(session, change->remove[i], refusal);
	if (ret)
		return ret;
	progress_show(change->dry_run ?
			      "waiting for the module to check it" :
			      "waiting for the module to put it in force",
		      0, 0);
	return send_commit(session, change, generation, refusal);
}

/**
 * transaction_run - change the policy in force
 * @session: an open session
 * @change: what to do
 * @generation: becomes the generation in force then
 * @refusal: says why, after an error
 *
 * Return: 0, or a negative errno.
 */
int transaction_run(struct session *session, const struct change *change,
		    uint64_t *generation, struct refusal *refusal)
{
	int ret = run(session, change, generation, refusal);

	progress_end();
	if (ret)
		refusal_locate(refusal, change->policy, session->why);
	return ret;
}
