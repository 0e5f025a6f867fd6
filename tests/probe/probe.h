/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that compat.h includes, so that what a probe changes after this is seen by
 * nobody but ourselves.
 */
#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/kernfs.h>
#include <linux/shmem_fs.h>
#include <net/genetlink.h>
