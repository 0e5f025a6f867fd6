# SPDX-License-Identifier: GPL-2.0
"""What the tool explains, beside what then happens."""
import json
import os

import cordon
from cordon import ALLOW_ACT, CordonTest, Policy, cordonctl, file_section, \
    query, run, socket_section, status, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO = "/srv/yes", "/srv/no"
CODES = {"allowed": 0, "denied": 10, "would-deny": 10, "depends": 11}


def explain(*words, code=None):
    """What is explained, as JSON; the exit code tells the same."""
    done = run("cordonctl", "explain", "--json", *words)
    if not done.stdout:
        raise AssertionError(done)
    found = json.loads(done.stdout)
    if done.returncode != CODES[found["verdict"]] or code not in (
            None, done.returncode):
        raise AssertionError(done)
    return found


class ExplainCase(CordonTest):
    def only(self, *words):
        """The one answer to a question about one operation."""
        found = explain(*words)
        self.assertEqual(len(found["answers"]), 1)
        return found["answers"][0]

    def refused(self, code, *words, stdin=None):
        done = run("cordonctl", "explain", *words, input=stdin)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done)
        return done.stderr


class FileTest(ExplainCase):
    def setUp(self):
        super().setUp()
        self.make_tree(YES, NO, files=("f", "s"))

    def test_verdicts(self):
        """What is said is what happens, and which rule decides."""
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: read, path: '{YES}/**'}}",
            "- {deny: read, path: '/srv/*/s'}"))
        acme = self.task("acme")
        for path, verdict, origin in (
                (f"{YES}/f", "allowed", self.policy.origin("allow: read,")),
                (f"{YES}/s", "denied", self.policy.origin("deny:")),
                (f"{NO}/f", "denied", None)):
            with self.subTest(path):
                answer = self.only("acme", "read", path)
                self.assertEqual(answer["verdict"], verdict)
                self.assertEqual(answer["basis"],
                                 "rule" if origin else "default")
                self.assertEqual(answer["origin"],
                                 origin or self.policy.origin("  acme:"))
                if verdict == "allowed":
                    self.allowed(acme, "open", "r", path)
                else:
                    self.denied(acme, "open", "r", path, op="read", path=path,
                                origin=origin or "default")

    def test_near(self):
        self.load(acme=file_section(
            f"- {{allow: write, path: {YES}/f}}",
            f"- {{allow: read, path: '{YES}/{{a,b}}/*'}}",
            "- {allow: read, path: /usr/**}",
            f"- {{deny: write, path: '{YES}/s'}}"))
        answer = self.only("acme", "read", f"{YES}/f")
        self.assertEqual(
            [(near["origin"], near["misses"], near["agrees"])
             for near in answer["near"]],
            [(self.policy.origin("allow: write"), ["op"], 3),
             (self.policy.origin("{a,b}"), ["path"], 2)])
        self.assertEqual(answer["near"][1]["pattern"], f"{YES}/{{a,b}}/*")
        self.assertEqual(answer["near_count"], 2)

    def test_overridden(self):
        """An allow rule that matches is told next to what denies."""
        self.load(acme=file_section(
            f"- {{allow: read, path: '{YES}/**'}}",
            f"- {{deny: all, path: '{YES}/f'}}"))
        answer = self.only("acme", "read", f"{YES}/f")
        self.assertEqual(answer["rule"]["origin"],
                         self.policy.origin("deny: all"))
        self.assertEqual(
            [(near["action"], near["misses"]) for near in answer["near"]],
            [("allow", [])])

    def test_many_near(self):
        """Of hundreds the nearest are told, and how many there are."""
        rules = [f"- {{allow: read, path: {YES}/{number}}}"
                 for number in range(300)]
        rules += [f"- {{deny: write, path: {YES}/x}}"]
        self.load(acme=file_section(*rules))
        answer = self.only("acme", "read", f"{YES}/x")
        self.assertEqual(len(answer["near"]), 16)
        self.assertEqual(answer["near_count"], 301)
        self.assertEqual(answer["near"][0]["misses"], ["op"])
        self.assertIn("and 285 more",
                      run("cordonctl", "explain", "acme", "read",
                          f"{YES}/x").stdout)

    def test_long_patterns(self):
        """An answer has room for what a rule may say, and bounds."""
        longest = [f"{YES}/{letter * 200}/" + "/".join(
            [letter * 200] * 18) for letter in "abcdefghijklmnopqrstuvwxyz"]
        short = [f"{YES}/{letter * 200}/" + "/".join([letter * 200] * 8)
                 for letter in "abcdefghijklmnopqrstuvwxyz"]
        for paths, told in ((longest, False), (short, True)):
            self.replace(acme=file_section(
                *(f"- {{allow: read, path: {path}}}" for path in paths)))
            answer = self.only("acme", "read", f"{YES}/x")
            self.assertEqual(len(answer["near"]), 16)
            self.assertEqual({near["pattern"] is not None
                              for near in answer["near"]}, {told})

    def test_audit_and_unmediated(self):
        self.load(acme=file_section(mode="audit"),
                  globex=socket_section())
        answer = self.only("acme", "read", "/x")
        self.assertEqual((answer["verdict"], answer["mode"]),
                         ("would-deny", "audit"))
        answer = self.only("globex", "read", "/x")
        self.assertEqual((answer["verdict"], answer["basis"]),
                         ("allowed", "unmediated"))

    def test_several_operations(self):
        self.load(acme=file_section(f"- {{allow: read, path: {YES}/f}}"))
        found = explain("acme", "read,write", f"{YES}/f", code=10)
        self.assertEqual([(answer["op"], answer["verdict"])
                          for answer in found["answers"]],
                         [("read", "allowed"), ("write", "denied")])

    def test_links(self):
        """Rules match what links lead to; who asks about a link is told."""
        os.symlink(f"{NO}/f", f"{YES}/link")
        self.load(acme=file_section(f"- {{allow: read, path: '{YES}/**'}}"))
        self.assertIn(f"'{NO}/f'",
                      explain("acme", "read", f"{YES}/link")["notes"][0])
        self.assertEqual(explain("acme", "delete", f"{YES}/link")["notes"],
                         [])
        found = json.loads(run("cordonctl", "explain", "--json", "acme",
                               "read", "./f", cwd=YES).stdout)
        self.assertEqual(found["object"], f"{YES}/f")
        self.assertIn("relative", found["notes"][0])

    def test_leaves_no_trace(self):
        """Neither events nor counts, and no generation."""
        self.load(acme=file_section(
            f"- {{allow: read, path: {YES}/f, log: always}}",
            f"- {{deny: read, path: {YES}/s}}"))
        before = query("show"), status()
        for _ in range(20):
            self.only("acme", "read", f"{YES}/f")
            self.only("acme", "read", f"{YES}/s")
        self.assertEqual((query("show"), status()), before)
        self.no_events()


class WordTest(ExplainCase):
    """Command lines that are wrong in some way."""

    def setUp(self):
        super().setUp()
        self.load(acme=file_section())

    def test_refused(self):
        for code, words, text in (
                (1, ["nobody", "read", "/x"], "there is no tenant"),
                (2, ["acme", "raed", "/x"], "did you mean 'read'"),
                (2, ["acme", "read", "/../x"], "'..'"),
                (2, ["acme", "read", "/" + "x/" * 2100], "4096"),
                (2, ["acme", "read", "/" + "n" * 256], "255"),
                (2, ["acme", "read", r"/a\x00b"], "NUL"),
                (2, ["acme", "read"], "path is missing"),
                (2, ["acme", "read,connect", "/x"], "another class"),
                (2, ["acme", "connect", "tcp"], "address is missing"),
                (2, ["acme", "connect", "tcp 1.2.3:4"], "1.2.3:4"),
                (2, ["acme", "connect", "tcp 1.2.3.4:99999"], "99999"),
                (2, ["acme", "accept", "unix stream /x"], "inet and inet6"),
                (2, ["acme", "mount", "/x"], "no object"),
                (2, ["acme", "signal", "of x"], "'x'"),
                (2, ["n" * 64, "read", "/x"], "not the name"),
                (2, ["--event=0"], "not the number"),
                (2, ["--event=1", "--offline"], "do not go"),
                (2, ["acme"], "needs TENANT OP")):
            with self.subTest(words):
                said = self.refused(code, *words)
                self.assertIn(text, said)

    def test_batch(self):
        lines = ["acme read /x", "nonsense", "{}", "{", "",
                 '{"tenant":"acme","class":"file","op":"read","path":"/y"}',
                 '{"tenant":"acme","class":"file","op":"read",'
                 '"path":"/\\\\xff","path_escaped":true}',
                 "acme mount"]
        done = run("cordonctl", "explain", "--batch",
                   input="\n".join(lines) + "\n")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(done.returncode, 2)
        self.assertEqual(
            [answer.get("object", "wrong") for answer in answers],
            ["/x", "wrong", "wrong", "wrong", "wrong", "/y", "/\\xff", ""])
        self.assertTrue(all(answer.get("error") for answer in answers
                            if "object" not in answer))

    def test_help(self):
        self.assertIn("explain", cordonctl("help"))


class EventTest(ExplainCase):
    def setUp(self):
        super().setUp()
        self.make_tree(YES, NO)
        self.load(acme=file_section(ALLOW_ACT,
                                    f"- {{allow: read, path: {YES}/f}}"))
        self.acme = self.task("acme")

    def test_event(self):
        event = self.denied(self.acme, "open", "r", f"{NO}/f", op="read",
                            path=f"{NO}/f")
        found = explain(f"--event={event['seq']}", code=10)
        self.assertEqual((found["event"], found["object"], found["notes"]),
                         (event["seq"], f"{NO}/f", []))
        self.load(acme=file_section(f"- {{allow: read, path: {NO}/f}}"))
        found = explain(f"--event={event['seq']}", code=0)
        self.assertIn(f"generation {event['generation']};",
                      found["notes"][0])

    def test_guard(self):
        host = self.task()
        event = self.guarded(self.acme, f"kill {host.pid} 15", op="signal",
                             target_pid=host.pid)
        found = explain(f"--event={event['seq']}", "--suggest", code=10)
        self.assertEqual(found["suggestion"]["yaml"],
                         "guard:\n  allow: [signal]\n")
        self.assertEqual(explain("acme", "signal", f"of {self.acme.pid}",
                                 code=0)["answers"][0]["basis"], "own")
        explain("acme", "signal", f"of {host.pid}", code=10)

    def test_none(self):
        self.assertIn("no event", self.refused(1, "--event=999999999"))
        admin = cordonctl("events", "--json", "--class=admin", "--last=1")
        self.assertIn("no policy decided it", self.refused(
            1, f"--event={json.loads(admin)['seq']}"))


class SuggestTest(ExplainCase):
    """What is suggested allows the very same act, and is not more."""

    def grant(self, body, found):
        """Loads the tenant with what was suggested to be added."""
        suggestion = found["suggestion"]
        self.assertIsNone(suggestion["why"])
        head, section = suggestion["yaml"], suggestion["section"]
        lines = [f"        {line}" for line in head.splitlines()]
        if section == "guard":
            body += "\n" + "\n".join(f"    {line}"
                                     for line in head.splitlines())
        else:
            self.assertIn(f"    {section}:", body)
            body += "\n" + "\n".join(lines)
        self.load(acme=body)

    def prove(self, body, before, words, object_of, warns=False, **wanted):
        """The act is denied, explained, and allowed by the suggestion."""
        self.load(acme=body)
        acme = self.task("acme")
        for act in before:
            acme.must(act)
        answer = acme.do(*words)
        events = self.session.take()
        self.assertEqual((answer, len(events)), ("EACCES", 1), events)
        found = explain(f"--event={events[0]['seq']}", "--suggest")
        self.assertEqual(found["object"], object_of)
        self.assertEqual(bool(found["suggestion"]["warnings"]), warns)
        self.grant(body, found)
        for act in before:
            acme.must(act)
        self.assertNotEqual(acme.do(*words), "EACCES", found)
        self.no_events()
        acme.stop()
        self.replace(acme=body)
        return found

    def test_file(self):
        self.make_tree(YES)
        # Whatever patterns mean by it is a letter of a name as well.
        for name in ("f", "*", "?[a]", "{a,b}", "\\", "a b", "#'\": -", "-",
                     "\u00e9\u0416"):
            write_file(f"{YES}/{name}")
            with self.subTest(name):
                path = f"{YES}/{name}"
                self.prove(file_section(ALLOW_ACT), [], ["open", "r", path],
                           path.replace("\\", "\\x5c"))

    def test_not_utf8(self):
        self.make_tree(YES)
        write_file(f"{YES}/\udcff")
        self.load(acme=file_section(ALLOW_ACT))
        acme = self.task("acme")
        acme.do("open", "r", f"{YES}/\udcff")
        event = self.session.take()[0]
        found = explain(f"--event={event['seq']}", "--suggest", code=10)
        self.assertIsNone(found["suggestion"]["yaml"])
        self.assertIn("UTF-8", found["suggestion"]["why"])

    def test_not_more(self):
        """A name that the rule would match if it were a pattern."""
        self.make_tree(YES, files=("*", "x"))
        body = file_section(ALLOW_ACT)
        self.prove(body, [], ["open", "r", f"{YES}/*"], f"{YES}/*")
        self.load(acme=body)
        found = explain("acme", "read", f"{YES}/*", "--suggest")
        self.grant(body, found)
        acme = self.task("acme")
        self.denied(acme, "open", "r", f"{YES}/x", op="read", path=f"{YES}/x")

    def test_sockets(self):
        made = ["socket inet stream"]
        some = socket_section("- {allow: create}")
        self.prove(socket_section("- {allow: create, family: packet}"), [],
                   made, "inet tcp")
        for before, words, text, warns in (
                (made, "connect inet,127.0.0.1,7001",
                 "inet tcp 127.0.0.1:7001", False),
                (["socket inet6 stream"], "connect inet6,::1,7001",
                 "inet6 tcp [::1]:7001", False),
                (["socket inet6 dgram"],
                 "connect inet6,::ffff:127.0.0.1,7001",
                 "inet6 udp [::ffff:127.0.0.1]:7001", False),
                (["socket inet dgram"], "sendto inet,127.0.0.1,53 x",
                 "inet udp 127.0.0.1:53", False),
                (made, "bind inet,127.0.0.1,7002", "inet tcp 127.0.0.1:7002",
                 False),
                (made, "bind inet,0.0.0.0,7003", "inet tcp 0.0.0.0:7003",
                 True),
                (made, "bind inet,127.0.0.1,0", "inet tcp 127.0.0.1:0", True),
                (["socket unix stream"], "bind abstract,a*b", "unix stream "
                 "@a*b", False),
                (["socket netlink raw 2"], "bind group,0,0",
                 "netlink raw usersock", False)):
            with self.subTest(words):
                self.prove(some, before, [words], text, warns=warns)

    def test_unix_path(self):
        self.make_tree(YES, files=())
        body = socket_section("- {allow: create}")
        self.prove(body, ["socket unix stream"], [f"bind path,{YES}/a,b.sock"],
                   f"unix {YES}/a,b.sock", warns=True)

    def test_accept(self):
        """What comes in is judged by the port that it comes for."""
        body = socket_section(
            "- {allow: [create, bind, listen, connect], proto: tcp}")
        self.load(acme=body)
        answer = self.only("acme", "accept", "tcp 10.1.1.1:5 from 10.2.2.2:22")
        self.assertEqual(answer["verdict"], "denied")
        found = explain("acme", "accept", "tcp 10.1.1.1 port 22", "--suggest")
        self.grant(body, found)
        self.assertEqual(self.only(
            "acme", "accept", "tcp 10.1.1.1:9999 from 10.2.2.2:22")[
                "verdict"], "allowed")
        self.assertEqual(self.only(
            "acme", "accept", "tcp 10.1.1.1 port 23")["verdict"], "denied")

    def test_guard(self):
        body = "    file: {default: deny, rules: [{allow: [exec, map], " \
            f"path: {cordon.ACT}}}]}}"
        self.load(acme=body)
        acme = self.task("acme")
        self.guarded(acme, "unshare user", op="userns")
        found = explain("acme", "userns", "--suggest", code=10)
        self.assertTrue(found["suggestion"]["warnings"])
        self.grant(body, found)
        self.assertEqual(acme.do("unshare user"), "OK")
        self.session.take()

    def test_dangers(self):
        self.load(acme=file_section())
        for op, path in (("read", "/etc/shadow"), ("write", "/etc/passwd"),
                         ("read", "/root/.ssh/id_rsa"), ("read", "/dev/sda1"),
                         ("exec", "memfd:x"), ("write,exec", "/srv/x")):
            with self.subTest(path):
                found = explain("acme", op, path, "--suggest", code=10)
                self.assertTrue(found["suggestion"]["warnings"])
        self.load(acme=socket_section())
        for op, text in (("connect", "tcp 169.254.169.254:80"),
                         ("connect", "tcp [fd00:ec2::254]:80"),
                         ("connect", "unix stream /run/docker.sock"),
                         ("create", "packet"), ("create", "inet raw"),
                         ("connect", "unix stream")):
            with self.subTest(text):
                found = explain("acme", op, text, "--suggest", code=10)
                self.assertTrue(found["suggestion"]["warnings"])

    def test_none(self):
        self.load(acme=file_section(f"- {{deny: read, path: {NO}}}",
                                    default="allow"))
        found = explain("acme", "read", NO, "--suggest", code=10)
        self.assertIsNone(found["suggestion"]["yaml"])
        self.assertIn("a rule denies it", found["suggestion"]["why"])
        found = explain("acme", "read", YES, "--suggest", code=0)
        self.assertIn("already", found["suggestion"]["why"])


class DependsTest(ExplainCase):
    """What policy alone cannot tell."""

    def test_peer(self):
        self.load(acme=socket_section("- {allow: create}",
                                      "- {allow: connect, peer: self}"))
        answer = self.only("acme", "connect", "tcp 127.0.0.1:80")
        self.assertEqual((answer["verdict"], answer["condition"],
                          answer["lifts"]["origin"]),
                         ("depends", "peer", self.policy.origin("peer")))
        answer = self.only("acme", "connect", "udp 127.0.0.1:80")
        self.assertEqual(answer["verdict"], "denied")

    def test_ipv6_only(self):
        self.load(acme=socket_section(
            "- {deny: [bind, listen], addr: 0.0.0.0, proto: tcp}",
            default="allow"))
        answer = self.only("acme", "bind", "tcp [::]:7004")
        self.assertEqual(answer["verdict"], "denied")
        answer = self.only("acme", "listen", "tcp [::]:7004")
        self.assertEqual((answer["verdict"], answer["condition"]),
                         ("depends", "v6only"))
        acme = self.task("acme")
        acme.must("socket inet6 stream")
        self.denied(acme, "bind inet6,::,7004", op="bind", family="inet6",
                    type="stream", protocol="tcp", local_addr="0.0.0.0",
                    local_port=7004, remote_addr=None, remote_port=None,
                    origin=self.policy.origin("deny"))

    def test_answer(self):
        self.load(acme=socket_section("- {allow: [create, connect]}"))
        answer = self.only("acme", "receive", "udp 127.0.0.1 port 53")
        self.assertEqual((answer["verdict"], answer["condition"]),
                         ("depends", "answer"))


class OfflineTest(ExplainCase):
    FILE = "/run/offline.yaml"

    QUESTIONS = [
        "acme read /srv/acme/f", "acme read,write /srv/acme/secrets/f",
        "acme exec /usr/bin/x", "acme exec memfd:x", "acme create /srv/acme",
        "acme connect tcp 10.1.2.3:443", "acme connect udp 10.1.2.3:443",
        "acme connect inet6 tcp [::ffff:10.1.2.3]:443",
        "acme bind tcp [::]:8080", "acme listen tcp [::]:8080",
        "acme accept tcp 10.9.9.9 port 8080", "acme create inet tcp",
        "acme create inet raw icmp", "acme create netlink raw route",
        "acme create packet raw", "acme connect unix stream /run/acme/a.sock",
        "acme connect unix stream @acme-x", "acme connect unix dgram",
        "acme bind unix /run/acme/b.sock", "acme receive udp 10.1.1.1 port 9",
        "acme connect vsock stream cid 2 port 22", "acme mount",
        "acme userns", "acme signal own", "acme signal", "globex read /x",
        "globex connect tcp 1.2.3.4:5", "globex mount"]

    def test_agrees(self):
        """All of what the kernel says, but the generation."""
        write_file(self.FILE, Policy(
            acme=file_section(
                "- {allow: [read, write], path: '/srv/acme/**'}",
                "- {deny: all, path: '/srv/*/{secrets,keys}/**'}",
                "- {allow: exec, path: [/usr/**, 'memfd:*']}") +
            "\n    guard: {allow: userns}\n"
            "    socket:\n      default: deny\n      rules:\n" +
            "\n".join(f"        {rule}" for rule in (
                "- {allow: connect, proto: tcp, addr: 10.1.0.0/16,"
                " port: [443, 8000-8999]}",
                "- {allow: [connect, accept], peer: self}",
                "- {allow: [bind, listen], proto: tcp, port: 8080}",
                "- {deny: listen, addr: 0.0.0.0}",
                "- {allow: connect, path: '/run/acme/*.sock'}",
                "- {allow: connect, abstract: 'acme-*'}",
                "- {deny: all, family: netlink, protocol: route}",
                "- {allow: connect, family: vsock, cid: 2}")),
            globex=socket_section(mode="audit")).text)
        cordonctl("load", self.FILE)
        self.session.generation += 1
        self.policy = True
        asked = "\n".join(self.QUESTIONS) + "\n"
        kernel, offline = (
            [json.loads(line) for line in cordonctl(
                "explain", "--suggest", "--batch", *options,
                stdin=asked).splitlines()]
            for options in ((), ("--offline", self.FILE)))
        self.assertEqual(len(kernel), len(self.QUESTIONS))
        verdicts = {answer["verdict"] for answer in kernel}
        self.assertEqual(verdicts, set(CODES))
        for question, one, other in zip(self.QUESTIONS, kernel, offline):
            with self.subTest(question):
                self.assertIsNone(other.pop("generation"))
                self.assertEqual(one.pop("generation"),
                                 self.session.generation)
                self.assertEqual(one, other)

    def test_refused(self):
        write_file(self.FILE, "version: 1\ntenants: {acme: {}}\n")
        self.assertIn("acme", self.refused(
            3, "--offline", "acme", "read", "/x", self.FILE))
        write_file(self.FILE, Policy(acme=file_section()).text)
        self.assertIn("only a kernel knows", self.refused(
            2, "--offline", "acme", "signal", "of 1", self.FILE))
        self.assertIn("no tenant", self.refused(
            1, "--offline", "globex", "read", "/x", self.FILE))
