#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs suites side by side, adds their results up in build/results.tsv and
# ends with the line "N passed, N failed[, N skipped]".
#
# usage: check.sh SUITE[:KERNEL]...
set -euo pipefail
tests=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$tests/.." && pwd)
lanes=${LANES:-$(nproc)}
[ "$lanes" -ge 2 ] || lanes=2
# Of each suite that runs, by process, how many lanes it takes.
declare -A taken=()

[ $# -gt 0 ] || {
	echo "usage: check.sh SUITE[:KERNEL]..." >&2
	exit 2
}

# The file in build/results that a suite leaves, without its ending.
results_of() {
	echo "$1" | tr : -
}

count() {
	awk -F'\t' -v what="$1" '$4 == what { n++ } END { print n + 0 }' \
		"${@:2}"
}

# A suite that ended badly without a failed test, or without any, gets one.
complete() {
	local suite=$1 status=$2 seconds=$3 file=$4 name kernel
	name=${suite%%:*}
	kernel=-
	[ "$name" = "$suite" ] || kernel=${suite#*:}
	touch "$file"
	if [ ! -s "$file" ]; then
		printf '%s\t%s\tsuite-yields-results\tfail\t%d\n' \
			"$name" "$kernel" "$seconds" >>"$file"
	elif [ "$status" != 0 ] && [ "$(count fail "$file")" = 0 ]; then
		printf '%s\t%s\tsuite-exits-well\tfail\t%d\n' \
			"$name" "$kernel" "$seconds" >>"$file"
	fi
}

# Seconds that processors worked for ended children of this shell.
note_work() {
	# In a pipe it would be another shell, with children of its own.
	times >"$1.times"
	awk -F'[ms ]' 'NR == 2 {
		printf "%d", $1 * 60 + $2 + $4 * 60 + $5
	}' "$1.times" >"$1"
}

run_suite() {
	local suite=$1 begun=$SECONDS status=0 word=ok file log
	file=$top/build/results/$(results_of "$suite").tsv
	log=$top/build/logs/$(results_of "$suite").log
	rm -f "$file"
	# shellcheck disable=SC2086 # SUITE:KERNEL is two arguments
	"$tests/suite.sh" ${suite/:/ } </dev/null >"$log" 2>&1 || status=$?
	note_work "$log.worked"
	complete "$suite" "$status" $((SECONDS - begun)) "$file"
	# Tried again is not failed, but it shall be seen.
	grep 'never reached our init$' "$log" || :
	if [ "$(count fail "$file")" != 0 ]; then
		word=FAILED
		tail -n 40 "$log" | sed "s/^/    | /"
	fi
	printf '%-22s %-7s %4d passed %3d failed %3d skipped %5d s %5d s worked\n' \
		"$suite" "$word" "$(count pass "$file")" \
		"$(count fail "$file")" "$(count skip "$file")" \
		$((SECONDS - begun)) "$(<"$log.worked")"
}

# shellcheck disable=SC2317 # a trap calls it
end_suites() {
	local job
	for job in $(jobs -p); do
		kill -- "-$job" 2>/dev/null || :
	done
	exit 130
}

# Processors that a suite keeps busy.  The functional tests are in two guests,
# which wait half of the time, mostly for grace periods of RCU.
lanes_of() {
	case $1 in
	quick:*) echo 2 ;;
	*) echo 1 ;;
	esac
}

# Guests that share a processor make each other late: a suite starts when there
# is room for it.
wait_for_lanes() {
	local pid sum
	while :; do
		sum=0
		for pid in "${!taken[@]}"; do
			if kill -0 "$pid" 2>/dev/null; then
				sum=$((sum + taken[$pid]))
			else
				unset "taken[$pid]"
			fi
		done
		[ "$sum" -gt 0 ] && [ $((sum + $1)) -gt "$lanes" ] || return 0
		sleep 0.5
	done
}

# Each suite is a process group of its own, so that all of it can be ended.
run_suites() {
	local suite
	set -m
	trap end_suites INT TERM
	for suite; do
		# Attaching and detaching is mostly waiting: it takes no lane.
		if [ "${suite%%:*}" = cycles ]; then
			run_suite "$suite" &
			continue
		fi
		wait_for_lanes "$(lanes_of "$suite")"
		run_suite "$suite" &
		taken[$!]=$(lanes_of "$suite")
	done
	wait
}

# What each kernel is that goes by the beginning of its version, by its guests.
tell_releases() {
	local suite file
	for suite; do
		for file in "$top/build/vm/$(results_of "$suite")"{,-1}/release
		do
			[ ! -e "$file" ] ||
				echo "kernel ${suite#*:}: $(cat "$file")"
		done
	done | sort -uV
}

# How much was done, where a suite says so.
tell_figures() {
	local suite file
	for suite; do
		file=$top/build/results/$(results_of "$suite").figures
		[ ! -e "$file" ] ||
			awk -F'\t' -v suite="$suite" '{
				printf "%-22s %12d  %s\n", suite, $2, $1
			}' "$file"
	done
}

# Reports of sanitizers and other trouble in the logs of all guests: where the
# first of each guest begins, as nothing else of it may be left afterwards.
tell_splats() {
	local suite file pattern reports=0 count
	pattern="\[ *[0-9]+\.[0-9]+\].*($(grep -v '^#' \
		"$tests/vm/guest/splats"))"
	for suite; do
		[ "${suite%%:*}" != detectors ] || continue
		for file in "$top/build/vm/$(results_of "$suite")"{,-1,-2}/console.log
		do
			[ -e "$file" ] || continue
			count=$(tr -d '\0' <"$file" | grep -acE "$pattern") ||
				continue
			reports=$((reports + count))
			echo "in the kernel log of ${file#"$top/build/vm/"}:"
			tr -d '\0' <"$file" | grep -aE -m 1 -A 40 "$pattern" |
				cut -c 1-160 | sed 's/^/    | /'
		done
	done
	echo "reports of sanitizers and the kernel: $reports"
}

add_up() {
	local suite files=() passed failed skipped
	for suite; do
		files+=("$top/build/results/$(results_of "$suite").tsv")
	done
	{
		printf 'suite\tkernel\ttest\tresult\tseconds\n'
		cat "${files[@]}"
	} >"$top/build/results.tsv"
	passed=$(count pass "${files[@]}")
	failed=$(count fail "${files[@]}")
	skipped=$(count skip "${files[@]}")
	awk -F'\t' '$4 == "fail" { print "failed: " $1, $2, $3 }' "${files[@]}"
	if [ "$skipped" -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

# In a function, and ended in the same line: bash reads a script while it runs
# it, and somebody may save it meanwhile.
main() {
	mkdir -p "$top/build/results" "$top/build/logs"
	run_suites "$@"
	tell_figures "$@"
	tell_releases "$@"
	tell_splats "$@"
	add_up "$@"
}

main "$@"; exit
