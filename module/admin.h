/* SPDX-License-Identifier: GPL-2.0 */
/* Events about administration: who did what to policy, or was kept from it. */
#ifndef CORDON_ADMIN_H
#define CORDON_ADMIN_H

#include <linux/types.h>

struct policy_totals;

void admin_note(u16 op, const struct policy_totals *before,
		const struct policy_totals *after, int ret, const char *why);
void admin_note_module(u16 op);
__printf(1, 2) void admin_deny(const char *format, ...);
int admin_init(void);
void admin_exit(void);

#endif /* CORDON_ADMIN_H */
