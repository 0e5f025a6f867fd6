#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: writes counters as a timer would, three times, and hands the
# files to the host: of a tenant that was denied thrice, five times more, and
# without the module.
set -e
# shellcheck source=../vm/guest/lib.sh
. /cordon/vm/lib.sh
acme=/sys/fs/cgroup/tenants/acme

deny() {
	for _ in $(seq "$1"); do
		# shellcheck disable=SC2016 # the shell that enters expands it
		sh -c 'echo $$ >"$0/cgroup.procs"; exec /bin/cat /srv/no' \
			"$acme" && return 1
	done
	# What is counted is sent by then.
	while ! cordonctl status | grep -q ' 0 pending'; do
		sleep 0.1
	done
}

# hand_over NAME
hand_over() {
	cordonctl stats --prometheus "/run/$1" || [ "$1" = unloaded.prom ]
	while read -r line; do
		data "$1" "$line"
	done <"/run/$1"
}

mkdir -p "$acme"
echo no >/srv/no
insmod /cordon/cordon.ko
cordonctl load /cordon/tests/scrape/policy.yaml
deny 3
hand_over first.prom
deny 5
hand_over second.prom
cordonctl flush
rmmod cordon
hand_over unloaded.prom
result guest-counters pass 0
