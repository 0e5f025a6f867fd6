/* SPDX-License-Identifier: GPL-2.0 */
/* Digests of policy, so that two can be told apart, or be known for the same. */
#ifndef CORDON_DIGEST_H
#define CORDON_DIGEST_H

#include <linux/types.h>

struct list_head;
struct policy;
struct tenant;

#define DIGEST_SIZE 32

void digest_policy(struct policy *policy);
void digest_all(u8 *digest, struct list_head *tenants,
		const struct policy *(*chosen)(const struct tenant *tenant));

#endif /* CORDON_DIGEST_H */
