/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal that 'top' is shown on. */
#ifndef CTL_TOP_SCREEN_H
#define CTL_TOP_SCREEN_H

#include <stdbool.h>

#include "top.h"

/**
 * struct top_screen - what is on the screen besides the tenants
 * @help: the keys are shown instead
 * @typing: what is typed becomes the filter
 * @paused: no samples are taken
 * @ended: it is to end
 */
struct top_screen {
	bool help;
	bool typing;
	bool paused;
	bool ended;
};

bool top_screen_open(void);
void top_screen_draw(const struct top_screen *screen, struct top *top);
bool top_screen_wait(struct top_screen *screen, struct top *top, int limit);
void top_screen_close(void);

#endif /* CTL_TOP_SCREEN_H */
