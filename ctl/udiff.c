// SPDX-License-Identifier: GPL-2.0
/*
 * The shortest way from one text to the other after E. W. Myers, "An O(ND)
 * difference algorithm and its variations".  Texts that have little in common
 * would cost time and memory by the square: beyond a bound all that differs is
 * taken out and put in as a whole, which is as true and only longer.
 */
#include "udiff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

/* Most lines that are taken out and put in on the shortest way. */
#define STEPS_MAX 2000

/* Lines around a change that are shown. */
#define CONTEXT 3

/**
 * struct line - a line
 * @text: its bytes
 * @len: how many, without the newline
 */
struct line {
	const char *text;
	size_t len;
};

/**
 * struct lines - a text, line by line
 * @items: its lines
 * @count: how many
 */
struct lines {
	struct line *items;
	size_t count;
};

/**
 * struct search - the way through two texts
 * @a: lines of the first
 * @n: how many
 * @b: lines of the second
 * @m: how many
 * @rows: for each number of steps, how far into @a each diagonal was reached
 * @steps: how many steps lead to the end
 */
struct search {
	const struct line *a;
	int32_t n;
	const struct line *b;
	int32_t m;
	int32_t *rows[STEPS_MAX + 1];
	int32_t steps;
};

static struct lines split(const char *text)
{
	struct lines lines = { 0 };

	while (*text) {
		struct line *line = array_push(lines.items, lines.count);

		line->text = text;
		line->len = strcspn(text, "\n");
		text += line->len;
		text += *text == '\n';
	}
	return lines;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/*
 * Where diagonal @k of @row begins, of which the row before tells: either a
 * line of the second text is put in, on the diagonal above, or one of the first
 * is taken out.  Diagonals of a row are @row to -@row, every other one.
 */
static bool comes_from_above(const int32_t *before, int32_t row, int32_t k)
{
	if (k == -row || k == row)
		return k == -row;
	return before[(k - 1 + row - 1) / 2] < before[(k + 1 + row - 1) / 2];
}

static int32_t begin_of(const struct search *search, int32_t row, int32_t k)
{
	const int32_t *before = row ? search->rows[row - 1] : NULL;

	if (!row)
		return 0;
	return comes_from_above(before, row, k) ?
		       before[(k + 1 + row - 1) / 2] :
		       before[(k - 1 + row - 1) / 2] + 1;
}

/* Takes one step more on all diagonals; whether one got to the end. */
static bool search_row(struct search *search, int32_t row)
{
	int32_t k;

	search->rows[row] = alloc_zeroed(row + 1, sizeof(int32_t));
	for (k = -row; k <= row; k += 2) {
		int32_t x = begin_of(search, row, k);

		while (x < search->n && x - k < search->m &&
		       same(&search->a[x], &search->b[x - k]))
			x++;
		search->rows[row][(k + row) / 2] = x;
		if (x >= search->n && x - k >= search->m)
			return true;
	}
	return false;
}

static bool search_way(struct search *search)
{
	int32_t row;

	for (row = 0; row <= STEPS_MAX; row++) {
		search->steps = row;
		if (search_row(search, row))
			return true;
	}
	return false;
}

static void free_rows(struct search *search)
{
	int32_t row;

	for (row = 0; row <= search->steps; row++)
		free(search->rows[row]);
}

static void push(struct udiff *udiff, const char *section, char kind,
		 const struct line *line)
{
	struct edit *edit = array_push(udiff->edits, udiff->count);

	edit->kind = kind;
	edit->line = line->text;
	edit->len = line->len;
	edit->section = section;
	udiff->changes += kind != ' ';
}

/* Marks what is on the way, which is known from its end only. */
static void mark_way(const struct search *search, bool *out, bool *in)
{
	int32_t row = search->steps;
	int32_t k = search->n - search->m;

	for (; row; row--) {
		int32_t x = begin_of(search, row, k);

		if (comes_from_above(search->rows[row - 1], row, k)) {
			in[x - k - 1] = true;
			k++;
		} else {
			out[x - 1] = true;
			k--;
		}
	}
}

static void push_marked(struct udiff *udiff, const char *section,
			const struct search *search, const bool *out,
			const bool *in)
{
	int32_t i = 0;
	int32_t j = 0;

	while (i < search->n || j < search->m) {
		if (i < search->n && out[i])
			push(udiff, section, '-', &search->a[i++]);
		else if (j < search->m && in[j])
			push(udiff, section, '+', &search->b[j++]);
		else
			push(udiff, section, ' ', &search->a[i++]), j++;
	}
}

/* What is left when equal beginnings and ends are taken away. */
static void compare(struct udiff *udiff, const char *section,
		    const struct line *a, size_t n, const struct line *b,
		    size_t m)
{
	struct search search = { .a = a, .n = n, .b = b, .m = m };
	bool *out = alloc_zeroed(n + 1, sizeof(*out));
	bool *in = alloc_zeroed(m + 1, sizeof(*in));

	if (search_way(&search)) {
		mark_way(&search, out, in);
	} else {
		memset(out, true, n);
		memset(in, true, m);
	}
	push_marked(udiff, section, &search, out, in);
	free_rows(&search);
	free(out);
	free(in);
}

/**
 * udiff_add - go on with more of both texts
 * @udiff: what there is so far
 * @section: what the lines are part of
 * @before: lines of the first text; outlives @udiff
 * @after: lines of the second text, which take their place; the same
 */
void udiff_add(struct udiff *udiff, const char *section, const char *before,
	       const char *after)
{
	struct lines a = split(before);
	struct lines b = split(after);
	size_t least = a.count < b.count ? a.count : b.count;
	size_t head = 0;
	size_t tail = 0;
	size_t i;

	while (head < least && same(&a.items[head], &b.items[head]))
		push(udiff, section, ' ', &a.items[head++]);
	while (tail < least - head &&
	       same(&a.items[a.count - 1 - tail], &b.items[b.count - 1 - tail]))
		tail++;
	compare(udiff, section, a.items + head, a.count - head - tail,
		b.items + head, b.count - head - tail);
	for (i = a.count - tail; i < a.count; i++)
		push(udiff, section, ' ', &a.items[i]);
	free(a.items);
	free(b.items);
}

/**
 * struct hunk - changes that are shown together
 * @first: index of its first edit
 * @end: index behind its last
 * @before: lines of the first text in front of it
 * @after: lines of the second
 */
struct hunk {
	size_t first;
	size_t end;
	size_t before;
	size_t after;
};

static size_t count_lines(const struct udiff *udiff, size_t from, size_t to,
			  char other)
{
	size_t lines = 0;

	for (; from < to; from++)
		lines += udiff->edits[from].kind != other;
	return lines;
}

/* Goes on to the next changes that are near each other, if there are any. */
static bool next_hunk(const struct udiff *udiff, struct hunk *hunk)
{
	size_t from = hunk->end;
	size_t i = from;
	size_t last;

	while (i < udiff->count && udiff->edits[i].kind == ' ')
		i++;
	if (i == udiff->count)
		return false;
	hunk->before += count_lines(udiff, hunk->first, from, '+');
	hunk->after += count_lines(udiff, hunk->first, from, '-');
	hunk->first = i - from > CONTEXT ? i - CONTEXT : from;
	hunk->before += hunk->first - from;
	hunk->after += hunk->first - from;
	for (last = i; i < udiff->count && i - last <= 2 * CONTEXT + 1; i++)
		if (udiff->edits[i].kind != ' ')
			last = i;
	hunk->end = last + 1 + CONTEXT;
	if (hunk->end > udiff->count)
		hunk->end = udiff->count;
	return true;
}

/* An empty range names the line in front of it. */
static void print_range(char sign, size_t in_front, size_t count, FILE *out)
{
	fprintf(out, " %c%zu,%zu", sign, in_front + !!count, count);
}

static void print_hunk(const struct udiff *udiff, const struct hunk *hunk,
		       FILE *out)
{
	const struct edit *edits = udiff->edits;
	size_t i = hunk->first;

	while (edits[i].kind == ' ')
		i++;
	fputs("@@", out);
	print_range('-', hunk->before,
		    count_lines(udiff, hunk->first, hunk->end, '+'), out);
	print_range('+', hunk->after,
		    count_lines(udiff, hunk->first, hunk->end, '-'), out);
	fprintf(out, " @@ %s\n", edits[i].section);
	for (i = hunk->first; i < hunk->end; i++)
		fprintf(out, "%c%.*s\n", edits[i].kind, (int)edits[i].len,
			edits[i].line);
}

/**
 * udiff_print - print what differs; nothing when nothing does
 * @udiff: the differences
 * @before: what the first text is called
 * @after: what the second is called
 * @out: where to
 */
void udiff_print(const struct udiff *udiff, const char *before,
		 const char *after, FILE *out)
{
	struct hunk hunk = { 0 };

	if (udiff->changes)
		fprintf(out, "--- %s\n+++ %s\n", before, after);
	while (next_hunk(udiff, &hunk))
		print_hunk(udiff, &hunk, out);
}

/**
 * udiff_clear - free the differences
 * @udiff: the differences
 */
void udiff_clear(struct udiff *udiff)
{
	free(udiff->edits);
	memset(udiff, 0, sizeof(*udiff));
}
