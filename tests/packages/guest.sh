#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest with a Debian of its own: the tests of one boot.  Arguments are
# those of tests/functional/run.py.
exec python3 /cordon/tests/functional/run.py -C /cordon/tests/packages \
	-t 900 "$@"
