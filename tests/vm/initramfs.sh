#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Packs the file system of a guest into OUTPUT: busybox, python, the kernel's
# own modules that tests want, and the given files and programs.
#
# usage: initramfs.sh OUTPUT KERNEL-DIR [ITEM...]
#   file:SOURCE:TARGET   a file or directory
#   program:SOURCE:TARGET   an executable with its shared libraries
#
# Nothing is compressed: unpacking costs more than loading under emulation.
# The parts that do not change between runs are cached as archives of their
# own; the kernel unpacks concatenated archives one after another.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/cache.sh"

guest_modules=(binfmt_misc dummy veth overlay tun virtio_pci virtio_blk ext4
	sctp vsock vsock_loopback af_alg smc)
python=/usr/bin/python3

pack() {
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet -o -0 -H newc -R 0:0)
}

# libraries_of PROGRAM...: the shared objects they load, the loader included.
libraries_of() {
	{ ldd "$@" 2>/dev/null || :; } |
		sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]\(\/[^ ]*\) (.*/\1/p' |
		sort -u
}

# Libraries keep their path, since that is what the loader searches and what
# policies speak of; symbolic links on the way are followed.
copy_libraries() {
	local root=$1 library
	shift
	while read -r library; do
		install -D -m 755 "$(readlink -f "$library")" "$root$library"
	done < <(libraries_of "$@")
}

copy_busybox() {
	local root=$1 applet
	install -D -m 755 /bin/busybox "$root/bin/busybox"
	while read -r applet; do
		case $applet in
		busybox | init | linuxrc) continue ;;
		esac
		ln -s busybox "$root/bin/$applet"
	done < <(/bin/busybox --list)
}

# The standard library as byte code: compiling it anew in every guest would
# take longer than most tests.
copy_python() {
	local root=$1 stdlib program
	stdlib=$("$python" -c 'import sysconfig
print(sysconfig.get_path("stdlib"))')
	program=$(readlink -f "$python")
	install -D -m 755 "$program" "$root$program"
	ln -s "$(basename "$program")" "$root$python"
	mkdir -p "$root$stdlib"
	rsync -rl --exclude='/config-*' --exclude=/test --exclude=/lib2to3 \
		--exclude=/pydoc_data --exclude=/distutils --exclude=/idlelib \
		--exclude=/ensurepip --exclude=/tkinter --exclude=/asyncio \
		--exclude=/turtle* --exclude=__pycache__ \
		--exclude='_test*.so' --exclude='_codecs_*.so' \
		--exclude='_dbm*.so' \
		--exclude='_curses*.so' --exclude='nis*.so' \
		--exclude='readline*.so' --exclude='_ssl*.so' \
		--exclude='_hashlib*.so' --exclude='xxlimited*.so' \
		"$stdlib/" "$root$stdlib/"
	"$python" -m compileall -q -b -d "$stdlib" \
		--invalidation-mode unchecked-hash "$root$stdlib"
	find "$root$stdlib" -name '*.py' -delete
	copy_libraries "$root" "$program" "$root$stdlib"/lib-dynload/*.so
}

fill_base() {
	local dir=$1 root=$1/root
	mkdir -p "$root"/{bin,dev,etc,home,lib,mnt,proc,root,run,sbin,srv,sys} \
		"$root"/{tmp,usr/bin,var}
	copy_busybox "$root"
	copy_python "$root"
	printf '%s\n' root:x:0:0:root:/root:/bin/sh \
		nobody:x:65534:65534:nobody:/:/bin/sh >"$root/etc/passwd"
	printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
	pack "$root" >"$dir/base.cpio"
	rm -rf "$root"
}

base_key() {
	# shellcheck disable=SC2046 # one word a package name
	cache_key "$(cat "${BASH_SOURCE[0]}")" "$(dpkg-query -W busybox-static \
		libsqlite3-0 \
		libc6 $(dpkg-query -W -f '${Package} ' 'libpython3*-stdlib' \
		'libpython3*-minimal' 'python3*-minimal' 2>/dev/null))"
}

# Lines of modules.dep for the given modules and all that they need.
dependencies_of() {
	local dep=$1 module
	shift
	for module; do
		awk -F: -v name="$module" '{
			file = $1
			sub(/.*\//, "", file)
			sub(/\.ko.*/, "", file)
			if (file == name)
				print
		}' "$dep"
	done
}

# Newer kernels come with compressed modules, which only the kernel itself
# could unpack for busybox, and not all can.
unpack_modules() {
	find "$1" -name '*.ko.xz' -exec xz -d {} +
	sed -i 's/\.ko\.xz/.ko/g' "$1/modules.dep"
}

fill_modules() {
	local kernel=$1 dir=$2 root=$2/root release file
	shift 2
	release=$(cat "$kernel/release")
	mkdir -p "$root/lib/modules/$release"
	if [ -d "$kernel/modules" ]; then
		depmod -b "$kernel" "$release"
		dependencies_of "$kernel/modules/modules.dep" \
			"${guest_modules[@]}" \
			>"$root/lib/modules/$release/modules.dep"
		while read -r file; do
			install -D -m 644 "$kernel/modules/$file" \
				"$root/lib/modules/$release/$file"
		done < <(tr -d : <"$root/lib/modules/$release/modules.dep" |
			tr ' ' '\n' | sort -u)
		unpack_modules "$root/lib/modules/$release"
	fi
	pack "$root" >"$dir/modules.cpio"
	rm -rf "$root"
}

copy_item() {
	local root=$1 kind=${2%%:*} rest=${2#*:}
	local source=${rest%:*} target=${rest##*:}

	[ -e "$source" ] || {
		echo "initramfs: $source is missing" >&2
		return 1
	}
	mkdir -p "$root$(dirname "$target")"
	case $kind in
	file)
		cp -aL "$source" "$root$target"
		;;
	program)
		install -m 755 "$source" "$root$target"
		copy_libraries "$root" "$source"
		;;
	*)
		echo "initramfs: item '$2' is neither file: nor program:" >&2
		return 1
		;;
	esac
}

[ $# -ge 2 ] || {
	echo "usage: initramfs.sh OUTPUT KERNEL-DIR [ITEM...]" >&2
	exit 2
}
output=$1
kernel=$2
shift 2

base=$CORDON_CACHE/guest/base-$(base_key)
cache_fill "$base" fill_base
modules=$CORDON_CACHE/guest/modules-$(cache_key "$kernel" \
	"$(cat "$here/initramfs.sh")")
cache_fill "$modules" fill_modules "$kernel"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
for item; do
	copy_item "$root" "$item"
done
pack "$root" | cat "$base/base.cpio" "$modules/modules.cpio" - >"$output"
