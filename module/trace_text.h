/* SPDX-License-Identifier: GPL-2.0 */
/* Texts in tracepoints. */
#ifndef CORDON_TRACE_TEXT_H
#define CORDON_TRACE_TEXT_H

#include <linux/types.h>

/* Room for a word of ours. */
#define TRACE_WORD 16

size_t trace_text_size(const char *text, size_t len);
void trace_text(char *to, size_t size, const char *text, size_t len);

#endif /* CORDON_TRACE_TEXT_H */
