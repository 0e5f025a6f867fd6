# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Which files there are to check.  Sourced in the top directory.

# Written by include/uapi/generate.py, which has its own idea of lines.
generated=(include/uapi/linux/cordon.h module/netlink_policy.c
	module/netlink_policy.h)
# Tables made of macros, whose lines no tool knows how to break.
tables=(module/trace.h)

# files PATTERN...: those of the project, tracked or about to be.
files() {
	local file
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@"
	else
		find . -path ./build -prune -o -type f -print | cut -c3-
	fi | sort -u | while IFS= read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# c_files PATTERN...: without those that are laid out in another way.
c_files() {
	files "$@" |
		grep -vxF "$(printf '%s\n' "${generated[@]}" "${tables[@]}")"
}
