# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Where everything that is fetched or built once is kept: outside the tree, in
# directories named after the content that went into them, so that a changed
# input never meets a stale result.  Sourced, not run.

CORDON_CACHE=${CORDON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cordon}
mkdir -p "$CORDON_CACHE"

# cache_key TEXT...: a short name for the given inputs.
cache_key() {
	printf '%s\n' "$@" | sha256sum | cut -c1-16
}

# cache_fill DIR COMMAND...: run COMMAND with a fresh directory as its last
# argument and let DIR count as filled only when it succeeded.  Callers run
# under "set -e", which ends them when COMMAND fails; calling this to the left
# of "||" or in a condition would switch that off inside COMMAND.
cache_fill() {
	local dir=$1 lock
	shift
	[ -e "$dir/.complete" ] && return 0
	mkdir -p "$(dirname "$dir")"
	exec {lock}>"$dir.lock"
	flock "$lock"
	if [ ! -e "$dir/.complete" ]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		"$@" "$dir"
		touch "$dir/.complete"
	fi
	exec {lock}>&-
}
