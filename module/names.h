/* SPDX-License-Identifier: GPL-2.0 */
/* Names of the numbers in an event, as policy files and logs write them. */
#ifndef CORDON_NAMES_H
#define CORDON_NAMES_H

#include <linux/types.h>

const char *name_class(u8 class);
const char *name_op(u8 class, u16 op);
const char *name_verdict(u8 verdict);
const char *name_command(u8 command);

#endif /* CORDON_NAMES_H */
