# SPDX-License-Identifier: GPL-2.0
"""A tenant may read its own events where its policy says so, and no others."""
import json
import os
import re
import socket
import struct
import subprocess
import unittest

import cordon
from cordon import SANITIZED, cordonctl, file_section, query, status, \
    wait_until
from eventcase import NO, EventCase
from netlink import A_EVENT, COMMANDS, DUMP, parse

setUpModule = cordon.begin
tearDownModule = cordon.end

DENY = f"- {{deny: read, path: '{NO}/**'}}"
NOBODY = 65534
E_SEQ, E_TENANT_SEQ, E_TENANT, E_GENERATION = 1, 2, 5, 6
E_LOGINUID, E_DIGEST = 36, 39


def body(own=True, **options):
    text = file_section(DENY, default="allow", **options)
    if not own:
        return text
    if "events:" in text:
        return text.replace("events: {", "events: {self: true, ")
    return text + "\n    events: {self: true}"


class OwnCase(EventCase):
    """acme may read its own events, globex may not; both have some."""

    def setUp(self):
        super().setUp()
        self.load(acme=body(), globex=body(own=False))
        self.acme, self.globex = self.task("acme"), self.task("globex")
        self.session.take()

    def entering(self, tenant, uid=NOBODY):
        """What makes a child a member; tenant None is the host."""
        def enter():
            if tenant:
                with open(f"{cordon.cgroup_dir(tenant)}/cgroup.procs", "w",
                          encoding="ascii") as procs:
                    procs.write("0")
            os.setgid(uid)
            os.setuid(uid)

        return enter

    def as_member(self, tenant, *command, uid=NOBODY):
        return cordon.run(*command, preexec_fn=self.entering(tenant, uid))

    def own(self, *options, tenant="acme", **more):
        """What a tenant reads of its own."""
        done = self.as_member(tenant, "cordonctl", "events", "--self",
                              "--json", *options, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def expect_refused(self, tenant, why, **options):
        done = self.as_member(tenant, "cordonctl", "events", "--self",
                              **options)
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn(why, done.stderr)

    def deny_all(self, turns=3):
        """Denials of both, in turns; those of acme, as it may see them."""
        for _ in range(turns):
            for task in (self.globex, self.acme, self.globex):
                self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        return [self.as_own(event) for event in self.session.take()
                if event["tenant"] == "acme"]

    def as_own(self, event):
        return {**event, "seq": None, "generation": None}


class OwnTest(OwnCase):
    def test_own(self):
        """Just its own, and of them what tells nothing of others."""
        wanted = self.deny_all()
        self.assertEqual(len(wanted), 3)
        self.assertEqual(self.own(), wanted)
        self.assertEqual(self.own("--since", "2"), wanted[1:])
        self.assertEqual(self.own("--since", "4"), [])
        self.assertEqual(self.own("--last", "1"), wanted[2:])
        self.assertEqual(self.own("--class", "socket"), [])

    def test_text(self):
        self.deny_all(1)
        done = self.as_member("acme", "cordonctl", "events", "--self")
        self.assertRegex(done.stdout, rf"^\S+ \S+ DENIED +acme +file +read +"
                         rf"{re.escape(NO)}/f +EACCES +\S+ +pid=\d+ comm=act "
                         r"uid=0\n$")

    def test_many(self):
        """More than fits one message, none twice and none left out."""
        self.load(acme=body(events=(1000000, 1000000)))
        self.assertEqual(self.acme.do(f"flood r {NO}/f 1000"), "text:1000")
        wanted = [self.as_own(event) for event in self.session.take()]
        self.assertEqual(len(wanted), 1000)
        self.assertEqual(self.own(), wanted)

    def test_suppressed(self):
        """What was suppressed it is told as others are."""
        self.load(acme=body(events=(1, 1)))
        self.assertEqual(self.acme.do(f"flood r {NO}/f 50"), "text:50")
        files, summaries = self.collect(50)
        wanted = sorted(files + summaries, key=lambda event: event["seq"])
        self.assertEqual(self.own(), [self.as_own(e) for e in wanted])

    def test_without_key(self):
        self.deny_all()
        self.expect_refused("globex", "does not let it read its events")
        event, = [event for event in self.session.take(admin=True)
                  if event["op"] == "request"]
        self.assertEqual((event["tenant"], event["why"]), (
            "globex", "event-self-get: the policy of this tenant does not let "
            "it read its events"))

    def test_root_without_key(self):
        self.expect_refused("globex", "does not let it read its events",
                            uid=0)

    def test_nobody(self):
        """Who belongs to no tenant has none."""
        done = cordon.run("cordonctl", "events", "--self")
        self.assertEqual(done.returncode, 4)
        self.assertIn("the sender belongs to no tenant", done.stderr)

    def test_taken_back(self):
        wanted = self.deny_all()
        self.assertEqual(self.own(), wanted)
        self.load(acme=body(own=False), globex=body())
        self.expect_refused("acme", "does not let it read its events")
        self.assertEqual({event["tenant"] for event in
                          self.own(tenant="globex")}, {"globex"})

    def test_another_of_that_name(self):
        """A tenant that is gone leaves nothing to the next of its name."""
        self.deny_all()
        self.assertEqual(len(self.own()), 3)
        self.session.take()
        self.session.remove_others()
        self.stop_tasks()
        self.load(acme=body())
        self.assertEqual(self.own(), [])
        self.acme = self.task("acme")
        self.assertEqual(self.acme.do(f"open r {NO}/f"), "EACCES")
        event, = self.session.take()
        self.assertEqual(self.own(), [self.as_own(event)])

    def test_shown(self):
        self.assertTrue(query("show", "acme")["event_self"])
        self.assertFalse(query("show", "globex")["event_self"])
        self.assertIn("reads     its own events", cordonctl("show", "acme"))


ADVERSARY = f"""
import sys
sys.path.insert(0, "/cordon/tests/functional")
import netlink
from netlink import attr
connection = netlink.Connection()
for since in (0, 1, 2, 2**32, 2**63, 2**64 - 1):
    answer = connection.request(netlink.EVENT_SELF_GET,
                                attr(netlink.A_SINCE,
                                     since.to_bytes(8, "little")))
    print("got", since, answer.name, *[m.hex() for m in answer.messages])
for more in (attr(netlink.A_NAME, "globex"), attr(netlink.A_SINCE, 1),
             attr(netlink.A_EVENT, b""), netlink.tenant()):
    answer = connection.request(netlink.EVENT_SELF_GET, more)
    print("got", -1, answer.name, *[m.hex() for m in answer.messages])
answer = connection.request(netlink.EVENT_SELF_GET, flags={DUMP})
print("got", -2, answer.name, *[m.hex() for m in answer.messages])
for name, command in netlink.COMMANDS.items():
    if command != netlink.EVENT_SELF_GET:
        print("other", name, connection.request(command).name)
try:
    connection.join("events")
    print("other", "join", "OK")
except PermissionError:
    print("other", "join", "EPERM")
"""

# Opens a socket, has another ask through it, and prints what comes back.
OPENER = """
import socket
import sys
sys.path.insert(0, "/cordon/tests/functional")
import netlink
other = socket.socket(fileno=int(sys.argv[1]))
connection = netlink.Connection()
request = connection.message(netlink.EVENT_SELF_GET)
socket.send_fds(other, [request], [connection.socket.fileno()])
answer = connection.wait()
print(answer.name, len(answer.messages), answer.text)
"""

# A careless service: what it is given it writes where it is told to.
DEPUTY = """
import os
import socket
import sys
other = socket.socket(fileno=int(sys.argv[1]))
request, passed, _, _ = socket.recv_fds(other, 65536, 1)
os.write(passed[0], request)
"""

# Asks through a socket that is its own no more, as argv[1] says.
CHANGED = """
import os
import sys
sys.path.insert(0, "/cordon/tests/functional")
import netlink
connection = netlink.Connection()
before = connection.request(netlink.EVENT_SELF_GET)
if sys.argv[1] == "fork":
    child = os.fork()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    os.setresgid(65533, 65533, 65533)
after = connection.request(netlink.EVENT_SELF_GET)
anew = netlink.Connection().request(netlink.EVENT_SELF_GET)
for answer in before, after, anew:
    print(answer.name, len(answer.messages))
"""

# One thread opens it, another asks.
THREAD = """
import sys
import threading
sys.path.insert(0, "/cordon/tests/functional")
import netlink
connection = netlink.Connection()

def ask():
    answer = connection.request(netlink.EVENT_SELF_GET)
    print(answer.name, len(answer.messages))

thread = threading.Thread(target=ask)
thread.start()
thread.join()
"""

# How many requests are answered in a while, the best of a few tries.  The clock
# may go by ticks under emulation: no single request can be timed by it.
RATE = """
import sys
import time
sys.path.insert(0, "/cordon/tests/functional")
import netlink
connection = netlink.Connection()

def measure():
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < 0.2:
        answer = connection.request(netlink.EVENT_SELF_GET)
        count += 1
    return count, answer.name, len(answer.messages)

print(*max(measure() for _ in range(5)))
"""

# Numbers of processes mean nothing to who is in another PID namespace.
INSIDE = """
import ctypes
import os
if ctypes.CDLL(None).unshare(0x20000000):
    raise OSError("unshare")
child = os.fork()
if not child:
    os.execvp("cordonctl", ["cordonctl", "events", "--self", "--json"])
os.waitpid(child, 0)
"""


class AdversaryTest(OwnCase):
    def test_requests(self):
        """Whatever it asks for, it gets its own or nothing."""
        wanted = self.deny_all()
        done = self.as_member("acme", "/usr/bin/python3", "-c", ADVERSARY)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line.split() for line in done.stdout.splitlines()]
        answers = [(int(line[1]), line[2], line[3:]) for line in lines
                   if line[0] == "got"]
        self.assertEqual({line[1]: line[2] for line in lines
                          if line[0] == "other"},
                         dict.fromkeys({*COMMANDS, "join"} -
                                       {"event-self-get"}, "EPERM"))
        self.assertEqual([len(messages) for _, _, messages in answers],
                         [3, 3, 2] + [0] * 8)
        names = [name for _, name, _ in answers]
        # A number of another length has another error on some kernels.
        self.assertIn(names.pop(7), ("EINVAL", "ERANGE"))
        self.assertEqual(names, ["OK"] * 6 + ["EINVAL"] * 3 + ["ENOTSUP"])
        for _, _, messages in answers:
            for message in messages:
                self.check_message(bytes.fromhex(message))
        self.assertEqual(len(wanted), 3)

    def check_message(self, message):
        (kind, nested), = parse(message)
        self.assertEqual(kind, A_EVENT)
        found = dict(parse(nested))
        self.assertEqual(found[E_TENANT], b"acme\0")
        self.assertIn(struct.unpack("=Q", found[E_TENANT_SEQ])[0], (1, 2, 3))
        for hidden in (E_SEQ, E_GENERATION, *range(E_LOGINUID, E_DIGEST + 1)):
            self.assertNotIn(hidden, found)

    def test_while_others_storm(self):
        """Its numbers have no gap, and nothing else is in between."""
        self.load(acme=body(events=(1000000, 1000000)),
                  globex=body(own=False, events=(1000000, 1000000)))
        for _ in range(20):
            self.assertEqual(self.globex.do(f"flood r {NO}/f 20"), "text:20")
            self.assertEqual(self.acme.do(f"flood r {NO}/f 5"), "text:5")
            seen = self.own()
            self.assertEqual({event["tenant"] for event in seen}, {"acme"})
            numbers = [event["tenant_seq"] for event in seen]
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertTrue(wait_until(lambda: len(self.own()) == 100))
        self.session.take()

    def test_own_request(self):
        """What it asked for in vain is its own, but not what the host has in
        force."""
        done = self.as_member("acme", "cordonctl", "flush")
        self.assertEqual(done.returncode, 4)
        self.assertTrue(wait_until(self.own))
        event, = self.own()
        self.assertEqual((event["op"], event["verdict"]),
                         ("request", "denied"))
        for key in ("seq", "generation", "generation_before", "digest",
                    "digest_before", "loginuid"):
            self.assertIsNone(event[key], key)
        self.session.take()

    def ask_through_deputy(self, opener, deputy):
        """What the opener of a socket gets when it has the deputy ask."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            asking = subprocess.Popen(
                ["/usr/bin/python3", "-c", DEPUTY, str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stderr=subprocess.PIPE,
                preexec_fn=self.entering(deputy))
            done = cordon.run("/usr/bin/python3", "-c", OPENER,
                              str(ours.fileno()), pass_fds=[ours.fileno()],
                              preexec_fn=self.entering(opener))
        _, errors = asking.communicate(timeout=cordon.TIMEOUT)
        self.assertEqual((asking.returncode, errors), (0, b""))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_passed(self):
        """Whoever opened the socket, if not the one that asks, gets nothing
        and learns nothing of him."""
        self.deny_all(1)
        refused = ("EPERM 0 the socket was opened by somebody else, or with "
                   "other credentials\n")
        for opener in ("globex", None, "acme"):
            for deputy in ("acme", "globex", None):
                with self.subTest(opener=opener, deputy=deputy):
                    self.assertEqual(self.ask_through_deputy(opener, deputy),
                                     refused)
        self.session.take()

    def test_changed(self):
        """Its own is no more that of who forked or has other credentials."""
        self.deny_all(1)
        for how, uid in (("fork", NOBODY), ("setgid", 0)):
            with self.subTest(how):
                # What is asked in vain is told of itself.
                seen = len(self.own())
                done = self.as_member("acme", "/usr/bin/python3", "-c",
                                      CHANGED, how, uid=uid)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                before, after, anew = done.stdout.splitlines()
                self.assertEqual((before, after), (f"OK {seen}", "EPERM 0"))
                self.assertIn(anew, (f"OK {seen}", f"OK {seen + 1}"))
        self.session.take()

    def test_thread(self):
        """Threads of one process are one."""
        self.deny_all(1)
        done = self.as_member("acme", "/usr/bin/python3", "-c", THREAD)
        self.assertEqual((done.stdout, done.stderr), ("OK 1\n", ""))

    def test_pid_namespace(self):
        wanted = self.deny_all(1)
        done = self.as_member("acme", "/usr/bin/python3", "-c", INSIDE, uid=0)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for event in wanted:
            event.update(pid=0, tgid=0, ppid=0)
        self.assertEqual([json.loads(line) for line in
                          done.stdout.splitlines()], wanted)


class LargeHistoryTest(OwnCase):
    """A history in which others have a lot."""

    def setUp(self):
        self.restart("history_max=16384", "backlog_max=16384")
        self.addCleanup(self.restart)
        super().setUp()

    def restart(self, *parameters):
        cordon.end()
        cordon.remove()
        cordon.insert(*parameters)
        cordon.begin()

    @unittest.skipIf(SANITIZED, "sanitizers cost more than what is looked for")
    def test_cost(self):
        """It is not looked through for one that has few: who asks again and
        again would hold up what is to be sent."""
        self.load(acme=body(), globex=body(own=False,
                                           events=(1000000, 1000000)))
        self.deny_all(1)
        alone = self.rate()
        for _ in range(4):
            self.assertEqual(self.globex.do(f"flood r {NO}/f 3000"),
                             "text:3000")
            self.settle()
        self.assertGreater(status()["history"], 12000)
        among_many = self.rate()
        self.assertGreater(among_many, alone / 4)
        self.session.take()
        # Else the rest is logged in a hurry when the module is unloaded.
        self.assertTrue(wait_until(self.is_logged))

    def rate(self):
        done = self.as_member("acme", "/usr/bin/python3", "-c", RATE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        count, *answer = done.stdout.split()
        self.assertEqual(answer, ["OK", "1"])
        return int(count)

    def is_logged(self):
        state = status()
        return (state["audit_logged"] + state["audit_missed"] ==
                state["events"]["sent"])


if __name__ == "__main__":
    unittest.main()
