/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the module that are right, save for what chance makes wrong. */
#ifndef NETFUZZ_MESSAGE_H
#define NETFUZZ_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define MESSAGE_MAX 16384

/**
 * struct chance - random numbers that come again with the same seed
 * @state: where the sequence is
 * @chaos: of a thousand steps so many go wrong
 */
struct chance {
	uint64_t state;
	uint32_t chaos;
};

/**
 * struct message - a request as it goes over the wire
 * @bytes: netlink header, generic netlink header, attributes
 * @len: how many bytes
 * @cmd: the command that it was made as
 * @sound: nothing went wrong in the headers, so that it must be answered
 */
struct message {
	uint8_t bytes[MESSAGE_MAX];
	size_t len;
	uint8_t cmd;
	int sound;
};

void chance_seed(struct chance *chance, uint64_t seed);
uint32_t chance_below(struct chance *chance, uint32_t bound);
int chance_wrong(struct chance *chance);
void message_make(struct message *message, struct chance *chance,
		  uint16_t family, uint32_t seq);

#endif /* NETFUZZ_MESSAGE_H */
