# SPDX-License-Identifier: GPL-2.0
"""What goes to a terminal, and what to a file."""
import os
import pty
import subprocess
import unittest

from test_schema import HEAD, TOOL, TOP

WRONG = HEAD + ("    mode: enforced\n    file: {default: allow, rules: "
                "[{allow: read, path: /a}]}\n")
WARNED = WRONG.replace("    mode: enforced\n", "")


def output(text, *arguments, terminal=True, **environment):
    """What a command writes to the standard error."""
    master, slave = pty.openpty()
    kept = {name: value for name, value in os.environ.items()
            if name not in ("TERM", "NO_COLOR")}
    done = subprocess.run(
        [TOOL, *arguments], input=text.encode(), check=False, timeout=60,
        stdout=subprocess.DEVNULL, env={**kept, **environment},
        stderr=slave if terminal else subprocess.PIPE)
    os.close(slave)
    try:
        got = os.read(master, 65536) if terminal else done.stderr
    except OSError:
        got = b""
    os.close(master)
    return got.decode()


class ColourTest(unittest.TestCase):
    def test_diagnostics(self):
        self.assertIn("\033[31m<stdin>:5:11: unknown mode 'enforced'; did you "
                      "mean 'enforce'?\033[0m",
                      output(WRONG, "check", "-", TERM="xterm"))
        self.assertIn("\033[33m<stdin>:5:56: warning: '/a' is allowed",
                      output(WARNED, "check", "-", TERM="xterm"))
        self.assertIn("\033[31m", output(WRONG, "load", "-", TERM="xterm"))

    def test_none(self):
        """Nobody gets an escape who did not ask for it."""
        for options in ({"terminal": False, "TERM": "xterm"},
                        {"TERM": "dumb"}, {},
                        {"TERM": "xterm", "NO_COLOR": "1"}):
            for text, command in ((WRONG, "check"), (WARNED, "check"),
                                  (WRONG, "load")):
                with self.subTest(options=options, command=command):
                    got = output(text, command, "-", **options)
                    self.assertIn("<stdin>:5:", got)
                    self.assertNotIn("\033", got)


class ReadmeTest(unittest.TestCase):
    def test_warnings(self):
        """What the readme shows is what is printed."""
        with open(f"{TOP}/tests/tool/readme.yaml", encoding="utf-8") as file:
            got = output(file.read(), "check", "--other-host", "-",
                         terminal=False)
        self.assertIn("warning", got)
        shown = "".join(f"    {line}\n" for line in got.replace(
            "<stdin>", "acme.yaml").splitlines())
        with open(f"{TOP}/README.md", encoding="utf-8") as file:
            self.assertIn(shown, file.read())


class PageTest(unittest.TestCase):
    def test_render(self):
        """As man shows them, without a complaint."""
        for name in sorted(os.listdir(f"{TOP}/ctl")):
            if name[-2:] not in (".5", ".7", ".8"):
                continue
            done = subprocess.run(
                ["mandoc", "-T", "utf8", "-W", "warning", f"{TOP}/ctl/{name}"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, b""), name)
            self.assertGreater(len(done.stdout), 1000)


if __name__ == "__main__":
    unittest.main()
