#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests the tests: runs that go wrong on purpose must be found to have gone
# wrong, and for the right reason.
#
# usage: detectors.sh KERNEL
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
name=$1
results=$top/build/vm/detectors-$name/results.tsv
failures=0

report() {
	printf 'detectors\t%s\t%s\t%s\t%d\n' "$name" "$1" "$2" \
		$((SECONDS - begun)) >>"$results"
	if [ "$2" = fail ]; then
		echo "detectors: $1: $3" >&2
		failures=$((failures + 1))
	fi
}

build_plant() {
	local copy=$top/build/plant-$name
	mkdir -p "$copy"
	cp -u "$here/plant/Kbuild" "$here/plant/plant.c" "$copy/"
	"$here/kbuild.sh" "$name" "$copy" -s modules >&2
}

# boot OPTIONS -- BUG...: its output becomes $output, its status $status.
boot() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	begun=$SECONDS
	status=0
	output=$("$here/run.sh" -s "planted-$1" -o nothing \
		-f "$top/build/plant-$name/plant.ko:/cordon/plant.ko" \
		-f "$here/guest/plant.sh:/cordon/plant.sh" \
		"${options[@]}" "$name" sh plant.sh "$@" 2>&1) || status=$?
	output+=$'\n'$(tr -d '\0' \
		<"$top/build/vm/planted-$1-$name/console.log")
}

# must_fail TEST PATTERN: the run must have failed, saying PATTERN.
must_fail() {
	if [ "$status" = 0 ]; then
		report "$1" fail "the run passed"
	elif ! grep -qE "$2" <<<"$output"; then
		report "$1" fail "nothing said '$2'"
		printf '%s\n' "$output" >&2
	else
		report "$1" pass
	fi
}

must_pass() {
	if [ "$status" = 0 ]; then
		report "$1" pass
	else
		report "$1" fail "$output"
	fi
}

machinery() {
	boot -- none
	must_pass clean-run
	boot -- status
	must_fail script-status "FAILED: the script ended with status 3"
	boot -t 6 -- hang
	must_fail hang "FAILED: did not finish within 6 seconds"
	boot -- garble
	must_fail garbled-port "FAILED: garbled lines on the port"
	boot -- lose
	must_fail lost-result "FAILED: sent 2 results, but 1 arrived"
	boot -- reboot
	must_fail sudden-end "FAILED: ended without a verdict"
	boot -- panic
	must_fail panic "FAILED: ended without a verdict"
	boot -- warn
	must_fail warning "FAILED: .* splat lines in the kernel log"
	boot -a rdinit=/nothing -- none
	must_fail no-init "FAILED: never reached our init, in 3 boots"
	boot -d -- none
	must_pass debian-clean-run
	boot -d -- warn
	must_fail debian-warning "FAILED: .* splat lines in the kernel log"
	boot -d -t 20 -a systemd.unit=rescue.target -- none
	must_fail debian-elsewhere "FAILED: did not finish within 20 seconds"
}

# Lockdep goes first: it turns itself off at any of the others.
sanitizers() {
	boot -- lock oob shift atomic leak
	must_fail lockdep "possible circular locking dependency"
	must_fail lockdep-off "lockdep has turned itself off"
	must_fail kasan "BUG: KASAN: slab-out-of-bounds in read_out_of_bounds"
	must_fail ubsan "UBSAN: shift-out-of-bounds"
	must_fail atomic-sleep "BUG: sleeping function called from invalid"
	must_fail kmemleak "memory leaked"
}

rm -rf "$top/build/vm/detectors-$name"
mkdir -p "$(dirname "$results")"
build_plant
case $name in
debug-*) sanitizers ;;
*) machinery ;;
esac
[ "$failures" = 0 ]
