#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds the module through dkms, against the distribution's headers, with
# every tree that dkms writes to inside build/.
#
# usage: test.sh RESULTS
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
results=$1
scratch=$top/build/dkms
kernel=$("$top/tests/vm/kernel.sh" 6.1)
release=$(cat "$kernel/release")
version=$(make -s --no-print-directory -C "$top" version)
mark=$scratch/begun
failures=0

rm -rf "$scratch"
mkdir -p "$scratch"/{tree,source,install} "$(dirname "$results")"
: >"$results"
touch "$mark"

# The keys that it signs with would be made in /var/lib/dkms.
in_scratch() {
	mok_signing_key=$scratch/key mok_certificate=$scratch/certificate \
		dkms "$@" --dkmstree "$scratch/tree" --sourcetree "$scratch/source" \
		--installtree "$scratch/install" -k "$release" -a x86_64
}

# step TEST COMMAND...
step() {
	local name=$1 begun=$SECONDS outcome=pass
	shift
	"$@" || outcome=fail
	[ "$outcome" = pass ] || failures=$((failures + 1))
	printf 'dkms\t6.1\t%s\t%s\t%d\n' "$name" "$outcome" \
		$((SECONDS - begun)) >>"$results"
}

build() {
	in_scratch build "cordon/$version" && return 0
	cat "$scratch/tree/cordon/$version/build/make.log" >&2
	return 1
}

# The module is there, of this version, and made for that kernel.
built() {
	local module
	module=$(find "$scratch/tree/cordon/$version/$release" \
		-name 'cordon.ko*' | head -n 1)
	[ -n "$module" ] || return 1
	[ "$(modinfo -F version "$module")" = "$version" ] || return 1
	[[ $(modinfo -F vermagic "$module") == "$release "* ]]
}

"$here/sources.sh" "$scratch/source/cordon-$version"
step add in_scratch add "cordon/$version"
step build build
step module built
# Nothing may have been written elsewhere.
untouched() {
	[ -z "$(find /var/lib/dkms /usr/src /lib/modules -newer "$mark")" ]
}

step remove in_scratch remove "cordon/$version"
step host-untouched untouched
[ "$failures" = 0 ]
