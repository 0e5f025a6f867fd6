// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites call of the module.  Part of cordon.ko only where it is built
 * for them, and kept out of its sources: the stock module exports nothing.
 */
#include <linux/export.h>

#include "addrset.h"
#include "attach.h"
#include "decide.h"
#include "enrolled.h"
#include "backlog.h"
#include "history.h"
#include "match.h"
#include "member.h"
#include "names.h"
#include "netlink.h"
#include "path.h"
#include "pattern.h"
#include "policy.h"
#include "report.h"
#include "selectors.h"
#include "socket_owner.h"

#define EXPORT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, CORDON_KUNIT)

EXPORT(pattern_alternative);
EXPORT(pattern_alternatives);
EXPORT(pattern_check);
EXPORT(pattern_component);
EXPORT(pattern_unescape);

EXPORT(pathtree_build);
EXPORT(pathtree_destroy);
EXPORT(pathtree_lookup_on);
EXPORT(pathtree_masks);
EXPORT(pathtree_rule);
EXPORT(path_copy);

EXPORT(addrset_build);
EXPORT(addrset_destroy);
EXPORT(addrset_find_whole);
EXPORT(addrset_rule);
EXPORT(ip_from_bytes);
EXPORT(ip_mask);

EXPORT(ruleset_add);
EXPORT(ruleset_add_path);
EXPORT(ruleset_add_ports);
EXPORT(ruleset_add_prefix);
EXPORT(ruleset_compile);
EXPORT(ruleset_destroy);

EXPORT(decide_file_rule);
EXPORT(decide_socket_rule);

EXPORT(matches_add);
EXPORT(matches_begin);
EXPORT(matches_end);
EXPORT(query_clear);
EXPORT(query_guard);
EXPORT(query_make);
EXPORT(query_rules);
EXPORT(explain);

EXPORT(tenant_name_valid);
EXPORT(tenant_new);
EXPORT(policy_free);
EXPORT(policy_new);
EXPORT(draft_add);
EXPORT(draft_destroy);
EXPORT(draft_find);
EXPORT(enrol);
EXPORT(enrolled_find);
EXPORT(unenrol);
EXPORT(draft_init);

EXPORT(selectors_build);
EXPORT(selectors_free);
EXPORT(selectors_match);
EXPORT(selectors_replace);

EXPORT(member_add);
EXPORT(member_confirm);
EXPORT(member_drop);
EXPORT(member_drop_generation);
EXPORT(member_drop_tenants);
EXPORT(member_table);
EXPORT(member_visit);

EXPORT(socket_owner_add);
EXPORT(socket_owner_close);
EXPORT(socket_owner_drop);
EXPORT(socket_owner_drop_generation);
EXPORT(socket_owner_drop_tenants);
EXPORT(socket_owner_open);
EXPORT(socket_owner_serves);
EXPORT(socket_owner_table);
EXPORT(socket_owner_want_peers);

EXPORT(backlog_add);
EXPORT(backlog_drop);
EXPORT(event_digest);
EXPORT(event_new);
EXPORT(event_put);
EXPORT(event_wanted);
EXPORT(fold_event);
EXPORT(history_from);
EXPORT(history_from_own);
EXPORT(history_nth);
EXPORT(history_read);
EXPORT(policy_set_limit);
EXPORT(report_event);
EXPORT(bucket_take);
EXPORT(tally_admits);
EXPORT(tally_exit);
EXPORT(tally_init);
EXPORT(tally_read);
EXPORT(tenant_free);
EXPORT(name_class);
EXPORT(name_op);
EXPORT(name_verdict);
EXPORT(cordon_family);
EXPORT(netlink_put_event);

EXPORT(attach_name);
EXPORT(policy_bytes_max);
EXPORT(policy_commit);
EXPORT(policy_generation);
EXPORT(policy_init);
EXPORT(policy_join_generation);
EXPORT(policy_mutex);
EXPORT(policy_tenants);
EXPORT(policy_totals);
