# SPDX-License-Identifier: GPL-2.0
"""Commands that are started as members of a tenant."""
import os
import signal
import subprocess
import unittest

import cordon
import netlink
from cordon import ACT, ADMIN_KEYS, COMMON_KEYS, HOST, TOP, CordonTest, \
    cgroup_dir, file_section, members, run, write_file
from test_exec import LOADER
from test_member import NO, deny_no

setUpModule = cordon.begin
tearDownModule = cordon.end

SCRIPT = "/srv/script"
NAME = netlink.attr(netlink.A_NAME, "acme")
EXEC_ONLY = [f"- {{allow: [exec, map], path: {path}}}"
             for path in ("/bin/busybox", "/lib*/**", "/usr/lib*/**")]


def run_in(tenant, *command, **options):
    return run("cordonctl", "run", tenant, "--", *command, **options)


def asker(then="input()"):
    """A task that asks for acme, says so, and then does something."""
    text = ("import os, sys; sys.path.append('/cordon/tests/functional')\n"
            "import netlink\n"
            "connection = netlink.Connection()\n"
            "print(connection.request(netlink.MEMBER_JOIN, netlink.attr("
            "netlink.A_NAME, 'acme')).name, flush=True)\n" + then)
    return subprocess.Popen(["python3", "-c", text], text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


class RunCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(NO)

    def expect_denied(self, *command, tenant="acme"):
        """It runs, but cannot read what the tenant may not."""
        done = run_in(tenant, *command)
        self.assertEqual(done.stdout, "")
        event, = self.session.take()
        self.assertEqual(
            [event[key] for key in ("tenant", "op", "verdict", "path")],
            [tenant, "read", "denied", f"{NO}/f"])
        return event

    def code(self, code, *command, **options):
        done = run_in("acme", *command, **options)
        self.assertEqual(done.returncode, code, done)
        return done


class RunTest(RunCase):
    # However the tenant selects its tasks otherwise.
    SELECTORS = (f"[cgroup: {TOP}/acme]", f"[cgroup: '{TOP}/*/x/**/y?']",
                 "[uid: 70000]")

    def test_loader(self):
        """It is judged like the loader of any program of the tenant."""
        self.load(acme=file_section(f"- {{deny: exec, path: {LOADER}}}",
                                    default="allow"))
        done = run_in("acme", "python3", "-c", "print('loaded')")
        self.assertEqual((done.returncode, done.stdout), (126, ""), done)
        event, = self.session.take()
        self.assertEqual((event["op"], event["path"]), ("exec", LOADER))

    def test_is_member(self):
        """As the process that cordonctl was, in the cgroup where that was."""
        for selector in self.SELECTORS:
            with self.subTest(selector):
                self.replace(acme=deny_no(selector))
                with subprocess.Popen(
                        ["cordonctl", "run", "acme", "cat", f"{NO}/f"],
                        stderr=subprocess.DEVNULL) as process:
                    process.wait(cordon.TIMEOUT)
                self.assertEqual(process.returncode, 1)
                event, = self.session.take()
                self.assertEqual(
                    {"pid": process.pid, "ppid": os.getpid(), "comm": "cat",
                     "cgroup_id": os.stat(cordon.CGROUPS).st_ino,
                     "path": f"{NO}/f", "tenant": "acme"}.items() -
                    event.items(), set())

    def test_sticks(self):
        """To children, in other cgroups and after another exec."""
        os.makedirs(cgroup_dir("other"), exist_ok=True)
        self.load(acme=deny_no(), other=file_section(default="allow"))
        for command in (f"cat {NO}/f & wait",
                        f"exec cat {NO}/f",
                        f"echo $$ >{cgroup_dir('other')}/cgroup.procs\n"
                        f"exec /bin/cat {NO}/f"):
            with self.subTest(command):
                self.expect_denied("/bin/sh", "-c", command)

    def test_listed(self):
        self.load(acme=deny_no())
        with subprocess.Popen(["cordonctl", "run", "acme", ACT],
                              stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            self.assertEqual(process.stdout.readline(), b"ready\n")
            self.assertEqual(members("acme"), {process.pid})
            process.stdin.close()

    def test_setup_counts_not(self):
        """What is set-up in the tenant's cgroup is a member here."""
        self.load(acme="    setup: [/bin/busybox]\n" + deny_no())
        self.expect_denied("/bin/cat", f"{NO}/f")

    def test_script(self):
        """Judged by the script and by its interpreter; then as a member."""
        write_file(SCRIPT, f"#!/bin/sh\ncat {NO}/f\n")
        self.addCleanup(os.unlink, SCRIPT)
        os.chmod(SCRIPT, 0o755)
        self.load(acme=deny_no())
        self.expect_denied(SCRIPT)
        for denied in (SCRIPT, "/bin/busybox"):
            with self.subTest(denied):
                self.replace(acme=file_section(
                    f"- {{deny: exec, path: {denied}}}", default="allow"))
                self.code(126, SCRIPT)
                self.assertEqual([event["path"] for event
                                  in self.session.take()], [denied])

    def test_audit(self):
        """What would be denied is reported of the exec as well: when the
        program is opened, and when it is executed."""
        self.load(acme=file_section("- {deny: exec, path: /bin/busybox}",
                                    default="allow", mode="audit"))
        self.code(0, "true")
        self.assertEqual([(event["op"], event["verdict"], event["path"])
                          for event in self.session.take()],
                         [("exec", "would-deny", "/bin/busybox")] * 2)

    def test_last_request_holds(self):
        self.load(acme=deny_no(), other=file_section(default="allow"))
        process = asker(
            "connection.request(netlink.MEMBER_JOIN, netlink.attr("
            "netlink.A_NAME, 'other'))\n"
            f"os.execv('/bin/cat', ['cat', '{NO}/f'])")
        self.assertEqual(process.communicate()[0], f"OK\n{NO}/f")
        self.no_events()


class CodeTest(RunCase):
    def test_passed_on(self):
        self.load(acme=file_section(default="allow"))
        for code in (0, 1, 2, 42, 125, 255):
            self.code(code, "sh", "-c", f"exit {code}")
        self.code(-signal.SIGTERM, "sh", "-c", "kill $$")

    def test_not_executed(self):
        self.load(acme=file_section(*EXEC_ONLY))
        write_file("/srv/plain", "x")
        self.addCleanup(os.unlink, "/srv/plain")
        self.code(0, "true")
        for code, command in ((127, "no-such-command"), (127, "/srv/none"),
                              (126, "/srv/plain"), (126, "/srv")):
            done = self.code(code, command)
            self.assertIn(f"cannot execute '{command}'", done.stderr)
        self.session.take()

    def test_denied(self):
        """The policy of the tenant is what the command has to be allowed by."""
        self.load(acme=file_section(*EXEC_ONLY))
        done = self.code(126, ACT)
        self.assertEqual(done.stdout, "")
        self.assertIn("cordonctl events --tenant=acme", done.stderr)
        event, = self.session.take()
        self.assertEqual([event[key] for key in ("op", "path", "comm")],
                         ["exec", ACT, "cordonctl"])

    def test_not_even_tried(self):
        self.load(acme=file_section(default="allow"))
        for tenant, text in (("nobody", "there is no such tenant"),
                             ("", "cannot be the name of a tenant"),
                             ("n" * 64, "cannot be the name of a tenant")):
            done = run_in(tenant, "echo", "ran")
            self.assertEqual((done.returncode, done.stdout), (125, ""))
            self.assertIn(text, done.stderr)
        for arguments in ((), ("acme",), ("acme", "--"), ("--json", "acme")):
            done = run("cordonctl", "run", *arguments)
            self.assertEqual((done.returncode, done.stdout), (125, ""), done)

    def test_who_may(self):
        """Not without the capability, and not a member, of whatever tenant."""
        self.load(acme=deny_no(), other=file_section(default="allow"))
        done = self.code(125, "echo", "ran",
                         preexec_fn=lambda: os.setuid(65534))
        self.assertEqual(done.stdout, "")
        self.assertIn("CAP_MAC_ADMIN", done.stderr)
        for tenant in ("acme", "other"):
            done = self.code(125, "cordonctl", "run", tenant, "echo", "ran")
            self.assertEqual(done.stdout, "")
            self.assertIn("a member of a tenant cannot manage policy",
                          done.stderr)


class AskTest(RunCase):
    def expect_confined(self, process):
        self.assertEqual(process.communicate("\n")[0], "")
        self.assertEqual(process.returncode, 1)
        event, = self.session.take()
        self.assertEqual(event["pid"], process.pid)

    def test_told(self):
        self.load(acme=file_section(default="allow"))
        self.session.take()
        self.code(0, "true")
        run_in("nobody", "true")
        good, bad = self.session.take(admin=True)
        for event, verdict, error, why in (
                (good, "noted", 0, "acme"),
                (bad, "denied", 2, "there is no such tenant")):
            self.assertEqual(set(event), COMMON_KEYS | ADMIN_KEYS)
            self.assertEqual(
                [event[key] for key in ("tenant", "op", "verdict", "errno",
                                        "why", "generation_before")],
                [HOST, "run", verdict, error, why, event["generation"]])

    def test_bad_requests(self):
        connection = netlink.Connection()
        self.addCleanup(connection.close)
        for name, *attributes in (
                ("EINVAL",), ("ENOENT", netlink.attr(netlink.A_NAME, "no")),
                ("ENOENT", netlink.attr(netlink.A_NAME, "a b")),
                ("EINVAL", netlink.attr(netlink.A_NAME, "n" * 64)),
                ("EINVAL", NAME, netlink.attr(netlink.A_SINCE, b"\0" * 8))):
            answer = connection.request(netlink.MEMBER_JOIN, *attributes)
            self.assertEqual(answer.name, name, answer)
            self.assertNotEqual(answer.text, "")

    def test_not_before_exec(self):
        """Neither is who asked a member yet, nor what it forks."""
        self.load(acme=deny_no())
        process = asker(
            f"print(open('{NO}/f').read(), flush=True)\n"
            f"if not os.fork():\n os.execv('/bin/cat', ['cat', '{NO}/f'])\n"
            "os.wait()\nprint(flush=True)\ninput()\n"
            f"os.execv('/bin/cat', ['cat', '{NO}/f'])")
        for line in ("OK\n", f"{NO}/f\n", f"{NO}/f\n"):
            self.assertEqual(process.stdout.readline(), line)
        self.assertEqual(members("acme"), set())
        self.no_events()
        self.assertEqual(process.communicate("\n")[0], "")
        event, = self.session.take()
        self.assertEqual((event["pid"], event["tenant"]),
                         (process.pid, "acme"))

    def test_tenant_is_removed(self):
        """Then the command must not come to run: who asked is killed."""
        self.load(acme=deny_no(), other=deny_no())
        process = asker(f"input()\nos.execv('/bin/cat', ['cat', '{NO}/f'])")
        self.assertEqual(process.stdout.readline(), "OK\n")
        self.session.remove_others()
        self.assertEqual(process.wait(cordon.TIMEOUT), -signal.SIGKILL)
        self.assertEqual(process.communicate()[0], "")

    def test_another_is_removed(self):
        """And replaced, which is nothing to who asked."""
        self.load(acme=deny_no(), other=deny_no())
        process = asker(f"input()\nos.execv('/bin/cat', ['cat', '{NO}/f'])")
        self.assertEqual(process.stdout.readline(), "OK\n")
        self.replace(acme=deny_no())
        self.expect_confined(process)

    def test_load_is_refused(self):
        """It would have taken who asked, and the loader, which is refused."""
        self.load(acme=deny_no())
        process = asker(f"input()\nos.execv('/bin/cat', ['cat', '{NO}/f'])")
        self.assertEqual(process.stdout.readline(), "OK\n")
        policy = cordon.Policy(other="    select: [uid: 0]\n" + deny_no())
        done = run("cordonctl", "load", "-", input=policy.text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("matches the task that loads", done.stderr)
        self.session.take(admin=True)
        self.expect_confined(process)


if __name__ == "__main__":
    unittest.main()
