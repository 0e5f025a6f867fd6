// SPDX-License-Identifier: GPL-2.0
/*
 * What a person writes about an object, or pastes from an event.  What rules can
 * go by and was left out is assumed to be what is usual, and that is said.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "names.h"
#include "question.h"
#include "text.h"
#include "value.h"

/**
 * struct words - a text that is read word by word
 * @rest: what is left
 * @word: the word, for scan_end() to free
 * @why: what is wrong, or NULL
 */
struct words {
	const char *rest;
	char *word;
	char *why;
};

static bool next(struct words *words)
{
	size_t len;

	free(words->word);
	words->word = NULL;
	words->rest += strspn(words->rest, " ");
	len = strcspn(words->rest, " ");
	if (!len)
		return false;
	words->word = alloc_text(words->rest, len);
	words->rest += len;
	return true;
}

static bool refuse(struct words *words, char *why)
{
	free(words->why);
	words->why = why;
	return false;
}

static int hex(char digit)
{
	const char *digits = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit | 0x20) : NULL;

	return at ? at - digits : -1;
}

/* Takes \xNN for the byte that events print like that. */
static char *unescape(const char *text, size_t *len)
{
	char *bytes = alloc_text(text, strlen(text));
	size_t to = 0;

	while (*text) {
		if (text[0] == '\\' && text[1] == 'x' && hex(text[2]) >= 0 &&
		    hex(text[3]) >= 0) {
			bytes[to++] = hex(text[2]) << 4 | hex(text[3]);
			text += 4;
		} else {
			bytes[to++] = *text++;
		}
	}
	bytes[to] = '\0';
	*len = to;
	return bytes;
}

static void set_path(struct question *question, char *path, size_t len)
{
	free(question->path);
	question->path = path;
	question->act.path = path;
	question->act.path_len = len;
}

/* A slash at the end, or two in a row, mean nothing, and neither does ".". */
static size_t tidy(char *path, size_t len)
{
	size_t from = 0;
	size_t to = 0;

	while (from < len) {
		size_t step = 1;

		while (from + step < len && path[from + step] != '/')
			step++;
		if (step > 2 || (step == 2 && path[from + 1] != '.')) {
			memmove(path + to, path + from, step);
			to += step;
		}
		from += step;
	}
	if (!to)
		path[to++] = '/';
	path[to] = '\0';
	return to;
}

/* Whether the last name of a path is what is done something to, link or not. */
static bool is_about_name(const struct act *act)
{
	return act->class == CORDON_CLASS_SOCKET ||
	       (act->op & (CORDON_FILE_OP_CREATE | CORDON_FILE_OP_DELETE |
			   CORDON_FILE_OP_SETATTR));
}

/* Where a path leads to on this host, or NULL where it is not there. */
static char *resolve(const struct act *act, const char *path)
{
	const char *slash = strrchr(path, '/');
	char target[PATH_MAX];
	char *folder, *text;

	if (!is_about_name(act))
		return realpath(path, target) ?
			       alloc_text(target, strlen(target)) :
			       NULL;
	folder = alloc_text(path, slash == path ? 1 : slash - path);
	text = realpath(folder, target) ?
		       alloc_printf("%s%s", strcmp(target, "/") ? target : "",
				    slash) :
		       NULL;
	free(folder);
	return text;
}

static void warn_of_link(struct question *question)
{
	const struct act *act = &question->act;
	char *target;

	if (memchr(act->path, '\0', act->path_len))
		return;
	target = resolve(act, question->path);
	if (target && strcmp(target, question->path)) {
		char *safe = text_escape(target, strlen(target));

		question_note(question,
			      "the path has a symbolic link in it here; rules match where that leads: '%s'",
			      safe);
		free(safe);
	}
	free(target);
}

/* A relative path is one below the directory that the tool is run in. */
static char *absolute(struct question *question, char *path, size_t *len)
{
	char folder[PATH_MAX];
	char *text;

	if (*path == '/' || !getcwd(folder, sizeof(folder)))
		return path;
	text = alloc_printf("%s/%s", folder, path);
	free(path);
	*len = strlen(text);
	question_note(question,
		      "the path is relative: it is taken from the current directory");
	return text;
}

static bool parse_path(struct question *question, const char *text)
{
	size_t len;
	char *path = unescape(text, &len);

	if (question->act.class == CORDON_CLASS_FILE &&
	    !strncmp(path, "memfd:", 6)) {
		set_path(question, path, len);
		return true;
	}
	if (!memchr(path, '\0', len)) {
		path = absolute(question, path, &len);
		len = tidy(path, len);
	}
	set_path(question, path, len);
	warn_of_link(question);
	return true;
}

static bool take_number(struct words *words, const char *what, uint64_t most,
			uint32_t *number)
{
	uint64_t value;

	if (!next(words))
		return refuse(words, alloc_printf("%s is missing", what));
	if (!value_number(words->word, most, &value))
		return refuse(words, alloc_printf("'%s' is not a %s",
						  words->word, what));
	*number = value;
	return true;
}

/* An address, with a port behind it or not; whether it is one. */
static bool scan_address(const char *word, uint8_t *ip, uint32_t *ip_len,
			 uint32_t *port, bool *has_port)
{
	const char *colon = strrchr(word, ':');
	bool bracket = *word == '[';
	uint64_t number;
	const char *end;
	char *text;

	*has_port = colon &&
		    (bracket ? colon[-1] == ']' : strchr(word, ':') == colon);
	if (*has_port && !value_number(colon + 1, 65535, &number))
		return false;
	end = *has_port ? colon : word + strlen(word);
	if (bracket && *--end != ']')
		return false;
	text = alloc_text(word + bracket, end - word - bracket);
	*ip_len = inet_pton(AF_INET, text, ip) == 1  ? 4 :
		  inet_pton(AF_INET6, text, ip) == 1 ? 16 :
						       0;
	if (*has_port)
		*port = number;
	free(text);
	return *ip_len;
}

static bool comes_in(const struct act *act)
{
	return act->op & (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE);
}

/* The other end, of which only the port matters, and only to what comes in. */
static bool take_from(struct question *question, struct words *words)
{
	uint8_t ip[16];
	uint32_t ip_len, port;
	bool has_port;

	if (!next(words) ||
	    !scan_address(words->word, ip, &ip_len, &port, &has_port))
		return refuse(words, alloc_printf("'from' without an address"));
	if (comes_in(&question->act) && has_port) {
		question->act.port = port;
		question->act.has_port = true;
	}
	return true;
}

/* The port of a sender is nothing that rules go by. */
static bool take_address(struct question *question, const char *word)
{
	struct act *act = &question->act;
	bool has_port;
	uint32_t port;

	if (!scan_address(word, question->ip, &act->ip_len, &port, &has_port))
		return false;
	act->ip = question->ip;
	if (has_port && !comes_in(act)) {
		act->port = port;
		act->has_port = true;
	}
	return true;
}

static bool set_from(const struct name *table, const char *word,
		     uint32_t *number)
{
	const struct name *found = names_find(table, word);

	if (found)
		*number = found->value;
	return found;
}

/* Of IP, a raw socket is one whatever its protocol. */
static bool take_kind(struct act *act, const char *word)
{
	uint64_t number;

	if (!act->family && set_from(names_family, word, &act->family))
		return true;
	if (act->family == AF_NETLINK &&
	    set_from(names_netlink, word, &act->protocol))
		return true;
	if (set_from(names_socket_type, word, &act->type))
		return true;
	if ((!act->family || act->family == AF_INET ||
	     act->family == AF_INET6) &&
	    set_from(names_protocol, word, &act->protocol))
		return true;
	if (!act->family || !value_number(word, UINT32_MAX, &number))
		return false;
	act->protocol = number;
	return true;
}

static bool take_word(struct question *question, struct words *words)
{
	struct act *act = &question->act;
	const char *word = words->word;

	if (!strcmp(word, "from"))
		return take_from(question, words);
	if (!strcmp(word, "port")) {
		act->has_port = true;
		return take_number(words, "port", UINT32_MAX, &act->port);
	}
	if (!strcmp(word, "cid")) {
		act->has_cid = true;
		return take_number(words, "context id", UINT32_MAX, &act->cid);
	}
	if (!strcmp(word, "protocol"))
		return take_number(words, "protocol number", UINT32_MAX,
				   &act->protocol);
	if (take_kind(act, word) || take_address(question, word))
		return true;
	return refuse(words,
		      alloc_printf("'%s' is nothing that a socket has; see cordonctl(8)",
				   word));
}

/* A name of a unix socket, which may have blanks in it, reaches to the end. */
static bool take_name(struct question *question, const char *text)
{
	size_t len;
	char *name;

	if (*text == '/')
		return parse_path(question, text);
	name = unescape(text, &len);
	set_path(question, name, len);
	return true;
}

static void assume_family(struct question *question)
{
	struct act *act = &question->act;

	if (act->family)
		return;
	if (act->ip)
		act->family = act->ip_len == 4 ? AF_INET : AF_INET6;
	else if (act->path)
		act->family = AF_UNIX;
	else if (act->has_cid)
		act->family = AF_VSOCK;
	else if (act->protocol || act->type)
		act->family = AF_INET;
	if (act->family == AF_INET && !act->ip)
		question_note(question, "a socket of IPv4 is assumed");
}

static uint32_t usual_type(const struct act *act)
{
	switch (act->family) {
	case AF_INET:
	case AF_INET6:
		return act->protocol == IPPROTO_UDP ||
				       act->protocol == IPPROTO_UDPLITE ||
				       act->protocol == IPPROTO_ICMP ||
				       act->protocol == IPPROTO_ICMPV6 ?
			       SOCK_DGRAM :
			       SOCK_STREAM;
	case AF_NETLINK:
	case AF_PACKET:
		return SOCK_RAW;
	default:
		return SOCK_STREAM;
	}
}

static void assume_type(struct question *question)
{
	struct act *act = &question->act;
	bool inet = act->family == AF_INET || act->family == AF_INET6;
	bool known = act->protocol == IPPROTO_TCP ||
		     act->protocol == IPPROTO_UDP;

	if (act->type || (inet && !act->protocol))
		return;
	if (inet && act->protocol == IPPROTO_RAW) {
		act->type = SOCK_RAW;
		return;
	}
	act->type = usual_type(act);
	/* What rules do not go by is not worth a word. */
	if ((inet && known) || (act->path && *act->path == '/' &&
				act->op == CORDON_SOCKET_OP_BIND))
		return;
	question_note(question, "a socket of type %s is assumed",
		      names_text(names_socket_type, act->type));
}

static void assume_port(struct question *question)
{
	struct act *act = &question->act;

	if (!act->ip || act->has_port)
		return;
	act->has_port = true;
	if (act->type != SOCK_RAW && act->protocol != IPPROTO_ICMP &&
	    act->protocol != IPPROTO_ICMPV6)
		question_note(question, "port 0 is assumed");
}

/*
 * To any address is to this host, and hooks put that in its place before it is
 * judged, so that events never tell of such an address.
 */
static void settle_any_address(struct question *question)
{
	static const uint8_t any[16];
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	const struct act *act = &question->act;
	uint8_t *ip = question->ip;

	if (act->op != CORDON_SOCKET_OP_CONNECT || !act->ip)
		return;
	if (act->ip_len == 4 && !memcmp(ip, any, 4))
		memcpy(ip, loopback, 4);
	else if (act->ip_len == 16 && !memcmp(ip, any, 16))
		ip[15] = 1;
	else if (act->ip_len == 16 && !memcmp(ip, mapped, 16))
		memcpy(ip + 12, loopback, 4);
	else
		return;
	question_note(question,
		      "to any address is to this host: to loopback or where the socket is bound");
}

static bool parse_socket(struct question *question, struct words *words)
{
	while (next(words)) {
		const char *word = words->word;

		if (*word == '/' || *word == '@') {
			const char *name = words->rest - strlen(word);

			words->rest += strlen(words->rest);
			take_name(question, name);
			break;
		}
		if (!take_word(question, words))
			return false;
	}
	assume_family(question);
	assume_type(question);
	assume_port(question);
	settle_any_address(question);
	if (!question->act.family)
		return refuse(words, alloc_printf("that is not a socket"));
	return true;
}

static bool parse_guard(struct question *question, struct words *words)
{
	bool targeted = question->act.op &
			(CORDON_GUARD_OP_PTRACE | CORDON_GUARD_OP_SIGNAL);

	if (!next(words))
		return true;
	if (!targeted)
		return refuse(words,
			      alloc_printf("this operation has no object"));
	if (!strcmp(words->word, "own")) {
		question->act.own = true;
		return true;
	}
	if (!strcmp(words->word, "of"))
		return take_number(words, "process id", INT32_MAX,
				   &question->pid);
	return refuse(words, alloc_printf("'%s' is neither 'own' nor 'of PID'",
					  words->word));
}

/**
 * object_parse - find out what an operation is done to
 * @question: has the class and the operation; becomes the whole
 * @text: the object, "" or "-" for none
 * @why: set to what is wrong, for the caller to free
 *
 * Return: true when it is understood.
 */
bool object_parse(struct question *question, const char *text, char **why)
{
	struct words words = { .rest = strcmp(text, "-") ? text : "" };
	bool good;

	if (question->act.class == CORDON_CLASS_FILE)
		good = *words.rest ?
			       parse_path(question, words.rest) :
			       refuse(&words, alloc_printf("path is missing"));
	else if (question->act.class == CORDON_CLASS_SOCKET)
		good = parse_socket(question, &words);
	else
		good = parse_guard(question, &words);
	if (good && next(&words) && question->act.class != CORDON_CLASS_FILE)
		good = refuse(&words,
			      alloc_printf("'%s' is too much", words.word));
	free(words.word);
	*why = words.why;
	return good;
}
