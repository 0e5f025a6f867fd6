# SPDX-License-Identifier: GPL-2.0
"""Who did what to policy, or was kept from it, is told as well."""
import errno
import os
import subprocess
import time
import unittest

import cordon
from cordon import ADMIN_KEYS, COMMON_KEYS, CordonTest, HOST, Policy, \
    cordonctl, file_section, query, read_file, socket_section, status, \
    wait_until
from eventcase import counters, unaccounted
from netlink import A_NAME, ADD_RULES, ADD_TENANT, BEGIN, COMMIT, \
    Connection, REMOVE_TENANT, TENANT_GET, attr, rule, tenant

setUpModule = cordon.begin
tearDownModule = cordon.end

OPEN = file_section(default="allow")
NOBODY = 65534
COMM = read_file("/proc/self/comm").strip()
NEEDED = "CAP_MAC_ADMIN over the initial user namespace is needed"


def start_child(work):
    """Does something as nobody, in a child; its number."""
    child = os.fork()
    if not child:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return child


def in_child(work):
    """The same, to its end."""
    child = start_child(work)
    if os.waitpid(child, 0)[1]:
        raise AssertionError("the child failed")
    return child


class AdminCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.session.take()

    def told(self, count=1):
        """What was told of administration since the last time."""
        events = self.session.take(admin=True)
        self.assertEqual(len(events), count, events)
        for event in events:
            self.assertEqual(set(event), COMMON_KEYS | ADMIN_KEYS)
        return events

    def check(self, event, **wanted):
        """The fields of an event; those of one that went well by default."""
        fields = {"tenant": HOST, "class": "admin", "verdict": "noted",
                  "reason": "admin", "errno": 0, "errno_name": None,
                  "origin": "default", "comm": "cordonctl", "uid": 0, "gid": 0,
                  "why": None, "why_escaped": False, "repeat": 1,
                  "generation": self.session.generation}
        fields.update(wanted)
        self.assertEqual({key: event[key] for key in fields}, fields)


class CommitTest(AdminCase):
    def test_load(self):
        before = status()
        self.load(acme=OPEN)
        event, = self.told()
        after = status()
        self.check(event, op="load", generation=before["generation"] + 1,
                   generation_before=before["generation"],
                   digest_before=before["digest"], digest=after["digest"],
                   loginuid=None, cgroup_id=os.stat(cordon.CGROUPS).st_ino)
        self.assertNotEqual(before["digest"], after["digest"])

    def test_who(self):
        """The task, its parent, and who that was when it logged in."""
        def log_in():
            with open("/proc/self/loginuid", "w", encoding="ascii") as file:
                file.write("4242")

        policy = Policy(acme=OPEN)
        with subprocess.Popen(["cordonctl", "load", "-"], text=True,
                              stdin=subprocess.PIPE, preexec_fn=log_in,
                              stdout=subprocess.DEVNULL) as loader:
            loader.communicate(policy.text)
        self.assertEqual(loader.returncode, 0)
        self.session.generation += 1
        self.policy = policy
        event, = self.told()
        self.check(event, op="load", pid=loader.pid, tgid=loader.pid,
                   ppid=os.getpid(), loginuid=4242)

    def test_replace(self):
        self.load(acme=OPEN)
        self.replace(globex=OPEN)
        self.session.remove_others()
        self.policy = None
        self.assertEqual([event["op"] for event in self.told(3)],
                         ["load", "replace", "replace"])

    def test_remove(self):
        self.load(acme=OPEN)
        connection = Connection()
        self.addCleanup(connection.close)
        self.session.take()
        for request in ((BEGIN,), (REMOVE_TENANT, attr(A_NAME, "acme")),
                        (COMMIT,)):
            self.assertEqual(connection.request(*request).name, "OK")
        self.session.generation += 1
        event, = self.told()
        self.check(event, op="remove", comm=COMM, tgid=os.getpid())

    def refused(self, error, event, why, **wanted):
        """Nothing changed, and it is said who wanted what."""
        digest = status()["digest"]
        self.check(event, verdict="denied", errno=error, why=why,
                   errno_name=errno.errorcode[error],
                   generation_before=self.session.generation,
                   digest_before=digest, digest=digest, **wanted)

    def test_refused(self):
        self.load(acme=OPEN)
        self.session.take()
        done = cordon.run("cordonctl", "load", "--expect-generation=1", "-",
                          input=self.policy.text)
        self.assertEqual(done.returncode, 1)
        event, = self.told()
        self.refused(116, event, op="load", why=(
            f"policy generation is {self.session.generation}, not 1: "
            "somebody else changed the policy"))
        self.assertIn(event["why"], done.stderr)

    def test_refused_removal(self):
        connection = Connection()
        self.addCleanup(connection.close)
        connection.request(BEGIN)
        connection.request(REMOVE_TENANT, attr(A_NAME, "nobody"))
        answer = connection.request(COMMIT)
        self.assertEqual(answer.name, "ENOENT")
        event, = self.told()
        self.refused(2, event, op="remove", comm=COMM, why=answer.text)

    def test_refused_in_part(self):
        """It is known before the commit that none of it is any good."""
        connection = Connection()
        self.addCleanup(connection.close)
        connection.request(BEGIN)
        for command, message in (
                (ADD_TENANT, tenant(select="relative")),
                (ADD_RULES, attr(A_NAME, "nobody") + rule())):
            answer = connection.request(command, message)
            self.assertTrue(answer.text, answer)
            event, = self.told()
            self.refused(getattr(errno, answer.name), event, op="load",
                         comm=COMM, why=answer.text)

    def test_audited(self):
        """The record has it all, too."""
        self.load(acme=OPEN)
        event, = self.told()
        mark = f' seq={event["seq"]} '

        def found():
            with open("/run/kmsg", encoding="utf-8", errors="replace") as log:
                text = log.read().rpartition("cordon: unloaded")[2]
            return [line for line in text.split("\n")
                    if mark in line and "type=1400" in line]

        self.assertTrue(wait_until(found), mark)
        line, = found()
        for part in ("avc:  granted  { load } for  ",
                     f' pid={event["tgid"]} ', " auid=4294967295 ",
                     ' cordon="noted" tenant="" ', " scontext=- tclass=admin",
                     f' before={event["generation_before"]} ',
                     f' old_digest={event["digest_before"]} ',
                     f' new_digest={event["digest"]}'):
            self.assertIn(part, line)



# Each differs from the first in something that means something.
DIFFERENT = {
    "first": OPEN,
    "mode": file_section(default="allow", mode="audit"),
    "default": file_section(default="deny"),
    "other class": socket_section(default="allow"),
    # 100 and 1000 are what is meant where nothing is said.
    "rate": file_section(default="allow", events=(50, 1000)),
    "burst": file_section(default="allow", events=(100, 7)),
    "self": OPEN + "\n    events: {self: true}",
    "guard": OPEN + "\n    guard: {allow: bpf}",
    "revoke": OPEN + "\n    revoke: true",
    "selector": "    select: [uid: 77]\n" + OPEN,
    "two selectors": "    select: [uid: 77, uid: 78]\n" + OPEN,
    "selectors in other order": "    select: [uid: 78, uid: 77]\n" + OPEN,
    "set-up": OPEN + "\n    setup: /opt/x",
    "rule": file_section("- {deny: read, path: /a}", default="allow"),
    "path": file_section("- {deny: read, path: /b}", default="allow"),
    "operation": file_section("- {deny: write, path: /a}", default="allow"),
    "action": file_section("- {allow: read, path: /a}", default="allow"),
    "log": file_section("- {deny: read, path: /a, log: never}",
                        default="allow"),
    "two rules": file_section("- {deny: read, path: /a}",
                              "- {deny: read, path: /b}", default="allow"),
    "other order": file_section("- {deny: read, path: /b}",
                                "- {deny: read, path: /a}", default="allow"),
    "two paths": file_section("- {deny: read, path: [/a, /b]}",
                              default="allow"),
    "address": socket_section("- {deny: connect, proto: tcp, addr: 10.0.0.0/8}",
                              default="allow"),
    "prefix": socket_section("- {deny: connect, proto: tcp, addr: 10.0.0.0/9}",
                             default="allow"),
    "protocol": socket_section(
        "- {deny: connect, proto: udp, addr: 10.0.0.0/8}", default="allow"),
    "port": socket_section("- {deny: connect, proto: tcp, port: 7}",
                           default="allow"),
    "ports": socket_section("- {deny: connect, proto: tcp, port: 7-8}",
                            default="allow"),
    "abstract": socket_section("- {deny: bind, abstract: a}",
                               default="allow"),
    "family": socket_section("- {deny: create, family: netlink}",
                             default="allow"),
    "number": socket_section("- {deny: create, family: netlink, protocol: 9}",
                             default="allow"),
    "type": socket_section("- {deny: create, family: unix, type: dgram}",
                           default="allow"),
    "cid": socket_section("- {deny: connect, cid: 3}", default="allow"),
    "peer": socket_section("- {allow: connect, proto: tcp, peer: self}",
                           default="deny"),
}


class DigestTest(AdminCase):
    def digest_of(self, text):
        """Of this and the keeper."""
        cordon.write_file("/run/keeper.yaml", cordon.KEEPER)
        cordonctl("load", "--replace", "/run/keeper.yaml", "-", stdin=text)
        self.session.generation += 1
        self.policy = text
        event = self.told()[0]
        self.assertEqual(event["digest"], status()["digest"])
        return event["digest"]

    def test_different(self):
        digests = {}
        for name, body in DIFFERENT.items():
            digest = self.digest_of(Policy(acme=body).text)
            self.assertNotIn(digest, digests, (name, digests.get(digest)))
            digests[digest] = name
        self.assertNotIn(self.digest_of(Policy(globex=OPEN).text), digests)
        self.assertNotIn(self.digest_of(Policy(acme=OPEN, globex=OPEN).text),
                         digests)

    def test_same(self):
        """Wherever it was written, and in which order the tenants were."""
        text = Policy(acme=DIFFERENT["rule"], globex=OPEN).text
        digest = self.digest_of(text)
        self.assertEqual(self.digest_of("# Moved.\n\n" + text), digest)
        self.assertEqual(self.digest_of(
            Policy(globex=OPEN, acme=DIFFERENT["rule"]).text), digest)


class RequestTest(AdminCase):
    """Whoever may not ask for something is told of."""

    def test_nobody(self):
        def work():
            connection = Connection()
            assert connection.request(BEGIN).name == "EPERM"
            assert connection.request(TENANT_GET).name == "EPERM"

        child = in_child(work)
        events = self.told(2)
        for event, name in zip(events, ("policy-begin", "tenant-get")):
            self.check(event, op="request", verdict="denied", errno=1,
                       errno_name="EPERM", reason="permission", uid=NOBODY,
                       gid=NOBODY, pid=child, ppid=os.getpid(),
                       comm=COMM, why=f"{name}: {NEEDED}",
                       generation_before=self.session.generation,
                       digest=None, digest_before=None)

    def test_member(self):
        """What a member asks for is its tenant's."""
        self.load(acme=file_section(default="allow", mode="audit"))
        self.session.take()

        def enter():
            with open(f"{cordon.cgroup_dir('acme')}/cgroup.procs", "w",
                      encoding="ascii") as procs:
                procs.write("0")

        os.makedirs(cordon.cgroup_dir("acme"), exist_ok=True)
        done = cordon.run("cordonctl", "flush", preexec_fn=enter)
        self.assertEqual(done.returncode, 4, done.stderr)
        event, = self.told()
        # A tenant in audit mode is refused all the same.
        self.check(event, op="request", verdict="denied", errno=1,
                   errno_name="EPERM", reason="permission", tenant="acme",
                   why="policy-begin: a member of a tenant cannot manage "
                   "policy")
        self.assertEqual(query("show", "acme")["events"], {
            "generated": 1, "sent": 1, "suppressed": 0, "lost": 0,
            "pending": 0})

    BATCH, BATCHES = 50, 200

    def flood(self):
        connection = Connection()
        for _ in range(self.BATCHES):
            connection.send_raw(b"".join(connection.message(BEGIN)
                                         for _ in range(self.BATCH)))
            assert connection.wait().name == "EPERM"

    def test_flood(self):
        """Nobody can make so many that they are a burden, or that what others
        do is not told."""
        count = self.BATCH * self.BATCHES
        child = start_child(self.flood)
        self.load(acme=OPEN)
        loaded = self.session.generation
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.load(acme=file_section())
        events = []

        def all_there():
            events.extend(self.session.take(admin=True))
            self.assertEqual(unaccounted(counters()), 0)
            return self.requests(events) == count \
                and not counters()["pending"]

        self.assertTrue(wait_until(all_there), self.requests(events))
        self.assertLess(len(events), count // 2)
        self.assertEqual([event["generation"] for event in events
                          if event["op"] == "load"], [loaded, loaded + 1])

    def requests(self, events):
        """How many requests they tell of."""
        return sum(event["suppressed"] if event["class"] == "stream" else 1
                   for event in events if event["op"] != "load")


class ModuleTest(unittest.TestCase):
    """The module tells when it comes and goes, and that all is flushed."""

    def setUp(self):
        cordon.end()
        self.addCleanup(self.restore)

    def restore(self):
        cordon.run("rmmod", "cordon")
        cordon.insert()
        cordon.begin()

    def newest(self):
        return query("events", "--last", "1", "--class", "admin")

    def test_flush(self):
        event = self.newest()
        self.assertEqual((event["op"], event["verdict"]), ("flush", "noted"))
        self.assertEqual(event["digest"], status()["digest"])
        self.assertNotEqual(event["digest"], event["digest_before"])

    def test_start_and_stop(self):
        cordon.remove()
        cordon.insert()
        self.assertTrue(wait_until(lambda: cordonctl("events")))
        event = query("events")
        self.assertEqual(
            {key: event[key] for key in (
                "seq", "tenant_seq", "tenant", "class", "op", "verdict",
                "generation", "generation_before", "comm", "why")},
            {"seq": 1, "tenant_seq": 1, "tenant": HOST, "class": "admin",
             "op": "start", "verdict": "noted", "generation": 0,
             "generation_before": 0, "comm": "insmod", "why": None})
        # Of no policy at all, which is the same everywhere.
        self.assertEqual(event["digest"], "e3b0c44298fc1c149afbf4c8996fb92427"
                         "ae41e4649b934ca495991b7852b855")
        self.assertTrue(wait_until(lambda: not counters()["pending"]))
        self.assertEqual(counters(), {
            "generated": 1, "sent": 1, "suppressed": 0, "lost": 0,
            "pending": 0})
        recorder = cordon.Recorder("/run/events")
        cordon.remove()
        time.sleep(0.2)
        events, _ = recorder.stop()
        self.assertEqual([(event["op"], event["comm"]) for event in events],
                         [("stop", "rmmod")])


if __name__ == "__main__":
    unittest.main()
