/* SPDX-License-Identifier: GPL-2.0 */
/* A tenant whose events somebody listens to. */
#ifndef CORDON_TESTS_WITNESS_H
#define CORDON_TESTS_WITNESS_H

#include "event.h"
#include "support.h"

#define WITNESS_ORIGIN "acme.yaml:14"

struct socket;

/**
 * struct witness - a tenant, and who listens
 * @tenant: the tenant, which has no policy as far as it knows
 * @policy: one with rule 0, which reports, and rule 1, which does not; its
 * limit is as wide as can be
 * @listener: a socket that gets all events
 */
struct witness {
	struct tenant *tenant;
	struct policy *policy;
	struct socket *listener;
};

/**
 * struct heard - an event that came in
 * @attrs: its attributes, which point into @buffer
 * @buffer: the message
 */
struct heard {
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	char buffer[1024];
};

int witness_begin(struct kunit *test);
void witness_end(struct kunit *test);
struct event_cause witness_cause(const struct witness *witness,
				 const char *path);
struct event *witness_event(const struct event_cause *cause);
void witness_settle(struct kunit *test);
bool witness_sums_hold(const struct event_counters *counters);
int witness_hear(const struct witness *witness, struct heard *heard);

#endif /* CORDON_TESTS_WITNESS_H */
