# SPDX-License-Identifier: GPL-2.0
"""Loads that take long, watched at a terminal."""
import fcntl
import os
import pty
import struct
import subprocess
import termios
import unittest

import cordon
from cordon import CordonTest, Policy, file_section

setUpModule = cordon.begin
tearDownModule = cordon.end

RULES = [f"- {{allow: read, path: /srv/of/number/{number}/**}}"
         for number in range(3000)]


def load(policy, terminal, term="xterm", columns=80):
    """What a load writes to the standard error."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24 if columns else 0, columns, 0, 0))
    process = subprocess.Popen(
        ["cordonctl", "load", "-"], stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, env={**os.environ, "TERM": term},
        stderr=slave if terminal else subprocess.PIPE)
    os.close(slave)
    process.stdin.write(policy.text.encode())
    process.stdin.close()
    got = b""
    try:
        while more := (os.read(master, 65536) if terminal else
                       process.stderr.read()):
            got += more
    except OSError:
        # What a terminal says when nobody writes to it any more.
        pass
    os.close(master)
    if process.stderr:
        process.stderr.close()
    if process.wait(cordon.TIMEOUT):
        raise AssertionError(got)
    return got.decode()


class ProgressTest(CordonTest):
    def setUp(self):
        super().setUp()
        self.policy = Policy(acme=file_section(*RULES))

    def test_terminal(self):
        """Numbers that grow, and nothing is left of them."""
        got = load(self.policy, True)
        self.session.generation += 1
        parts = got.split("\r\033[K")
        self.assertEqual((parts[0], parts[-1]), ("", ""), got)
        self.assertEqual(parts[-2],
                         "waiting for the module to put it in force")
        counts = [int(part.split()[2]) for part in parts[1:-2]]
        self.assertGreater(len(counts), 0)
        self.assertEqual(counts, sorted(counts))
        self.assertTrue(all(part.startswith("sending rules: ") and
                            part.endswith(" of 3000")
                            for part in parts[1:-2]), parts)

    def test_console(self):
        """What is a terminal in name only gets nothing."""
        for term, columns in (("dumb", 80), ("", 80), ("linux", 0)):
            with self.subTest(term=term, columns=columns):
                self.assertEqual(load(self.policy, True, term, columns), "")
                self.session.generation += 1

    def test_file(self):
        self.assertEqual(load(self.policy, False), "")
        self.session.generation += 1


if __name__ == "__main__":
    unittest.main()
