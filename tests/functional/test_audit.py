# SPDX-License-Identifier: GPL-2.0
"""Records are handed to the audit subsystem at a pace that it can keep."""
import re
import socket
import struct
import time
import unittest

import cordon
from cordon import status, wait_until, write_file
from eventcase import NO, EventCase, FreshCase, denials

setUpModule = cordon.begin
tearDownModule = cordon.end

# Numbers of the audit subsystem.
FAMILY, GROUP = 9, 1
GET, AVC = 1000, 1400
SO_RCVBUFFORCE = 33
# How many records it is given at once, and a second.
BURST, RATE = 16, 1600
PRINTK_LIMIT = "/proc/sys/kernel/printk_ratelimit"


def lost():
    """How many records of anybody the audit subsystem had no room for."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, FAMILY) as audit:
        audit.settimeout(cordon.TIMEOUT)
        audit.sendall(struct.pack("=IHHII", 16, GET, 1, 1, 0))
        answer = audit.recv(4096)
        if struct.unpack_from("=IH", answer)[1] != GET:
            raise AssertionError(answer)
        return struct.unpack_from("=8I", answer, 16)[6]


class Listener:
    """Gets a copy of each record."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, FAMILY)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.socket.bind((0, GROUP))
        self.socket.setblocking(False)
        self.count = 0

    def take(self):
        """How many records of ours have come."""
        try:
            while True:
                data = self.socket.recv(65536)
                self.count += (struct.unpack_from("=IH", data)[1] == AVC
                               and b' cordon="' in data)
        except BlockingIOError:
            return self.count

    def close(self):
        self.socket.close()


class PaceTest(EventCase):
    def setUp(self):
        super().setUp()
        self.load(acme=denials())
        # Else every record is printed, and that takes longest.
        before = cordon.read_file(PRINTK_LIMIT)
        write_file(PRINTK_LIMIT, "5")
        self.addCleanup(write_file, PRINTK_LIMIT, before)

    def wait_for_silence(self):
        def is_silent():
            before = status()["audit_logged"]
            time.sleep(0.2)
            return status()["audit_logged"] == before

        self.assertTrue(wait_until(is_silent))

    TURNS, FEW = 400, 15

    def test_pace(self):
        """However often it is caught up with."""
        task = self.task("acme")
        self.session.take()
        self.session.monitor.stop()
        self.addCleanup(self.session.listen_anew)
        self.wait_for_silence()
        before, missed = lost(), status()["audit_missed"]
        begun, logged = time.monotonic(), status()["audit_logged"]
        # Few at a time, so that it finds nothing more to do in between.
        for _ in range(self.TURNS // 100):
            for _ in range(100):
                task.must(f"flood r {NO}/f {self.FEW}")
            now = status()["audit_logged"] - logged
            self.assertLessEqual(
                now, BURST + RATE * (time.monotonic() - begun))
        count = self.TURNS * self.FEW
        self.assertTrue(wait_until(
            lambda: status()["audit_logged"] - logged >= count))
        self.assertGreaterEqual(time.monotonic() - begun,
                                (count - BURST) / RATE)
        self.assertEqual(lost(), before)
        self.assertEqual(status()["audit_missed"], missed)


class UnloadTest(FreshCase):
    """Nor is it flooded when the module goes."""

    def prepare(self):
        self.listener = Listener()
        self.addCleanup(self.listener.close)

    def flood(self, count):
        """Denials that are all reported, and nothing that is loaded."""
        task = self.denied_task()
        self.assertEqual(task.do(f"flood r {NO}/f {count}"), f"text:{count}")
        task.stop()
        cordon.cordonctl("flush")
        self.assertTrue(wait_until(
            lambda: not status()["events"]["pending"]))

    def unload(self):
        """Unloads it; what the kernel log has of that."""
        with open("/run/kmsg", encoding="utf-8", errors="replace") as log:
            log.seek(0, 2)
            cordon.remove()
            text = ""

            def is_there():
                nonlocal text
                text += log.read()
                return "cordon: unloaded" in text

            self.assertTrue(wait_until(is_there))
        return text

    def test_unload(self):
        """What it cannot be given in time is counted."""
        self.flood(8000)
        generated = status()["events"]["generated"]
        sent = status()["events"]["sent"]
        self.assertEqual(generated, sent)
        before = lost()
        text = self.unload()
        self.assertEqual(lost(), before)
        self.assertNotIn("audit_backlog=", text)
        told = re.findall(r"cordon: the audit subsystem did not get (\d+) of "
                          r"(\d+) events", text)
        # It takes so long with a slow kernel that few are left.
        if not (cordon.SANITIZED and not told):
            (missed, total), = told
            # And the one that tells that it is unloaded.
            self.assertEqual(int(total), sent + 1)
            heard = int(total) - int(missed)
            self.assertTrue(
                wait_until(lambda: self.listener.take() == heard),
                (self.listener.count, heard))

    def test_few(self):
        """A few are all given to it, and nothing is said."""
        self.flood(100)
        sent = status()["events"]["sent"]
        self.assertNotIn("audit subsystem", self.unload())
        self.assertTrue(wait_until(lambda: self.listener.take() == sent + 1),
                        (self.listener.count, sent))


if __name__ == "__main__":
    unittest.main()
