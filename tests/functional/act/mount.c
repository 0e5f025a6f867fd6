// SPDX-License-Identifier: GPL-2.0
/* Acts on mounts and namespaces. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

/**
 * struct flag - a word that stands for bits
 * @word: the word
 * @bits: the bits
 */
struct flag {
	const char *word;
	unsigned long bits;
};

static const struct flag mount_flags[] = {
	{ "bind", MS_BIND },	   { "rec", MS_REC },
	{ "remount", MS_REMOUNT }, { "move", MS_MOVE },
	{ "ro", MS_RDONLY },	   { "shared", MS_SHARED },
	{ "detach", MNT_DETACH },  { NULL },
};

static const struct flag tree_flags[] = {
	{ "clone", OPEN_TREE_CLONE },
	{ "rec", AT_RECURSIVE },
	{ NULL },
};

static const struct flag namespace_flags[] = {
	{ "user", CLONE_NEWUSER },
	{ "mnt", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ NULL },
};

/* Words such as "bind+rec"; those that mean nothing are no bits. */
static unsigned long parse_flags(const struct flag *flags, const char *text)
{
	char *copy = strdupa(text);
	unsigned long bits = 0;
	const struct flag *flag;
	char *word;

	while ((word = strsep(&copy, "+")))
		for (flag = flags; flag->word; flag++)
			if (!strcmp(flag->word, word))
				bits |= flag->bits;
	return bits;
}

/* FLAGS SOURCE TARGET TYPE [OPTIONS] */
static int act_mount(char **words)
{
	return mount(words[1], words[2], words[3],
		     parse_flags(mount_flags, words[0]), words[4]);
}

static int act_umount(char **words)
{
	return umount2(words[1], parse_flags(mount_flags, words[0]));
}

static int act_pivot(char **words)
{
	return syscall(SYS_pivot_root, words[0], words[1]);
}

static int act_fsopen(char **words)
{
	return keep_fd(fsopen(words[0], 0));
}

/* create, reconfigure, flag NAME, or string NAME VALUE */
static int act_fsconfig(char **words)
{
	int command = !strcmp(words[0], "create") ? FSCONFIG_CMD_CREATE :
		      !strcmp(words[0], "flag")	  ? FSCONFIG_SET_FLAG :
		      !strcmp(words[0], "string") ? FSCONFIG_SET_STRING :
						    FSCONFIG_CMD_RECONFIGURE;

	return fsconfig(last_fd, command, words[1], words[2], 0);
}

static int act_fsmount(char **words)
{
	(void)words;
	return keep_fd(fsmount(last_fd, 0, 0));
}

static int act_fspick(char **words)
{
	return keep_fd(fspick(AT_FDCWD, words[0], 0));
}

static int act_open_tree(char **words)
{
	return keep_fd(open_tree(AT_FDCWD, words[1],
				 parse_flags(tree_flags, words[0])));
}

static int act_open_tree_attr(char **words)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOEXEC };

	return keep_fd(syscall(SYS_open_tree_attr, AT_FDCWD, words[1],
			       parse_flags(tree_flags, words[0]), &attr,
			       sizeof(attr)));
}

static int act_move_mount(char **words)
{
	return move_mount(last_fd, "", AT_FDCWD, words[0],
			  MOVE_MOUNT_F_EMPTY_PATH);
}

static const struct mount_attr read_write = { .attr_clr = MOUNT_ATTR_RDONLY };

static int act_mount_setattr(char **words)
{
	struct mount_attr attr = read_write;

	return mount_setattr(AT_FDCWD, words[0], 0, &attr, sizeof(attr));
}

/**
 * call_32 - make a system call as programs of 32 bits do, which any can
 * @number: its number there
 * @args: its arguments; this program, and all that is static in it, lies below
 * 4 GiB
 *
 * Return: what it returned, or -1 with errno set.
 */
int call_32(long number, const long args[5])
{
	long ret;

	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(number), "b"(args[0]), "c"(args[1]), "d"(args[2]),
		       "S"(args[3]), "D"(args[4])
		     : "memory", "r8", "r9", "r10", "r11");
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

static int act_open_tree_32(char **words)
{
	long flags = parse_flags(tree_flags, words[0]);
	const long args[5] = { AT_FDCWD, (long)words[1], flags };

	return keep_fd(call_32(SYS_open_tree, args));
}

static int act_mount_setattr_32(char **words)
{
	const long args[5] = { AT_FDCWD, (long)words[0], 0, (long)&read_write,
			       sizeof(read_write) };

	return call_32(SYS_mount_setattr, args);
}

static int act_open_in(char **words)
{
	return keep_fd(openat(last_fd, words[1], parse_open(words[0]), 0700));
}

static int act_fchdir(char **words)
{
	(void)words;
	return fchdir(last_fd);
}

static int act_unshare(char **words)
{
	return unshare(parse_flags(namespace_flags, words[0]));
}

static int act_clone(char **words)
{
	unsigned long flags = parse_flags(namespace_flags, words[0]) | SIGCHLD;

	return hand_over(syscall(SYS_clone, flags, 0, 0, 0, 0));
}

static int act_clone3(char **words)
{
	struct clone_args args = {
		.flags = parse_flags(namespace_flags, words[0]),
		.exit_signal = SIGCHLD,
	};

	return hand_over(syscall(SYS_clone3, &args, sizeof(args)));
}

/* To the namespace that is open. */
static int act_setns(char **words)
{
	return setns(last_fd, parse_flags(namespace_flags, words[0]));
}

const struct act acts_mount[] = {
	{ "mount", 4, act_mount },
	{ "umount", 2, act_umount },
	{ "pivot", 2, act_pivot },
	{ "fsopen", 1, act_fsopen },
	{ "fsconfig", 1, act_fsconfig },
	{ "fsmount", 0, act_fsmount },
	{ "fspick", 1, act_fspick },
	{ "open-tree", 2, act_open_tree },
	{ "open-tree-attr", 2, act_open_tree_attr },
	{ "open-tree-32", 2, act_open_tree_32 },
	{ "move-mount", 1, act_move_mount },
	{ "mount-setattr", 1, act_mount_setattr },
	{ "mount-setattr-32", 1, act_mount_setattr_32 },
	{ "open-in", 2, act_open_in },
	{ "fchdir", 0, act_fchdir },
	{ "unshare", 1, act_unshare },
	{ "clone", 1, act_clone },
	{ "clone3", 1, act_clone3 },
	{ "setns", 1, act_setns },
	{ NULL },
};
