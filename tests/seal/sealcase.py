# SPDX-License-Identifier: GPL-2.0
"""What tests of seals share.  The modules are run in the order of their names:
what one of them has sealed stays so for those behind it."""
import subprocess
import sys
import unittest

from cordon import Policy, Task, cordonctl, file_section, run, write_file

sys.path[:0] = ["/cordon/python", "/cordon/tests/tool"]
from schema import complaints  # pylint: disable=wrong-import-position

NO = "/srv/no"
SEALED = " until the next boot\n"
DENY = file_section(f"- {{deny: read, path: {NO}/**}}", default="allow")
OPEN = file_section(default="allow")
FORCE = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(176, b"cordon", os.O_NONBLOCK | os.O_TRUNC):
    sys.exit(os.strerror(ctypes.get_errno()))
"""


def remove_by_force():
    """The process that has the module removed, whoever refers to it."""
    write_file("/run/forced")
    return subprocess.Popen([sys.executable, "-c", FORCE])


class SealCase(unittest.TestCase):
    def setUp(self):
        write_file(f"{NO}/f")

    def task(self, cgroup, **options):
        task = Task(cgroup, **options)
        self.addCleanup(task.stop)
        return task

    def load(self, **tenants):
        cordonctl("load", "-", stdin=Policy(**tenants).text)

    def is_denied(self, task):
        answer = task.do(f"open r {NO}/f")
        self.assertIn(answer, ("OK", "EACCES"))
        return answer == "EACCES"

    def valid(self, document, part=None):
        """An event, or what a command prints, is what the schema says."""
        self.assertEqual(complaints("output" if part else "event", document,
                                    part), [], document)

    def refused(self, why, *words, stdin=None, code=4):
        done = run("cordonctl", *words, input=stdin)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(why, done.stderr)

    def refuses_load(self, why, *options, **tenants):
        self.refused(why, "load", *options, "-", stdin=Policy(**tenants).text)
