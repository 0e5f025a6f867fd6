# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
#
# How guest scripts talk to the host: one line each on the second serial port.
# Sourced.  run.sh sets CORDON_RUN, CORDON_SUITE and CORDON_KERNEL.

# shellcheck source=/dev/null
. /cordon/vm/settings

# A line is one write, and lines of several writers do not mix.
port() {
	printf '%s\n' "$*" >/dev/ttyS1
}

# result TEST pass|fail|skip SECONDS
result() {
	printf '%s\t%s\t%s\t%s\t%s\n' "$CORDON_SUITE" "$CORDON_KERNEL" \
		"$1" "$2" "$3" >>/run/results
	port "result	$CORDON_SUITE	$CORDON_KERNEL	$1	$2	$3"
}

# say TEXT...: a line for whoever reads along on the host.
say() {
	port "say	$*"
}

# data NAME TEXT...: a line for the host's file NAME.
data() {
	local name=$1
	shift
	port "data	$name	$*"
}

# Seconds since boot, with hundredths.
uptime_now() {
	cut -d' ' -f1 /proc/uptime
}

seconds_since() {
	awk -v a="$1" '{ printf "%.2f", $1 - a }' /proc/uptime
}
