#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Prints the directory of the newest stock kernel of a series that Debian 13
# has, its backports included, as kernel.sh describes it.
#
# What modules are compiled with for such a kernel, the programs in its headers
# first of all, needs the C library and the compiler of Debian 13.  They are
# unpacked beside it, in root; see kbuild.sh.  Nothing is installed, and the
# apt of this machine learns nothing of these archives: their lists are kept
# in the cache, and are fetched again when a kernel has to be.
#
# usage: backport.sh SERIES
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"

release=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# What a build runs besides what the headers depend on.
tools=(binutils make bash dash coreutils sed grep findutils mawk)

# Where this machine gets Debian from, Debian 13 is as well.
archive_uri() {
	local codename
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # expanded by apt
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' 'Label: Debian' "Codename: $codename" \
		'Component: main' | head -n 1
}

# apt_in DIR PROGRAM ARGUMENT...: with all that apt knows and keeps in DIR.
apt_in() {
	local dir=$1 program=$2
	shift 2
	"$program" -qq -o Dir::State="$dir" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$dir" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::sourcelist="$dir/sources.list" \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o Acquire::Languages=none -o APT::Sandbox::User=root \
		-o APT::Install-Recommends=no "$@"
}

fill_index() {
	local dir=$1 suite option=
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	[ ! -e "$keyring" ] || option="[signed-by=$keyring] "
	for suite in "$release" "$release-backports"; do
		echo "deb $option$uri $suite main"
	done >"$dir/sources.list"
	apt_in "$dir" apt-get update >&2
}

# Prints "RELEASE VERSION" of the newest kernel of a series.
newest() {
	local package version
	package=$(apt_in "$index" apt-cache pkgnames "linux-headers-$1." |
		grep -E -- '[0-9]+\+[^-]*-cloud-amd64$' | sort -V | tail -n 1)
	version=$(apt_in "$index" apt-cache show --no-all-versions "$package" |
		sed -n 's/^Version: //p')
	echo "${package#linux-headers-} $version"
}

kernel_dir() {
	local series=$1 kernel version
	read -r kernel version < <(newest "$series")
	[ -n "$kernel" ] || return 1
	echo "$CORDON_CACHE/kernel/stock-$series-$(cache_key "$kernel" \
		"$version" "$(cat "$here/backport.sh")")"
}

# Since 7.2 the package of an image only names those that make it up.
fill_image() {
	local kernel=$1 dir=$2 packages package
	mapfile -t packages < <(apt_in "$index" apt-cache show \
		--no-all-versions "linux-image-$kernel" |
		grep -oE "linux-(image|base|binary|modules)-${kernel//+/\\+}" |
		sort -u)
	cd "$dir"
	apt_in "$index" apt-get download "${packages[@]}" >&2
	for package in *.deb; do
		dpkg -x "$package" .
	done
	rm ./*.deb
	[ -e lib ] || ln -s usr/lib lib
	ln -s "lib/modules/$kernel" modules
	# Since 7.2 the kernel is among its modules.
	if [ -e "modules/vmlinuz" ]; then
		ln -s modules/vmlinuz bzImage
	else
		ln -s "boot/vmlinuz-$kernel" bzImage
	fi
}

# The package of the base comes first: it has the links, such as from /lib to
# /usr/lib, which others rely on.
fill_root() {
	local kernel=$1 root=$2/root download=$2/download package
	mkdir -p "$root" "$download/partial"
	apt_in "$index" apt-get install -y --download-only \
		-o Dir::Cache::archives="$download" base-files \
		"linux-headers-$kernel" "${tools[@]}" >&2
	for package in "$download"/base-files_*.deb "$download"/*.deb; do
		dpkg -x "$package" "$root"
	done
	rm -r "$download"
	# Otherwise made when a package is installed.
	ln -s mawk "$root/usr/bin/awk"
	mkdir -p "$root/mnt" "$root/proc" "$root/dev"
}

fill_kernel() {
	local kernel _ dir=$2
	read -r kernel _ < <(newest "$1")
	(fill_image "$kernel" "$dir")
	fill_root "$kernel" "$dir"
	ln -s "root/usr/src/linux-headers-$kernel" "$dir/build"
	echo "$kernel" >"$dir/release"
}

[ $# = 1 ] || {
	echo "usage: backport.sh SERIES" >&2
	exit 2
}
uri=$(archive_uri)
[ -n "$uri" ] || {
	echo "backport: apt has no archive of Debian's here" >&2
	exit 1
}
index=$CORDON_CACHE/archive/$release-$(cache_key "$uri" "$keyring")
exec {lock}>"$CORDON_CACHE/backport.lock"
flock "$lock"
cache_fill "$index" fill_index
dir=$(kernel_dir "$1") || :
if [ ! -e "${dir:-none}/.complete" ]; then
	apt_in "$index" apt-get update >&2
	dir=$(kernel_dir "$1") || {
		echo "backport: Debian 13 has no kernel of series $1 for the" \
			"cloud flavour" >&2
		exit 1
	}
fi
cache_fill "$dir" fill_kernel "$1"
echo "$dir"
