#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs the module: through dkms, which builds it anew for every kernel
# that comes, or else into the running kernel's modules.  Into a DESTDIR only
# the sources go; the package that is made of it registers them.
#
# usage: install.sh DESTDIR KDIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
destination=$1
kdir=$2
version=$(make -s --no-print-directory -C "$top" version)
sources=/usr/src/cordon-$version

if [ -n "$destination" ]; then
	"$here/sources.sh" "$destination$sources"
elif command -v dkms >/dev/null; then
	dkms remove "cordon/$version" --all >/dev/null 2>&1 || :
	rm -rf "$sources"
	"$here/sources.sh" "$sources"
	dkms add "cordon/$version"
	dkms install "cordon/$version"
elif [ -n "$kdir" ]; then
	module=$("$top/tests/vm/build-module.sh" "$kdir")
	make -C "$kdir" M="$(dirname "$module")" modules_install
	depmod
else
	echo "install: neither dkms nor headers of the running kernel are" \
		"here: apt-get install dkms" >&2
	exit 1
fi
