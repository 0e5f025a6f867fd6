# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
#
# What every guest does once its machine is usable: runs the wanted script and
# then, last of all, says what became of it.

export PYTHONUNBUFFERED=1
# shellcheck source=lib.sh
. /cordon/vm/lib.sh

# The whole kernel log from here on; a reader that is too slow is cut off and
# the end marker never arrives, which the verdict notices.
cat /dev/kmsg >/run/kmsg &

# Every audit record shall reach the log.
echo 0 >/proc/sys/kernel/printk_ratelimit
grep -qw kmemleak=off /proc/cmdline || [ ! -e /sys/kernel/debug/kmemleak ] ||
	echo clear >/sys/kernel/debug/kmemleak

if [ -n "$CORDON_INTERACTIVE" ]; then
	echo "cordon.ko and cordonctl are in /cordon; 'exit' ends the guest."
	if command -v cttyhack >/dev/null; then
		setsid cttyhack sh
	else
		sh
	fi
	status=0
else
	# shellcheck source=/dev/null
	. /cordon/vm/command
	setsid sh -c 'cd /cordon && exec "$@"' sh "$@" \
		</dev/null >/dev/console 2>&1
	status=$?
fi
# shellcheck source=verdict.sh
. /cordon/vm/verdict.sh
verdict "$status"
sync
reboot -f -f
