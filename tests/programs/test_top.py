# SPDX-License-Identifier: GPL-2.0
"""cordonctl top on a terminal that tmux makes, of any size."""
import re
import shutil
import unittest

import cordon
from cordon import Task, file_section, run, wait_until, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

NO = "/srv/no"
SOCKET = "/run/top.tmux"
HEADING = re.compile(r"^[*^]?TENANT .*EVENTS/S ")


def tmux(*arguments):
    return run("tmux", "-S", SOCKET, "-f", "/dev/null", *arguments)


class TopTest(cordon.CordonTest):
    """Two tenants, of which one is denied a lot."""

    def setUp(self):
        super().setUp()
        write_file(f"{NO}/f")
        self.addCleanup(shutil.rmtree, NO)
        rules = f"- {{deny: read, path: '{NO}/**'}}"
        body = file_section(rules, default="allow", events=(50, 50))
        self.load(**{name: body for name in ("acme", "borealis", "zulu")})
        self.addCleanup(tmux, "kill-server")
        tmux("kill-server")

    def start(self, width=100, height=12, setting="TERM=tmux-256color",
             options="--interval 1"):
        done = tmux("new-session", "-d", "-x", str(width), "-y", str(height),
                    f"env {setting} cordonctl top {options};"
                    " echo ended $?; sleep 1000")
        self.assertEqual(done.returncode, 0, done.stderr)

    def screen(self, *options):
        return tmux("capture-pane", "-p", *options).stdout.rstrip("\n") \
            .split("\n")

    def keys(self, *keys):
        tmux("send-keys", *keys)

    def wait_for(self, condition):
        """The screen once something holds of its lines."""
        found = []

        def holds():
            found[:] = self.screen()
            return condition(found)

        self.assertTrue(wait_until(holds), "\n".join(found))
        return found

    def names(self, lines):
        """The tenants in the order in which they are shown."""
        for number, line in enumerate(lines):
            if HEADING.match(line):
                return [line.split()[0] for line in lines[number + 1:-1]
                        if line.strip()]
        return None

    def wait_for_names(self, *names):
        return self.wait_for(lambda lines: self.names(lines) == list(names))

    def deny(self, name, count):
        task = Task(name)
        self.addCleanup(task.stop)
        self.assertEqual(task.do(f"flood r {NO}/f {count}"), f"text:{count}")
        self.session.take()

    def test_rates(self):
        self.deny("borealis", 10)
        self.start()
        self.wait_for_names("acme", "borealis", "keeper", "zulu")
        self.deny("zulu", 400)
        lines = self.wait_for(lambda lines: (self.names(lines) or [""])[0]
                              == "zulu")
        row = lines[2].split()
        self.assertEqual(row[1], "enforce")
        self.assertGreater(float(row[3]), 100)
        self.assertGreater(float(row[4]), 100)
        self.assertEqual(row[6], "400")
        self.assertEqual(row[8], "0")

    def test_keys(self):
        self.deny("borealis", 10)
        self.deny("zulu", 20)
        self.start()
        for keys, names in (
                ("E", ["zulu", "borealis", "acme"]),
                ("r", ["acme", "borealis", "zulu"]),
                ("n", ["acme", "borealis", "zulu"]),
                ("r", ["zulu", "borealis", "acme"])):
            self.keys(keys)
            self.wait_for(lambda lines, names=names: [
                name for name in self.names(lines) or []
                if name != "keeper"] == names)
        self.keys("/", "o", "r", "e", "x", "BSpace")
        self.wait_for(lambda lines: lines[-1] == "filter: ore_")
        self.keys("Enter")
        lines = self.wait_for_names("borealis")
        self.assertIn("1 of 4 tenants have 'ore'", lines[-1])
        self.keys("Escape")
        self.wait_for_names("zulu", "keeper", "borealis", "acme")
        self.keys("h")
        self.wait_for(lambda lines: any("q          quit" in line
                                        for line in lines))
        self.keys("x", "q")
        self.wait_for(lambda lines: lines[-1] == "ended 0")

    def test_sizes(self):
        """It is drawn again for each size, and nothing is wider."""
        self.start()
        self.wait_for_names("acme", "borealis", "keeper", "zulu")
        for width, height in ((40, 6), (10, 4), (4, 2), (1, 1), (20, 3),
                              (160, 50)):
            tmux("resize-window", "-x", str(width), "-y", str(height))
            self.wait_for(lambda lines, w=width, h=height:
                          len(lines) <= h and
                          all(len(line) <= w for line in lines))
        lines = self.wait_for_names("acme", "borealis", "keeper", "zulu")
        self.assertIn("PENDING", lines[1])
        tmux("resize-window", "-x", "40", "-y", "5")
        self.wait_for_names("acme", "borealis")
        self.keys("End")
        self.wait_for_names("keeper", "zulu")
        self.keys("Home")
        lines = self.wait_for_names("acme", "borealis")
        self.assertNotIn("PENDING", lines[1])
        self.keys("q")
        self.wait_for(lambda lines: lines[-1] == "ended 0")

    def colours(self):
        return {int(number) for line in self.screen("-e")
                for number in re.findall(r"\x1b\[(?:\d+;)*(3[1-7])m", line)}

    def test_colours(self):
        self.start()
        self.wait_for_names("acme", "borealis", "keeper", "zulu")
        self.assertIn(36, self.colours())
        tmux("kill-server")
        self.start(setting="NO_COLOR=1 TERM=tmux-256color")
        self.wait_for_names("acme", "borealis", "keeper", "zulu")
        self.assertEqual(self.colours(), set())

    def test_no_terminal(self):
        done = run("cordonctl", "top")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("'top' needs a terminal", done.stderr)
        self.start(setting="TERM=nonsense")
        self.wait_for(lambda lines: any(
            "nothing is known of a terminal 'nonsense'" in line
            for line in lines) and lines[-1] == "ended 2")

    def test_once(self):
        self.deny("borealis", 10)
        lines = cordon.cordonctl("top", "--once", "--interval",
                                 "1").splitlines()
        self.assertRegex(lines[0], HEADING)
        row = [line.split() for line in lines if line.startswith("borealis")]
        self.assertEqual(row[0][3:7], ["0.0", "0.0", "0.0", "10"])
        self.assertEqual(len(lines), 5)


class GoneTest(unittest.TestCase):
    def test_gone(self):
        """When the module is unloaded it gives the terminal back, and says
        so."""
        tmux("kill-server")
        self.addCleanup(tmux, "kill-server")
        tmux("new-session", "-d", "-x", "80", "-y", "10",
             "cordonctl top --interval 1; echo ended $?; sleep 1000")
        self.assertTrue(wait_until(lambda: "keeper" in
                                   tmux("capture-pane", "-p").stdout))
        cordon.end()
        cordon.remove()
        try:
            self.assertTrue(wait_until(lambda: "ended 1" in
                                       tmux("capture-pane", "-p").stdout))
            self.assertIn("was unloaded",
                          tmux("capture-pane", "-p").stdout)
        finally:
            cordon.insert()
            cordon.begin()
