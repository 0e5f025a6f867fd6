/* SPDX-License-Identifier: GPL-2.0 */
/* Texts in tracepoints. */
#ifndef CORDON_TRACE_TEXT_H
#define CORDON_TRACE_TEXT_H

#include <linux/types.h>

/* Room for a word of ours. */
#define TRACE_WORD 16

/*
 * Most room for a text, with a NUL.  ftrace leaves out a record that does not
 * fit a page, without a word, and perf warns of one beyond 8192 bytes.
 */
#define TRACE_TEXT_MAX 2048

size_t trace_text_size(const char *text, size_t len);
void trace_text(char *to, size_t size, const char *text, size_t len);

#endif /* CORDON_TRACE_TEXT_H */
