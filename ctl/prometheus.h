/* SPDX-License-Identifier: GPL-2.0 */
/* What was counted, in the text format of Prometheus. */
#ifndef CTL_PROMETHEUS_H
#define CTL_PROMETHEUS_H

#include <stdio.h>

struct stats;

void prometheus_write(const struct stats *stats, FILE *out);

#endif /* CTL_PROMETHEUS_H */
