#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Prints the directory of a kernel that guests can run, after fetching or
# building what is not there yet:
#   bzImage   the kernel
#   build     what to compile modules against, by kbuild.sh
#   release   what "uname -r" says in it
#   modules   its own modules, where it has any
#
# A stock kernel goes by the beginning of its version: 6.1 and 6.12 are those of
# Debian 12, anything newer comes from Debian 13 and its backports, so that 7
# is the newest kernel there that begins with a 7.
#
# usage: kernel.sh 6.1|6.12|7|debug-6.1
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"

headers=linux-headers-cloud-amd64

root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install() {
	root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 "$@" >&2
}

newest_headers() {
	apt-cache pkgnames "linux-headers-$1." |
		grep -E -- '[0-9]+\+[^-]*-cloud-amd64$' | sort -V | tail -n 1
}

# Prints "PACKAGE VERSION" of the headers of a series.  The distribution's own
# series is the one that a meta package stands for; of another that the archive
# has as well, the newest is installed.
installed_headers() {
	local series=$1 name
	name=$(dpkg-query -W -f '${Depends}\n' "$headers" |
		sed -n "s/^\(linux-headers-$series\.[^ ]*\) (=.*/\1/p")
	if [ -z "$name" ]; then
		name=$(newest_headers "$series") || {
			# A fresh machine has no lists.
			root apt-get update -qq >&2 || :
			name=$(newest_headers "$series")
		} || return 1
		dpkg-query -W "$name" >/dev/null 2>&1 || install "$name" ||
			return 1
	fi
	dpkg-query -W -f '${Package} ${Version}\n' "$name"
}

fetch_image() {
	local package=$1 version=$2 dir=$3
	cd "$dir"
	apt-get download -qq -o APT::Sandbox::User=root "$package=$version" >&2
	dpkg -x ./*.deb .
	rm -f ./*.deb
}

stock() {
	local series=$1 dir=$2 name version release
	read -r name version < <(installed_headers "$series")
	release=${name#linux-headers-}
	(fetch_image "linux-image-$release" "$version" "$dir")
	ln -s "boot/vmlinuz-$release" "$dir/bzImage"
	ln -s "/usr/src/$name" "$dir/build"
	ln -s "lib/modules/$release" "$dir/modules"
	echo "$release" >"$dir/release"
}

# The image must be of the very version of the headers.  When the archive has
# moved on and no longer has it, the headers have to move too.
match_headers() {
	local series=$1 name version
	read -r name version < <(installed_headers "$series")
	apt-cache show "linux-image-${name#linux-headers-}=$version" \
		>/dev/null 2>&1 && return 0
	root apt-get update -qq >&2 || :
	apt-cache show "linux-image-${name#linux-headers-}=$version" \
		>/dev/null 2>&1 && return 0
	echo "kernel: the archive has no image for $name $version any more;" \
		"upgrading it" >&2
	install "$headers" "$name"
}

stock_dir() {
	local series=$1 name version
	read -r name version < <(installed_headers "$series") || {
		echo "kernel: this Debian has no headers of $series for the" \
			"cloud flavour; run tests/vm/setup.sh build first" >&2
		return 1
	}
	echo "$CORDON_CACHE/kernel/stock-$series-$(cache_key "$name" "$version")"
}

case ${1:-} in
debug-*)
	dir=$("$here/debug-kernel.sh" "${1#debug-}")
	cp "$dir/build/include/config/kernel.release" "$dir/release"
	;;
6.1 | 6.12)
	# Suites that run side by side may all be the first.
	exec {lock}>"$CORDON_CACHE/stock.lock"
	flock "$lock"
	dir=$(stock_dir "$1")
	if [ ! -e "$dir/.complete" ]; then
		match_headers "$1"
		dir=$(stock_dir "$1")
	fi
	cache_fill "$dir" stock "$1"
	;;
[0-9]*)
	dir=$("$here/backport.sh" "$1")
	;;
*)
	echo "usage: kernel.sh 6.1|6.12|7|debug-6.1" >&2
	exit 2
	;;
esac
echo "$dir"
