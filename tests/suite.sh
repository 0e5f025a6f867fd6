#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs one suite and leaves its results in build/results/SUITE-KERNEL.tsv:
# suite, kernel, test, pass|fail|skip, seconds.  Figures of what was done, if it
# has any, are beside them, in SUITE-KERNEL.figures: what and how many.
#
# usage: suite.sh SUITE [KERNEL [ARGUMENT...]]
#   lint, unit, tool, fuzz, views, dkms
#                             on this machine
#   probe                     on this machine, with the headers of KERNEL
#   functional, quick, flood, seal, containers, programs, packages, scrape,
#   cycles, netfuzz, torture, bench, detectors
#                             in a guest that runs KERNEL
#   kunit                     in a guest that runs debug-6.1
# shellcheck disable=SC2317 # functions are called by the name of the suite
set -euo pipefail
tests=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$tests/.." && pwd)
packages=/usr/lib/python3/dist-packages

# With sanitizers a kernel takes long to map libraries: see run.sh.
build_tool() {
	make -s -C "$top" tool >&2
	case $kernel in
	debug-*) make -s -C "$top" tool STATIC=1 >&2 ;;
	esac
}

# Every directory that has a main.c is a static program.
build_programs() {
	local folder program
	mkdir -p "$top/build/programs"
	for folder in "$tests"/functional/*/ "$tests/netfuzz/" \
		"$tests/torture/"; do
		[ -e "$folder/main.c" ] || continue
		program=$top/build/programs/$(basename "$folder")
		[ -z "$(find "$folder" -newer "$program" 2>&1)" ] && continue
		gcc -static -O2 -g -Wall -Wextra -Werror -pthread \
			-I"$top/include/uapi" \
			-o "$program.$$" "$folder"/*.c
		mv "$program.$$" "$program"
	done
}

# A kernel module of the tests' own, that gets in our module's way.
build_holder() {
	local copy=$top/build/holder-$1
	mkdir -p "$copy"
	cp -u "$tests"/functional/holder/* "$top/module/compat.h" "$copy/"
	"$tests/vm/kbuild.sh" "$1" "$copy" -s modules >&2
}

# What validates JSON, for guests, which have the standard library only.
validator=(-f "$top/ctl/schema:/cordon/schema")
for name in jsonschema attr attrs pyrsistent; do
	validator+=(-f "$packages/$name:/cordon/python/$name")
done

# The kernel's own client for any netlink family, and what it has to be told.
use_ynl() {
	local dir
	dir=$("$tests/vm/ynl.sh")
	ynl=(-f "$dir:/cordon/ynl"
		-f "$top/include/uapi/cordon.yaml:/cordon/cordon.yaml"
		-f "$packages/yaml:/cordon/python/yaml")
}

# functional_guest KERNEL PART ARGUMENT...
#
# To write down where each piece of memory comes from takes as long as all other
# work of the kernel: CORDON_LEAKS=yes has it done.  Other suites always do.
functional_guest() {
	local kernel=$1 part=$2 leaks=
	shift 2
	[ "${CORDON_LEAKS:-}" = yes ] || leaks=kmemleak=off
	"$tests/vm/run.sh" -s "$suite" -n "$part" -o "${SHOW:-console}" \
		-r -t 4800 -a "$leaks" -f "$top/build/programs:/cordon/bin" \
		-f "$top/build/holder-$kernel/holder.ko:/cordon/holder.ko" \
		-f "$top/ctl/sql:/cordon/sql" \
		-f "$top/ctl/examples:/cordon/examples" \
		"${validator[@]}" "${ynl[@]}" \
		"$kernel" tests/functional/guest.sh "$@" 2>&1 |
		sed -u "s/^/$part| /"
}

# What is picked by name is in one guest; otherwise two share the tests.
functional() {
	local kernel=$1 part parts=(1 2) guest guests=() files=() status=0
	local logs=$top/build/vm/$suite-$kernel
	shift
	build_tool
	build_programs
	build_holder "$kernel"
	use_ynl
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	mkdir -p "$logs"
	[ "${1:--q}" = -q ] || parts=(1)
	for part in "${parts[@]}"; do
		functional_guest "$kernel" "$part" \
			-p "$part/${#parts[@]}" "$@" &
		guests+=($!)
		files+=("$logs-$part/results.tsv")
	done
	for guest in "${guests[@]}"; do
		wait "$guest" || status=1
	done
	cat "${files[@]}" >"$logs/results.tsv"
	{ cat "${files[@]/%results.tsv/figures}" 2>/dev/null || :; } |
		awk -F'\t' '{ sum[$1] += $2 } END { for (what in sum)
			print what "\t" sum[what] }' |
		sort >"$logs/figures"
	return "$status"
}

# Those of the functional tests that most changes are about.
quick() {
	functional "$1" -q
}

# Suites that run side by side all want it, and may be copying it.
build_first() {
	local program=$top/build/programs/first source=$tests/containers/first.c
	[ "$source" -nt "$program" ] || return 0
	gcc -static -nostdlib -fno-stack-protector -O2 -Wall -Wextra -Werror \
		-o "$top/build/first.$$" "$source"
	mv "$top/build/first.$$" "$program"
}

# Many denials, on two processors.
flood() {
	local kernel=$1
	shift
	build_tool
	build_programs
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s flood -o "${SHOW:-console}" -c 2 -t 2400 \
		-f "$top/build/programs:/cordon/bin" \
		"$kernel" tests/flood/guest.sh "$@"
}

# Nothing that was sealed can be changed until the guest ends.
seal() {
	local kernel=$1
	shift
	build_tool
	build_programs
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s seal -o "${SHOW:-console}" -t 600 \
		-f "$top/build/programs:/cordon/bin" "${validator[@]}" \
		"$kernel" tests/seal/guest.sh "$@"
}

# With systemd and container runtimes.
containers() {
	local kernel=$1
	shift
	build_tool
	build_programs
	build_first
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s containers -o "${SHOW:-console}" -d -t 2400 \
		-m 1024 -f "$top/build/programs:/cordon/bin" \
		-f /bin/busybox:/cordon/busybox \
		"$kernel" tests/containers/guest.sh "$@"
}

# With servers and clients as Debian has them.
programs() {
	local kernel=$1
	shift
	build_tool
	build_programs
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s programs -o "${SHOW:-console}" -d -t 2400 \
		-m 1024 -f "$top/build/programs:/cordon/bin" \
		-f "$top/ctl/systemd:/cordon/systemd" \
		"$kernel" tests/programs/guest.sh "$@"
}

# A guest counts; Prometheus and its node exporter, on this machine, get that.
scrape() {
	local kernel=$1 logs=$top/build/vm/$suite-$1 prometheus exporter
	build_tool
	prometheus=$("$tests/vm/unpacked.sh" prometheus prometheus)
	exporter=$("$tests/vm/unpacked.sh" prometheus-node-exporter \
		prometheus-node-exporter)
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s scrape -o "${SHOW:-console}" "$kernel" \
		tests/scrape/guest.sh
	/usr/bin/python3 "$tests/scrape/scrape.py" "$kernel" "$logs" \
		"$prometheus" "$exporter" "$top/ctl/prometheus/alerts.yml" |
		tee -a "$logs/results.tsv"
}

# The packages in a Debian that is booted three times, and in another that does
# what ctl/tutorial.md says.  PARTS are those of it that are wanted.
packages() {
	local kernel=$1 part image status=0
	local logs=$top/build/vm/$suite-$kernel place=$top/build/packages
	shift
	build_tool
	"$tests/packages/prepare.sh" "$place" "$kernel"
	image=$("$tests/vm/debian.sh" \
		"$(cat "$("$tests/vm/kernel.sh" "$kernel")/release")")
	mkdir -p "$logs"
	for part in ${PARTS:-install boot remove tutorial}; do
		case $part in
		install | tutorial)
			cp --sparse=always "$image" "$place/disk.ext4"
			;;
		esac
		"$tests/vm/run.sh" -s packages -n "$part" \
			-o "${SHOW:-console}" -w "$place/disk.ext4" -t 1800 \
			-m 1024 -f "$place/old:/cordon/packages/old" \
			-f "$place/new:/cordon/packages/new" \
			-f "$top/ctl/tutorial.md:/cordon/tutorial.md" "$kernel" \
			tests/packages/guest.sh -k "test_$part" "$@" || {
			status=1
			break
		}
	done
	rm "$place/disk.ext4"
	cat "$logs"-*/results.tsv >"$logs/results.tsv"
	return "$status"
}

# CORDON_CYCLES is how many.
cycles() {
	local kernel=$1
	shift
	build_tool
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s cycles -o "${SHOW:-console}" -t 2400 \
		"$kernel" tests/functional/cycles.sh \
		"${@:-${CORDON_CYCLES:-100}}"
}

# Caches named on the command line of the kernel are those that suites make
# fail, see tests/kunit/guest.sh.
kunit() {
	local kernel=$1
	build_tool
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s kunit -o "${SHOW:-console}" -c 2 \
		-a "slub_debug=A,kmalloc-*,member,socket_owner" -f \
		"$top/build/module-$kernel/cordon_kunit.ko:/cordon/cordon_kunit.ko" \
		"$kernel" tests/kunit/guest.sh
}

# CORDON_SEED is the seed of the random numbers, CORDON_REQUESTS how many.
netfuzz() {
	local kernel=$1 count=${CORDON_REQUESTS:-20000}
	build_tool
	build_programs
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s netfuzz -o "${SHOW:-console}" -c 2 \
		-t $((2400 + count / 50)) \
		-f "$top/build/programs:/cordon/bin" "$kernel" \
		tests/netfuzz/guest.sh "${CORDON_SEED:-1}" "$count"
}

# CORDON_SEED is the seed of the policies, CORDON_SECONDS how long it takes.
torture() {
	local kernel=$1 seconds=${CORDON_SECONDS:-60}
	build_tool
	build_programs
	"$tests/vm/build-module.sh" "$kernel" >/dev/null
	"$tests/vm/run.sh" -s torture -o "${SHOW:-console}" -c 2 \
		-t $((2400 + seconds * 2)) \
		-f "$top/build/programs:/cordon/bin" "$kernel" \
		tests/torture/guest.sh "${CORDON_SEED:-1}" "$seconds"
}

# What operations cost, beside what they cost before.
bench() {
	"$tests/bench/run.sh" "$1" gate
}

detectors() {
	"$tests/vm/detectors.sh" "$1"
}

# In a function, and ended in the same line: bash reads a script while it runs
# it, and somebody may save it meanwhile.
main() {
	local suite=${1:-} kernel=${2:--} results status=0
	shift $(($# < 2 ? $# : 2))
	results=$top/build/results/$suite-$kernel.tsv
	[ "$kernel" != - ] || results=$top/build/results/$suite.tsv
	mkdir -p "$top/build/results"
	# Nothing that an earlier run left shall be taken for what this one says.
	rm -f "$results" "${results%.tsv}.figures" \
		"$top/build/vm/$suite-$kernel"{,-*}/{results.tsv,figures}

	case $suite in
	lint)
		"$tests/lint/lint.sh" "$results" "$@" || status=$?
		;;
	unit)
		"$tests/unit.sh" "$results" || status=$?
		;;
	fuzz)
		"$tests/fuzz.sh" "$results" "$@" || status=$?
		;;
	tool)
		build_tool
		/usr/bin/python3 "$tests/local.py" tool "$tests/tool" \
			"$results" "$@" || status=$?
		;;
	dkms)
		"$tests/dkms/test.sh" "$results" || status=$?
		;;
	views)
		"$tests/views/test.sh" "$results" "$@" || status=$?
		;;
	probe | functional | quick | flood | seal | containers | programs | packages | \
		scrape | kunit | cycles | netfuzz | torture | bench | detectors)
		[ "$kernel" != - ] || {
			echo "suite: $suite needs a kernel, such as 6.1" >&2
			exit 2
		}
		;;&
	probe)
		"$tests/probe/test.sh" "$results" "$kernel" || status=$?
		;;
	functional | quick | flood | seal | containers | programs | packages | \
		scrape | kunit | cycles | netfuzz | torture | bench | detectors)
		# Not to the left of "||": that would switch "set -e" off inside.
		set +e
		(
			set -e
			"$suite" "$kernel" "$@"
		)
		status=$?
		set -e
		cp "$top/build/vm/$suite-$kernel/results.tsv" "$results" || status=1
		cp "$top/build/vm/$suite-$kernel/figures" \
			"${results%.tsv}.figures" 2>/dev/null || :
		;;
	*)
		sed -n '/^# usage/,/^set/s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
	return "$status"
}

main "$@"; exit
