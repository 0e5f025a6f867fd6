// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on renames and hard links, which give an object another path.
 *
 * A socket keeps the path of the file that it was bound to, so a hard link
 * leads to nothing new.
 *
 * Both names are judged as names that come and go, and the object must not
 * become more accessible by it: see decide_move().
 */
#include <linux/dcache.h>
#include <linux/fs.h>

#include "file_check.h"
#include "hooks.h"
#include "member.h"
#include "socket_check.h"

/**
 * struct move - a rename or link
 * @from: the object
 * @to: the path that it gets
 * @flags: RENAME_* flags
 */
struct move {
	struct path from;
	struct path to;
	unsigned int flags;
};

static bool leaves_name(const struct move *move)
{
	return move->flags & (RENAME_EXCHANGE | RENAME_WHITEOUT);
}

static int check_names(struct tenant *tenant, const struct move *move)
{
	u16 old_ops = CORDON_FILE_OP_DELETE;
	u16 new_ops = CORDON_FILE_OP_CREATE;
	int ret;

	if (leaves_name(move))
		old_ops |= CORDON_FILE_OP_CREATE;
	if (d_is_positive(move->to.dentry))
		new_ops |= CORDON_FILE_OP_DELETE;
	ret = file_check(tenant, &move->from, old_ops);
	return ret ? ret : file_check(tenant, &move->to, new_ops);
}

static int check_rename(struct tenant *tenant, const struct move *move)
{
	int ret = check_names(tenant, move);

	if (!ret)
		ret = file_check_move(tenant, &move->from, &move->to,
				      d_is_dir(move->from.dentry));
	if (!ret && (move->flags & RENAME_EXCHANGE))
		ret = file_check_move(tenant, &move->to, &move->from,
				      d_is_dir(move->to.dentry));
	if (!ret)
		ret = socket_check_move(tenant, &move->from, &move->to);
	if (!ret && (move->flags & RENAME_EXCHANGE))
		ret = socket_check_move(tenant, &move->to, &move->from);
	return ret;
}

static int check_link(struct tenant *tenant, const struct move *move)
{
	int ret = file_check(tenant, &move->to, CORDON_FILE_OP_CREATE);

	return ret ? ret :
		     file_check_move(tenant, &move->from, &move->to, false);
}

static noinline int check_current(const struct move *move,
				  int (*check)(struct tenant *tenant,
					       const struct move *move))
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant(current);
	if (tenant)
		ret = check(tenant, move);
	rcu_read_unlock();
	return ret;
}

int hook_path_rename(const struct path *old_dir, struct dentry *old_dentry,
		     const struct path *new_dir, struct dentry *new_dentry,
		     unsigned int flags)
{
	struct move move = {
		.from = { .mnt = old_dir->mnt, .dentry = old_dentry },
		.to = { .mnt = new_dir->mnt, .dentry = new_dentry },
		.flags = flags,
	};

	if (likely(!member_maybe(current)))
		return 0;
	return check_current(&move, check_rename);
}

/* A link stays on one mount, so the object is on that of the new name. */
int hook_path_link(struct dentry *old_dentry, const struct path *new_dir,
		   struct dentry *new_dentry)
{
	struct move move = {
		.from = { .mnt = new_dir->mnt, .dentry = old_dentry },
		.to = { .mnt = new_dir->mnt, .dentry = new_dentry },
	};

	if (likely(!member_maybe(current)))
		return 0;
	return check_current(&move, check_link);
}
