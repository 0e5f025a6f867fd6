#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds the sanitizer kernel (KUnit, KASAN, UBSAN, lockdep, kmemleak, fault
# injection; no distribution ships one) from Debian's own source package and
# prints the directory that holds it: bzImage, and build/ to compile modules
# against.  A second call with the same source, config and compiler only
# prints.
#
# usage: debug-kernel.sh [6.1]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"

series=${1:-6.1}
tarball=/usr/src/linux-source-$series.tar.xz
config=$here/config/debug.config

[ -f "$tarball" ] || {
	echo "debug-kernel: $tarball is missing: run tests/vm/setup.sh first" >&2
	exit 1
}
version=$(dpkg-query -W -f '${Version}' "linux-source-$series")
source=$CORDON_CACHE/source/$series-$(cache_key "$version")
kernel=$CORDON_CACHE/kernel/debug-$series-$(cache_key "$version" \
	"$(grep -E '^(CONFIG|# CONFIG)' "$config")" "$(gcc --version | head -n1)" "$source")

unpack() {
	tar -xf "$tarball" --strip-components=1 -C "$1"
}

# Every line of the fragment must have survived dependency resolution: an
# option that silently fell away would leave its detector dead.
check_config() {
	local line name lost=0
	while IFS= read -r line; do
		case $line in
		"# CONFIG_"*" is not set")
			name=${line#\# }
			name=${name%% *}
			grep -q "^$name=" "$2" || continue
			;;
		CONFIG_*)
			grep -qxF "$line" "$2" && continue
			;;
		*)
			continue
			;;
		esac
		echo "debug-kernel: config line did not stick: $line" >&2
		lost=1
	done <"$1"
	return $lost
}

build() {
	local obj=$1/build
	mkdir -p "$obj"
	make -s -C "$source" O="$obj" ARCH=x86_64 \
		KCONFIG_ALLCONFIG="$config" allnoconfig >&2
	check_config "$config" "$obj/.config" || return 1
	make -s -C "$source" O="$obj" ARCH=x86_64 -j"$(nproc)" \
		bzImage modules_prepare >"$1/build.log" 2>&1 || {
		tail -n 30 "$1/build.log" >&2
		return 1
	}
	# Without it modpost only warns, and modules get no symbol versions.
	cp "$obj/vmlinux.symvers" "$obj/Module.symvers"
	cp "$obj/arch/x86/boot/bzImage" "$1/bzImage"
	# Modules need headers, scripts and objtool, not the kernel's objects.
	find "$obj" -name '*.o' -not -path '*/scripts/*' \
		-not -path '*/tools/*' -delete
	rm -f "$obj"/vmlinux.* "$obj"/.tmp_vmlinux*
}

cache_fill "$source" unpack
cache_fill "$kernel" build
echo "$kernel"
