#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds the Debian packages of this version, and of one that calls itself the
# next, in DIRECTORY/old and DIRECTORY/new, and checks them with lintian.  DKMS
# compiles the module of each right here, from the sources in the package, since
# that takes long in a guest; its archive is what the guest's DKMS begins with.
#
# usage: prepare.sh DIRECTORY KERNEL
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
directory=$(realpath -m "$1")
kernel=$2
own=$(make -s --no-print-directory -C "$top" version)
next=${own%.*}.$((${own##*.} + 1))
release=$(cat "$("$top/tests/vm/kernel.sh" "$kernel")/release")

# The keys that it signs with would be made in /var/lib/dkms.
dkms_in() {
	local scratch=$1
	shift
	mok_signing_key=$scratch/key mok_certificate=$scratch/certificate \
		dkms "$@" --dkmstree "$scratch/tree" \
		--sourcetree "$scratch/root/usr/src" \
		--installtree "$scratch/install" -k "$release" -a x86_64
}

# prebuild PLACE VERSION
prebuild() {
	local place=$1 version=$2 scratch=$1/dkms
	mkdir -p "$scratch"/{root,tree,install}
	dpkg -x "$place"/cordon-dkms_*.deb "$scratch/root"
	dkms_in "$scratch" add "cordon/$version"
	dkms_in "$scratch" build "cordon/$version" -j 2 || {
		cat "$scratch/tree/cordon/$version/build/make.log"
		return 1
	}
	dkms_in "$scratch" mktarball "cordon/$version" \
		--archive "cordon-$version.dkms.tar.gz"
	mv "$scratch/tree/cordon/$version/tarball"/*.gz "$place/"
	rm -rf "$scratch"
}

# make_place NAME VERSION
make_place() {
	local place=$directory/$1 version=$2
	"$top/ctl/packaging/deb.sh" "$place" "$version"
	rm -f "$place"/*-dbgsym_*
	prebuild "$place" "$version"
}

rm -rf "$directory"
mkdir -p "$directory"
make_place old "$own" >"$directory/old.log" 2>&1 &
make_place new "$next" >"$directory/new.log" 2>&1 &
for _ in old new; do
	wait -n || {
		tail -n 50 "$directory"/*.log >&2
		echo "packages: they cannot be built" >&2
		exit 1
	}
done
lintian --allow-root --fail-on error,warning "$directory"/old/*.deb >&2
