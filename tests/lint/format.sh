#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Formats the given C files, or all of the project that are not generated.
#
# usage: format.sh [FILE...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. "$here/files.sh"

[ $# -gt 0 ] || {
	mapfile -t all < <(c_files '*.c' '*.h')
	set -- "${all[@]}"
}
clang-format -i "$@"
