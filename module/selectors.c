// SPDX-License-Identifier: GPL-2.0
/*
 * Selectors of all tenants.
 *
 * The deepest cgroup that a pattern matches wins, then the uid.  Where two
 * tenants match alike the one whose name sorts first wins: tenants are
 * numbered in that order, and both look-ups prefer the lower number.
 *
 * All this is among tenants of one rank, which have a layer of their own.  The
 * layers are asked one after the other: what came after a seal takes nothing from
 * those that were there before it, see seal.c.
 */
#include "selectors.h"

#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat.h"
#include "pathtree.h"
#include "pattern.h"
#include "seal.h"

/* How deep a cgroup can be; deeper ones are judged by their first ancestors. */
#define CGROUP_DEPTH_MAX 32

#define SELECTOR_PATTERNS_MAX 262144u
#define UID_WORK_MAX (16u << 20)
#define NO_TENANT U32_MAX

/**
 * struct uid_span - uids that belong to one tenant
 * @first: the first of them; the span reaches to the next one
 * @tenant: number of the tenant, or NO_TENANT
 */
struct uid_span {
	u32 first;
	u32 tenant;
};

/**
 * struct layer - selectors of the tenants of one rank
 * @cgroups: patterns, with the number of the tenant for a rule
 * @spans: of uids, in order
 * @span_count: number of them
 */
struct layer {
	struct pathtree cgroups;
	struct uid_span *spans;
	u32 span_count;
};

/**
 * struct selectors - frozen selectors
 * @layers: by rank
 * @layer_count: number of them
 * @tenants: by number; a reference is held on each
 * @tenant_count: number of them
 */
struct selectors {
	struct layer layers[SEAL_RANKS_MAX];
	u32 layer_count;
	struct tenant **tenants;
	u32 tenant_count;
};

static struct selectors __rcu *current_selectors;

/* Short names may end just before memory that cannot be read. */
static void set_name(struct component *name, const char *text)
{
	const size_t len = strlen(text);
	char padded[PATHTREE_LONG] = {};

	if (len < PATHTREE_LONG)
		text = memcpy(padded, text, len);
	component_set(name, text, len);
}

/*
 * Collects the names of a cgroup and its ancestors, itself first, without the
 * root, which has none.  Returns their number, or 0 for the root.
 */
static u32 cgroup_names(struct cgroup *cgroup, struct component *names)
{
	struct kernfs_node *node = cgroup->kn;
	u32 depth = 0;
	u32 skip;

	for (node = cgroup->kn; compat_kernfs_parent(node);
	     node = compat_kernfs_parent(node))
		depth++;
	skip = depth > CGROUP_DEPTH_MAX ? depth - CGROUP_DEPTH_MAX : 0;
	for (node = cgroup->kn; skip; skip--)
		node = compat_kernfs_parent(node);
	for (depth = 0; compat_kernfs_parent(node);
	     node = compat_kernfs_parent(node))
		set_name(&names[depth++], compat_kernfs_name(node));
	return depth;
}

static u32 match_cgroup(const struct layer *layer, struct task_struct *task)
{
	struct component names[CGROUP_DEPTH_MAX] UNINITIALIZED;
	u32 count = cgroup_names(task_dfl_cgroup(task), names);
	u32 skip;

	for (skip = 0; skip <= count; skip++) {
		struct pathname path = {
			.count = count - skip,
			.at = names + skip,
		};
		u32 tenant = pathtree_rule(&layer->cgroups, &path, ~0ULL);

		if (tenant != PATHTREE_NONE)
			return tenant;
	}
	return NO_TENANT;
}

/* Number of the span that holds @uid; the first span begins at uid 0. */
static u32 find_span(const struct layer *layer, u32 uid)
{
	u32 low = 0;
	u32 high = layer->span_count;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (layer->spans[middle].first <= uid)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static u32 match_layer(const struct layer *layer, struct task_struct *task)
{
	u32 number = NO_TENANT;

	if (layer->cgroups.node_count)
		number = match_cgroup(layer, task);
	if (number == NO_TENANT && layer->span_count) {
		u32 uid = from_kuid(&init_user_ns, task_uid(task));

		number = layer->spans[find_span(layer, uid)].tenant;
	}
	return number;
}

/**
 * selectors_find - the tenant that a task would join by some selectors
 * @selectors: the selectors, or NULL
 * @task: the task
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: the tenant, or NULL.
 */
struct tenant *selectors_find(const struct selectors *selectors,
			      struct task_struct *task)
{
	u32 i;

	for (i = 0; selectors && i < selectors->layer_count; i++) {
		u32 number = match_layer(&selectors->layers[i], task);

		if (number != NO_TENANT)
			return selectors->tenants[number];
	}
	return NULL;
}

/**
 * selectors_match - the tenant that a task would join
 * @task: the task
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: the tenant, or NULL.
 */
struct tenant *selectors_match(struct task_struct *task)
{
	return selectors_find(rcu_dereference(current_selectors), task);
}

static int compare_numbers(const void *left, const void *right)
{
	const u32 *a = left;
	const u32 *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Counts what all selectors expand to. */
static void measure(const struct selectors_source *sources, u32 count,
		    u32 *patterns, size_t *text, u32 *ranges)
{
	u32 i, s;

	for (i = 0; i < count; i++) {
		for (s = 0; s < sources[i].policy->selector_count; s++) {
			const struct selector *selector =
				&sources[i].policy->selectors[s];
			u32 alternatives;

			if (!selector->cgroup) {
				(*ranges)++;
				continue;
			}
			alternatives = pattern_alternatives(selector->cgroup);
			*patterns += alternatives;
			*text += alternatives * (strlen(selector->cgroup) + 1);
			if (*patterns > SELECTOR_PATTERNS_MAX)
				return;
		}
	}
}

static u32 expand(const struct selectors_source *sources, u32 count,
		  struct tree_pattern *patterns, char *text, size_t size)
{
	u32 used = 0;
	u32 i, s, a;

	for (i = 0; i < count; i++) {
		for (s = 0; s < sources[i].policy->selector_count; s++) {
			const char *cgroup =
				sources[i].policy->selectors[s].cgroup;
			size_t len;

			for (a = 0; cgroup && a < pattern_alternatives(cgroup);
			     a++) {
				pattern_alternative(cgroup, a, text, size);
				patterns[used].text = text;
				patterns[used].access = 1;
				patterns[used++].rule = sources[i].number;
				len = strlen(text) + 1;
				text += len;
				size -= len;
			}
		}
	}
	return used;
}

static int build_cgroups(struct layer *layer,
			 const struct selectors_source *sources, u32 count,
			 u32 total, size_t size, const char **why)
{
	struct tree_pattern *patterns =
		pure_alloc(total + 1, sizeof(*patterns));
	char *text = pure_alloc(size + 1, 1);
	u32 culprit;
	int ret = -ENOMEM;

	*why = "out of memory";
	if (patterns && text) {
		total = expand(sources, count, patterns, text, size + 1);
		ret = pathtree_build(&layer->cgroups, patterns, total,
				     &culprit);
		if (ret == -E2BIG)
			*why = "too many cgroup patterns with '**' or globs can match at once";
	}
	pure_free(text);
	pure_free(patterns);
	return ret;
}

/*
 * Gives the spans of one range of uids to a tenant, unless they are taken.
 * Returns how many spans that took looking at.
 */
static u32 claim_uids(struct layer *layer, u32 tenant,
		      const struct selector *range)
{
	u32 begin = find_span(layer, range->uid_first);
	u32 i;

	for (i = begin; i < layer->span_count; i++) {
		struct uid_span *span = &layer->spans[i];

		if (span->first > range->uid_last)
			break;
		if (span->tenant == NO_TENANT)
			span->tenant = tenant;
	}
	return i - begin;
}

/* Begins a span wherever a range begins or ends. */
static void cut_uids(struct layer *layer,
		     const struct selectors_source *sources, u32 count,
		     u32 *cuts)
{
	u32 used = 0;
	u32 i, s;

	cuts[used++] = 0;
	for (i = 0; i < count; i++) {
		for (s = 0; s < sources[i].policy->selector_count; s++) {
			const struct selector *range =
				&sources[i].policy->selectors[s];

			if (range->cgroup)
				continue;
			cuts[used++] = range->uid_first;
			if (range->uid_last < U32_MAX)
				cuts[used++] = range->uid_last + 1;
		}
	}
	sort(cuts, used, sizeof(*cuts), compare_numbers, NULL);
	for (i = 0; i < used; i++) {
		if (i && cuts[i] == cuts[i - 1])
			continue;
		layer->spans[layer->span_count].first = cuts[i];
		layer->spans[layer->span_count++].tenant = NO_TENANT;
	}
}

static int build_uids(struct layer *layer,
		      const struct selectors_source *sources, u32 count,
		      u32 ranges, const char **why)
{
	size_t room = 2 * (size_t)ranges + 1;
	u32 *cuts;
	u64 work = 0;
	u32 i, s;

	if (!ranges)
		return 0;
	*why = "out of memory";
	layer->spans =
		kvcalloc(room, sizeof(*layer->spans), GFP_KERNEL_ACCOUNT);
	cuts = kvcalloc(room, sizeof(*cuts), GFP_KERNEL);
	if (!layer->spans || !cuts) {
		kvfree(cuts);
		return -ENOMEM;
	}
	cut_uids(layer, sources, count, cuts);
	kvfree(cuts);
	for (i = 0; i < count; i++) {
		for (s = 0; s < sources[i].policy->selector_count; s++) {
			const struct selector *range =
				&sources[i].policy->selectors[s];

			if (!range->cgroup)
				work += claim_uids(layer, sources[i].number,
						   range);
		}
		if (work > UID_WORK_MAX) {
			*why = "too many uid ranges";
			return -E2BIG;
		}
	}
	return 0;
}

static int build_layer(struct layer *layer,
		       const struct selectors_source *sources, u32 count,
		       u32 *patterns, const char **why)
{
	u32 before = *patterns, ranges = 0;
	size_t text = 0;
	int ret;

	measure(sources, count, patterns, &text, &ranges);
	if (*patterns > SELECTOR_PATTERNS_MAX) {
		*why = "too many cgroup patterns";
		return -E2BIG;
	}
	ret = build_cgroups(layer, sources, count, *patterns - before, text,
			    why);
	return ret ? ret : build_uids(layer, sources, count, ranges, why);
}

/* Copies the sources of one rank, and returns how many these are. */
static u32 pick_rank(struct selectors_source *picked,
		     const struct selectors_source *sources, u32 count,
		     u32 rank)
{
	u32 used = 0;
	u32 i;

	for (i = 0; i < count; i++)
		if (sources[i].policy->rank == rank)
			picked[used++] = sources[i];
	return used;
}

static int build_layers(struct selectors *selectors,
			const struct selectors_source *sources, u32 count,
			const char **why)
{
	struct selectors_source *picked =
		kvcalloc(count + 1, sizeof(*picked), GFP_KERNEL);
	u32 patterns = 0, placed = 0;
	int ret = picked ? 0 : -ENOMEM;

	*why = "out of memory";
	while (!ret && placed < count) {
		u32 rank = selectors->layer_count++;
		u32 used = pick_rank(picked, sources, count, rank);

		placed += used;
		if (used)
			ret = build_layer(&selectors->layers[rank], picked,
					  used, &patterns, why);
	}
	kvfree(picked);
	return ret;
}

/**
 * selectors_build - make selectors from those of all tenants
 * @built: set to the result
 * @sources: the tenants, in the order of their names; they are numbered here
 * @count: how many
 * @why: set to a static phrase on failure
 *
 * Context: may sleep.
 * Return: 0, -E2BIG or -ENOMEM.
 */
int selectors_build(struct selectors **built, struct selectors_source *sources,
		    u32 count, const char **why)
{
	struct selectors *selectors = kzalloc(sizeof(*selectors), GFP_KERNEL);
	int ret = -ENOMEM;
	u32 i;

	*why = "out of memory";
	if (!selectors)
		return -ENOMEM;
	selectors->tenants = kvcalloc(count + 1, sizeof(*selectors->tenants),
				      GFP_KERNEL_ACCOUNT);
	if (!selectors->tenants)
		goto fail;
	for (i = 0; i < count; i++) {
		sources[i].number = i;
		tenant_get(sources[i].tenant);
		selectors->tenants[selectors->tenant_count++] =
			sources[i].tenant;
	}
	ret = build_layers(selectors, sources, count, why);
	if (ret)
		goto fail;
	*built = selectors;
	return 0;
fail:
	selectors_free(selectors);
	return ret;
}

/**
 * selectors_replace - put selectors in force
 * @selectors: the new ones, or NULL for none
 *
 * Context: policy_mutex is held.
 * Return: the old ones, to be freed after synchronize_rcu(), or NULL.
 */
struct selectors *selectors_replace(struct selectors *selectors)
{
	struct selectors *old =
		rcu_dereference_protected(current_selectors, true);

	rcu_assign_pointer(current_selectors, selectors);
	return old;
}

/**
 * selectors_free - free selectors that no reader can see any more
 * @selectors: the selectors, or NULL
 *
 * Context: may sleep.
 */
void selectors_free(struct selectors *selectors)
{
	u32 i;

	if (!selectors)
		return;
	for (i = 0; i < selectors->tenant_count; i++)
		tenant_put(selectors->tenants[i]);
	kvfree(selectors->tenants);
	for (i = 0; i < selectors->layer_count; i++) {
		kvfree(selectors->layers[i].spans);
		pathtree_destroy(&selectors->layers[i].cgroups);
	}
	kfree(selectors);
}
