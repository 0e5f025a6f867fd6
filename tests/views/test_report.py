# SPDX-License-Identifier: GPL-2.0
"""The page that 'cordonctl report' makes, in a browser and without one."""
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from datetime import timedelta

import database
from browser import Trap, browse, luminance, measure
from database import ADMIN, GUARD, SOCKET, STREAM, Database, moment, tool

HEADINGS = ["What was denied", "Denials over time", "By tenant",
            "Suppressed over time", "Policy changes", "Rules", "Objects",
            "Peers", "Programs", "Suppressed and missing"]
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "header",
        "section", "footer", "h1", "h2", "h3", "p", "div", "span", "b", "i",
        "small", "time", "ol", "li", "table", "thead", "tbody", "tr", "th",
        "td", "code", "svg", "g", "rect", "path", "title", "script", "pre"}
WHEN = moment("2026-11-22T15:00:00")


class Case(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        self.file = f"{self.place}/events.db"
        self.page = f"{self.place}/report.html"

    def report(self, *options):
        """The page about the database."""
        done = tool("report", self.file, "-o", self.page, *options)
        self.assertEqual((done.returncode, done.stderr, done.stdout),
                         (0, b"", b""))
        with open(self.page, encoding="utf-8") as file:
            return file.read()


class RenderTest(Case):
    """A day of eight tenants."""

    def setUp(self):
        super().setUp()
        database.fill_day(self.file)
        self.report()

    def expect_fits(self, width, dark):
        found = measure(self.page, width=width, dark=dark)
        self.assertEqual(found["width"], width)
        self.assertLessEqual(found["needed"], width)
        self.assertEqual(found["wide"], [])
        self.assertEqual(found["small"], [])
        self.assertEqual(found["headings"], HEADINGS)
        self.assertEqual(found["fetched"], [])
        back, ink = luminance(found["back"]), luminance(found["ink"])
        self.assertGreater(abs(back - ink), 0.7)
        self.assertEqual(back < ink, dark)

    def test_phone(self):
        self.expect_fits(360, False)

    def test_phone_dark(self):
        self.expect_fits(360, True)

    def test_desk(self):
        self.expect_fits(1280, False)

    def test_desk_dark(self):
        self.expect_fits(1280, True)

    def test_screenshot(self):
        """It is painted: neither blank nor of one colour."""
        picture = f"{self.place}/page.png"
        browse(self.page, f"--screenshot={picture}", width=360, height=3000)
        with open(picture, "rb") as file:
            head = file.read(24)
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(int.from_bytes(head[16:20], "big"), 360)
        # A blank one of that size takes some 10 kB.
        self.assertGreater(os.path.getsize(picture), 60000)

    def test_print(self):
        paper = f"{self.place}/page.pdf"
        browse(self.page, f"--print-to-pdf={paper}", dark=True)
        text = subprocess.run(["pdftotext", paper, "-"], check=True,
                              capture_output=True, text=True).stdout
        for heading in HEADINGS:
            self.assertIn(heading, text)
        self.assertIn("/srv/acme/secrets/key-0.pem", text)


class HostileTest(Case):
    """Names that a tenant chose, to become more than a name."""

    def names(self, port):
        url = f"http://127.0.0.1:{port}"
        return [
            f"<script>window.owned=1;fetch('{url}')</script>",
            f"\"><img src={url} onerror=window.owned=2>",
            f"'><svg onload=window.owned=3><image href='{url}'/>",
            f"</style><link rel=stylesheet href={url}>",
            f"</title></text><iframe src={url}></iframe>",
            "]]><!-- --!> &lt;b&gt; &amp; &#x3c;",
            "tab\tnew\nline\r\x1b[31m\x7f\x01",
            "\u0085\u202ereversed\u2066",
            "x" * 4095,
            "é" * 2000,
            "\\x3cscript>",
        ]

    def fill(self, names):
        events = Database(self.file)
        for number, name in enumerate(names):
            when = WHEN + timedelta(minutes=number)
            events.add(when, path="/srv/" + name, comm=name[:15], repeat=99,
                       tenant=name[:40], origin=name)
            events.add(when, SOCKET, name=name, remote_addr=name, tenant=name,
                       remote_port=80, protocol=name)
            events.policy(when, 1, 2, why=name, comm=name[:15])
            events.add(when, STREAM, tenant=name, suppressed=5, repeat=1)
            events.add(when, ADMIN, op=name, digest=name, verdict="denied")
            events.add(when, GUARD, op=name, tenant=name, **{"class": name})
        # Bytes that are no text, as the tool escapes them and as it never
        # would have.
        events.add(WHEN, path="/srv/\\xff\\xfe", path_escaped=1, repeat=900)
        for kind in "CAST(x'2f80ff3c623e' AS TEXT)", "x'2f3c693e00ff'":
            seq = events.add(WHEN, repeat=800)
            events.db.execute(f"UPDATE event SET path = {kind},"
                              " path_escaped = 1 WHERE seq = ?", (seq,))
        events.close()

    def expect_harmless(self, options, only=None):
        trap = Trap()
        self.addCleanup(trap.close)
        names = self.names(trap.port)
        self.fill(names)
        self.report(*options(names))
        for width in 360, 1280:
            found = measure(self.page, width=width)
            self.assertEqual(set(found["tags"]) - TAGS, set())
            self.assertEqual((found["scripts"], found["handlers"],
                              found["owned"], found["fetched"]),
                             (1, [], None, []))
            self.assertLessEqual(found["needed"], width)
            self.assertEqual(found["wide"], [])
        self.assertEqual(trap.visits, 0)
        return found, names

    def test_all(self):
        found, names = self.expect_harmless(lambda names: [])
        shown = found["names"]
        for name in names[:6]:
            self.assertIn("/srv/" + name, shown)
        self.assertIn("/srv/tab\\x09new\\x0aline\\x0d\\x1b[31m\\x7f\\x01",
                      shown)
        self.assertIn("\\xc2\\x85\\xe2\\x80\\xaereversed\\xe2\\x81\\xa6",
                      shown)
        # What was escaped by the tool, and what only looks as if it was.
        self.assertIn("/srv/\\xff\\xfe", shown)
        self.assertIn("/srv/\\x5cx3cscript>", shown)
        self.assertIn("/\\x80\\xff<b>", shown)
        self.assertIn("/srv/" + "x" * 115 + "[3860 bytes]" + "x" * 120, shown)

    def test_options(self):
        """Names of the command line are others' choice, too."""
        found, names = self.expect_harmless(
            lambda names: ["--tenant", names[0]])
        self.assertIn(f"Tenant {names[0]}", self.text())

    def text(self):
        with open(self.page, encoding="utf-8") as file:
            text = re.sub(r"<[^>]*>", "", file.read())
        for entity, character in (("&lt;", "<"), ("&gt;", ">"),
                                  ("&#39;", "'"), ("&quot;", '"'),
                                  ("&amp;", "&")):
            text = text.replace(entity, character)
        return text

    def test_policy(self):
        """What the page forbids the browser, should all else fail."""
        Database(self.file).close()
        self.assertIn("\"default-src 'none'; style-src 'unsafe-inline'\"",
                      self.report())


class ContentTest(Case):
    def rows(self, page, heading):
        """Names and numbers of the list under a heading."""
        part = page[page.index(f"<h2>{heading}</h2>"):]
        part = part[:part.index("</section>")]
        return re.findall(r'<div class="row"><span class="t">(.*?)</span>'
                          r"<b>([\d,]+|\?)</b>", part)

    def tiles(self, page):
        return {what: number for number, what in
                re.findall(r"<div><b>([\d,]+)</b>(.*?)</div>", page)}

    def fill(self):
        events = Database(self.file)
        events.policy(WHEN, 0, 1)
        events.add(WHEN, path="/a", repeat=1000)
        events.add(WHEN, path="/a", repeat=234, verdict="would-deny")
        events.add(WHEN + timedelta(hours=1), SOCKET, tenant="beta",
                   remote_addr="fd00::1", remote_port=443, family="inet6")
        events.skip(10)
        events.add(WHEN + timedelta(hours=2), GUARD, tenant="beta")
        events.add(WHEN + timedelta(hours=2), verdict="allowed", path="/ok")
        events.add(WHEN + timedelta(hours=3), STREAM, suppressed=2000)
        events.policy(WHEN + timedelta(hours=3), 1, 1, verdict="denied",
                      why="it is wrong")
        events.close()

    def test_sums(self):
        self.fill()
        page = self.report()
        self.assertEqual(self.tiles(page), {
            # Two of tenants, and the policy that was refused.
            "denied": "1,003", "would be denied": "234",
            "tenants had denials": "2", "policy changes": "1",
            "suppressed": "2,000"})
        self.assertEqual(self.rows(page, "Rules"), [
            ("acme.yaml:14", "1,234"), ("admin", "1"),
            ("default of socket", "1"), ("guard", "1")])
        self.assertEqual(self.rows(page, "Objects"),
                         [("/a", "1,234"), ("mount", "1")])
        self.assertEqual(self.rows(page, "Peers"), [("[fd00::1]:443", "1")])
        self.assertEqual(
            self.rows(page, "Suppressed and missing"),
            [("acme", "2,000"), ("numbers 5 to 14, after 2026-11-22 16:00:00,"
                                 " before 2026-11-22 17:00:00", "10")])
        self.assertIn("replace refused: it is wrong", page)
        self.assertNotIn("/ok", page)
        self.assertNotIn("clock of the host", page)

    def test_end_unseen(self):
        events = Database(self.file)
        events.add(WHEN, path="/a")
        events.cut()
        events.close()
        page = self.report()
        self.assertEqual(
            self.rows(page, "Suppressed and missing"),
            [("numbers 2 to the end of that load of the module, "
              f"after {WHEN:%Y-%m-%d %H:%M:%S}", "?")])
        self.assertIn("0</b> events are not in the record, in <b>0</b> gaps, "
                      "besides what nobody knows of <b>1</b> load(s)", page)

    def test_scope(self):
        self.fill()
        page = self.report("--tenant", "beta")
        self.assertEqual(self.tiles(page)["tenants had denials"], "1")
        self.assertEqual(self.rows(page, "Rules"), [
            ("admin", "1"), ("default of socket", "1"), ("guard", "1")])
        page = self.report("--since", "2026-11-22T15:30", "--until",
                           "2026-11-22 16:30")
        self.assertEqual(self.tiles(page)["denied"], "1")
        page = self.report("--until", "2026-11-22")
        self.assertIn("Nothing was recorded in that time", page)

    def test_columns(self):
        """Each event is in the drawing, where it belongs."""
        self.fill()
        titles = re.findall(r"<title>(\d.*?)</title>", self.report())
        everything = titles[:titles.index(
            "11-22 15:00: 1000 file denied, 234 file would be denied,"
            " 1234 in all", 1)]
        self.assertEqual(everything, [
            "11-22 15:00: 1000 file denied, 234 file would be denied,"
            " 1234 in all",
            "11-22 16:00: 1 socket denied, 1 in all",
            "11-22 17:00: 1 guard denied, 1 in all",
            "11-22 18:00: 1 admin denied, 1 in all"])

    def test_clock(self):
        """One that jumped is told of, however far it did."""
        events = Database(self.file)
        for when in ("2026-11-22T15:00:00", "1970-01-01T00:00:01",
                     "9999-12-31T23:59:58"):
            events.add(moment(when), path="/a")
        events.add(WHEN, path="/bad", time="yesterday")
        events.close()
        page = self.report()
        self.assertIn("was set back <b>1</b> time(s)", page)
        self.assertEqual(self.rows(page, "Objects"), [("/a", "3")])

    def test_no_events(self):
        Database(self.file).close()
        self.assertIn("Nothing was recorded in that time", self.report())

    def test_standard_output(self):
        self.fill()
        page = self.report()
        for options in [], ["-o", "-"], ["--output=-"]:
            done = tool("report", *options, self.file)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertEqual(len(done.stdout.decode()), len(page))

    def test_while_it_is_recorded(self):
        """A transaction that is open is not in the page, and no hindrance."""
        self.fill()
        writer = sqlite3.connect(self.file, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE event SET path = '/new'")
        self.assertEqual(self.rows(self.report(), "Objects")[0][0], "/a")
        writer.execute("COMMIT")
        self.assertEqual(self.rows(self.report(), "Objects")[0][0], "/new")
        writer.close()


class RefusedTest(Case):
    """What is wrong is said, and what was there before stays."""

    def expect_refused(self, why, *options, code=6):
        with open(self.page, "w", encoding="utf-8") as file:
            file.write("old")
        done = tool("report", *(options or [self.file]), "-o", self.page)
        self.assertEqual((done.returncode, done.stdout), (code, b""))
        self.assertIn(why, done.stderr.decode())
        self.assertEqual(done.stderr.count(b"\n"), 1)
        with open(self.page, encoding="utf-8") as file:
            self.assertEqual(file.read(), "old")
        self.assertEqual([name for name in os.listdir(self.place)
                          if name.startswith("report.html.")], [])

    def test_no_file(self):
        self.expect_refused("No such file")
        # It does not make one either.
        self.assertFalse(os.path.exists(self.file))

    def test_empty_file(self):
        with open(self.file, "wb"):
            pass
        self.expect_refused("it is empty")

    def test_other_files(self):
        with open(self.file, "wb") as file:
            file.write(b"tenant,denied\nacme,1\n" * 100)
        self.expect_refused("file is not a database")
        self.expect_refused("", self.place)

    def test_other_database(self):
        sqlite3.connect(self.file).executescript("CREATE TABLE event (a)")
        self.expect_refused("another program")

    def test_newer(self):
        database.fill_day(self.file)
        sqlite3.connect(self.file).executescript("PRAGMA user_version = 4")
        self.expect_refused("its schema has version 4, and this cordonctl"
                            " knows versions 2 to 3 only")

    def test_older(self):
        """One that no record has brought up to date is read as well."""
        database.fill_day(self.file)
        page = self.report()
        sqlite3.connect(self.file).executescript("PRAGMA user_version = 2")
        self.assertEqual(self.report(), page)
        sqlite3.connect(self.file).executescript("PRAGMA user_version = 1")
        self.expect_refused("its schema has version 1")

    def test_cut_off(self):
        database.fill_day(self.file)
        os.truncate(self.file, os.path.getsize(self.file) // 2 // 4096 * 4096)
        self.expect_refused("malformed")

    def test_no_column(self):
        """It says to be ours, but is not."""
        Database(self.file).close()
        sqlite3.connect(self.file).executescript(
            "ALTER TABLE event DROP COLUMN remote_cid")
        self.expect_refused("no such column")

    def test_options(self):
        database.fill_day(self.file)
        for options, why in (
                (["--since", "soon"], "'soon' is no time"),
                (["--since", "2026-02-30"], "'2026-02-30' is no time"),
                (["--since", ""], "'' is no time"),
                (["--since", "99999999999999999d"], "is no time"),
                (["--since", "1d", "--until", "2d"], "has to be before")):
            self.expect_refused(why, *options, self.file, code=2)

    def test_output(self):
        database.fill_day(self.file)
        for path, why in ((f"{self.place}/no/x.html", "No such file"),
                          (self.place, "Is a directory")):
            done = tool("report", self.file, "-o", path)
            self.assertEqual(done.returncode, 6)
            self.assertIn(why, done.stderr.decode())

    def test_full_disk(self):
        database.fill_day(self.file)
        done = tool("report", self.file, "-o", "/dev/full")
        self.assertEqual(done.returncode, 6)
        self.assertIn(b"No space left", done.stderr)
        self.assertFalse(os.path.isfile("/dev/full"))
        with open("/dev/full", "wb") as full:
            done = subprocess.run([database.TOOL, "report", self.file],
                                  stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual((done.returncode, done.stderr), (
            6, b"cordonctl: cannot write '-': No space left on device\n"))

    def test_read_only_place(self):
        """Who may not write beside a database can read it nevertheless."""
        database.fill_day(self.file)
        program = shutil.copy(database.TOOL, self.place)
        os.chmod(self.file, 0o444)
        os.chmod(self.place, 0o555)
        self.addCleanup(os.chmod, self.place, 0o755)
        nobody = {"user": 65534} if os.getuid() == 0 else {}
        done = subprocess.run([program, "report", self.file], check=False,
                              capture_output=True, **nobody)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"/etc/shadow", done.stdout)
