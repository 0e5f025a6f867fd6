/* SPDX-License-Identifier: GPL-2.0 */
/* Errors and warnings about policy files, collected to be shown together. */
#ifndef CTL_DIAG_H
#define CTL_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "names.h"
#include "source.h"

/* More errors, or more warnings, than this are counted but not kept. */
#define DIAG_KEPT_MAX 50

/**
 * struct diag_item - one error or warning
 * @at: where
 * @warning: it does not stop a load
 * @message: a phrase without the place
 */
struct diag_item {
	struct position at;
	bool warning;
	char *message;
};

/**
 * struct diag - what was found so far
 * @items: in the order of reporting
 * @count: how many are kept
 * @errors: errors in all
 * @warnings: warnings in all
 * @strict: warnings stop a load, too
 */
struct diag {
	struct diag_item *items;
	size_t count;
	size_t errors;
	size_t warnings;
	bool strict;
};

/**
 * diag_stops - whether what was found stops a load
 * @diag: what was found
 *
 * Return: true when it does.
 */
static inline bool diag_stops(const struct diag *diag)
{
	return diag->errors || (diag->strict && diag->warnings);
}

void diag_error(struct diag *diag, const struct position *at,
		const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_warn(struct diag *diag, const struct position *at, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));
void diag_unknown(struct diag *diag, const struct position *at,
		  const char *what, const char *where, const char *text,
		  const struct name *table);
char *diag_line(const struct diag_item *item);
void diag_excerpt(const struct position *at, FILE *out);
void diag_print(const struct diag *diag, FILE *out);
void diag_free(struct diag *diag);

#endif /* CTL_DIAG_H */
