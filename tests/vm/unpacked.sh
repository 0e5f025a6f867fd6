#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Prints where a program of a Debian package is, after fetching that if the
# program is not installed.  The packages meant here would start a server; they
# are only unpacked.
#
# usage: unpacked.sh PACKAGE PROGRAM
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"
package=$1
program=$2

fetch() {
	local dir=$1
	cd "$dir"
	apt-get download -qq -o APT::Sandbox::User=root "$package" >&2
	dpkg -x ./*.deb .
	rm ./*.deb
}

if ! command -v "$program"; then
	dir=$CORDON_CACHE/unpacked/$package-$(cache_key \
		"$(apt-cache policy "$package" | grep Candidate)")
	cache_fill "$dir" fetch
	echo "$dir/usr/bin/$program"
fi
