// SPDX-License-Identifier: GPL-2.0
/*
 * Grammar of patterns.
 *
 *   pattern: "/"; or components, each behind a "/"; or "memfd:" and a component
 *   component: "**", or pieces
 *   abstract name: pieces, of which a byte can be "/"
 *   piece: byte | "\" byte | "*" | "?" | "[" set "]" | "{" alt,alt.. "}"
 *
 * Braces are expanded before a pattern enters a tree; the rest is matched by
 * glob.c.  Nothing here trusts its input beyond its terminating NUL.
 */
#include "pattern.h"

static int refuse(struct pattern_error *error, size_t at, const char *why)
{
	error->why = why;
	error->at = at;
	return -EINVAL;
}

/* Checks "[...]" at @text; *@len becomes its length. */
static int check_set(const char *text, size_t at, size_t *len,
		     struct pattern_error *error)
{
	size_t i = 1;
	size_t first;

	if (text[i] == '!' || text[i] == '^')
		i++;
	first = i;
	while (text[i] != ']' || i == first) {
		unsigned char low;

		if (text[i] == '\\')
			i++;
		if (!text[i] || text[i] == '/')
			return refuse(error, at, "'[' without ']'");
		low = text[i++];
		if (text[i] != '-' || text[i + 1] == ']')
			continue;
		i++;
		if (text[i] == '\\')
			i++;
		if (!text[i] || text[i] == '/')
			return refuse(error, at, "'[' without ']'");
		if ((unsigned char)text[i++] < low)
			return refuse(error, at, "range in '[]' is reversed");
	}
	*len = i + 1;
	return 0;
}

/**
 * struct component_check - what was met in the component being checked
 * @start: offset of the component
 * @stars: unescaped "*" so far
 * @star: offset behind the last of them
 * @twin: offset behind the first of two in a row, 0 without any
 * @open: offset of "{" plus one while inside braces, 0 outside
 * @choice: where the current choice inside the braces began
 */
struct component_check {
	size_t start;
	unsigned int stars;
	size_t star;
	size_t twin;
	size_t open;
	size_t choice;
};

static int check_piece(const char *text, size_t *at, struct component_check *c,
		       struct pattern_error *error)
{
	size_t len = 1;
	int ret;

	switch (text[*at]) {
	case '\\':
		if (!text[*at + 1] || text[*at + 1] == '/')
			return refuse(error, *at, "'\\' escapes nothing");
		len = 2;
		break;
	case '*':
		if (++c->stars > PATTERN_STARS_MAX)
			return refuse(error, *at,
				      "more than 8 '*' in one component");
		if (c->stars > 1 && c->star == *at && !c->twin)
			c->twin = *at;
		c->star = *at + 1;
		break;
	case '[':
		ret = check_set(text + *at, *at, &len, error);
		if (ret)
			return ret;
		break;
	case '{':
		if (c->open)
			return refuse(error, *at, "'{' inside '{}'");
		c->open = *at + 1;
		c->choice = *at + 1;
		break;
	case '}':
		if (!c->open)
			return refuse(error, *at, "'}' without '{'");
		if (*at == c->choice)
			return refuse(error, *at, "empty choice in '{}'");
		c->open = 0;
		break;
	case ',':
		if (c->open && *at == c->choice)
			return refuse(error, *at, "empty choice in '{}'");
		c->choice = *at + 1;
		break;
	}
	*at += len;
	return 0;
}

static bool is_deep(const char *text, size_t len)
{
	return len == 2 && text[0] == '*' && text[1] == '*';
}

static int check_whole_component(const char *text,
				 const struct component_check *c, size_t end,
				 struct pattern_error *error)
{
	size_t len = end - c->start;
	const char *name = text + c->start;

	if (c->open)
		return refuse(error, c->open - 1, "'{' without '}'");
	if (!len)
		return refuse(error, c->start, "empty component");
	if ((len == 1 && name[0] == '.') ||
	    (len == 2 && name[0] == '.' && name[1] == '.'))
		return refuse(error, c->start, "'.' and '..' never match");
	if (len > NAME_MAX)
		return refuse(error, c->start,
			      "component is longer than 255 bytes");
	if (c->twin && !is_deep(name, len))
		return refuse(error, c->twin - 1,
			      "'**' must be a whole component");
	return 0;
}

static int check_components(const char *text, size_t at,
			    struct pattern_error *error)
{
	unsigned int deep = 0;

	for (;;) {
		struct component_check c = { .start = at };
		int ret;

		while (text[at] && text[at] != '/') {
			ret = check_piece(text, &at, &c, error);
			if (ret)
				return ret;
		}
		ret = check_whole_component(text, &c, at, error);
		if (ret)
			return ret;
		if (text[at] && is_deep(text + c.start, at - c.start) &&
		    ++deep > PATTERN_DEEP_MAX)
			return refuse(error, c.start,
				      "more than 2 '**' before the last component");
		if (!text[at])
			return 0;
		at++;
		if (!text[at])
			return refuse(error, at - 1, "trailing '/'");
	}
}

static bool is_memfd(const char *text)
{
	return !strncmp(text, PATTERN_MEMFD, sizeof(PATTERN_MEMFD) - 1);
}

static int check_memfd(const char *text, struct pattern_error *error)
{
	const char *slash = strchr(text, '/');
	size_t prefix = sizeof(PATTERN_MEMFD) - 1;

	if (!text[prefix])
		return refuse(error, prefix, "empty memfd name");
	if (slash)
		return refuse(error, slash - text, "'/' in a memfd name");
	return check_components(text, 0, error);
}

static int check_path(const char *text, struct pattern_error *error)
{
	if (text[0] != '/')
		return refuse(error, 0, "pattern does not begin with '/'");
	return text[1] ? check_components(text, 1, error) : 0;
}

/* Length of the piece at @text that is not a brace: escapes and sets whole. */
static size_t piece_length(const char *text)
{
	struct pattern_error ignored;
	size_t len = 1;

	if (text[0] == '\\')
		return 2;
	if (text[0] == '[')
		check_set(text, 0, &len, &ignored);
	return len;
}

/* Number of alternatives in "{...}" at @text; *@len becomes its length. */
static unsigned int count_choices(const char *text, size_t *len)
{
	unsigned int count = 1;
	size_t i = 1;

	while (text[i] != '}') {
		if (text[i] == ',')
			count++;
		i += piece_length(text + i);
	}
	*len = i + 1;
	return count;
}

/**
 * pattern_alternatives - how many plain patterns the braces stand for
 * @text: a pattern whose components are well-formed
 *
 * Return: at least 1, or 0 when there are more than PATTERN_ALTERNATIVES_MAX.
 */
unsigned int pattern_alternatives(const char *text)
{
	unsigned int count = 1;
	size_t i = 0;

	while (text[i]) {
		size_t len;

		if (text[i] == '{') {
			unsigned int choices = count_choices(text + i, &len);

			if (choices > PATTERN_ALTERNATIVES_MAX / count)
				return 0;
			count *= choices;
		} else {
			len = piece_length(text + i);
		}
		i += len;
	}
	return count;
}

/* Finds choice number @index of "{...}" at @text and its length. */
static const char *find_choice(const char *text, unsigned int index,
			       size_t *len)
{
	const char *start = text + 1;
	const char *end = start;

	while (*end != '}' && (index || *end != ',')) {
		if (*end == ',') {
			index--;
			start = end + 1;
		}
		end += piece_length(end);
	}
	*len = end - start;
	return start;
}

/* Writes plain pattern number @index of @text as it comes. */
static int expand(const char *text, unsigned int index, char *buffer,
		  size_t size)
{
	size_t from = 0;
	size_t to = 0;

	while (text[from]) {
		const char *piece = text + from;
		size_t len;
		size_t skip;

		if (*piece == '{') {
			unsigned int choices = count_choices(piece, &skip);

			piece = find_choice(piece, index % choices, &len);
			index /= choices;
		} else {
			len = piece_length(piece);
			skip = len;
		}
		if (len >= size - to)
			return -ENOSPC;
		memcpy(buffer + to, piece, len);
		to += len;
		from += skip;
	}
	buffer[to] = '\0';
	return 0;
}

/*
 * Gives a plain pattern its one spelling: no escape that means nothing, and
 * no double star behind another.  The tree relies on equal components being
 * equal bytes.
 */
static void make_canonical(char *text)
{
	size_t from = 0;
	size_t to = 0;

	while (text[from]) {
		size_t len = piece_length(text + from);

		if (!strncmp(text + from, "/**/**", 6) &&
		    (!text[from + 6] || text[from + 6] == '/')) {
			from += 3;
			continue;
		}
		if (text[from] == '\\' && !strchr("*?[\\", text[from + 1])) {
			from++;
			len = 1;
		}
		memmove(text + to, text + from, len);
		to += len;
		from += len;
	}
	text[to] = '\0';
}

/**
 * pattern_alternative - write one of the plain patterns of a pattern
 * @text: a pattern that pattern_check() accepted
 * @index: which, below pattern_alternatives()
 * @buffer: where to
 * @size: size of @buffer; strlen(@text) + 1 always suffices
 *
 * Patterns that mean the same component by component come out as the same
 * bytes, save for globs, which can be spelled in many ways.
 *
 * Return: 0, or -ENOSPC when @buffer is too small.
 */
int pattern_alternative(const char *text, unsigned int index, char *buffer,
			size_t size)
{
	int ret = expand(text, index, buffer, size);

	if (!ret)
		make_canonical(buffer);
	return ret;
}

/**
 * pattern_component - length and kind of the component at the start of a text
 * @text: the rest of a plain pattern, behind a "/"
 * @kind: how the component matches
 *
 * Return: its length in bytes; 0 at the end of the pattern.
 */
size_t pattern_component(const char *text, enum component_kind *kind)
{
	size_t len = 0;

	*kind = COMPONENT_LITERAL;
	while (text[len] && text[len] != '/') {
		if (text[len] == '*' || text[len] == '?' || text[len] == '[')
			*kind = COMPONENT_GLOB;
		len += piece_length(text + len);
	}
	if (is_deep(text, len))
		*kind = COMPONENT_DEEP;
	return len;
}

/**
 * pattern_unescape - write the name that a literal component stands for
 * @text: the component
 * @len: its length in bytes
 * @name: where to; @len bytes suffice
 *
 * Return: the length of the name in bytes.
 */
size_t pattern_unescape(const char *text, size_t len, char *name)
{
	size_t from;
	size_t to = 0;

	for (from = 0; from < len; from++) {
		if (text[from] == '\\')
			from++; /* never last: pattern_check() saw to it */
		name[to++] = text[from];
	}
	return to;
}

/* Number of components that are "**". */
static unsigned int count_deep(const char *text)
{
	unsigned int count = 0;

	while (*text) {
		enum component_kind kind;

		text += *text == '/';
		text += pattern_component(text, &kind);
		count += kind == COMPONENT_DEEP;
	}
	return count;
}

/* Nothing is made of components here, so "**" would mean no more than "*". */
static int check_abstract(const char *text, struct pattern_error *error)
{
	struct component_check c = {};
	size_t at = 0;

	while (text[at]) {
		int ret = check_piece(text, &at, &c, error);

		if (ret)
			return ret;
	}
	if (c.open)
		return refuse(error, c.open - 1, "'{' without '}'");
	if (c.twin)
		return refuse(error, c.twin - 1,
			      "'**' in an abstract name; write '*'");
	return 0;
}

static int check_form(const char *text, enum pattern_kind kind,
		      struct pattern_error *error)
{
	if (kind == PATTERN_ABSTRACT)
		return check_abstract(text, error);
	if (kind == PATTERN_FILE && is_memfd(text))
		return check_memfd(text, error);
	return check_path(text, error);
}

/*
 * Choices of braces that follow each other can form what neither is: "**",
 * "..", or a component without end.  So each plain pattern is checked too.
 */
static int check_alternatives(const char *text, enum pattern_kind kind,
			      struct pattern_error *error)
{
	size_t size = strlen(text) + 1;
	unsigned int count = pattern_alternatives(text);
	struct pattern_error bad = {};
	char *plain;
	unsigned int i;
	int ret = 0;

	if (!count)
		return refuse(error, 0,
			      "braces stand for more than 64 patterns");
	if (count == 1 && !strchr(text, '{'))
		return 0;
	plain = pure_alloc(size, 1);
	if (!plain) {
		refuse(error, 0, "out of memory");
		return -ENOMEM;
	}
	for (i = 0; !ret && i < count; i++) {
		expand(text, i, plain, size);
		ret = check_form(plain, kind, &bad);
		if (ret)
			refuse(error, strchr(text, '{') - text, bad.why);
		else if (kind != PATTERN_ABSTRACT &&
			 count_deep(plain) != count_deep(text))
			ret = refuse(error, strchr(text, '{') - text,
				     "braces form a '**'");
	}
	pure_free(plain);
	return ret;
}

/**
 * pattern_check - check that a pattern is well-formed
 * @text: the pattern
 * @kind: what it is written for
 * @error: filled in when the pattern is refused
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL or -ENOMEM with @error set.
 */
int pattern_check(const char *text, enum pattern_kind kind,
		  struct pattern_error *error)
{
	int ret;

	if (!text[0])
		return refuse(error, 0, "empty pattern");
	if (strnlen(text, PATH_MAX) >= PATH_MAX)
		return refuse(error, PATH_MAX - 1,
			      "pattern is longer than 4095 bytes");
	ret = check_form(text, kind, error);
	return ret ? ret : check_alternatives(text, kind, error);
}
