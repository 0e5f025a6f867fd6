#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs the Debian packages that the given groups of work need and that are
# missing.  With nothing missing it is one dpkg-query.
#
# usage: setup.sh GROUP...
#   build   compile the module for the stock kernel, and the tool
#   guest   boot a guest
#   debian  make the file system of guests that run Debian
#   unit    unit tests
#   tool    schemas, completion
#   fuzz    fuzzers
#   lint    make lint
#   dkms    the dkms test
#   views   pages in a browser, queries, files for fleets
#   deb     make deb, and its test
#   debug   build the sanitizer kernel
set -euo pipefail

packages_of() {
	case $1 in
	build)
		echo build-essential linux-headers-cloud-amd64 pkg-config rsync \
			libnl-genl-3-dev libyaml-dev libjson-c-dev \
			libsqlite3-dev libncurses-dev libsystemd-dev python3
		;;
	guest)
		echo qemu-system-x86 busybox-static cpio python3 \
			netcat-openbsd rsync kmod libc6-dev gcc xz-utils \
			python3-jsonschema python3-yaml
		;;
	debian)
		echo mmdebstrap e2fsprogs debian-archive-keyring
		;;
	unit)
		echo libcmocka-dev python3-yaml
		;;
	tool)
		echo python3 python3-yaml python3-jsonschema bash zsh mandoc
		;;
	fuzz)
		echo clang-14 libclang-rt-14-dev python3
		;;
	lint)
		echo sparse cppcheck shellcheck clang-format mandoc man-db \
			groff perl linux-source-6.1 xz-utils python3 python3-yaml \
			python3-pyflakes
		;;
	dkms)
		echo dkms kmod
		;;
	views)
		echo chromium-headless-shell fonts-dejavu-core poppler-utils sqlite3 \
			python3-yaml yamllint ansible-core
		;;
	deb)
		echo debhelper dh-dkms dkms dpkg-dev fakeroot lintian
		;;
	debug)
		echo linux-source-6.1 flex bison libelf-dev libssl-dev bc \
			xz-utils kmod
		;;
	*)
		echo "setup: unknown group '$1'; the groups are:" \
			"build guest debian unit tool fuzz lint dkms views deb debug" >&2
		return 1
		;;
	esac
}

# Prints those of the packages that are not installed.
missing_of() {
	local installed package
	# dpkg-query fails when it does not know one of them.
	installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" \
		2>/dev/null) || :
	for package; do
		grep -qxF "$package installed" <<<"$installed" || echo "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 "$@"
}

[ $# -gt 0 ] || {
	echo "usage: setup.sh GROUP..." >&2
	exit 2
}
command -v dpkg-query >/dev/null || {
	echo "setup: this is not a Debian system; see tests/README.md for" \
		"what is needed" >&2
	exit 1
}
wanted=()
for group; do
	names=$(packages_of "$group")
	read -ra names <<<"$names"
	wanted+=("${names[@]}")
done
mapfile -t missing < <(missing_of "${wanted[@]}" | sort -u)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
	echo "setup: packages are missing and installing them needs root; run:" >&2
	echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
	exit 1
fi
echo "setup: installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A fresh machine has no package lists, an old one has outdated ones; some
# unrelated source that does not answer is no reason to give up.
install "${missing[@]}" >"$log" 2>&1 || {
	as_root apt-get update -qq >>"$log" 2>&1 || :
	install "${missing[@]}" >>"$log" 2>&1 || {
		cat "$log" >&2
		echo "setup: could not install ${missing[*]}" >&2
		exit 1
	}
}
