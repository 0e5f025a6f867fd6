# SPDX-License-Identifier: GPL-2.0
"""Loading policy with the tool: good, bad, large, at once, and cut short."""
import os
import random
import signal
import subprocess
import time
import unittest

import cordon
import netlink
from cordon import ACT, CordonTest, cordonctl, file_section, query, run, \
    socket_section, status, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/p"
HEAD = "version: 1\ntenants:\n  acme:\n    select: [cgroup: /t/acme]\n"
FILE_HEAD = HEAD + "    file:\n      default: deny\n      rules:\n"
SOCKET_HEAD = HEAD + "    socket:\n      default: deny\n      rules:\n"

# A file, and how the first complaint about it begins or what is in it.
BAD = {
    "nothing": ("", "<stdin>:1:1: the file is empty"),
    "malformed": ("version: [1\n", "<stdin>:2:1: not valid YAML"),
    "bad indentation": ("version: 1\n tenants: 2\n", "<stdin>:2:9: "),
    "unknown key": (HEAD + "    fille: {default: deny}\n",
                    "<stdin>:5:5: unknown key 'fille'"),
    "unknown operation": (FILE_HEAD + "        - {allow: [raed], path: /a}\n",
                          "<stdin>:8:20: unknown operation 'raed'; "
                          "did you mean 'read'?"),
    "duplicate tenant": (HEAD + "  acme:\n    select: [uid: 1]\n",
                         "<stdin>:5:3: duplicate tenant 'acme'"),
    "empty pattern": (FILE_HEAD + "        - {allow: read, path: ''}\n",
                      "<stdin>:8:31: bad path pattern: empty pattern"),
    "reversed ports": (SOCKET_HEAD + "        - {allow: bind, port: 9-1}\n",
                       "<stdin>:8:31: port range 9-1 is reversed"),
    "prefix 129": (SOCKET_HEAD +
                   "        - {allow: connect, addr: 'fd00::/129'}\n",
                   "<stdin>:8:34: prefix length 129 "),
    "pattern longer than PATH_MAX": (
        FILE_HEAD + "        - {allow: read, path: " + "/p" * 2100 + "}\n",
        "<stdin>:8:4126: bad path pattern: "),
    "no version": (HEAD.replace("version: 1\n", ""),
                   "<stdin>:1:1: a policy file has no 'version'"),
    "tenant's name": (HEAD.replace("acme:", "ac/me:"), "<stdin>:3:3: "),
    "no selector": ("version: 1\ntenants:\n  acme: {mode: audit}\n",
                    "<stdin>:3:9: a tenant has no 'select'"),
    "not text": ("\x7fELF\x01\x01", "<stdin>:1:1: not YAML text"),
}


class PolicyCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(TOP, files=("no", "yes", "f"))
        self.load(acme=file_section(f"- {{deny: read, path: {TOP}/no}}",
                                    default="allow"))
        self.acme = self.task("acme")

    def expect_in_force(self):
        """What was loaded first is what holds."""
        self.assertEqual(status()["generation"], self.session.generation)
        self.denied(self.acme, f"open r {TOP}/no", op="read",
                    path=f"{TOP}/no", origin=self.policy.origin("deny:"))
        self.allowed(self.acme, f"open r {TOP}/yes")

    def refused(self, code, *arguments, stdin=None):
        """A command that has to fail; its complaint."""
        done = run("cordonctl", *arguments, input=stdin)
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stdout, "")
        return done.stderr


class BadInputTest(PolicyCase):
    def test_bad(self):
        for name, (text, complaint) in BAD.items():
            with self.subTest(name):
                said = self.refused(3, "load", "-", stdin=text)
                self.assertTrue(said.startswith(complaint), said)
                self.assertTrue(said.endswith(
                    "cordonctl: nothing was loaded\n"), said)
        self.expect_in_force()

    def test_binary(self):
        said = self.refused(3, "load", ACT)
        self.assertTrue(said.startswith(f"{ACT}:1:1: not YAML text"), said)
        self.expect_in_force()

    def test_huge(self):
        with open("/run/huge.yaml", "wb") as file:
            file.truncate(100 << 20)
        self.addCleanup(os.unlink, "/run/huge.yaml")
        said = self.refused(3, "load", "/run/huge.yaml")
        self.assertTrue(said.startswith(
            "/run/huge.yaml:1:1: file is larger than 16 MiB"), said)
        self.expect_in_force()

    def test_huge_stream(self):
        """What has no size beforehand ends at the same bound."""
        with open("/dev/zero", "rb") as zeros:
            done = subprocess.run(["cordonctl", "load", "-"], stdin=zeros,
                                  capture_output=True, text=True, check=False,
                                  timeout=cordon.TIMEOUT)
        self.assertEqual(done.returncode, 3)
        self.assertIn("<stdin>:1:1: file is larger than 16 MiB", done.stderr)
        self.expect_in_force()

    def test_no_file(self):
        said = self.refused(3, "load", "/nowhere.yaml")
        self.assertIn("/nowhere.yaml", said)
        self.assertIn("No such file", said)
        self.expect_in_force()

    def test_one_of_two(self):
        """A good file does not get in beside a bad one."""
        write_file("/run/good.yaml", HEAD.replace("acme", "globex"))
        said = self.refused(3, "load", "/run/good.yaml", "-", stdin="x")
        self.assertTrue(said.startswith("<stdin>:1:1:"), said)
        self.assertEqual(status()["tenants"], 2)
        self.expect_in_force()

    def test_command_line(self):
        for arguments in (["load"], ["laod"], ["load", "--what", "-"],
                          ["load", "--expect-generation=x", "-"],
                          ["show", "a", "b"]):
            self.refused(2, *arguments, stdin="")
        self.refused(1, "show", "nobody")
        self.expect_in_force()


class ReplaceTest(PolicyCase):
    def test_one_tenant(self):
        """The others stay as they are, with their members and counters."""
        before = self.expect_in_force() or query("show", "acme")
        self.session.load(cordon.Policy(globex=file_section()))
        self.session.load(cordon.Policy(globex=socket_section(
            "- {allow: create, family: inet}")))
        self.assertEqual(query("show", "acme"), before)
        self.assertEqual(query("show", "globex")["file_default"], None)
        task = self.task("globex")
        task.must("socket inet dgram")
        self.denied(task, "connect inet,127.0.0.1,7", op="connect",
                    family="inet", type="dgram", protocol="udp",
                    local_addr="0.0.0.0", local_port=0,
                    remote_addr="127.0.0.1", remote_port=7)
        self.denied(self.acme, f"open r {TOP}/no", op="read",
                    path=f"{TOP}/no", origin=self.policy.origin("deny:"),
                    generation=self.session.generation - 2)

    def test_replace_all(self):
        self.replace(globex=file_section())
        self.assertEqual([tenant["name"] for tenant
                          in query("show")["tenants"]], ["globex", "keeper"])
        self.allowed(self.acme, f"open r {TOP}/no")

    def test_expected_generation(self):
        generation = self.session.generation
        text = self.policy.text
        for stale in (generation - 1, generation + 1, 0):
            said = self.refused(1, "load", f"--expect-generation={stale}",
                                "-", stdin=text)
            self.assertEqual(
                said, "cordonctl: the kernel refused to commit the policy: "
                f"policy generation is {generation}, not {stale}: "
                "somebody else changed the policy\n"
                "cordonctl: nothing was loaded\n")
        self.expect_in_force()
        self.session.load(self.policy, f"--expect-generation={generation}")
        self.expect_in_force()

    def test_dry_run(self):
        text = self.policy.text.replace("/no", "/yes")
        said = cordonctl("load", "--dry-run", "-", stdin=text)
        self.assertIn("nothing was changed", said)
        self.expect_in_force()

    def test_show(self):
        """What the kernel gives back is what was put in."""
        self.load(acme=file_section(
            "- {allow: [read, exec], path: [/a/*, '/b/{c,d}/**'],"
            " log: always}", "- {deny: all, path: /z}") +
            "\n    socket:\n      default: allow\n      rules:\n"
            "        - {deny: connect, proto: tcp, family: inet6,"
            " addr: 'fd00::/8', port: [1-9, 80]}\n"
            "        - {deny: [bind, listen, connect], path: [/s*, /t],"
            " abstract: [x, /y]}\n"
            "        - {allow: all, family: netlink, protocol: [audit, 30]}\n"
            "        - {deny: bind, cid: [2, 5-9], family: vsock,"
            " port: 0-70000}\n"
            "        - {deny: create, family: [can, 45], type: [raw, dgram]}")
        shown = query("show", "acme")
        self.assertEqual(shown["select"], [{"cgroup": "/t/acme"}])
        self.assertEqual((shown["mode"], shown["file_default"],
                          shown["socket_default"]),
                         ("enforce", "deny", "allow"))
        rules = shown["rules"]
        self.assertEqual([rule["origin"] for rule in rules],
                         [self.policy.origin(text) for text
                          in ("allow: [read", "deny: all",
                              "deny: connect", "abstract", "netlink", "cid",
                              "deny: create")])
        self.assertEqual(rules[0]["paths"], ["/a/*", "/b/{c,d}/**"])
        self.assertEqual((rules[0]["action"], rules[0]["ops"],
                          rules[0]["log"]),
                         ("allow", ["read", "exec"], "always"))
        self.assertEqual((rules[2]["addrs"], rules[2]["protos"],
                          rules[2]["families"]),
                         (["fd00::/8"], ["tcp"], ["inet6"]))
        self.assertEqual(rules[2]["ports"], [{"first": 1, "last": 9},
                                             {"first": 80, "last": 80}])
        self.assertEqual((rules[3]["ops"], rules[3]["paths"],
                          rules[3]["abstracts"]),
                         (["bind", "listen", "connect"], ["/s*", "/t"],
                          ["x", "/y"]))
        self.assertEqual((rules[4]["families"], rules[4]["protocols"]),
                         (["netlink"], ["audit", 30]))
        self.assertEqual((rules[5]["cids"], rules[5]["ports"]),
                         ([{"first": 2, "last": 2}, {"first": 5, "last": 9}],
                          [{"first": 0, "last": 70000}]))
        self.assertEqual((rules[6]["families"], rules[6]["types"]),
                         (["can", "mctp"], ["dgram", "raw"]))


def many_rules(count):
    return [f"- {{deny: read, path: {TOP}/{number:05}/f}}"
            for number in range(count)]


class ManyRulesTest(PolicyCase):
    COUNT = 1000 if cordon.SANITIZED else 10000
    KILLS = 4 if cordon.SANITIZED else 12

    def test_enforced(self):
        self.load(acme=file_section(*many_rules(self.COUNT),
                                    default="allow"))
        self.assertEqual(query("show", "acme")["rule_count"], self.COUNT)
        for number in (0, 1, self.COUNT // 2, self.COUNT - 1):
            path = f"{TOP}/{number:05}/f"
            write_file(path)
            self.denied(self.acme, f"open r {path}", op="read", path=path,
                        origin=self.policy.origin(path))
        path = f"{TOP}/{self.COUNT}/f"
        write_file(path)
        self.allowed(self.acme, f"open r {path}")

    def test_killed(self):
        """A loader that is killed leaves the old policy, or the new one."""
        new = cordon.Policy(acme=file_section(*many_rules(self.COUNT),
                                              default="allow"))
        write_file("/run/many.yaml", new.text)
        self.addCleanup(os.unlink, "/run/many.yaml")
        started = time.monotonic()
        cordonctl("load", "--dry-run", "/run/many.yaml")
        whole = time.monotonic() - started
        kept = 0
        for turn in range(self.KILLS):
            loader = subprocess.Popen(["cordonctl", "load", "/run/many.yaml"],
                                      stdout=subprocess.PIPE)
            time.sleep(whole * (turn + 1) / (self.KILLS + 1))
            loader.send_signal(signal.SIGKILL)
            loader.communicate()
            kept += self.settle_after_kill(new)
        self.assertGreater(kept, 0, "no loader was killed in time")

    def settle_after_kill(self, new):
        """Whether the old policy was kept; puts it in force if not."""
        generation = status()["generation"]
        if generation == self.session.generation:
            self.expect_in_force()
            return True
        self.assertEqual(generation, self.session.generation + 1)
        self.assertEqual(query("show", "acme")["rule_count"], self.COUNT)
        self.session.generation = generation
        self.session.load(self.policy)
        return False


class KilledTest(PolicyCase):
    """A loader that is killed at one of its messages, whichever it is."""

    def test_at_each_message(self):
        new = cordon.Policy(
            acme=file_section(f"- {{deny: read, path: {TOP}/other}}",
                              default="allow"),
            **{name: file_section(*many_rules(50)) for name in "bc"})
        write_file("/run/new.yaml", new.text)
        self.addCleanup(os.unlink, "/run/new.yaml")
        # The way in which it is put in force again, origins and all.
        self.session.replace(self.policy)
        memory = status()["policy_bytes"]
        for when in ("before", "after"):
            kept, gone = self.kill_at_each(when)
            # Nothing is in force before it was committed, which is late.
            self.assertGreater(kept, 5)
            self.assertEqual(gone > 0, when == "after")
            self.expect_no_transactions()
            self.assertEqual(status()["policy_bytes"], memory)

    def expect_no_transactions(self):
        """As many as there can be at once can be begun."""
        connections = [netlink.Connection() for _ in range(16)]
        for connection in connections:
            self.assertEqual(connection.request(netlink.BEGIN).name, "OK")
        for connection in connections:
            connection.close()

    def kill_at_each(self, when):
        """How many times the old policy was kept, and how many it was not."""
        counts = {True: 0, False: 0}
        for number in range(1, 1000):
            done = cordon.run("killer", str(number), when, "cordonctl",
                              "load", "/run/new.yaml")
            if done.returncode:
                self.assertEqual((done.returncode, done.stderr), (1, ""))
                self.session.generation += 1
                self.session.replace(self.policy)
                break
            counts[self.settle()] += 1
        return counts[True], counts[False]

    def settle(self):
        """Whether the old policy was kept; puts it in force if not."""
        generation = status()["generation"]
        kept = generation == self.session.generation
        if not kept:
            self.assertEqual(generation, self.session.generation + 1)
            self.assertEqual(status()["tenants"], 4)
            self.session.generation = generation
            self.session.replace(self.policy)
        self.expect_in_force()
        return kept


class LockoutTest(PolicyCase):
    def test_selects_the_loader(self):
        """Nobody would be left to take such a policy back."""
        for select in ("cgroup: /", "cgroup: /**", "uid: 0"):
            with self.subTest(select):
                text = ("version: 1\ntenants:\n  all:\n    select:\n"
                        f"      - {select}\n    file: {{default: allow}}\n")
                complaint = self.refused(1, "load", "-", stdin=text)
                self.assertIn("a selector matches the task that loads the "
                              "policy", complaint)
                self.expect_in_force()


class SeveralTest(PolicyCase):
    def test_two_loaders(self):
        """Of two at once neither is lost."""
        texts = [cordon.Policy(**{name: file_section()}).text
                 for name in ("one", "two")]
        for _ in range(5):
            loaders = [subprocess.Popen(
                ["cordonctl", "load", "-"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True) for _ in texts]
            for loader, text in zip(loaders, texts):
                loader.stdin.write(text)
                loader.stdin.close()
            for loader in loaders:
                self.assertEqual(loader.wait(cordon.TIMEOUT), 0)
                loader.stdout.close()
            self.session.generation += 2
            self.assertEqual([tenant["name"] for tenant
                              in query("show")["tenants"]],
                             ["acme", "keeper", "one", "two"])
            self.denied(self.acme, f"open r {TOP}/no", op="read",
                        path=f"{TOP}/no", generation=self.first_generation(),
                        origin=self.policy.origin("deny:"))
            self.replace_back()

    def first_generation(self):
        return self.session.generation - 2

    def replace_back(self):
        self.session.replace(self.policy)

    def test_one_of_two_with_expectation(self):
        """Both go by the same generation: one of them is told."""
        text = self.policy.text
        option = f"--expect-generation={self.session.generation}"
        loaders = [subprocess.Popen(["cordonctl", "load", option, "-"],
                                    stdin=subprocess.PIPE, text=True,
                                    stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
                   for _ in range(4)]
        for loader in loaders:
            loader.stdin.write(text)
            loader.stdin.close()
        codes = []
        for loader in loaders:
            codes.append(loader.wait(cordon.TIMEOUT))
            loader.stdout.close()
            loader.stderr.close()
        self.assertEqual(sorted(codes), [0, 1, 1, 1])
        self.session.generation += 1
        self.expect_in_force()

    def test_abandoned(self):
        """Transactions whose owner was killed are gone: more than can be
        open at once."""
        for _ in range(20):
            self.abandon_transaction()
        self.expect_in_force()
        self.assertEqual(status()["tenants"], 2)
        self.session.load(self.policy)
        self.expect_in_force()

    def abandon_transaction(self):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            connection = netlink.Connection()
            names = [connection.request(command, *message).name
                     for command, *message in (
                         (netlink.BEGIN,),
                         (netlink.ADD_TENANT, netlink.tenant("ghost")),
                         (netlink.REMOVE_TENANT,
                          netlink.attr(netlink.A_NAME, "acme")))]
            os.write(writing, " ".join(names).encode())
            signal.pause()
        os.close(writing)
        self.assertEqual(os.read(reading, 100), b"OK OK OK")
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def test_swaps(self):
        """While policies come and go, a rule that is in all of them holds."""
        chance = random.Random(2)
        flood = self.task("acme")
        denied = 0
        for turn in range(10):
            rules = [f"- {{deny: read, path: {TOP}/no}}",
                     f"- {{deny: write, path: {TOP}/{turn}}}"]
            chance.shuffle(rules)
            self.load(acme=file_section(*rules, default="allow"))
            answer = flood.do(f"flood r {TOP}/no 20")
            self.assertEqual(answer, "text:20")
            denied += 20
        self.assertEqual(len(self.session.take()), denied)


if __name__ == "__main__":
    unittest.main()
