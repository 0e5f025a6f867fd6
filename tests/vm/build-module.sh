#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Compiles cordon.ko for a kernel in build/module-KERNEL, from a copy of the
# sources, so that several kernels can be built for side by side, and prints
# its path.  For the sanitizer kernel cordon_kunit.ko is built beside it, from
# tests/kunit.  Any warning, of the compiler, objtool or modpost, is a failure.
# COPY_SUFFIX in the environment names another copy.
#
# usage: build-module.sh KERNEL|HEADERS-DIRECTORY [MAKE-ARGUMENT...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

[ $# -ge 1 ] || {
	echo "usage: build-module.sh KERNEL [MAKE-ARGUMENT...]" >&2
	exit 2
}
kernel=$1
name=$1
shift
[ ! -d "$kernel" ] || name=$(cat "$kernel/include/config/kernel.release")
# The sanitizer kernel has KUnit, and leaves UBSAN to each module.
case $name in
debug-*) set -- UBSAN_SANITIZE=y CORDON_KUNIT=y "$@" ;;
esac

copy=$top/build/module-$name${COPY_SUFFIX:-}
log=$copy.log
mkdir -p "$copy"
exec {lock}>"$copy.lock"
flock "$lock"
# --checksum would be slower and -t alone would miss an older file put back.
rsync -a --delete --exclude='*.o' --exclude='*.ko' --exclude='.*.cmd' \
	--exclude='*.mod' --exclude='*.mod.c' --exclude=Module.symvers \
	--exclude=modules.order --include='/Kbuild' --include='/module/***' \
	--include='/include/***' --include='/tests/' \
	--include='/tests/kunit/***' --exclude='*' "$top/" "$copy/"

if ! "$here/kbuild.sh" "$kernel" "$copy" W=1 -j"$(nproc)" "$@" modules \
	>"$log" 2>&1; then
	cat "$log" >&2
	echo "build-module: cordon.ko does not build for $name" >&2
	exit 1
fi
if grep -iE 'warning' "$log" >&2; then
	echo "build-module: warnings, see $log" >&2
	# What is compiled already would not be warned about again.
	rm -rf "$copy"
	exit 1
fi
echo "$copy/cordon.ko"
