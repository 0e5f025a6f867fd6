# SPDX-License-Identifier: GPL-2.0
"""Does in a fresh Debian what the tutorial says, and compares."""
import glob
import os
import shutil
import subprocess
import unittest

from packages import PLACE, SECONDS, run, take_archive
from tutorial import is_shown, read_steps

DOCUMENT = "/cordon/tutorial.md"
SOURCES = "/root/cordon"
# What the tutorial's "make deb" leaves, that was made with the packages.
MADE = ["make deb"]

def setUpModule():
    place = f"{SOURCES}/build/deb"
    os.makedirs(place)
    for path in glob.glob(f"{PLACE}/old/*.deb"):
        shutil.copy(path, place)
    take_archive("old")


class TutorialTest(unittest.TestCase):
    maxDiff = None

    def run_step(self, step):
        done = subprocess.run(
            ["bash", "-e", "-c", step.command], cwd=SOURCES, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, timeout=SECONDS * 2,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive",
                 "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_as_printed(self):
        """Each command, in order.  What comes behind one that fails cannot be
        right, so this is one test."""
        with open(DOCUMENT, encoding="utf-8") as file:
            steps, made = read_steps(file.read())
        self.assertEqual(made, MADE)
        self.assertGreater(len(steps), 20)
        wrong = 0
        for step in steps:
            where = f"tutorial.md:{step.line}: {step.command.splitlines()[0]}"
            print(where, flush=True)
            with self.subTest(where):
                got = self.run_step(step)
                if step.output is not None and not is_shown(step.output, got):
                    wrong += 1
                    print(f"shown:\n{step.output}got:\n{got}", flush=True)
                    self.fail("it prints something else")
        self.assertEqual(wrong, 0)

    def tearDown(self):
        """Nobody can take it back, which the end of the guest has to see."""
        if "until the next boot" in run("cordonctl", "status").stdout:
            with open("/run/sealed", "w", encoding="ascii"):
                pass


if __name__ == "__main__":
    unittest.main()
