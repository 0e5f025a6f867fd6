#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Copies what dkms needs to build the module into a directory.
#
# usage: sources.sh DIRECTORY
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
cp -r "$top/dkms.conf" "$top/Kbuild" "$top/module" "$top/include" "$1/"
