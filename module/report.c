// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include "backlog.h"
#include "fold.h"
#include "trace.h"

static enum event_lane lane_of(const struct event_cause *cause)
{
	if (cause->class != CORDON_CLASS_FILE &&
	    cause->class != CORDON_CLASS_SOCKET)
		return LANE_DONE;
	return event_verdict(cause) == CORDON_VERDICT_DENIED ? LANE_DENIED :
							       LANE_DONE;
}

static bool is_admitted(const struct event_cause *cause)
{
	return tally_admits(&cause->tenant->tally, &cause->policy->limit,
			    lane_of(cause));
}

/**
 * report_always - report what no rule and no limit is about
 * @cause: what happened
 *
 * Context: inside rcu_read_lock(), with any locks held; does not sleep.
 */
void report_always(const struct event_cause *cause)
{
	struct event *event = event_new(cause);

	if (event)
		backlog_add(event);
	else
		backlog_drop(cause->tenant);
}

/**
 * report_event - report a decision, unless the rule or the limit is against it
 * @cause: the decision
 *
 * Context: inside rcu_read_lock(), with any locks held; does not sleep.
 */
void report_event(const struct event_cause *cause)
{
	if (!event_wanted(cause))
		return;
	trace_cordon_violation(cause);
	if (!is_admitted(cause)) {
		fold_event(cause);
		return;
	}
	report_always(cause);
}

/**
 * report_unnamed - the same where no memory was to be had for the path
 * @cause: the decision
 *
 * Context: inside rcu_read_lock(), with any locks held; does not sleep.
 */
void report_unnamed(const struct event_cause *cause)
{
	if (!event_wanted(cause))
		return;
	trace_cordon_violation(cause);
	if (is_admitted(cause))
		backlog_drop(cause->tenant);
	else
		fold_unrecorded(cause->tenant);
}
