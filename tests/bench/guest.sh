#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: measures every configuration, from nothing loaded up to a
# tenant with ten thousand rules, and to a tenant among a thousand.
#
# usage: guest.sh [short]      just those that the baseline is about
set -e
# shellcheck source=../vm/guest/lib.sh
. /cordon/vm/lib.sh
cgroup=/sys/fs/cgroup/tenants/bench
storms=/sys/fs/cgroup/tenants/storm
exec </dev/null

send() {
	while IFS= read -r line; do
		data bench.tsv "$line"
	done <"$1"
}

# measure CONFIG [CGROUP.PROCS [OPERATION]]: as the host, or as a member.
measure() {
	echo "measuring $1"
	/cordon/opcost "$@" >/tmp/measured
	send /tmp/measured
}

# measure_member CONFIG [OPERATION]
measure_member() {
	measure "$1" "$cgroup/cgroup.procs" ${2:+"$2"}
}

# measure_beside_storm CONFIG OPERATION: while another tenant is denied things.
measure_beside_storm() {
	/cordon/opcost storm "$storms/cgroup.procs" &
	measure_member "$@"
	kill $!
	wait $! || :
}

mkdir -p /t "$cgroup" "$storms"
mount -t tmpfs tmpfs /t
mkdir -p /t/a/b/c/d/e/g/h/i/j/k/l/m/n/o/p
for file in /t/f /t/a/b/c/f /t/a/b/c/d/e/g/h/f \
	/t/a/b/c/d/e/g/h/i/j/k/l/m/n/o/p/f /t/no; do
	echo content >"$file"
done

measure base
insmod /cordon/cordon.ko
measure no-policy
if [ "${1:-}" = short ]; then
	cordonctl load /cordon/policies/20.yaml
	measure non-member
	measure_member member-20-rules
	/cordon/tests/bench/record.py
	cordonctl flush
	rmmod cordon
	exit
fi
for rules in 20 1000 10000; do
	cordonctl load "/cordon/policies/$rules.yaml"
	[ "$rules" != 20 ] || measure non-member
	measure_member "member-$rules-rules"
done
/cordon/tests/bench/record.py
cordonctl load --replace /cordon/policies/tenants.yaml
measure_member member-1000-tenants
cordonctl load --replace /cordon/policies/folded.yaml
measure_member member-folded
cordonctl load --replace /cordon/policies/storm.yaml
measure_beside_storm member-beside-storm open-denied
cordonctl load --replace /cordon/policies/both.yaml
measure non-member-both
measure_member member-both
cordonctl flush
rmmod cordon
# One waits to be sent, and there is no room for another.
insmod /cordon/cordon.ko backlog_max=1
cordonctl load /cordon/policies/20.yaml
measure_member member-full open-denied
cordonctl flush
rmmod cordon
