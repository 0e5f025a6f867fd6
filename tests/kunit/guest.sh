#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: loads the suites, which runs them, and reads their results.
# shellcheck source=../vm/guest/lib.sh
. /cordon/vm/lib.sh

here=/cordon/tests/kunit
debug=/sys/kernel/debug

# Suites reach all bounds.
insmod /cordon/cordon.ko members_max=64 sockets_max=64 \
	backlog_max=32 history_max=16 || exit 1

# Suites make allocations fail by their number (current->fail_nth): also those
# that may sleep, without a trace of each, and neither those that sanitizers
# make, nor whole pages, without which allocators know how to do.
echo N >$debug/failslab/ignore-gfp-wait || exit 1
echo 0 >$debug/failslab/verbose || exit 1
echo 20 >$debug/fail_page_alloc/min-order || exit 1
echo Y >$debug/failslab/cache-filter || exit 1
for cache in /sys/kernel/slab/kmalloc-* /sys/kernel/slab/member \
	/sys/kernel/slab/socket_owner; do
	[ "$(cat "$cache/failslab")" = 1 ] || {
		echo "guest.sh: boot with slub_debug=A,kmalloc-*,member,socket_owner"
		exit 1
	}
done

begun=$(uptime_now)
insmod /cordon/cordon_kunit.ko || exit 1
python3 $here/ktap.py "$(seconds_since "$begun")" $here $debug/kunit
status=$?
rmmod cordon_kunit || exit 1
exit $status
