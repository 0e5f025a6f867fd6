# SPDX-License-Identifier: GPL-2.0
"""What doctor finds, and that it leaves nothing behind."""
import errno
import json
import os
import signal
import subprocess
import time
import unittest

import cordon
from cordon import CGROUPS, Task, cordonctl, file_section, \
    query, read_file, run, status, wait_until, write_file
from test_attach import turn_off, write

NO = "/srv/no"
PREFIX = "cordon-doctor-"
PROOFS = ("denied-open", "allowed-open", "denied-connect", "allowed-connect",
          "event", "event-time")
CONFIG = f"/boot/config-{os.uname().release}"
NEEDED = ("MODULES", "DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "KPROBES", "CGROUPS",
          "SECURITY_NETWORK", "SECURITY_PATH", "CRYPTO_LIB_SHA256", "AUDIT")
DENY = file_section(f"- {{deny: read, path: {NO}/**}}", default="allow")
# A place where things can be mounted over others, and are gone afterwards.
MOUNTS = ("unshare", "-m", "sh", "-c")


def leftovers():
    """Tenants, and cgroups, of doctor's."""
    return ([tenant["name"] for tenant in query("show")["tenants"]
             if tenant["name"].startswith(PREFIX)],
            [name for name in os.listdir(CGROUPS) if name.startswith(PREFIX)])


class DoctorCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.addCleanup(self.clean_up)
        cordonctl("flush")

    def clean_up(self):
        if "cordon" in [line.split()[0] for line in
                        read_file("/proc/modules").splitlines()]:
            cordonctl("flush")

    def load(self, *options, **tenants):
        return cordonctl("load", *options, "-",
                         stdin=cordon.Policy(**tenants).text)

    def doctor(self, code, *before, **options):
        """What it found, by the name of the check: level and text."""
        if before[:4] == MOUNTS:
            before = (*MOUNTS, f"{before[4]} && exec cordonctl doctor --json")
            done = run(*before, **options)
        else:
            done = run(*before, "cordonctl", "doctor", "--json", **options)
        self.assertEqual(done.returncode, code, done)
        told = json.loads(done.stdout)
        found = {}
        for finding in told["findings"]:
            self.assertEqual(set(finding), {"check", "level", "found",
                                            "expected", "advice"})
            self.assertEqual(finding["advice"] is None,
                             finding["level"] == "ok", finding)
            found.setdefault(finding["check"], []).append(
                (finding["level"], finding["found"]))
        levels = [finding["level"] for finding in told["findings"]]
        self.assertEqual((told["errors"], told["warnings"], told["unknown"]),
                         tuple(map(levels.count,
                                   ("error", "warning", "unknown"))))
        self.assertEqual(told["ok"], not told["errors"])
        return found

    def expect(self, found, check, level, text=""):
        """One of the findings of a check is this."""
        self.assertTrue(any(one[0] == level and text in one[1]
                            for one in found.get(check, [])),
                        (check, level, text, found.get(check)))

    def expect_proved(self, found):
        for check in PROOFS:
            self.assertEqual([level for level, _ in found[check]], ["ok"],
                             (check, found[check]))
        self.assertNotIn("trial", found)

    def expect_nothing_left(self):
        self.assertEqual(leftovers(), ([], []))

    def start(self):
        """A doctor that has just loaded its tenant, and is stopped there."""
        process = subprocess.Popen(["cordonctl", "doctor", "--json"],
                                   text=True, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        own = f"{PREFIX}{process.pid}-"
        while not any(name.startswith(own) for name in os.listdir(CGROUPS)):
            self.assertIsNone(process.poll())
        # A commit that is under way is done before it stops.
        while True:
            process.send_signal(signal.SIGSTOP)
            self.assertTrue(wait_until(
                lambda: ") T " in read_file(f"/proc/{process.pid}/stat")))
            if any(name.startswith(own) for name in leftovers()[0]):
                return process
            process.send_signal(signal.SIGCONT)
            time.sleep(0.001)


class WellTest(DoctorCase):
    def test_empty_host(self):
        found = self.doctor(0)
        self.expect_proved(found)
        for check in ("module", "version", "cgroup", "ftrace", "memory",
                      "hooks", "bounds"):
            self.assertEqual([level for level, _ in found[check]], ["ok"],
                             (check, found[check]))
        self.expect_nothing_left()
        self.assertEqual(status()["hooks"], [])
        self.assertEqual(status()["members"], 0)

    def test_text(self):
        done = run("cordonctl", "doctor")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("ok      denied-open: opening /dev/null was denied\n",
                      done.stdout)
        self.assertIn("ok      denied-connect: connecting to 127.0.0.1 by TCP "
                      "was denied\n", done.stdout)
        self.assertNotIn("\033", done.stdout)

    def test_real_tenants(self):
        """They are as they were, in every respect, and so are their tasks."""
        write_file(f"{NO}/f")
        self.load(acme=DENY)
        before, shown = status(), cordonctl("show", "--yaml")
        shown = shown.replace(f"# generation {before['generation']}\n",
                              f"# generation {before['generation'] + 2}\n")
        task = Task("acme")
        self.addCleanup(task.stop)
        self.expect_proved(self.doctor(0))
        after = status()
        for key in ("tenants", "rules", "members", "policy_bytes", "digest",
                    "hooks"):
            if key != "members":
                self.assertEqual(after[key], before[key], key)
        self.assertEqual(after["generation"], before["generation"] + 2)
        # Save the generation, which the first line tells.
        self.assertEqual(cordonctl("show", "--yaml").split("\n")[1:],
                         shown.split("\n")[1:])
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        self.expect_nothing_left()


class TogetherTest(DoctorCase):
    def test_two_doctors(self):
        doctors = [subprocess.Popen(["cordonctl", "doctor", "--json"],
                                    stdout=subprocess.PIPE)
                   for _ in range(2)]
        for process in doctors:
            output = process.communicate()[0]
            self.assertEqual(process.returncode, 0, output)
        self.expect_nothing_left()

    def test_loads(self):
        """What it does between is no reason for a load to be refused."""
        with subprocess.Popen(["cordonctl", "doctor", "--json"],
                              stdout=subprocess.PIPE) as process:
            loads = 0
            while process.poll() is None:
                for body in (DENY, file_section(default="allow")):
                    self.load("--diff", acme=body)
                    loads += 1
            output = process.stdout.read()
        self.assertEqual(process.returncode, 0, output)
        self.assertGreater(loads, 1)
        self.expect_nothing_left()

    def test_replaced(self):
        """Who replaces all policy removes its tenant: it tries again."""
        process = self.start()
        self.load("--replace", acme=DENY)
        self.assertEqual(leftovers()[0], [])
        process.send_signal(signal.SIGCONT)
        output = process.communicate()[0]
        self.assertEqual(process.returncode, 0, output)
        self.assertEqual([finding["level"] for finding
                          in json.loads(output)["findings"]
                          if finding["check"] in PROOFS], ["ok"] * 6)
        self.expect_nothing_left()


class InterruptTest(DoctorCase):
    def test_signals(self):
        """It cleans up, and then does what the signal is for."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process = self.start()
                process.send_signal(number)
                process.send_signal(signal.SIGCONT)
                self.assertEqual(process.wait(cordon.TIMEOUT), -number)
                self.expect_nothing_left()

    def test_killed(self):
        """The next one cleans up, and says so; others' things stay."""
        other = f"{PREFIX}mine"
        self.load(**{other: DENY})
        os.makedirs(f"{CGROUPS}/{other}", exist_ok=True)
        self.addCleanup(os.rmdir, f"{CGROUPS}/{other}")
        process = self.start()
        process.kill()
        process.wait(cordon.TIMEOUT)
        tenants, cgroups = leftovers()
        self.assertEqual((len(tenants), len(cgroups)), (2, 2))
        tenants.remove(other)
        found = self.doctor(0)
        for what in (f"tenant '{tenants[0]}'",
                     f"cgroup '{CGROUPS}/{tenants[0]}'"):
            self.expect(found, "leftovers", "warning",
                        f"{what} was left and is removed")
        self.expect_proved(found)
        self.assertEqual(leftovers(), ([other], [other]))

    def test_running_one_is_left_alone(self):
        process = self.start()
        found = self.doctor(0)
        self.assertNotIn("leftovers", found)
        self.assertEqual([len(names) for names in leftovers()], [1, 1])
        process.send_signal(signal.SIGCONT)
        output = process.communicate()[0]
        self.assertEqual(process.returncode, 0, output)
        self.expect_nothing_left()


class WrongTest(DoctorCase):
    """Each thing that is made wrong is found."""

    def test_not_loaded(self):
        cordon.remove()
        self.addCleanup(cordon.insert)
        found = self.doctor(1)
        self.expect(found, "module", "error", "is not loaded")
        self.assertNotIn("denied-open", found)

    def test_not_permitted(self):
        found = self.doctor(4, preexec_fn=lambda: os.setuid(65534))
        self.expect(found, "module", "error", "CAP_MAC_ADMIN")
        self.load(acme=file_section(default="allow"))
        found = self.doctor(4, "cordonctl", "run", "acme", "--")
        self.expect(found, "module", "error", "member of a tenant")

    def test_ftrace_is_off(self):
        if turn_off() == errno.EOPNOTSUPP:
            self.skipTest("this kernel never turns ftrace off")
        self.addCleanup(write, "/proc/sys/kernel/ftrace_enabled", "1")
        found = self.doctor(1)
        self.expect(found, "ftrace", "error", "kernel.ftrace_enabled = 0")
        self.expect(found, "trial", "error", "kernel.ftrace_enabled is 0")
        self.expect_nothing_left()

    def hold(self, function):
        done = run("insmod", "/cordon/holder.ko", f"function={function}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(run, "rmmod", "holder")

    def test_hook_is_held(self):
        """One that its own tenant needs, and one that others might."""
        self.hold("security_path_chmod")
        found = self.doctor(0)
        self.expect(found, "hooks", "warning",
                    "security_path_chmod is held by kernel module holder")
        self.expect_proved(found)
        run("rmmod", "holder")
        self.hold("security_file_open")
        found = self.doctor(1)
        self.expect(found, "trial", "error",
                    "security_file_open is held by kernel module holder")
        self.expect_nothing_left()

    def test_kernel_config(self):
        os.makedirs("/boot", exist_ok=True)
        if not os.path.exists("/proc/config.gz"):
            self.expect(self.doctor(0), "kernel-config", "unknown", CONFIG)
        self.addCleanup(lambda: os.path.exists(CONFIG) and os.unlink(CONFIG))
        for lacking, code, level in ((None, 0, "ok"), ("KPROBES", 1, "error"),
                                     ("AUDIT", 0, "warning")):
            with self.subTest(lacking):
                write_file(CONFIG, "".join(
                    f"# CONFIG_{name} is not set\n" if name == lacking else
                    f"CONFIG_{name}=y\n" for name in NEEDED))
                found = self.doctor(
                    code, *MOUNTS, "[ ! -e /proc/config.gz ] || "
                    "mount --bind /dev/zero /proc/config.gz")
                if not os.path.exists("/proc/config.gz"):
                    self.expect(found, "kernel-config", level,
                                lacking or "all that is needed")

    def test_no_cgroup2(self):
        found = self.doctor(1, *MOUNTS, f"umount {CGROUPS}")
        self.expect(found, "cgroup", "error", "is not mounted")
        self.expect(found, "trial", "error", "without cgroup v2")

    # What a file of /proc says, and what is made of it.
    FILES = (("/proc/sys/kernel/tainted", "4226", 0, "taint", "warning",
              "loaded by force"),
             ("/proc/sys/kernel/tainted", "128", 0, "taint", "warning",
              "oops"),
             ("/proc/meminfo", "MemTotal: 1000 kB\nMemFree: 9 kB\n"
              "MemAvailable: 49 kB\n", 0, "memory", "warning",
              "49 of 1000 kB"),
             ("/proc/meminfo", "nothing", 0, "memory", "unknown", ""))

    def test_proc(self):
        for path, text, code, check, level, part in self.FILES:
            with self.subTest(path=path, text=text):
                write_file("/run/instead", text)
                found = self.doctor(code, *MOUNTS,
                                    f"mount --bind /run/instead {path}")
                self.expect(found, check, level, part)

    def test_clock(self):
        """Of 1970; and it jumps while events are waited for."""
        now, since = time.time(), time.monotonic()
        self.addCleanup(lambda: time.clock_settime(
            time.CLOCK_REALTIME, now + time.monotonic() - since))
        time.clock_settime(time.CLOCK_REALTIME, 1000)
        self.expect(self.doctor(0), "clock", "warning", "after 1970")

    def test_lost_event(self):
        cordon.remove()
        self.addCleanup(cordon.insert)
        self.addCleanup(cordon.remove)
        self.addCleanup(cordonctl, "flush")
        cordon.insert("backlog_max=1")
        write_file(f"{NO}/f")
        self.load(acme=file_section(f"- {{deny: read, path: {NO}/**}}",
                                    default="allow",
                                    events=(1000000, 1000000)))
        run("cordonctl", "run", "acme", "sh", "-c", "for i in $(seq 500); do "
            f"test -e {NO}/f; cat {NO}/f & done; wait")
        lost, = [tenant["events"]["lost"]
                 for tenant in query("show")["tenants"]]
        self.assertGreater(lost, 0)
        found = run("cordonctl", "doctor", "--json")
        checks = {finding["check"]: finding for finding
                  in json.loads(found.stdout)["findings"]}
        self.assertEqual(checks["lost-events"]["level"], "warning")
        self.assertIn("events of tenant 'acme' were lost",
                      checks["lost-events"]["found"])

    def test_not_enforced(self):
        """In a chroot its tenant's file has another path, as with a bypass."""
        found = self.doctor(1, *MOUNTS,
                            "mkdir -p /run/jail && mount --rbind / /run/jail "
                            "&& cd /run/jail && chroot /run/jail true "
                            "&& exec chroot /run/jail cordonctl doctor --json")
        self.expect(found, "denied-open", "error", "went well")
        self.expect(found, "event", "error", "open was not told")
        self.expect(found, "denied-connect", "ok")
        self.expect_nothing_left()


if __name__ == "__main__":
    unittest.main()
