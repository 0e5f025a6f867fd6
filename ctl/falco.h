/* SPDX-License-Identifier: GPL-2.0 */
/* Events as Falco writes them, for programs that read those. */
#ifndef CTL_FALCO_H
#define CTL_FALCO_H

#include "decode.h"

struct json_object;

struct json_object *falco_event(const struct event *event, const char *host);

#endif /* CTL_FALCO_H */
