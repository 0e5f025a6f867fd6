#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a guest: plants the given bugs, or misbehaves in another way.
# usage: plant.sh BUG...
# shellcheck source=lib.sh
. /cordon/vm/lib.sh

for bug; do
	case $bug in
	none) ;;
	status) exit 3 ;;
	hang) sleep 100000 ;;
	garble) port "resul" ;;
	lose) echo "unsent" >>/run/results ;;
	reboot) reboot -f ;;
	*)
		insmod /cordon/plant.ko bug="$bug" || exit 1
		rmmod plant
		;;
	esac
done
result planted pass 0
