/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The write-ahead log, from which what was committed is written to the tables
 * later, and how much room both of them have.
 */
#ifndef CTL_STORE_LOG_H
#define CTL_STORE_LOG_H

#include <stdbool.h>

struct store;

int store_use_log(struct store *store);
int store_checkpoint(struct store *store);
bool store_is_tight(const struct store *store);
bool store_is_stuck(const struct store *store);
int store_wait_for_readers(struct store *store);

#endif /* CTL_STORE_LOG_H */
