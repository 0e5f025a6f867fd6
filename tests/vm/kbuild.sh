#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes TARGET, as "modules", of the sources in DIRECTORY for a kernel.
#
# For a kernel that comes with a root directory of its own (see backport.sh) it
# is done in there, with its compiler, where DIRECTORY is /mnt.  That is seen in
# a mount namespace of its own only, which goes with the last program in it.
#
# usage: kbuild.sh KERNEL|HEADERS-DIRECTORY DIRECTORY [MAKE-ARGUMENT...] TARGET
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

in_root() {
	local root=$1 directory=$2 who=()
	shift 2
	[ "$(id -u)" = 0 ] || who=(--map-root-user)
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount "${who[@]}" sh -c '
		root=$1 directory=$2
		shift 2
		mount --rbind /proc "$root/proc" &&
			mount --rbind /dev "$root/dev" &&
			mount --bind "$directory" "$root/mnt" &&
			exec chroot "$root" env -i PATH=/usr/bin:/usr/sbin "$@"
	' sh "$root" "$directory" "$@"
}

[ $# -ge 3 ] || {
	echo "usage: kbuild.sh KERNEL|HEADERS-DIRECTORY DIRECTORY" \
		"[MAKE-ARGUMENT...] TARGET" >&2
	exit 2
}
kernel=$1
directory=$2
shift 2
if [ -d "$kernel" ]; then
	exec make -C "$kernel" M="$directory" "$@"
fi
kernel=$("$here/kernel.sh" "$kernel")
if [ ! -d "$kernel/root" ]; then
	exec make -C "$kernel/build" M="$directory" "$@"
fi
in_root "$kernel/root" "$directory" make \
	-C "/usr/src/linux-headers-$(cat "$kernel/release")" M=/mnt "$@"
