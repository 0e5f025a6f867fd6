#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Measures what operations cost in instructions.
#
# usage: run.sh KERNEL             all of it; leaves build/bench.csv
#        run.sh KERNEL gate        compares the most important with the baseline
#        run.sh KERNEL baseline    writes that anew
#        run.sh - record [EVENTS]  how many events a second this machine records
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kernel=$1
what=${2:-all}
work=$top/build/bench
baseline=$here/baseline-$kernel.tsv

policy() {
	local name=$1
	shift
	/usr/bin/python3 "$here/policy.py" "$@" >"$work/policies/$name.yaml"
}

write_policies() {
	rm -rf "$work/policies"
	mkdir "$work/policies"
	policy 20 20
	[ "$what" = all ] || return 0
	policy 1000 1000
	policy 10000 10000
	policy tenants 20 999
	policy folded 20 0 folded
	policy storm 20 0 storm
	policy both 20 0 both
}

# As the module itself says it.
compiler() {
	readelf -p .comment "$top/build/module-$kernel/cordon.ko" |
		sed -n 's/^ *\[ *[0-9a-f]*\] *//p' | sort -u
}

# guest SUITE ARGUMENT...
guest() {
	local suite=$1
	shift
	"$top/tests/vm/run.sh" -s "$suite" -o "${SHOW:-console}" -t 900 \
		-p "$work/opcost:/cordon/opcost" \
		-f "$work/policies:/cordon/policies" \
		"$kernel" tests/bench/guest.sh "$@"
}

# On the disk that the build is on.
record() {
	make -s -C "$top" tool >&2
	make -s -C "$here" >&2
	rm -f "$work"/record.db*
	"$work/recordrate" "$work/record.db" "$1"
	rm -f "$work"/record.db*
}

main() {
	local made_by measured=$top/build/vm/bench-$kernel/bench.tsv
	mkdir -p "$work"
	[ "$what" != record ] || {
		record "$1"
		return
	}
	make -s -C "$top" tool >&2
	"$top/tests/vm/build-module.sh" "$kernel" >/dev/null
	gcc -static -O2 -Wall -Werror -o "$work/opcost" "$here/opcost.c"
	made_by=$(compiler)
	write_policies
	case $what in
	all)
		guest bench
		/usr/bin/python3 "$here/report.py" "$kernel" "$measured" \
			"$top/build/bench.csv"
		;;
	gate)
		guest bench short
		/usr/bin/python3 "$here/gate.py" "$kernel" "$made_by" \
			"$measured" "$baseline" \
			"$top/build/vm/bench-$kernel/results.tsv"
		;;
	baseline)
		guest bench short
		/usr/bin/python3 "$here/gate.py" --write "$made_by" \
			"$measured" "$baseline"
		;;
	*)
		sed -n '/^# usage/,/^set/s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
}

main "${3:-300000}"; exit
