#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: policy that is sealed, which it stays until the guest ends.  Arguments are those of
# tests/functional/run.py.
set -e
insmod /cordon/cordon.ko
exec python3 /cordon/tests/functional/run.py -C /cordon/tests/seal \
	"$@"
