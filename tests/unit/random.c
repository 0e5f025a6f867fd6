// SPDX-License-Identifier: GPL-2.0
#include "random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A 64-bit counter, scrambled: enough for tests, and nothing to go wrong. */
static uint64_t next(struct random *random)
{
	uint64_t word = random->state += 0xd1342543de82ef95ULL;

	word = (word ^ word >> 32) * 0xff51afd7ed558ccdULL;
	word = (word ^ word >> 29) * 0xc4ceb9fe1a85ec53ULL;
	return word ^ word >> 32;
}

/**
 * random_seed - begin a sequence
 * @random: becomes the sequence
 * @seed: seed of the whole run
 * @sequence: number of the sequence in the run
 */
void random_seed(struct random *random, uint64_t seed, uint64_t sequence)
{
	random->state = seed;
	random->state = next(random) + sequence;
	random->state = next(random);
}

/**
 * random_below - a number of a sequence
 * @random: the sequence
 * @bound: more than 0
 *
 * Return: a number below @bound.
 */
uint32_t random_below(struct random *random, uint32_t bound)
{
	return (next(random) >> 32) * bound >> 32;
}

/**
 * random_percent - true as often as asked for
 * @random: the sequence
 * @percent: how often
 *
 * Return: true in that many cases of a hundred.
 */
bool random_percent(struct random *random, uint32_t percent)
{
	return random_below(random, 100) < percent;
}

/**
 * random_from_env - a number that the caller of a test may choose
 * @name: name of the variable
 * @otherwise: what it is without
 *
 * A value that is no number ends the program: a typing error would otherwise
 * be a test that does not do what was asked for.
 *
 * Return: the number.
 */
uint64_t random_from_env(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	uint64_t number;
	char *end;

	if (!text || !*text)
		return otherwise;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (*end || errno) {
		fprintf(stderr, "%s is '%s', not a number\n", name, text);
		exit(2);
	}
	return number;
}
