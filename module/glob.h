/* SPDX-License-Identifier: GPL-2.0 */
/* Matching of one name against one component of a pattern. */
#ifndef CORDON_GLOB_H
#define CORDON_GLOB_H

#include "pure.h"

bool glob_match(const char *glob, size_t glob_len, const char *name,
		size_t name_len);

#endif /* CORDON_GLOB_H */
