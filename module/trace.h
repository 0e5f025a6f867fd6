/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, for perf and tracefs.  Words are in them as words, and whatever a
 * tenant can choose is escaped, so that a line is what it seems to be, and cut
 * off where it would be too long, so that there is a line.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cordon

#if !defined(CORDON_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CORDON_TRACE_H

#include <linux/tracepoint.h>

#include "event.h"
#include "names.h"
#include "policy.h"
#include "trace_text.h"

/* Where it happens, at each report, within the tenant's limit or not. */
TRACE_EVENT(cordon_violation,
	TP_PROTO(const struct event_cause *cause),
	TP_ARGS(cause),
	TP_STRUCT__entry(
		__array(char, verdict, TRACE_WORD)
		__array(char, class, TRACE_WORD)
		__array(char, op, TRACE_WORD)
		__array(char, tenant, CORDON_NAME_MAX + 1)
		__array(char, rule, CORDON_ORIGIN_MAX + 1)
		__field(u64, generation)
		__field(u32, error)
		__dynamic_array(char, name,
				trace_text_size(cause->path, cause->path_len))
	),
	TP_fast_assign(
		strscpy(__entry->verdict, name_verdict(event_verdict(cause)),
			TRACE_WORD);
		strscpy(__entry->class, name_class(cause->class), TRACE_WORD);
		strscpy(__entry->op, name_op(cause->class, cause->op),
			TRACE_WORD);
		strscpy(__entry->tenant, cause->tenant->name,
			CORDON_NAME_MAX + 1);
		trace_text(__entry->rule, CORDON_ORIGIN_MAX + 1,
			   event_cause_origin(cause),
			   strlen(event_cause_origin(cause)));
		__entry->generation = event_generation(cause);
		__entry->error = cause->error;
		trace_text(__get_dynamic_array(name),
			   __get_dynamic_array_len(name), cause->path,
			   cause->path_len);
	),
	TP_printk("%s tenant=%s class=%s op=%s name=%s errno=%u rule=%s generation=%llu",
		  __entry->verdict, __entry->tenant, __entry->class,
		  __entry->op, __get_str(name), __entry->error, __entry->rule,
		  __entry->generation)
);

/* In the task that asked for it. */
TRACE_EVENT(cordon_policy,
	TP_PROTO(u16 op, u64 before, const struct policy_totals *totals,
		 int ret, const char *why),
	TP_ARGS(op, before, totals, ret, why),
	TP_STRUCT__entry(
		__array(char, op, TRACE_WORD)
		__field(u64, before)
		__field(u64, generation)
		__field(u32, tenants)
		__field(u32, rules)
		__field(int, ret)
		__dynamic_array(char, why, trace_text_size(why, strlen(why)))
	),
	TP_fast_assign(
		strscpy(__entry->op, name_op(CORDON_CLASS_ADMIN, op),
			TRACE_WORD);
		__entry->before = before;
		__entry->generation = totals->generation;
		__entry->tenants = totals->tenants;
		__entry->rules = totals->rules;
		__entry->ret = ret;
		trace_text(__get_dynamic_array(why),
			   __get_dynamic_array_len(why), why, strlen(why));
	),
	TP_printk("op=%s before=%llu generation=%llu tenants=%u rules=%u ret=%d why=%s",
		  __entry->op, __entry->before, __entry->generation,
		  __entry->tenants, __entry->rules, __entry->ret,
		  __get_str(why))
);

#endif /* CORDON_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
