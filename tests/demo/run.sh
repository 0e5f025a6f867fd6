#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Tells the story of cordon on a stock kernel, in a guest.
#
# usage: run.sh KERNEL
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kernel=$1
mkdir -p "$top/build/logs"
log=$top/build/logs/demo-build.log

# build DESCRIPTION COMMAND...: quiet unless it fails.
build() {
	echo "* $1"
	shift
	"$@" >"$log" 2>&1 || {
		cat "$log"
		echo "demo: FAILED"
		exit 1
	}
}

build "compiling cordonctl" make -s -C "$top" tool
build "compiling cordon.ko for the stock kernel $kernel of this Debian" \
	"$top/tests/vm/build-module.sh" "$kernel"
build "compiling a small static program" gcc -static -O2 -Wall -Werror \
	-o "$top/build/probe" "$here/probe.c"
echo "* booting that kernel in QEMU, without a word about cordon at boot"
echo
status=0
"$top/tests/vm/run.sh" -s demo -o say -t 180 -p "$top/build/probe" \
	-p /bin/cat -p /bin/nc.openbsd:/usr/bin/nc \
	"$kernel" python3 tests/demo/story.py || status=$?
echo
if [ "$status" = 0 ]; then
	echo "demo: every expectation held, the module is gone, the kernel" \
		"log is clean"
else
	echo "demo: FAILED, see above and build/vm/demo-$kernel/console.log"
fi
exit "$status"
