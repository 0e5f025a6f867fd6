#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Prints a directory that has tools/net/ynl of the kernel and the schemas of
# netlink specs, after fetching Debian's package of the kernel's source for that.
# Of the package nothing else is kept.
#
# usage: ynl.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"
# The oldest that has all of it.
package=linux-source-6.12

fetch() {
	local dir=$1
	cd "$dir"
	apt-get download -qq -o APT::Sandbox::User=root "$package" >&2
	dpkg --fsys-tarfile ./*.deb |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ --strip-components=1 --wildcards \
			"$package/tools/net/ynl/*" \
			"$package/Documentation/netlink/*.yaml"
	rm ./*.deb
}

dir=$CORDON_CACHE/unpacked/ynl-$(cache_key "$(cat "${BASH_SOURCE[0]}")" \
	"$(apt-cache policy "$package" | grep Candidate)")
cache_fill "$dir" fetch
echo "$dir"
