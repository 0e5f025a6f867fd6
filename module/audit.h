/* SPDX-License-Identifier: GPL-2.0 */
/* Events as records of the kernel's audit subsystem. */
#ifndef CORDON_AUDIT_H
#define CORDON_AUDIT_H

#include "event.h"

void audit_event(const struct event *event);

#endif /* CORDON_AUDIT_H */
