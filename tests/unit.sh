#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the unit tests and turns cmocka's reports into result lines.
#
# usage: unit.sh RESULTS
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
results=$1
reports=$top/build/unit-reports
status=0

rm -rf "$reports"
mkdir -p "$reports"
PROMTOOL=$("$here/vm/unpacked.sh" prometheus promtool)
export PROMTOOL
CMOCKA_MESSAGE_OUTPUT=XML CMOCKA_XML_FILE=$reports/%g.xml \
	make -s -C "$here/unit" -j"$(nproc)" O="$top/build" check \
	2>&1 | tee "$reports/log" || status=1
# cmocka keeps a file that is there and prints the second report instead.
if grep -q '<testsuite' "$reports/log"; then
	echo "unit: two groups of tests have the same name" >&2
	status=1
fi
/usr/bin/python3 "$here/cmocka.py" "$reports" >"$results"
exit "$status"
