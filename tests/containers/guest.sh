#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest with Debian: the tests with containers.  Arguments are those
# of tests/functional/run.py.
set -e
# As if from a shell: podman treats what a service starts in another way.
unset INVOCATION_ID
insmod /cordon/cordon.ko
exec python3 /cordon/tests/functional/run.py -C /cordon/tests/containers \
	-t 900 "$@"
