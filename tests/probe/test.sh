#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Compiles the probes, each of which plays a kernel that the module cannot work
# with, and has to be refused with the sentence in its second line.
#
# usage: test.sh RESULTS KERNEL
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
results=$1
kernel=$2
copy=$top/build/probe-$kernel
failures=0

# Prints nothing but what is wrong.
complaint() {
	local name=$1 sentence log=$copy/$1.log built=yes
	sentence=$(sed -n '2s/^\/\* refused: \(.*\) \*\/$/\1/p' "$copy/$name.c")
	"$top/tests/vm/kbuild.sh" "$kernel" "$copy" -s "$name.o" \
		>"$log" 2>&1 || built=no
	if [ -z "$sentence" ]; then
		[ $built = yes ] || cat "$log"
	elif [ $built = yes ]; then
		echo "was not refused"
	else
		grep -qF "\"$sentence\"" "$log" || cat "$log"
	fi
}

rm -rf "$copy"
mkdir -p "$copy" "$(dirname "$results")"
cp -r "$here"/* "$top/module" "$top/include" "$copy/"
: >"$results"
for file in "$here"/*.c; do
	name=$(basename "$file" .c)
	begun=$SECONDS
	wrong=$(complaint "$name")
	outcome=pass
	[ -z "$wrong" ] || {
		echo "probe: $name: $wrong" >&2
		outcome=fail
		failures=$((failures + 1))
	}
	printf 'probe\t%s\t%s\t%s\t%d\n' "$kernel" "$name" "$outcome" \
		$((SECONDS - begun)) >>"$results"
done
[ "$failures" = 0 ]
