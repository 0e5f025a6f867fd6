#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests of what people look at: pages in a browser, queries, the files
# for fleets.  None needs the module.
#
# usage: test.sh RESULTS [-k PATTERN]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

"$top/tests/vm/setup.sh" views
make -s -C "$top" tool >&2
export CORDONCTL=$top/build/cordonctl
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$top/tests/local.py" views "$here" "$@"
