#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Prints the path of an image with a Debian root file system, after making it
# where there is none yet: systemd as init, container runtimes, servers and
# clients, and Python, of the release of this machine and from the sources that
# its apt has.  With RELEASE the image has what building modules for that kernel
# takes instead of all that, so that packages can be installed in it.
#
# usage: debian.sh [RELEASE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"

release=${1:-}
packages=(systemd-sysv dbus kmod python3 libnl-genl-3-200 libyaml-0-2
	libjson-c5 libsqlite3-0 libsystemd0 libncursesw6)
if [ -n "$release" ]; then
	packages+=(dkms gcc make "linux-headers-$release")
else
	packages+=(iproute2 crun runc podman systemd-container tmux nginx curl socat
		openssh-server dnsmasq-base bind9-dnsutils postgresql auditd)
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Lines of a sources.list: of all sources those of this release of Debian.
sources() {
	# shellcheck disable=SC2016 # apt replaces these
	apt-get indextargets --format '$(CODENAME) $(REPO_URI) $(COMPONENT)' \
		'Origin: Debian' 'Created-By: Packages' |
		while read -r suite uri component; do
			case $suite in
			"$codename" | "$codename-updates" | "$codename-security")
				echo "deb [signed-by=$keyring] $uri $suite $component"
				;;
			esac
		done | sort -u
}

# A fresh machine has no lists.
know_sources() {
	[ -n "$(sources)" ] || root apt-get update -qq >&2 || :
	[ -n "$(sources)" ] || {
		echo "debian: apt has no source of Debian's $codename here" >&2
		return 1
	}
}

# What apt would install, as far as it can be told without asking for all that
# these need in turn.
candidates() {
	apt-cache show --no-all-versions "${packages[@]}" systemd libc6 conmon |
		grep -E '^(Package|Version):'
}

fill() {
	local dir=$1 size features=has_journal
	sources >"$dir/sources.list"
	# What nobody reads in a guest is left out, and the compiler that
	# PostgreSQL loads for queries of another size.
	root mmdebstrap --quiet --mode=root --variant=apt \
		--include="$(IFS=,; echo "${packages[*]}")" \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/lib/cni/*' \
		--dpkgopt='path-exclude=/etc/cni/*' \
		--dpkgopt='path-exclude=/usr/lib/*/libLLVM*' \
		--dpkgopt='path-exclude=/usr/lib/*/libz3.so*' \
		--dpkgopt='path-exclude=/usr/lib/postgresql/*/lib/bitcode/*' \
		"$codename" "$dir/root" "$dir/sources.list" >&2
	# Half as much again, for what the file system itself takes.
	size=$(root du -sk "$dir/root" | cut -f1)
	truncate -s "$((size * 3 / 2))k" "$dir/debian.ext4"
	# One that is written to is kept whole over boots by a journal.
	[ -n "$release" ] || features=^has_journal
	root mkfs.ext4 -q -O "$features" -m 0 -d "$dir/root" \
		"$dir/debian.ext4" >&2
	root rm -rf "$dir/root"
}

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
know_sources
dir=$CORDON_CACHE/guest/debian-$(cache_key "$(cat "${BASH_SOURCE[0]}")" \
	"$(sources)" "$(candidates)")
cache_fill "$dir" fill
echo "$dir/debian.ext4"
