# SPDX-License-Identifier: GPL-2.0
"""What bash and zsh offer, with a tool that knows two tenants."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from test_schema import TOOL, TOP, tool

PATIENCE = 30
SHOWN = """{
  "tenants": [
    {
      "name": "acme",
      "origin": "x:1"
    },
    {
      "name": "globex",
      "origin": "x:2"
    }
  ]
}
"""
# The tool but for what it takes a kernel to say.
WRAPPER = f"""#!/bin/sh
[ "$1 $2" != "show --json" ] || exec cat "$(dirname "$0")/shown"
exec '{TOOL}' "$@"
"""
BASH = """. '%s/ctl/completion/cordonctl.bash'
COMP_WORDS=(%s)
COMP_CWORD=%d
_cordonctl
[ ${#COMPREPLY[@]} = 0 ] || printf '%%s\\n' "${COMPREPLY[@]}"
"""


def commands():
    return set(re.findall(r"^  (\w+) ", tool("help").stdout.split(
        "commands:\n")[1].split("\n\n")[0], re.M))


def options(command):
    text = tool("help", command).stdout.split("options:\n")[1]
    return set(re.findall(r"^  (--[a-z-]+=?)", text, re.M))


class CompletionCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        os.makedirs(f"{self.folder}/bin")
        for name, text in (("bin/cordonctl", WRAPPER), ("bin/shown", SHOWN),
                           ("policy.yaml", ""), ("other.txt", "")):
            with open(f"{self.folder}/{name}", "w",
                      encoding="utf-8") as file:
                file.write(text)
        os.chmod(f"{self.folder}/bin/cordonctl", 0o755)
        self.environment = {**os.environ, "HOME": self.folder, "TERM": "dumb",
                            "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}

    # The last word is what is completed.
    CASES = (
        (("show", ""), {"acme", "globex"}),
        (("show", "a"), {"acme"}),
        (("unload", "acme", "g"), {"globex"}),
        (("run", ""), {"acme", "globex"}),
        (("run", "g"), {"globex"}),
        (("explain", "g"), {"globex"}),
        (("explain", "acme", "g"), set()),
        (("explain", "--suggest", "acme", "read", "pol"), {"policy.yaml"}),
        (("record", "pol"), {"policy.yaml"}),
        (("report", "pol"), {"policy.yaml"}),
        (("seal", "a"), set()),
        (("sea",), {"seal"}),
        (("help", "uni"), set()),
        (("help", "unl"), {"unload"}),
        (("load", "pol"), {"policy.yaml"}),
        (("check", "--strict", "pol"), {"policy.yaml"}),
        (("ps", "a"), set()),
        (("nonsense", "a"), set()),
        (("mon",), {"monitor"}),
        (("--ver",), {"--version"}),
    )


class BashTest(CompletionCase):
    def complete(self, *words):
        quoted = " ".join(f"'{word}'" for word in ("cordonctl", *words))
        done = subprocess.run(
            ["bash", "--norc", "-c", BASH % (TOP, quoted, len(words))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=self.environment, cwd=self.folder, check=False, timeout=60)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_cases(self):
        for words, wanted in self.CASES:
            with self.subTest(words):
                self.assertEqual(self.complete(*words), wanted)

    def test_commands(self):
        self.assertEqual(self.complete(""),
                         commands() | {"--help", "--version"})
        self.assertEqual(self.complete("help", ""), commands())

    def test_options(self):
        """Each of each command, and only these."""
        for command in commands():
            with self.subTest(command):
                self.assertEqual(self.complete(command, "-"),
                                 options(command))

    def test_values(self):
        """bash makes three words of them."""
        for option, wanted in (("--tenant", {"acme", "globex"}),
                               ("--class", {"file", "socket", "guard",
                                            "stream", "admin"}),
                               ("--verdict", {"denied", "would-deny",
                                              "allowed", "noted"}),
                               ("--format", {"text", "json", "falco"}),
                               ("--since", set())):
            self.assertEqual(self.complete("events", option, "="), wanted)
        self.assertEqual(self.complete("events", "--tenant", "=", "g"),
                         {"globex"})
        self.assertEqual(self.complete("show", "--tenant", "=", "x", "gl"),
                         {"globex"})

    # What is offered for an argument, by its name in help.
    ARGUMENTS = {
        "NAME": {"acme", "globex"}, "NAME,...": {"acme", "globex"},
        "CLASS": {"file", "socket", "guard", "stream", "admin"},
        "VERDICT": {"denied", "would-deny", "allowed", "noted"},
        "FORMAT": {"text", "json", "falco"},
        "FILE": {"bin", "other.txt", "policy.yaml"},
        "N": set(), "SEQ": set(), "SECONDS": set(), "MIB": set(),
        "TIME": set(),
    }
    OPERANDS = {
        "": set(), "TENANT...": {"acme", "globex"},
        "TENANT -- COMMAND...": {"acme", "globex"},
        "TENANT OP [OBJECT]": {"acme", "globex"},
        "FILE...": ARGUMENTS["FILE"], "FILE": ARGUMENTS["FILE"],
    }

    def test_arguments(self):
        """Of each option and operand of each command, new ones too."""
        for command in commands():
            text = tool("help", command).stdout
            usage = text.split("\n")[0].split(command, 1)[1].replace(
                "[OPTION...]", "").strip()
            for option, argument in re.findall(r"^  (--[a-z-]+)=(\S+) ",
                                               text, re.M):
                with self.subTest(command=command, option=option):
                    self.assertEqual(
                        self.complete(command, option, "="),
                        self.ARGUMENTS[argument])
            if command != "help":
                usage = usage.strip("[]") if usage[-1:] == "]" and \
                    usage[:1] == "[" else usage
                with self.subTest(command=command, operands=usage):
                    self.assertEqual(self.complete(command, ""),
                                     self.OPERANDS[usage])

    def test_words_are_taken(self):
        """What is offered for an option is what it takes: the only fault is
        that there is no module."""
        for option in ("--class", "--verdict", "--format"):
            for word in self.complete("events", option, "="):
                done = tool("events", f"{option}={word}")
                self.assertNotEqual(done.returncode, 2, done.stderr)

    def test_run_command(self):
        self.assertIn("cordonctl", self.complete("run", "acme", "--",
                                                 "cordonc"))

    def test_registered(self):
        done = subprocess.run(
            ["bash", "--norc", "-c", f". '{TOP}/ctl/completion/cordonctl.bash'"
             "; complete -p cordonctl"], stdout=subprocess.PIPE, text=True,
            check=True)
        self.assertEqual(done.stdout,
                         "complete -F _cordonctl cordonctl\n")


ZSHRC = """fpath=('%s/ctl/completion' $fpath)
autoload -U compinit
compinit -u -D
PS1='READY>'
LISTMAX=999
unset zle_bracketed_paste
show-line() { print -r -- "$BUFFER" >~/line.new; mv ~/line.new ~/line }
zle -N show-line
bindkey -e
bindkey '^X' show-line
"""


class ZshTest(CompletionCase):
    """A zsh on a terminal, to which keys are sent."""

    def setUp(self):
        super().setUp()
        with open(f"{self.folder}/.zshrc", "w", encoding="utf-8") as file:
            file.write(ZSHRC % os.path.abspath(TOP))
        child, self.terminal = pty.fork()
        if not child:
            os.chdir(self.folder)
            os.execvpe("zsh", ["zsh", "-d", "-i"],
                       {**self.environment, "ZDOTDIR": self.folder,
                        "COLUMNS": "80", "LINES": "50"})
        self.addCleanup(self.end, child)
        self.until("READY>")

    def end(self, child):
        os.close(self.terminal)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def send(self, text):
        os.write(self.terminal, text.encode())

    def until(self, text):
        """What is printed up to a text."""
        got, end = "", time.monotonic() + PATIENCE
        while text not in got:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [],
                                              left)[0]:
                self.fail(f"{text!r} is not in {got!r}")
            got += os.read(self.terminal, 65536).decode(errors="replace")
        return got

    def press(self, *words, key):
        """Types a command, then a key; what there is on the line then, and
        what was printed."""
        path = f"{self.folder}/line"
        self.send("\x15" + " ".join(("cordonctl", *words)) + key + "\x18")
        got, end = "", time.monotonic() + PATIENCE
        while not os.path.exists(path):
            if select.select([self.terminal], [], [], 0.1)[0]:
                got += os.read(self.terminal, 65536).decode(errors="replace")
            self.assertLess(time.monotonic(), end, got)
        with open(path, encoding="utf-8") as file:
            line = file.read().rstrip("\n")
        os.unlink(path)
        return line, got

    def complete(self, *words):
        return self.press(*words, key="\t")[0]

    def offered(self, *words):
        """All that a list offers."""
        return set(self.press(*words, key="\x04")[1].split())

    def test_unique(self):
        for words, wanted in self.CASES:
            if len(wanted) != 1:
                continue
            with self.subTest(words):
                line = self.complete(*words)
                self.assertEqual(line.split(),
                                 ["cordonctl", *words[:-1], *wanted])

    def test_values(self):
        for word, wanted in (("--tenant=g", "--tenant=globex"),
                             ("--class=so", "--class=socket"),
                             ("--si", "--since=")):
            self.assertEqual(self.complete("events", word).rstrip(" "),
                             f"cordonctl events {wanted}")

    def test_lists(self):
        self.assertTrue(commands() <= self.offered(""))
        self.assertTrue({"acme", "globex"} <= self.offered("show", ""))
        for command in ("load", "events"):
            self.assertTrue(options(command) <= self.offered(command, "--"))


if __name__ == "__main__":
    unittest.main()
