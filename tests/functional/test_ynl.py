# SPDX-License-Identifier: GPL-2.0
"""The kernel's own client for netlink families, which knows of this one only
what cordon.yaml says, and checks that against the kernel's schema."""
import json
import os
import subprocess
import time
import unittest

import cordon
from cordon import CordonTest, TOP, members, query, run

YNL = "/cordon/ynl"
COMMAND = ["python3", f"{YNL}/tools/net/ynl/cli.py",
           "--spec", "/cordon/cordon.yaml", "--schema",
           f"{YNL}/Documentation/netlink/genetlink-c.yaml", "--output-json"]
OPTIONS = {"env": {**os.environ, "PYTHONPATH": "/cordon/python"}}
READ, CONNECT = 1, 8
SECRET = "/run/ynl/secret"
ACME = {"name": "acme", "origin": "ynl:1", "mode": "enforce",
        "file-default": "allow", "socket-default": "deny",
        "guard-allow": ["mount", "bpf"],
        "selector": [{"cgroup": f"{TOP}/acme"}]}
DENY_SECRET = {"class": "file", "action": "deny", "ops": READ,
               "origin": "ynl:2", "path": [SECRET, "/run/ynl/more/**"]}
ALLOW_CONNECT = {"class": "socket", "action": "allow", "ops": CONNECT,
                 "origin": "ynl:3", "proto": ["tcp", "udp"],
                 "addr": {"ip": "7f000000", "prefix-len": 8},
                 "port": [{"first": 80, "last": 80},
                          {"first": 8000, "last": 8999}]}


def setUpModule():
    cordon.begin()


def tearDownModule():
    cordon.end()


class YnlTest(CordonTest):
    def ynl(self, *words):
        """What it prints, when it goes well."""
        done = run(*COMMAND, *words, **OPTIONS)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return json.loads(done.stdout)

    def refused(self, *words):
        """What it says of a request that the module refuses."""
        done = run(*COMMAND, *words, **OPTIONS)
        self.assertEqual((done.returncode, done.stderr), (1, ""), done.stdout)
        return done.stdout

    def transaction(self, *rules, tenant=None, end="policy-commit"):
        """Requests of one socket, as it takes them."""
        tenant = tenant or ACME
        steps = [("policy-begin", {}),
                 ("policy-add-tenant", {"tenant": tenant}),
                 ("policy-add-rules", {"tenant-name": tenant["name"],
                                       "rule": list(rules)}),
                 (end, {})]
        return [word for name, attributes in steps
                for word in ("--multi", name, json.dumps(attributes))]

    def load_acme(self):
        self.addCleanup(self.session.remove_others)
        self.make_tree(os.path.dirname(SECRET), files=["secret", "open"])
        answers = self.ynl(*self.transaction(DENY_SECRET, ALLOW_CONNECT))
        self.session.generation += 1
        self.assertEqual(answers, [
            None, None, None, {"generation": self.session.generation}])

    def test_load(self):
        """A tenant and two rules, which then hold and can be listed."""
        self.load_acme()
        tenants = {each["tenant"]["name"]: each["tenant"]
                   for each in self.ynl("--dump", "tenant-get")}
        self.assertEqual(set(tenants), {"acme", "keeper"})
        acme = tenants["acme"]
        acme["guard-allow"].sort(reverse=True)
        self.assertEqual({key: acme[key] for key in ACME}, ACME)
        self.assertEqual(acme["rules"], 2)
        self.check_rules()
        self.check_verdicts()

    def check_rules(self):
        dump = self.ynl("--dump", "rule-get", "--json",
                        json.dumps({"tenant-name": "acme"}))
        rules = [rule for each in dump for rule in each["rule"]]
        self.assertEqual([each["origin"] for each in rules],
                         ["ynl:2", "ynl:3"])
        self.assertEqual(rules[0]["path"], DENY_SECRET["path"])
        self.assertEqual(sorted(rules[1]["proto"]), ["tcp", "udp"])
        self.assertEqual(rules[1]["addr"], [ALLOW_CONNECT["addr"]])
        self.assertEqual(rules[1]["port"], ALLOW_CONNECT["port"])
        # The tool reads the same.
        shown = query("show", "acme")["rules"]
        self.assertEqual([each["origin"] for each in shown],
                         ["ynl:2", "ynl:3"])

    def check_verdicts(self):
        acme = self.task("acme")
        self.allowed(acme, "open r /run/ynl/open")
        self.denied(acme, f"open r {SECRET}", op="read", path=SECRET,
                    origin="ynl:2")
        member, = (each["member"] for each in
                   self.ynl("--dump", "member-get")
                   if each["member"]["tenant"] == "acme")
        self.assertEqual({member["pid"]}, members("acme"))
        self.assertEqual(member["pid"], acme.pid)
        answer = self.ynl("--do", "explain", "--json", json.dumps({
            "tenant-name": "acme", "act": {
                "class": "file", "op": READ,
                "path": SECRET.encode().hex()}}))["answer"]
        self.assertEqual((answer["ruling"], answer["basis"],
                          answer["origin"]), ("denied", "rule", "ynl:2"))

    def listen(self, act):
        """Events that came while an act was done again and again: nobody is
        told when it listens."""
        with subprocess.Popen([*COMMAND, "--subscribe", "events",
                               "--sleep", "3"], stdout=subprocess.PIPE,
                              text=True, **OPTIONS) as client:
            while client.poll() is None:
                act()
                time.sleep(0.2)
            self.assertEqual(client.returncode, 0)
            return json.loads(client.stdout.read())

    def test_event(self):
        """Those of the group, and of the dump, of files and of sockets."""
        self.load_acme()
        acme = self.task("acme")

        def act():
            self.assertEqual(acme.do(f"open r {SECRET}"), "EACCES")
            acme.must("socket inet stream")
            self.assertEqual(acme.do("connect inet,127.0.0.1,81"), "EACCES")

        got = self.listen(act)
        told = self.session.take()
        self.assertGreaterEqual(len(got), 2)
        self.assertEqual({each["name"] for each in got}, {"event-ntf"})
        self.check_same([each["msg"]["event"] for each in got], told)
        # Other tests had a tenant of that name, and the load is told of, too.
        since = min(each["seq"] for each in told) - 1
        dump = [each["event"] for each in
                self.ynl("--dump", "event-get", "--json",
                         json.dumps({"since": since}))]
        self.assertEqual(dump[0]["seq"], since)
        self.assertEqual(
            self.check_same([each for each in dump
                             if each["tenant"] == "acme"], told), len(told))

    def check_same(self, events, told):
        """Each is one that the tool told of, with the same in it."""
        by_number = {each["seq"]: each for each in told}
        kinds = set()
        for event in events:
            wanted = by_number[event["seq"]]
            kinds.add(event["class"])
            for key in ("tenant", "class", "verdict", "reason", "origin",
                        "pid", "comm", "errno"):
                self.assertEqual(event[key], wanted[key], key)
            if event["class"] == "file":
                self.assertEqual(bytes.fromhex(event["path"]).decode(),
                                 wanted["path"])
            else:
                self.assertEqual(event["remote-addr"], wanted["remote_addr"])
                self.assertEqual(event["remote-port"], wanted["remote_port"])
        self.assertEqual(kinds, {"file", "socket"})
        return len(events)

    def test_refused(self):
        """Why, in words, and at which attribute."""
        digest = cordon.status()["digest"]
        for change, where in (({"path": "relative"}, ".rule.path"),
                              ({"ops": 0}, ".rule"),
                              ({"action": 7}, ".rule.action")):
            with self.subTest(change):
                text = self.refused(*self.transaction(
                    {**DENY_SECRET, **change}, end="policy-abort"))
                self.assertIn("Netlink error: ", text)
                self.assertIn("'msg': ", text)
                self.assertIn(f"'bad-attr': '{where}'", text)
        self.assertEqual(cordon.status()["digest"], digest)

    def test_abort(self):
        """What is not committed is not in force."""
        self.assertEqual(self.ynl(*self.transaction(
            DENY_SECRET, end="policy-abort")), [None] * 4)
        self.assertEqual([each["name"] for each in query("show")["tenants"]],
                         ["keeper"])


if __name__ == "__main__":
    unittest.main()
