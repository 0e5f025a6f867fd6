#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds the Debian packages cordon-dkms and cordonctl from a copy of the sources
# and leaves them in a directory, from which others are removed.
#
# usage: deb.sh DIRECTORY [VERSION]
#   VERSION   what the copy calls itself, for who tries upgrades
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
output=$(cd "$1" && pwd)
own=$(make -s --no-print-directory -C "$top" version)
version=${2:-$own}
tree=$output/cordon-$version

rm -rf "$output"/cordon*
mkdir "$tree"
cp -r "$top"/{Kbuild,dkms.conf,include,module,ctl} "$tree/"
cp -r "$top/ctl/packaging/debian" "$tree/"
[ "$version" = "$own" ] || sed -i "s/${own//./\\.}/$version/" \
	"$tree"/{module/version.h,dkms.conf,debian/changelog}
cd "$tree"
dpkg-buildpackage -b -us -uc >"$output/cordon.log" 2>&1 || {
	cat "$output/cordon.log" >&2
	exit 1
}
rm -rf "$tree"
