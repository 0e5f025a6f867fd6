#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: so many seconds of everything at once; see torture.py.
#
# usage: guest.sh SEED SECONDS
insmod /cordon/cordon.ko || exit 1
exec python3 /cordon/tests/torture/torture.py "$@"
