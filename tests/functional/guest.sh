#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: the functional tests.  Arguments are those of run.py.
set -e
insmod /cordon/cordon.ko
exec python3 /cordon/tests/functional/run.py "$@"
