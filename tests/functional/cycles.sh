#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: insmod, load, traffic, flush and rmmod, over and over.
#
# usage: cycles.sh COUNT
# shellcheck shell=dash
here=$(dirname "$0")
# shellcheck source=../vm/guest/lib.sh
. /cordon/vm/lib.sh
count=$1
cgroups=/sys/fs/cgroup/tenants

# Programs go by their path: this shell would run its own idea of "cat".
as_tenant() {
	local tenant=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	sh -c 'echo $$ >"$0" && exec "$@"' "$cgroups/$tenant/cgroup.procs" "$@"
}

complain() {
	echo "cycle $cycle: $*"
	result "$count-cycles" fail "$(seconds_since "$begun")"
	exit 1
}

traffic() {
	as_tenant acme /bin/cat /srv/secret >/tmp/out 2>&1 &&
		complain "acme could read what it may not"
	grep -q 'Permission denied' /tmp/out ||
		complain "not denied but: $(cat /tmp/out)"
	[ "$(as_tenant acme /bin/cat /srv/open)" = open ] ||
		complain "acme could not read what it may"
	[ "$(as_tenant globex /bin/cat /srv/secret)" = secret ] ||
		complain "globex could not read what it may"
	[ "$(cat /srv/secret)" = secret ] ||
		complain "the host could not read"
}

mkdir -p "$cgroups/acme" "$cgroups/globex" /srv
echo secret >/srv/secret
echo open >/srv/open
begun=$(uptime_now)
cycle=0
while [ "$cycle" -lt "$count" ]; do
	cycle=$((cycle + 1))
	insmod /cordon/cordon.ko || complain "insmod failed"
	cordonctl load "$here/cycles.yaml" >/tmp/out || complain "load failed"
	traffic
	cordonctl flush >/tmp/out || complain "flush failed"
	rmmod cordon || complain "rmmod failed"
	[ $((cycle % 10)) -ne 0 ] || echo "cycle $cycle done"
done
[ "$cycle" -gt 0 ] || complain "no cycle was asked for"
result "$count-cycles" pass "$(seconds_since "$begun")"
