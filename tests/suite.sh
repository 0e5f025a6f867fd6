#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs one suite and leaves its results in build/results/SUITE-KERNEL.tsv:
# suite, kernel, test, pass|fail|skip, seconds.
#
# usage: suite.sh SUITE [KERNEL [ARGUMENT...]]
#   lint, unit, dkms          on this machine
#   functional, cycles, detectors   in a guest that runs KERNEL
# shellcheck disable=SC2317 # functions are called by the name of the suite
set -euo pipefail
tests=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$tests/.." && pwd)

build_tool() {
	make -s -C "$top" tool >&2
}

# Every C file of the functional tests is a static program of its own.
build_programs() {
	local source program
	mkdir -p "$top/build/programs"
	for source in "$tests"/functional/*.c; do
		[ -e "$source" ] || continue
		program=$top/build/programs/$(basename "$source" .c)
		[ "$program" -nt "$source" ] && continue
		gcc -static -O2 -g -Wall -Wextra -Werror \
			-I"$top/include/uapi" -pthread -o "$program.$$" "$source"
		mv "$program.$$" "$program"
	done
}

functional() {
	local kernel=$1
	shift
	build_tool
	build_programs
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s functional -o "${SHOW:-console}" -t 1500 \
		-f "$top/build/programs:/cordon/bin" -p /usr/bin/nc.openbsd \
		"$kernel" tests/functional/guest.sh "$@"
}

cycles() {
	local kernel=$1
	shift
	build_tool
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s cycles -o "${SHOW:-console}" -t 2400 \
		"$kernel" tests/functional/cycles.sh "${@:-200}"
}

detectors() {
	"$tests/vm/detectors.sh" "$1"
}

suite=${1:-}
kernel=${2:--}
shift $(($# < 2 ? $# : 2))
results=$top/build/results/$suite-$kernel.tsv
[ "$kernel" != - ] || results=$top/build/results/$suite.tsv
mkdir -p "$top/build/results"
rm -f "$results"

status=0
case $suite in
lint)
	"$tests/lint/lint.sh" "$results" "$@" || status=$?
	;;
unit)
	"$tests/unit.sh" "$results" || status=$?
	;;
dkms)
	"$tests/dkms/test.sh" "$results" || status=$?
	;;
functional | cycles | detectors)
	[ "$kernel" != - ] || {
		echo "suite: $suite needs a kernel: 6.1 or debug-6.1" >&2
		exit 2
	}
	# Not to the left of "||": that would switch "set -e" off inside.
	set +e
	(
		set -e
		"$suite" "$kernel" "$@"
	)
	status=$?
	set -e
	cp "$top/build/vm/$suite-$kernel/results.tsv" "$results" || status=1
	;;
*)
	sed -n '/^# usage/,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
exit "$status"
