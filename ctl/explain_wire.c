// SPDX-License-Identifier: GPL-2.0
/* A question as attributes, and attributes as an answer. */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "answer.h"
#include "encode.h"

/* A question is small by construction. */
static void must(int error)
{
	if (error)
		alloc_failed();
}

static void put_number(struct nl_msg *message, int type, uint32_t number)
{
	must(nla_put_u32(message, type, number));
}

static void put_socket(struct nl_msg *message, const struct act *act)
{
	put_number(message, CORDON_ACT_FAMILY, act->family);
	if (act->type)
		put_number(message, CORDON_ACT_TYPE, act->type);
	put_number(message, CORDON_ACT_PROTOCOL, act->protocol);
	if (act->ip)
		must(nla_put(message, CORDON_ACT_ADDR, act->ip_len, act->ip));
	if (act->has_port)
		put_number(message, CORDON_ACT_PORT, act->port);
	if (act->has_cid)
		put_number(message, CORDON_ACT_CID, act->cid);
	if (act->path)
		must(nla_put(message, CORDON_ACT_NAME, act->path_len,
			     act->path));
}

/**
 * explain_encode - a message that asks a question
 * @family: number of the family
 * @question: the question; its texts are not longer than query_make() takes
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *explain_encode(int family, const struct question *question)
{
	struct nl_msg *message = encode_command(family, CORDON_CMD_EXPLAIN, 0);
	const struct act *act = &question->act;
	struct nlattr *start;

	must(nla_put_string(message, CORDON_A_TENANT_NAME, question->tenant));
	start = nla_nest_start(message, CORDON_A_ACT | NLA_F_NESTED);
	must(!start);
	put_number(message, CORDON_ACT_CLASS, act->class);
	put_number(message, CORDON_ACT_OP, act->op);
	if (act->class == CORDON_CLASS_SOCKET)
		put_socket(message, act);
	else if (act->path)
		must(nla_put(message, CORDON_ACT_PATH, act->path_len,
			     act->path));
	if (act->own)
		must(nla_put_flag(message, CORDON_ACT_OWN));
	nla_nest_end(message, start);
	return message;
}

static int take_number(struct nlattr *attr, uint32_t *number)
{
	if (nla_len(attr) != sizeof(*number))
		return -EBADMSG;
	*number = nla_get_u32(attr);
	return 0;
}

static int take_text(struct nlattr *attr, char **text)
{
	int len = nla_len(attr);

	if (len < 1 || strnlen(nla_data(attr), len) != (size_t)len - 1)
		return -EBADMSG;
	free(*text);
	*text = alloc_text(nla_data(attr), len - 1);
	return 0;
}

static int take_of_candidate(struct nlattr *attr, struct candidate *candidate)
{
	switch (nla_type(attr)) {
	case CORDON_CANDIDATE_ORIGIN:
		return take_text(attr, &candidate->origin);
	case CORDON_CANDIDATE_ACTION:
		return take_number(attr, &candidate->action);
	case CORDON_CANDIDATE_OPS:
		return take_number(attr, &candidate->ops);
	case CORDON_CANDIDATE_MISSES:
		return take_number(attr, &candidate->misses);
	case CORDON_CANDIDATE_AGREES:
		return take_number(attr, &candidate->agrees);
	case CORDON_CANDIDATE_PATTERN:
		return take_text(attr, &candidate->pattern);
	default:
		return 0;
	}
}

static int take_candidate(struct nlattr *nest, struct candidate *candidate)
{
	struct nlattr *attr;
	int rest;
	int ret = 0;

	nla_for_each_nested(attr, nest, rest) {
		ret = take_of_candidate(attr, candidate);
		if (ret)
			return ret;
	}
	return candidate->origin ? 0 : -EBADMSG;
}

static int take_of_answer(struct nlattr *attr, struct answer *answer)
{
	switch (nla_type(attr)) {
	case CORDON_ANSWER_RULING:
		return take_number(attr, &answer->ruling);
	case CORDON_ANSWER_BASIS:
		return take_number(attr, &answer->basis);
	case CORDON_ANSWER_MODE:
		return take_number(attr, &answer->mode);
	case CORDON_ANSWER_CONDITION:
		return take_number(attr, &answer->condition);
	case CORDON_ANSWER_NEAR_COUNT:
		return take_number(attr, &answer->count);
	case CORDON_ANSWER_GENERATION:
		if (nla_len(attr) != sizeof(answer->generation))
			return -EBADMSG;
		answer->generation = nla_get_u64(attr);
		return 0;
	case CORDON_ANSWER_ORIGIN:
		return take_text(attr, &answer->origin);
	case CORDON_ANSWER_RULE:
		return take_candidate(attr, &answer->rule);
	case CORDON_ANSWER_LIFTS:
		return take_candidate(attr, &answer->lifts);
	case CORDON_ANSWER_NEAR:
		return take_candidate(attr,
				      array_push(answer->near, answer->kept));
	default:
		return 0;
	}
}

/**
 * explain_decode - the answer to a question
 * @header: the message
 * @answer: becomes the answer, all zero before; the caller clears it, also
 * after an error
 *
 * Return: 0, or -EBADMSG.
 */
int explain_decode(struct nlmsghdr *header, struct answer *answer)
{
	struct nlattr *nest, *attr;
	int rest;
	int ret;

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	nest = nlmsg_find_attr(header, GENL_HDRLEN, CORDON_A_ANSWER);
	if (!nest)
		return -EBADMSG;
	nla_for_each_nested(attr, nest, rest) {
		ret = take_of_answer(attr, answer);
		if (ret)
			return ret;
	}
	return answer->ruling && answer->basis && answer->origin ? 0 : -EBADMSG;
}
