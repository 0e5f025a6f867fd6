/* SPDX-License-Identifier: GPL-2.0 */
/* How far events were taken, in a file for the next who takes them. */
#ifndef CTL_PLACE_H
#define CTL_PLACE_H

#include <stdint.h>

#include "load_id.h"

/* A number of 128 bits in hexadecimal digits. */
#define PLACE_ID_SIZE 33

/**
 * struct place - how far events were taken
 * @boot: which boot of the host it was
 * @module: which load of the module in that, by when it was
 * @stream: a random number for both, which is secret
 * @seq: number of the last event that was taken, or 0
 */
struct place {
	char boot[PLACE_ID_SIZE];
	uint64_t module;
	char stream[PLACE_ID_SIZE];
	uint64_t seq;
};

int place_begin(struct place *place, const struct load_id *load);
int place_resume(struct place *place, const char *path);
int place_save(const struct place *place, const char *path);

#endif /* CTL_PLACE_H */
