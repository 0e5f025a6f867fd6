#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots a kernel in an emulated machine, runs a command in it and tells the
# truth about what became of it.
#
# usage: run.sh [OPTION...] KERNEL [COMMAND [ARGUMENT...]]
#   KERNEL           6.1 or another, see kernel.sh
#   COMMAND          runs in /cordon, which holds cordon.ko, cordonctl and
#                    tests/; without one an interactive shell is started
#   -s SUITE         name of the results (default: of COMMAND)
#   -n PART          name of this part of a suite that several guests share
#   -o console|say|nothing   what of the run is shown (default: console)
#   -t SECONDS       time limit from the first sign of life (default: 600)
#   -m MEGABYTES     memory (default: 512; 1024 with the debug kernel)
#   -c CPUS          number of processors (default: 1)
#   -p PROGRAM[:TARGET]   also copy a program, to /usr/bin unless told
#   -f FILE:TARGET   also copy a file or directory
#   -d               full Debian, in real time: systemd, on an overlay, runs
#                    COMMAND
#   -w DISK          full Debian as well, on a disk that it writes to: run.sh
#                    called again with it is the next boot of that machine
#   -r               time in the guest is the host's (default: see below)
#   -q ARGUMENTS     more arguments for QEMU, divided at blanks
#   -a ARGUMENTS     more arguments for the kernel
#
# Time in the guest counts its instructions, a nanosecond each, and runs ahead
# when it has nothing to do: a busy host makes no timer late, and waiting costs
# nothing.  An interactive shell, several processors, and Debian, which would
# see its time run ahead while it waits for its disk, run in real time.
#
# Files are left in build/vm/SUITE-KERNEL[-PART]: console.log, port.log,
# results.tsv, release, and what the guest sent with "data".
# The exit status is 0 only if the guest's verdict, its last act, is "pass"
# and everything it sent arrived whole.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

suite=
part=
show=console
limit=600
memory=
cpus=1
clock=(-icount "shift=0,sleep=off")
items=()
init=init
qemu_arguments=()
kernel_arguments=
interactive=
disk=
command=()
machine=
complaint=

usage() {
	sed -n '/^# usage/,/^# Time/s/^# \{0,1\}//p' "$0" | sed '$d' >&2
	exit 2
}

parse_options() {
	while getopts s:n:o:t:m:c:p:f:dw:rq:a: option; do
		case $option in
		s) suite=$OPTARG ;;
		n) part=-$OPTARG ;;
		o) show=$OPTARG ;;
		t) limit=$OPTARG ;;
		m) memory=$OPTARG ;;
		c) cpus=$OPTARG ;;
		p)
			case $OPTARG in
			*:*) items+=("program:$OPTARG") ;;
			*) items+=("program:$OPTARG:/usr/bin/${OPTARG##*/}") ;;
			esac
			;;
		f) items+=("file:$OPTARG") ;;
		d)
			init="init-debian"
			clock=()
			;;
		w)
			init="init-debian"
			clock=()
			disk=$OPTARG
			;;
		r) clock=() ;;
		q) read -ra qemu_arguments <<<"$OPTARG" ;;
		a) kernel_arguments=$OPTARG ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -ge 1 ] || usage
	name=$1
	shift
	command=("$@")
	[ $# -ge 1 ] || interactive=yes
	# The emulator cannot count for several processors.
	[ "$cpus" = 1 ] && [ -z "$interactive" ] || clock=()
	if [ -z "$suite" ]; then
		suite=$(basename "${1:-shell}")
		suite=${suite%.*}
	fi
	case $name in
	debug-*)
		boot_limit=400
		memory=${memory:-1024}
		;;
	*)
		boot_limit=120
		memory=${memory:-512}
		;;
	esac
}

# Two runs of one name would write to the same files.
take_log_directory() {
	log=$top/build/vm/$suite-$name$part
	mkdir -p "$log"
	exec {lock}>"$log.lock"
	flock -n "$lock" || {
		echo "run: waiting for another run of $suite on $name" >&2
		flock "$lock"
	}
	rm -rf "$log"
	mkdir -p "$log"
}

pack() {
	local settings=$log/settings module item tool=$top/build/cordonctl
	printf 'export CORDON_RUN=%q CORDON_SUITE=%q CORDON_KERNEL=%q %s\n' \
		"$run" "$suite" "$name" \
		"CORDON_INTERACTIVE=$interactive CORDON_DISK=${disk:+yes}" \
		>"$settings"
	printf '%q ' set -- "$@" >"$log/command"
	module=${CORDON_KO:-$top/build/module-$name/cordon.ko}
	for item in "$module:cordon.ko" "$top/tests:tests"; do
		[ ! -e "${item%:*}" ] ||
			items+=("file:${item%:*}:/cordon/${item##*:}")
	done
	case $name in
	# There, half of the time of a test would go into mapping libraries.
	debug-*) tool+=-static ;;
	esac
	[ ! -e "$tool" ] || items+=("program:$tool:/cordon/cordonctl")
	"$here/initramfs.sh" "$log/initramfs" "$kernel" \
		"file:$here/guest/$init:/init" \
		"file:$here/guest:/cordon/vm" \
		"file:$settings:/cordon/vm/settings" \
		"file:$log/command:/cordon/vm/command" "${items[@]}"
}

# A disk that the guest cannot write to is shared by runs.  However slow the
# machine is, systemd shall not give up first.
attach_debian() {
	local image
	if [ -n "$disk" ]; then
		qemu_arguments+=(-drive
			"file=$disk,format=raw,if=virtio,cache=unsafe")
	else
		image=$("$here/debian.sh")
		qemu_arguments+=(-drive
			"file=$image,format=raw,if=virtio,readonly=on")
	fi
	kernel_arguments+=" systemd.default_timeout_start_sec=900"
}

start() {
	local console=file:$log/console.log
	[ -z "$interactive" ] || console=mon:stdio
	: >"$log/console.log"
	: >"$log/port.log"
	# Without -cx16 some kernels crash right after a cmpxchg16b on the
	# emulator of Debian 12.
	exec qemu-system-x86_64 -accel tcg,thread=single -cpu max,-cx16 \
		-m "$memory" -smp "$cpus" -nodefaults -display none \
		-no-reboot -kernel "$kernel/bzImage" -initrd "$log/initramfs" \
		-append "console=ttyS0 quiet loglevel=5 panic=-1 \
log_buf_len=4M printk.devkmsg=on $kernel_arguments" \
		-serial "$console" -serial "file:$log/port.log" \
		"${clock[@]}" "${qemu_arguments[@]}"
}

alive() {
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

# Waits until our init has said hello, the machine is gone or time is up.
wait_for_init() {
	local pid=$1 end=$((SECONDS + boot_limit))
	while ! grep -q "^hello	$run\$" "$log/port.log"; do
		alive "$pid" && [ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

# Leaves the emulator's exit status in $ended.
stop() {
	ended=0
	if alive "$1"; then
		kill "$1" 2>/dev/null || :
	fi
	[ -z "$1" ] || wait "$1" 2>/dev/null || ended=$?
}

follow() {
	case $show in
	console)
		tail -n +1 -f --pid="$1" "$log/console.log" &
		;;
	say)
		tail -n +1 -f --pid="$1" "$log/port.log" |
			sed -un 's/^say	//p' &
		;;
	esac
}

wait_for_end() {
	local pid=$1 end=$((SECONDS + limit))
	while alive "$pid"; do
		if [ "$SECONDS" -ge "$end" ]; then
			complaint="did not finish within $limit seconds"
			return
		fi
		sleep 0.2
	done
}

# Sets complaint, unless there is one, from what the guest sent.
judge() {
	local verdict count reasons got splats
	[ -z "$complaint" ] || return 0
	IFS=$'\t' read -r _ verdict count reasons \
		< <(tail -n 1 "$log/port.log" | grep '^verdict	') || {
		complaint="ended without a verdict, the emulator with status"
		complaint+=" $ended"
		return 0
	}
	if [ "$verdict" != pass ]; then
		complaint=${reasons:-no reason given}
		return 0
	fi
	got=$(wc -l <"$log/results.tsv")
	if [ "$got" != "$count" ]; then
		complaint="sent $count results, but $got arrived"
	elif grep -avqE '^(hello|result|say|data|verdict)	' "$log/port.log"
	then
		complaint="garbled lines on the port"
	elif splats=$(tr -d '\0' <"$log/console.log" | grep -aE \
		"\[ *[0-9]+\.[0-9]+\].*($(grep -v '^#' "$here/guest/splats"))"); then
		complaint="console: $(head -n 1 <<<"$splats")"
	fi
}

extract() {
	local line='^result	[^	]+	[^	]+	[^	]+	(pass|fail|skip)	[0-9.]+$'
	grep -aE "$line" "$log/port.log" | cut -f2- >"$log/results.tsv" || :
	awk -F'\t' -v dir="$log" '
		$1 == "data" && $2 ~ /^[a-z0-9.-]+$/ {
			text = $0
			sub(/^data\t[^\t]*\t/, "", text)
			print text >(dir "/" $2)
		}' "$log/port.log"
}

# Boots, up to three times, until our init says hello.
boot() {
	local attempt
	for attempt in 1 2 3; do
		start </dev/null &
		machine=$!
		wait_for_init "$machine" && return 0
		stop "$machine"
		cp "$log/console.log" "$log/console.boot-$attempt.log"
		echo "run: $suite on $name: boot $attempt of 3" \
			"never reached our init" >&2
	done
	complaint="never reached our init, in 3 boots"
	return 1
}

tell() {
	local status=pass
	if [ -n "$complaint" ]; then
		status=fail
		[ "$show" != nothing ] || tail -n 60 "$log/console.log" >&2
		echo "run: $suite on $name FAILED: $complaint" >&2
		echo "run: see ${log#"$top/"}/console.log" >&2
	fi
	printf '%s\t%s\tverdict%s\t%s\t%d\n' "$suite" "$name" \
		"$part" "$status" "$SECONDS" >>"$log/results.tsv"
	[ "$status" = pass ]
}

# In a function, and ended in the same line: bash reads a script while it runs
# it, and somebody may save it meanwhile.
main() {
	parse_options "$@"
	take_log_directory
	kernel=$("$here/kernel.sh" "$name")
	[ "$init" = init ] || attach_debian
	cp "$kernel/release" "$log/release"
	run=$$-$RANDOM
	pack "${command[@]}"
	if [ -n "$interactive" ]; then
		start
	fi
	trap 'stop "$machine"' EXIT
	trap 'exit 130' INT TERM
	if boot; then
		follow "$machine"
		wait_for_end "$machine"
		stop "$machine"
		wait
	fi
	trap - EXIT
	rm -f "$log/initramfs"
	extract
	judge
	tell
}

main "$@"; exit
