/* SPDX-License-Identifier: GPL-2.0 */
/* What a newer module says of policy that this tool has no words for. */
#ifndef CTL_UNKNOWN_H
#define CTL_UNKNOWN_H

#include <stddef.h>

struct nlmsghdr;

extern const char unknown_why[];

size_t unknown_attributes(struct nlmsghdr *header);

#endif /* CTL_UNKNOWN_H */
