#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: measures every configuration, from nothing loaded up to a
# tenant with ten thousand rules, and to a tenant among a thousand.
set -e
# shellcheck source=../vm/guest/lib.sh
. /cordon/vm/lib.sh
cgroup=/sys/fs/cgroup/tenants/bench
exec </dev/null

send() {
	while IFS= read -r line; do
		data bench.tsv "$line"
	done <"$1"
}

# measure CONFIG [CGROUP.PROCS]: as the host, or as a member.
measure() {
	echo "measuring $1"
	/cordon/opcost "$@" >/tmp/measured
	send /tmp/measured
}

# measure_member CONFIG
measure_member() {
	measure "$1" "$cgroup/cgroup.procs"
}

mkdir -p /t "$cgroup"
mount -t tmpfs tmpfs /t
mkdir -p /t/a/b/c/d/e/g/h/i/j/k/l/m/n/o/p
for file in /t/f /t/a/b/c/f /t/a/b/c/d/e/g/h/f \
	/t/a/b/c/d/e/g/h/i/j/k/l/m/n/o/p/f /t/no; do
	echo content >"$file"
done

measure base
insmod /cordon/cordon.ko
measure no-policy
for rules in 20 1000 10000; do
	cordonctl load "/cordon/policies/$rules.yaml"
	[ "$rules" != 20 ] || measure non-member
	measure_member "member-$rules-rules"
done
cordonctl load --replace /cordon/policies/tenants.yaml
measure_member member-1000-tenants
cordonctl load --replace /cordon/policies/folded.yaml
measure_member member-folded
cordonctl load --replace /cordon/policies/both.yaml
measure non-member-both
measure_member member-both
cordonctl flush
rmmod cordon
