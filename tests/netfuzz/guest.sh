#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: sends COUNT more or less wrong requests as root, in two
# processes at once, then half as many as nobody.  Afterwards a policy can be
# loaded and holds, and nothing is left of what was sent.
#
# usage: guest.sh SEED COUNT
# shellcheck shell=dash disable=SC2317 # functions are called by their names
# shellcheck source=../vm/guest/lib.sh
. /cordon/vm/lib.sh
seed=$1
count=$2
begun=$(uptime_now)

finish() {
	result "$1" "$2" "$(seconds_since "$begun")"
	begun=$(uptime_now)
}

check() {
	local name=$1
	shift
	if "$@"; then
		finish "$name" pass
	else
		finish "$name" fail
		status=1
	fi
}

as_root() {
	netfuzz "$seed" $((count / 2)) &
	netfuzz $((seed + 1)) $((count / 2)) && wait $!
}

as_nobody() {
	netfuzz $((seed + 2)) $((count / 2)) 65534
}

# What the next policy denies is denied, and with it all else is gone.
still_works() {
	cordonctl load --replace - <<-EOF || return 1
		version: 1
		tenants:
		  acme:
		    select: [cgroup: /acme]
		    file:
		      default: allow
		      rules: [{deny: read, path: /srv/secret}]
	EOF
	mkdir -p /sys/fs/cgroup/acme /srv
	echo secret >/srv/secret
	# shellcheck disable=SC2016 # expanded by the inner shell
	sh -c 'echo $$ >/sys/fs/cgroup/acme/cgroup.procs &&
		exec /bin/cat /srv/secret' && return 1
	cordonctl flush || return 1
	[ "$(cordonctl status | awk '$1 == "memory" { print $2 }')" = 0 ]
}

status=0
insmod /cordon/cordon.ko || exit 1
check "root-$count-requests" as_root
check "nobody-$((count / 2))-requests" as_nobody
check afterwards still_works
exit $status
