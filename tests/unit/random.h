/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that come again with the same seed. */
#ifndef UNIT_RANDOM_H
#define UNIT_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct random - a sequence of numbers
 * @state: where it is
 */
struct random {
	uint64_t state;
};

void random_seed(struct random *random, uint64_t seed, uint64_t sequence);
uint32_t random_below(struct random *random, uint32_t bound);
bool random_percent(struct random *random, uint32_t percent);
uint64_t random_from_env(const char *name, uint64_t otherwise);

#endif /* UNIT_RANDOM_H */
