#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs each fuzzer for a number of executions, from the seeds in fuzz/corpus.
# What one finds stays in build/fuzz/findings; to see it again:
#
#   build/fuzz/fuzz_TARGET build/fuzz/findings/TARGET-...
#
# usage: fuzz.sh RESULTS [TARGET...]
#   CORDON_SEED        seed of the random numbers (1)
#   CORDON_FUZZ_TIMES  this many times as many executions (1)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
out=$top/build/fuzz
results=$1
shift

# Target, executions, and the longest input in bytes.
targets() {
	cat <<-EOF
		yaml 20000 2048
		path 50000 1024
		addr 100000 1024
		decode 200000 1024
	EOF
}

# The number of executions that a log tells of, 0 for none.
executions() {
	sed -n 's/^stat::number_of_executed_units: //p' "$1" | grep . || echo 0
}

run() {
	local target=$1 wanted=$2 longest=$3 begun=$SECONDS
	local log=$out/$target.log seeds=$out/seeds/$target outcome=pass made
	rm -rf "$seeds"
	/usr/bin/python3 "$here/fuzz/seeds.py" "$here/fuzz/corpus/$target" \
		"$seeds"
	"$out/fuzz_$target" -runs="$wanted" -max_len="$longest" \
		-seed="${CORDON_SEED:-1}" -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -verbosity=0 \
		-artifact_prefix="$out/findings/$target-" \
		"$seeds" >"$log" 2>&1 || outcome=fail
	made=$(executions "$log")
	[ "$made" -ge "$wanted" ] || outcome=fail
	printf '%-7s %s: %d executions of %d\n' "$target" "$outcome" "$made" \
		"$wanted"
	[ "$outcome" = pass ] || tail -n 60 "$log"
	printf '%s executions\t%d\n' "$target" "$made" \
		>>"${results%.tsv}.figures"
	printf 'fuzz\t-\t%s-%d-executions\t%s\t%d\n' "$target" "$wanted" \
		"$outcome" $((SECONDS - begun)) >>"$results"
	[ "$outcome" = pass ]
}

make -s -C "$here/fuzz" -j"$(nproc)" O="$top/build" all
mkdir -p "$out/findings" "$(dirname "$results")"
: >"$results"
: >"${results%.tsv}.figures"
status=0
while read -r target times longest; do
	[ $# = 0 ] || [[ " $* " == *" $target "* ]] || continue
	run "$target" $((times * ${CORDON_FUZZ_TIMES:-1})) "$longest" ||
		status=1
done < <(targets)
[ -s "$results" ] || {
	echo "fuzz: there is no target '$*'" >&2
	exit 2
}
exit "$status"
