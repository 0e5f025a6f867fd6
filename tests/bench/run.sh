#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Measures what operations cost in instructions; leaves build/bench.csv.
#
# usage: run.sh KERNEL
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kernel=$1
work=$top/build/bench

mkdir -p "$work"
make -s -C "$top" tool >&2
"$top/tests/vm/build-module.sh" "$kernel" >/dev/null
gcc -static -O2 -Wall -Werror -o "$work/opcost" "$here/opcost.c"
rm -rf "$work/policies"
mkdir "$work/policies"
for rules in 20 1000 10000; do
	/usr/bin/python3 "$here/policy.py" "$rules" \
		>"$work/policies/$rules.yaml"
done
/usr/bin/python3 "$here/policy.py" 20 999 >"$work/policies/tenants.yaml"
/usr/bin/python3 "$here/policy.py" 20 0 folded >"$work/policies/folded.yaml"
/usr/bin/python3 "$here/policy.py" 20 0 storm >"$work/policies/storm.yaml"
/usr/bin/python3 "$here/policy.py" 20 0 both >"$work/policies/both.yaml"
"$top/tests/vm/run.sh" -s bench -o console -t 900 \
	-p "$work/opcost:/cordon/opcost" \
	-f "$work/policies:/cordon/policies" \
	"$kernel" tests/bench/guest.sh
/usr/bin/python3 "$here/report.py" "$kernel" \
	"$top/build/vm/bench-$kernel/bench.tsv" "$top/build/bench.csv"
