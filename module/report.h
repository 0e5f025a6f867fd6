/* SPDX-License-Identifier: GPL-2.0 */
/* What hooks report: each decision becomes an event, or is counted. */
#ifndef CORDON_REPORT_H
#define CORDON_REPORT_H

#include "event.h"

void report_event(const struct event_cause *cause);
void report_unnamed(const struct event_cause *cause);
void report_always(const struct event_cause *cause);

#endif /* CORDON_REPORT_H */
