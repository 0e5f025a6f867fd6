# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
#
# The end of every guest run.  Whatever is found here turns the run into a
# failure, and the verdict is the last line that the guest writes.  Sourced.

# Also read by run.sh, which searches the console with it.
splats=$(grep -v '^#' /cordon/vm/splats)

complain() {
	reasons="${reasons:+$reasons; }$*"
}

# A script that has sealed all policy says so by /run/sealed.
expect_seal() {
	! /cordon/cordonctl flush >/dev/console 2>&1 ||
		complain "policy that is sealed was flushed"
	! rmmod cordon >/dev/console 2>&1 ||
		complain "a module whose policy is sealed was removed"
}

remove_module() {
	if [ -e /run/sealed ]; then
		expect_seal
		return 0
	fi
	grep -q '^cordon ' /proc/modules || return 0
	# Traces of leaked memory are read when its symbols are gone.
	grep -F '[cordon]' /proc/kallsyms >/run/symbols
	if [ -x /cordon/cordonctl ]; then
		/cordon/cordonctl flush >/dev/console 2>&1 ||
			complain "cordonctl flush failed"
	fi
	rmmod cordon >/dev/console 2>&1 || complain "rmmod cordon failed"
}

# An object is reported when two scans in a row did not find a pointer to it
# and it is old enough (five seconds).
scan_for_leaks() {
	[ -e /sys/kernel/debug/kmemleak ] || return 0
	! grep -qw kmemleak=off /proc/cmdline || return 0
	echo scan >/sys/kernel/debug/kmemleak || {
		complain "kmemleak has turned itself off"
		return 0
	}
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak >/run/leaks
	[ -s /run/leaks ] || return 0
	[ ! -e /run/symbols ] || cat /run/symbols >/dev/console
	cat /run/leaks >/dev/console
	complain "memory leaked"
}

# Lockdep turns itself off at the first trouble, and the kernel does it when a
# module is removed by force, of which a script tells by /run/forced.  What it
# has tables for is used up for good, more with each load of a module: how much
# is left is told, to be seen before it is nothing.
lockdep_alive() {
	[ -e /proc/lockdep_stats ] || return 0
	grep -F '[max:' /proc/lockdep_stats >/dev/console
	[ ! -e /run/forced ] || return 0
	grep -q 'debug_locks: *1$' /proc/lockdep_stats ||
		complain "lockdep has turned itself off"
}

collect_log() {
	end="cordon-test: end of log"
	echo "<6>$end" >/dev/kmsg
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q "$end" /run/kmsg && return 0
		sleep 1
	done
	complain "the kernel log is not whole"
}

search_log() {
	grep -E "$splats" /run/kmsg >/run/splats || return 0
	cat /run/splats >/dev/console
	complain "$(wc -l </run/splats) splat lines in the kernel log"
}

# verdict STATUS: of the script that ran.
verdict() {
	reasons=
	[ "$1" = 0 ] || complain "the script ended with status $1"
	remove_module
	scan_for_leaks
	lockdep_alive
	collect_log
	search_log
	touch /run/results
	outcome=pass
	[ -z "$reasons" ] || outcome=fail
	echo "cordon-test: verdict $outcome $reasons" >/dev/console
	port "verdict	$outcome	$(wc -l </run/results)	$reasons"
}
