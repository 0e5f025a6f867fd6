// SPDX-License-Identifier: GPL-2.0
/*
 * What hooks find out about an act from their arguments, somebody who asks has
 * to say.  From there on it goes through the same functions.
 */
#include "query.h"

#include "pattern.h"
#include "proto.h"

/* A component is read in words, so this much may be read behind the last. */
#define TEXT_PAD 8

#define TYPES_MAX 16u

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

static bool is_one_of(u32 op, u32 last)
{
	return op && !(op & (op - 1)) && op < last;
}

static bool is_about_local(u16 op)
{
	return op & (CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN);
}

static bool is_memfd(const char *path, u32 len)
{
	return len > strlen(PATTERN_MEMFD) &&
	       !memcmp(path, PATTERN_MEMFD, strlen(PATTERN_MEMFD));
}

static bool is_dots(const char *name, u32 len)
{
	return len <= 2 && name[0] == '.' && name[len - 1] == '.';
}

/* Notes the names of an absolute path, the last of which comes first. */
static int split(struct query *query, u32 len, const char **why)
{
	const char *text = query->text;
	u32 end = len;
	u32 at = len;

	query->path.count = 0;
	if (len == 1)
		return 0;
	while (at--) {
		const char *name = text + at + 1;
		u32 size = end - at - 1;

		if (text[at] != '/')
			continue;
		if (!size || is_dots(name, size))
			return refuse(why,
				      "path has an empty name, '.' or '..' in it");
		if (size > NAME_MAX)
			return refuse(why, "path has a name of over 255 bytes");
		component_set(&query->names[query->path.count++], name, size);
		end = at;
	}
	return 0;
}

/* Copies a text to where eight bytes can be read behind it. */
static int take_text(struct query *query, const char *text, u32 len,
		     const char **why)
{
	if (len > QUERY_PATH_MAX)
		return refuse(why, "path is longer than 4096 bytes");
	if (len && memchr(text, '\0', len))
		return refuse(why, "path has a NUL byte in it");
	query->text = pure_alloc(len + TEXT_PAD, 1);
	query->names = pure_alloc(len / 2 + 1, sizeof(*query->names));
	if (!query->text || !query->names)
		return -ENOMEM;
	memcpy(query->text, text, len);
	query->path.at = query->names;
	return 0;
}

static int take_path(struct query *query, const struct act *act,
		     const char **why)
{
	int ret;

	if (!act->path_len || act->path[0] != '/')
		return refuse(why, "path is not absolute");
	ret = take_text(query, act->path, act->path_len, why);
	if (ret)
		return ret;
	query->named = true;
	return split(query, act->path_len, why);
}

static int take_file(struct query *query, const struct act *act,
		     const char **why)
{
	int ret;

	if (!is_one_of(act->op, __CORDON_FILE_OP_LAST))
		return refuse(why, "not one operation on files");
	if (!act->path)
		return refuse(why, "path is missing");
	if (!is_memfd(act->path, act->path_len))
		return take_path(query, act, why);
	ret = take_text(query, act->path, act->path_len, why);
	if (ret)
		return ret;
	component_set(&query->names[0], query->text, act->path_len);
	query->path.count = 1;
	query->path.memfd = true;
	query->named = true;
	return 0;
}

static int take_guard(struct query *query, const struct act *act,
		      const char **why)
{
	if (!is_one_of(act->op, __CORDON_GUARD_OP_LAST))
		return refuse(why, "not one operation of the guard");
	if (act->own &&
	    !(act->op & (CORDON_GUARD_OP_PTRACE | CORDON_GUARD_OP_SIGNAL)))
		return refuse(why,
			      "only ptrace and signal are about another task");
	query->own = act->own;
	return 0;
}

/*
 * The file that a unix socket is bound to is judged when it is made, and then
 * nobody knows for which socket that is.
 */
static int take_name(struct query *query, const struct act *act,
		     const char **why)
{
	if (!act->path)
		return 0;
	if (!act->path_len)
		return refuse(why, "name is empty");
	if (act->path[0] == '@') {
		query->text = pure_alloc(act->path_len, 1);
		if (!query->text)
			return -ENOMEM;
		memcpy(query->text, act->path + 1, act->path_len - 1);
		query->kind.abstract = query->text;
		query->kind.abstract_len = act->path_len - 1;
		return 0;
	}
	if (act->op == CORDON_SOCKET_OP_BIND)
		query->kind.type = 0;
	return take_path(query, act, why);
}

static int take_vsock(struct query *query, const struct act *act,
		      const char **why)
{
	if (!act->has_cid || !act->has_port)
		return refuse(why, "context id or port is missing");
	query->kind.cid = act->cid;
	query->kind.port = act->port;
	return 0;
}

static bool is_any(const struct endpoint *endpoint)
{
	return !endpoint->ip.high && !endpoint->ip.low;
}

static u8 address_proto(const struct act *act)
{
	/* All of SMC is TCP to those at the other end. */
	if (act->family == AF_SMC)
		return CORDON_PROTO_TCP;
	return socket_proto(act->type,
			    socket_resolve_protocol(act->family, act->type,
						    act->protocol));
}

static int take_address(struct query *query, const struct act *act,
			const char **why)
{
	u8 proto = address_proto(act);

	if (!act->ip)
		return refuse(why, "address is missing");
	if (act->ip_len != 4 && (act->ip_len != 16 || act->family == AF_INET))
		return refuse(why, "address is not one of its family");
	if (act->port > 65535)
		return refuse(why, "port is not in 0 to 65535");
	query->addressed = true;
	query->endpoint = endpoint_make(act->ip, act->ip_len,
					proto_has_ports(proto) ? act->port : 0,
					proto);
	query->any_ipv6 = is_any(&query->endpoint) &&
			  query->endpoint.version == IP_V6;
	return 0;
}

/* Whether rules go by what cannot be told from the rest of it. */
static bool lacks_type(const struct act *act)
{
	bool inet = act->family == AF_INET || act->family == AF_INET6;

	if (act->type)
		return false;
	if (inet)
		return !act->protocol;
	if (act->family == AF_SMC)
		return act->op == CORDON_SOCKET_OP_CREATE;
	return act->family != AF_UNIX || act->op != CORDON_SOCKET_OP_BIND ||
	       !act->path || act->path[0] == '@';
}

static int check_socket(const struct act *act, const char **why)
{
	bool inet = act->family == AF_INET || act->family == AF_INET6;

	if (!is_one_of(act->op, __CORDON_SOCKET_OP_LAST))
		return refuse(why, "not one operation on sockets");
	if (!act->family || act->family >= FAMILIES_MAX)
		return refuse(why, "address family is not in 1 to 63");
	if (act->type >= TYPES_MAX)
		return refuse(why, "there is no such socket type");
	if (lacks_type(act))
		return refuse(why, "socket type is missing");
	if (!inet &&
	    (act->op & (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE)))
		return refuse(why,
			      "accept and receive are judged for inet and inet6 only");
	if (act->ip && (act->op == CORDON_SOCKET_OP_CREATE ||
			!(inet || act->family == AF_SMC)))
		return refuse(why, "address does not go with that");
	if (act->path &&
	    (act->op == CORDON_SOCKET_OP_CREATE || act->family != AF_UNIX))
		return refuse(why, "name does not go with that");
	if (act->has_cid &&
	    (act->op == CORDON_SOCKET_OP_CREATE || act->family != AF_VSOCK))
		return refuse(why, "context id does not go with that");
	if (act->has_port && !act->ip && !act->has_cid)
		return refuse(why, "port does not go with that");
	return 0;
}

static int take_socket(struct query *query, const struct act *act,
		       const char **why)
{
	int ret = check_socket(act, why);

	if (ret)
		return ret;
	query->kind = (struct kind){
		.family = act->family,
		.type = act->type,
		.protocol = socket_resolve_protocol(act->family, act->type,
						    act->protocol),
	};
	query->kind.proto =
		socket_kind_proto(act->family, act->type, query->kind.protocol);
	if (act->op == CORDON_SOCKET_OP_CREATE)
		return 0;
	switch (act->family) {
	case AF_INET:
	case AF_INET6:
	case AF_SMC:
		return take_address(query, act, why);
	case AF_UNIX:
		return take_name(query, act, why);
	case AF_VSOCK:
		return take_vsock(query, act, why);
	default:
		return 0;
	}
}

static bool has_socket_fields(const struct act *act)
{
	return act->family || act->type || act->protocol || act->ip ||
	       act->has_port || act->has_cid;
}

/**
 * query_make - what the evaluator takes for an act
 * @query: becomes the query; the caller clears it, also after an error
 * @act: the act
 * @why: set to what is wrong with it, a static phrase, after -EINVAL
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int query_make(struct query *query, const struct act *act, const char **why)
{
	memset(query, 0, sizeof(*query));
	query->class = act->class;
	query->op = act->op;
	if (act->class != CORDON_CLASS_SOCKET && has_socket_fields(act))
		return refuse(why, "what is of sockets does not go with that");
	if (act->class != CORDON_CLASS_GUARD && act->own)
		return refuse(why, "the other task does not go with that");
	switch (act->class) {
	case CORDON_CLASS_FILE:
		return take_file(query, act, why);
	case CORDON_CLASS_SOCKET:
		return take_socket(query, act, why);
	case CORDON_CLASS_GUARD:
		if (act->path)
			return refuse(why, "path does not go with that");
		return take_guard(query, act, why);
	default:
		return refuse(why, "this class decides nothing");
	}
}

static struct finding found(bool denied, u32 rule)
{
	return (struct finding){
		.ruling = denied ? CORDON_RULING_DENIED : CORDON_RULING_ALLOWED,
		.basis = rule == RULESET_NONE ? CORDON_BASIS_DEFAULT :
						CORDON_BASIS_RULE,
		.rule = rule,
		.lifts = RULESET_NONE,
	};
}

static void depend(struct finding *finding, u8 condition, u32 lifts)
{
	finding->ruling = CORDON_RULING_DEPENDS;
	finding->condition = condition;
	finding->lifts = lifts;
}

static struct finding find_file(const struct ruleset *set,
				const struct query *query)
{
	const struct pathname *path = &query->path;
	bool denied = decide_file(set, path, query->op).denied;

	return found(denied,
		     denied ? decide_file_rule(set, path, query->op, true) :
			      decide_file_allower(set, path, query->op));
}

/* What being at any address of IPv6 says of IPv4, if that is denied. */
static void find_any_ipv6(struct finding *finding, const struct ruleset *set,
			  const struct query *query)
{
	u32 rule;

	if (finding->ruling == CORDON_RULING_DENIED || !query->any_ipv6 ||
	    !is_about_local(query->op))
		return;
	rule = decide_any_ipv6(set, query->endpoint.port, query->endpoint.proto,
			       query->op);
	if (rule == RULESET_NONE)
		return;
	*finding = found(true, rule);
	/* When it listens, that cannot be taken back any more. */
	if (query->op == CORDON_SOCKET_OP_LISTEN)
		depend(finding, CORDON_CONDITION_V6ONLY, RULESET_NONE);
}

/* What only the socket at the other end, or the socket itself, can tell. */
static void find_condition(struct finding *finding, const struct ruleset *set,
			   const struct query *query)
{
	const u16 op = query->op;
	u32 rule;

	if (finding->ruling != CORDON_RULING_DENIED ||
	    finding->rule != RULESET_NONE)
		return;
	if (op == CORDON_SOCKET_OP_RECEIVE)
		depend(finding, CORDON_CONDITION_ANSWER, RULESET_NONE);
	if (!(set->self_ops & op))
		return;
	rule = query->addressed ?
		       decide_self(set, &query->endpoint, op) :
		       decide_self_kind(set, &query->kind,
					query->named ? &query->path : NULL, op);
	if (rule != RULESET_NONE)
		depend(finding, CORDON_CONDITION_PEER, rule);
}

static struct finding find_address(const struct ruleset *set,
				   const struct query *query)
{
	const struct endpoint *endpoint = &query->endpoint;
	bool denied = decide_socket(set, endpoint, query->op).denied;
	struct finding finding =
		found(denied,
		      denied ? decide_socket_rule(set, endpoint, query->op,
						  true) :
			       decide_socket_allower(set, endpoint, query->op));

	find_any_ipv6(&finding, set, query);
	return finding;
}

static struct finding find_kind(const struct ruleset *set,
				const struct query *query)
{
	const struct pathname *path = query->named ? &query->path : NULL;
	const struct kind *kind = &query->kind;
	bool denied = decide_kind(set, kind, path, query->op).denied;
	struct finding finding =
		found(denied,
		      denied ? decide_kind_rule(set, kind, path, query->op,
						true) :
			       decide_kind_allower(set, kind, path, query->op));

	if (!denied && finding.rule == RULESET_NONE &&
	    set->socket_default == CORDON_ACTION_DENY)
		finding.basis = CORDON_BASIS_IMPLIED;
	return finding;
}

/**
 * query_rules - what the rules of a tenant say to an act
 * @set: the compiled rules
 * @query: the act, on a file or a socket
 *
 * Context: any; does not sleep.
 * Return: that.
 */
struct finding query_rules(const struct ruleset *set, const struct query *query)
{
	struct finding finding = found(false, RULESET_NONE);

	if (!(query->class == CORDON_CLASS_FILE ? set->file_default :
						  set->socket_default)) {
		finding.basis = CORDON_BASIS_UNMEDIATED;
		return finding;
	}
	if (query->class == CORDON_CLASS_FILE)
		return find_file(set, query);
	finding = query->addressed ? find_address(set, query) :
				     find_kind(set, query);
	find_condition(&finding, set, query);
	return finding;
}

/**
 * query_guard - what the guard of a tenant says to an act
 * @denied: guard operations that are denied
 * @query: the act, one of the guard's
 *
 * Context: any; does not sleep.
 * Return: that.
 */
struct finding query_guard(u16 denied, const struct query *query)
{
	struct finding finding = found(denied & query->op, RULESET_NONE);

	finding.basis = CORDON_BASIS_GUARD;
	if (query->own && finding.ruling == CORDON_RULING_DENIED) {
		finding.ruling = CORDON_RULING_ALLOWED;
		finding.basis = CORDON_BASIS_OWN;
	}
	return finding;
}

/**
 * query_clear - free what a query holds
 * @query: the query
 */
void query_clear(struct query *query)
{
	pure_free(query->text);
	pure_free(query->names);
	memset(query, 0, sizeof(*query));
}
