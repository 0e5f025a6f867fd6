/* SPDX-License-Identifier: GPL-2.0 */
/* Text of others in a page, of which none can become markup. */
#ifndef CTL_HTML_H
#define CTL_HTML_H

#include <stdio.h>

void html_text(FILE *out, const char *text);
void html_short(FILE *out, const char *text, size_t most);

#endif /* CTL_HTML_H */
