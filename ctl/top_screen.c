// SPDX-License-Identifier: GPL-2.0
/* Nothing of what is shown is decided here, only where it goes. */
#include "top_screen.h"

#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "terminal.h"
#include "top_layout.h"

/* Lines above the tenants, and below. */
#define ABOVE 2
#define BELOW 1

/* Pairs of colours. */
enum {
	COLOUR_HEADING = 1,
	COLOUR_SUPPRESSED,
	COLOUR_LOST
};

#define ESCAPE 27
#define DELETE 127
#define BACKSPACE 8

/**
 * struct sort_key - a key that sorts
 * @key: the key
 * @column: by which column
 */
struct sort_key {
	int key;
	enum top_column column;
};

static const struct sort_key sort_keys[] = {
	{ 'n', TOP_TENANT },
	{ 't', TOP_TASKS },
	{ 'e', TOP_RATE },
	{ 's', TOP_SUPPRESSED_RATE },
	{ 'l', TOP_LOST_RATE },
	{ 'E', TOP_EVENTS },
	{ 'S', TOP_SUPPRESSED },
	{ 'L', TOP_LOST },
	{ 0 },
};

static const char *const help_lines[] = {
	"n t e s l  sort by name, tasks, events, suppressed, lost a second",
	"E S L      sort by events, suppressed, lost in all",
	"< >        sort by the column to the left, to the right",
	"r          turn the order round",
	"/          filter by name; Enter ends typing, Escape shows all",
	"arrows     scroll; so do j, k, Page Up and Down, Home and End",
	"p          pause, and go on",
	"h ?        this help; any key ends it",
	"q          quit",
	NULL,
};

/**
 * top_screen_open - take the terminal over
 *
 * Return: true, or false when nothing is known of such a terminal.
 */
bool top_screen_open(void)
{
	setlocale(LC_CTYPE, "");
	if (!newterm(NULL, stdout, stdin))
		return false;
	cbreak();
	noecho();
	keypad(stdscr, true);
	/* An Escape is one soon after nothing follows it. */
	set_escdelay(50);
	curs_set(0);
	if (!terminal_has_colours(STDOUT_FILENO) || !has_colors())
		return true;
	start_color();
	use_default_colors();
	init_pair(COLOUR_HEADING, COLOR_CYAN, -1);
	init_pair(COLOUR_SUPPRESSED, COLOR_YELLOW, -1);
	init_pair(COLOUR_LOST, COLOR_RED, -1);
	return true;
}

/* Rows of tenants that fit. */
static size_t room(void)
{
	return LINES > ABOVE + BELOW ? LINES - ABOVE - BELOW : 0;
}

static attr_t colour(int pair, attr_t otherwise)
{
	return has_colors() && COLOR_PAIRS ? COLOR_PAIR(pair) : otherwise;
}

/* Puts a text that it frees at the beginning of a line. */
static void put_line(int line, attr_t attributes, char *text)
{
	attrset(attributes);
	if (line < LINES)
		mvaddnstr(line, 0, text, -1);
	attrset(A_NORMAL);
	free(text);
}

static void draw_help(void)
{
	int i;

	put_line(0, A_BOLD, alloc_printf("cordonctl top"));
	for (i = 0; help_lines[i]; i++)
		put_line(i + ABOVE, A_NORMAL,
			 alloc_printf("%s", help_lines[i]));
}

static attr_t look_of(const struct top_row *row)
{
	if (row->lost > 0)
		return A_BOLD | colour(COLOUR_LOST, 0);
	if (row->suppressed > 0)
		return colour(COLOUR_SUPPRESSED, A_BOLD);
	return A_NORMAL;
}

static void draw_footer(const struct top_screen *screen, const struct top *top)
{
	char *text;

	if (screen->typing)
		text = alloc_printf("filter: %s_", top->filter);
	else if (*top->filter)
		text = alloc_printf("%zu of %zu tenants have '%s'; Escape ends",
				    top->shown_count, top->sample.count,
				    top->filter);
	else
		text = alloc_printf("%sby %s%s; h for help, q to quit",
				    screen->paused ? "PAUSED; " : "",
				    top_column_name(top->sort),
				    top->reverse ? ", reversed" : "");
	put_line(LINES - 1, A_DIM, text);
}

static void draw_rows(const struct top *top, const struct top_layout *layout)
{
	size_t i;

	for (i = 0; i < room() && top->first + i < top->shown_count; i++) {
		const struct top_row *row = top->shown[top->first + i];

		put_line(i + ABOVE, look_of(row), top_line(layout, row));
	}
}

/**
 * top_screen_draw - show it
 * @screen: how
 * @top: what
 */
void top_screen_draw(const struct top_screen *screen, struct top *top)
{
	struct top_layout layout;

	erase();
	/* After the terminal grew or tenants went, no line need be empty. */
	top_scroll(top, 0, room());
	if (screen->help) {
		draw_help();
	} else {
		top_layout(&layout, top, COLS);
		put_line(0, A_BOLD, top_summary(top));
		put_line(1, A_BOLD | colour(COLOUR_HEADING, A_UNDERLINE),
			 top_heading(&layout, top));
		draw_rows(top, &layout);
		draw_footer(screen, top);
	}
	refresh();
}

static void obey_typing(struct top_screen *screen, struct top *top, int key)
{
	switch (key) {
	case '\n':
	case '\r':
	case KEY_ENTER:
		screen->typing = false;
		break;
	case ESCAPE:
		screen->typing = false;
		top_filter_cut(top, true);
		break;
	case KEY_BACKSPACE:
	case DELETE:
	case BACKSPACE:
		top_filter_cut(top, false);
		break;
	default:
		if (key >= ' ' && key < DELETE)
			top_filter_add(top, key);
	}
}

static void obey_scroll(struct top *top, int key)
{
	long page = room();

	if (key == KEY_DOWN || key == 'j')
		top_scroll(top, 1, page);
	else if (key == KEY_UP || key == 'k')
		top_scroll(top, -1, page);
	else if (key == KEY_NPAGE)
		top_scroll(top, page, page);
	else if (key == KEY_PPAGE)
		top_scroll(top, -page, page);
	else if (key == KEY_HOME)
		top_scroll(top, -(long)top->shown_count, page);
	else if (key == KEY_END)
		top_scroll(top, top->shown_count, page);
}

static void obey_sort(struct top *top, int key)
{
	const struct sort_key *sort;

	for (sort = sort_keys; sort->key; sort++)
		if (sort->key == key)
			top_sort_by(top, sort->column);
	if (key == '<' || key == KEY_LEFT)
		top_sort_next(top, -1);
	else if (key == '>' || key == KEY_RIGHT)
		top_sort_next(top, 1);
	else if (key == 'r')
		top_reverse(top);
}

static void obey(struct top_screen *screen, struct top *top, int key)
{
	switch (key) {
	case 'q':
		screen->ended = true;
		break;
	case 'h':
	case '?':
		screen->help = true;
		break;
	case 'p':
		screen->paused = !screen->paused;
		break;
	case '/':
		screen->typing = true;
		break;
	case ESCAPE:
		top_filter_cut(top, true);
		break;
	default:
		obey_sort(top, key);
		obey_scroll(top, key);
	}
}

/**
 * top_screen_wait - wait for a key, and obey it
 * @screen: how it is shown
 * @top: what is shown
 * @limit: for how many milliseconds at most
 *
 * Return: true when there was a key, or another size of the terminal.
 */
bool top_screen_wait(struct top_screen *screen, struct top *top, int limit)
{
	int key;

	timeout(limit);
	key = getch();
	if (key == ERR)
		return false;
	if (key == KEY_RESIZE)
		return true;
	if (screen->help)
		screen->help = false;
	else if (screen->typing)
		obey_typing(screen, top, key);
	else
		obey(screen, top, key);
	return true;
}

/**
 * top_screen_close - give the terminal back
 */
void top_screen_close(void)
{
	endwin();
}
