# SPDX-License-Identifier: GPL-2.0
"""What the functional tests share: policy, tasks, events and expectations.

A test module begins a Session and ends it.  While it lasts one tenant, the
keeper, stays loaded that needs every hook, so that replacing the other tenants
costs no attaching.  The keeper's one task also makes fences: a denial on
request, and since events keep their order, whatever was reported before it has
arrived once it has.
"""
import ctypes
import json
import os
import select
import stat
import subprocess
import time
import unittest

from agreement import Agreement, is_plain_open
from moment import parse_time

ACT = "/cordon/bin/act"
CGROUPS = "/sys/fs/cgroup"
TOP = "/t"
FENCE = "/run/fence"
# Then everything takes ten times as long.
SANITIZED = os.environ.get("CORDON_KERNEL", "").startswith("debug-")
TIMEOUT = 120 if SANITIZED else 30
# The account of what is no tenant's.
HOST = ""
LIBC = ctypes.CDLL(None, use_errno=True)

KEEPER = f"""version: 1
tenants:
  keeper:
    select: [cgroup: {TOP}/keeper]
    events: {{rate: 1000000, burst: 1000000}}
    file:
      default: deny
      rules:
        - {{allow: [exec, map], path: {ACT}}}
    socket:
      default: deny
"""

# Lets a tenant run the test program, whatever else it may not do.
ALLOW_ACT = f"- {{allow: [exec, map], path: {ACT}}}"

COMMON_KEYS = {
    "time", "time_boot_ns", "seq", "tenant_seq", "tenant", "generation",
    "class", "op", "verdict", "reason", "errno", "errno_name", "origin", "pid",
    "tgid", "ppid", "comm", "comm_escaped", "uid", "gid", "cgroup_id",
    "repeat"}
FILE_KEYS = {"path", "path_escaped", "dev_major", "dev_minor", "ino"}
NO_NAME = {"local_cid": None, "remote_cid": None, "name": None,
           "name_escaped": False}
NO_ADDRESS = {"local_addr": None, "local_port": None, "remote_addr": None,
              "remote_port": None}
ADMIN_KEYS = {"loginuid", "generation_before", "digest_before", "digest",
              "why", "why_escaped"}
SOCKET_KEYS = {"family", "type", "protocol", *NO_NAME, *NO_ADDRESS}
GUARDED = {"class": "guard", "reason": "guard", "errno": 1,
           "errno_name": "EPERM"}


def run(*command, **options):
    """Runs a command to its end; its output is text, both streams apart."""
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False,
                          timeout=TIMEOUT * 4, **options)


def cordonctl(*arguments, stdin=None):
    """A cordonctl that has to succeed; what it printed."""
    done = run("cordonctl", *arguments, input=stdin)
    if done.returncode:
        raise AssertionError(f"cordonctl {' '.join(arguments)}: "
                             f"exit {done.returncode}: {done.stderr}")
    return done.stdout


def query(command, *arguments):
    return json.loads(cordonctl(command, *arguments, "--json"))


def status():
    return query("status")


def insert(*parameters):
    done = run("insmod", "/cordon/cordon.ko", *parameters)
    if done.returncode:
        raise AssertionError(done.stderr)


def remove():
    done = run("rmmod", "cordon")
    if done.returncode:
        raise AssertionError(done.stderr)


def write_file(path, text=""):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else os.fsencode(text))


def read_file(path):
    with open(path, "rb") as file:
        return os.fsdecode(file.read())


def remove_tree(top):
    """However deep it is: what is in a directory is moved up to be removed."""
    if not os.path.isdir(top):
        return
    number = 0
    while entries := list(os.scandir(top)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry)
                continue
            for name in os.listdir(entry):
                number += 1
                os.rename(os.path.join(entry, name), f"{top}/.{number}")
            os.rmdir(entry)
    os.rmdir(top)


def wait_until(condition, seconds=TIMEOUT):
    """Waits for what happens in a moment, such as an RCU grace period."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def snapshot(top):
    """All that is in a directory: kinds, modes and contents."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            text = None
            if stat.S_ISREG(info.st_mode):
                text = read_file(path)
            found[path] = (info.st_mode, info.st_size, text)
    return found


def members(tenant=None):
    """Thread ids of the members of a tenant, or of all."""
    return {member["pid"] for member in query("ps")["members"]
            if tenant in (None, member["tenant"])}


class Policy:
    """Tenants in YAML; each is in the cgroup that has its name."""

    def __init__(self, **tenants):
        self.names = list(tenants)
        self.text = "version: 1\ntenants:\n"
        for name, body in tenants.items():
            self.text += f"  {name}:\n"
            if "select:" not in body:
                self.text += f"    select: [cgroup: {TOP}/{name}]\n"
            self.text += body.strip("\n") + "\n"

    def origin(self, fragment):
        """Where the one line is that has this text in it."""
        numbers = [number for number, line
                   in enumerate(self.text.split("\n"), 1) if fragment in line]
        if len(numbers) != 1:
            raise ValueError(f"{fragment!r} is in lines {numbers}")
        return f"<stdin>:{numbers[0]}"


def file_section(*rules, default="deny", mode="enforce", events=None):
    """The body of a tenant with rules on files; events: its rate and burst."""
    lines = [f"    mode: {mode}", "    file:", f"      default: {default}"]
    if events:
        lines.insert(1, "    events: {{rate: {}, burst: {}}}".format(*events))
    if rules:
        lines.append("      rules:")
    return "\n".join(lines + [f"        {rule}" for rule in rules])


def socket_section(*rules, default="deny", mode="enforce"):
    """The body of a tenant with rules on sockets only."""
    lines = [f"    mode: {mode}", "    socket:", f"      default: {default}"]
    if rules:
        lines.append("      rules:")
    return "\n".join(lines + [f"        {rule}" for rule in rules])


def cgroup_dir(cgroup):
    return f"{CGROUPS}{TOP}/{cgroup}"


def cgroup_id(cgroup):
    """The kernel's number of a cgroup."""
    return os.stat(cgroup_dir(cgroup)).st_ino


def encode(word):
    """A word of a line for act: %XX for what could be misread."""
    return "".join(chr(byte) if 0x21 <= byte < 0x7f and byte != 0x25
                   else f"%{byte:02x}" for byte in os.fsencode(word))


class Task:
    """A running act, in a cgroup or none; does what it is told."""
    def __init__(self, cgroup=None, program=ACT, uid=None):
        self.cgroup = cgroup
        self.comm = os.path.basename(program)[:15]
        self.uid = uid or 0
        self.gid = 0
        if cgroup:
            os.makedirs(cgroup_dir(cgroup), exist_ok=True)

        def enter():
            if cgroup:
                with open(f"{cgroup_dir(cgroup)}/cgroup.procs", "w",
                          encoding="ascii") as procs:
                    procs.write("0")
            if uid:
                os.setuid(uid)

        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=enter)
        self.expect_answer("ready")
        self.identify()

    def answer(self):
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
        if not ready:
            raise AssertionError(f"no answer within {TIMEOUT} seconds")
        line = self.process.stdout.readline()
        return os.fsdecode(line).rstrip("\n")

    def expect_answer(self, wanted):
        got = self.answer()
        if got != wanted:
            raise AssertionError(f"answer {got!r} instead of {wanted!r}")

    def do(self, *words):
        """Has an act done; its answer.  One text is split at blanks."""
        if len(words) == 1 and isinstance(words[0], str):
            words = words[0].split(" ")
        line = " ".join(encode(word) for word in words) + "\n"
        self.process.stdin.write(line.encode("ascii"))
        self.process.stdin.flush()
        return self.answer()

    def must(self, *words):
        """An act that is not what is tested: it has to go well."""
        got = self.do(*words)
        if got not in ("OK", "ready") and not got.startswith("text:"):
            raise AssertionError(f"{words}: {got}")
        return got

    def identify(self):
        """After it has left things to another task: who that is."""
        numbers = self.must("id").split(":")[1].split()
        self.tid, self.pid, self.ppid = map(int, numbers)

    def become(self, *words):
        """An act that leaves answering to another task."""
        self.must(*words)
        self.identify()

    def stop(self):
        """Ends it and all that its cgroup holds."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        if self.cgroup and os.path.exists(cgroup_dir(self.cgroup)):
            with open(f"{cgroup_dir(self.cgroup)}/cgroup.kill", "w",
                      encoding="ascii") as kill:
                kill.write("1")
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Recorder:
    """A cordonctl whose events go to a file, however many they are."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            self.process = subprocess.Popen(
                ["cordonctl", "monitor", "--json"], stdout=file,
                stderr=subprocess.PIPE)
        first = self.process.stderr.readline()
        if first != b"listening\n":
            raise AssertionError(f"monitor: {first}")

    def stop(self):
        """Ends it; the events, and what it had to say besides."""
        self.process.terminate()
        _, errors = self.process.communicate(timeout=TIMEOUT)
        with open(self.path, encoding="utf-8") as file:
            events = [json.loads(line) for line in file]
        os.unlink(self.path)
        return events, errors.decode()


class Monitor:
    """A cordonctl that prints events."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["cordonctl", "monitor", "--json"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.buffer = b""
        first = self.process.stderr.readline()
        if first != b"listening\n":
            raise AssertionError(f"monitor: {first}")

    def next(self):
        """The next event, which has to come soon."""
        fd = self.process.stdout.fileno()
        while b"\n" not in self.buffer:
            if not select.select([fd], [], [], TIMEOUT)[0]:
                raise AssertionError(f"no event within {TIMEOUT} seconds")
            got = os.read(fd, 65536)
            if not got:
                raise AssertionError("the monitor ended")
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def stop(self):
        """Ends it; what it had to say besides events."""
        self.process.terminate()
        _, errors = self.process.communicate(timeout=TIMEOUT)
        return errors.decode()


class Session:
    """The keeper, a monitor, and what is known of both."""

    # Accounts that outlive tests, so that their numbers begin anywhere.
    LASTING = {"keeper", HOST}

    def __init__(self):
        write_file(FENCE)
        os.makedirs(CGROUPS + TOP, exist_ok=True)
        cordonctl("load", "--replace", "-", stdin=KEEPER)
        self.keeper = Task("keeper")
        self.monitor = Monitor()
        self.agreement = Agreement(SANITIZED)
        self.generation = status()["generation"]
        self.seq = None
        self.tenant_seqs = {}
        self.take()

    def load(self, policy, *options):
        """Puts tenants in force, in addition to those that are."""
        cordonctl("load", *options, "-", stdin=policy.text)
        self.generation += 1
        self.agreement.note_policy(policy, self.generation)

    def replace(self, policy):
        """Puts tenants in force in place of all others but the keeper."""
        write_file("/run/keeper.yaml", KEEPER)
        cordonctl("load", "--replace", "/run/keeper.yaml", "-",
                  stdin=policy.text)
        self.generation += 1
        self.agreement.note_policy(policy, self.generation)
        self.tenant_seqs = {
            name: seq for name, seq in self.tenant_seqs.items()
            if name in (*policy.names, *self.LASTING)}

    def remove_others(self):
        """Removes all tenants but the keeper."""
        cordonctl("load", "--replace", "-", stdin=KEEPER)
        self.generation += 1
        self.tenant_seqs = {name: seq for name, seq in
                            self.tenant_seqs.items() if name in self.LASTING}

    def note(self, event):
        """Every event has the next number, on the host and in its tenant."""
        wanted = (self.seq or event["seq"] - 1) + 1
        if event["seq"] != wanted:
            raise AssertionError(f"seq {event['seq']}, expected {wanted}")
        self.seq = wanted
        name = event["tenant"]
        wanted = self.tenant_seqs.get(name, event["tenant_seq"] - 1
                                      if name in self.LASTING else 0) + 1
        if event["tenant_seq"] != wanted:
            raise AssertionError(f"{name}: tenant_seq {event['tenant_seq']}, "
                                 f"expected {wanted}")
        self.tenant_seqs[name] = wanted

    def take(self, admin=False):
        """All events since the last time about what tenants do; admin: those
        about administration instead."""
        if self.keeper.do("open", "r", FENCE) != "EACCES":
            raise AssertionError("the keeper is not kept")
        events, seen = [], []
        while True:
            event = self.monitor.next()
            self.note(event)
            if event["tenant"] == "keeper":
                break
            seen.append(event)
            if admin == (HOST == event["tenant"] or
                         event["class"] == "admin"):
                events.append(event)
        self.agreement.check_events(seen)
        return events

    def listen_anew(self):
        """After the monitor was ended and events were missed."""
        self.monitor = Monitor()
        self.seq = None
        shown = query("show")["tenants"]
        self.tenant_seqs = {tenant["name"]: tenant["events"]["generated"]
                            for tenant in shown}
        self.take()

    def end(self):
        complaints = self.monitor.stop()
        self.keeper.stop()
        cordonctl("flush")
        self.agreement.end()
        if complaints:
            raise AssertionError(f"monitor: {complaints}")


session = None


def begin():
    global session
    session = Session()


def end():
    session.end()


def device_of(path):
    """Numbers of the device of a file, or of where it would be."""
    if not os.path.lexists(path):
        path = os.path.dirname(path)
    device = os.lstat(path).st_dev
    return os.major(device), os.minor(device)


class CordonTest(unittest.TestCase):
    """Expectations; what a test makes goes when it ends."""

    maxDiff = None

    def setUp(self):
        self.session = session
        self.policy = None
        self.tasks = []
        self.addCleanup(self.clean_up)

    def stop_tasks(self):
        for task in self.tasks:
            task.stop()

    def clean_up(self):
        self.stop_tasks()
        if self.session.tenant_seqs.keys() - Session.LASTING or self.policy:
            self.session.take()
            self.session.remove_others()
        for name in os.listdir(CGROUPS + TOP):
            if name != "keeper" and os.path.isdir(cgroup_dir(name)):
                self.remove_cgroup(cgroup_dir(name))

    def remove_cgroup(self, path):
        for folder, _, _ in os.walk(path, topdown=False):
            wait_until(lambda: "populated 0" in
                       read_file(f"{folder}/cgroup.events"), 5)
            os.rmdir(folder)

    def load(self, *options, **tenants):
        self.policy = Policy(**tenants)
        self.session.load(self.policy, *options)
        return self.policy

    def replace(self, **tenants):
        self.policy = Policy(**tenants)
        self.session.replace(self.policy)
        return self.policy

    def task(self, cgroup=None, **options):
        task = Task(cgroup, **options)
        self.tasks.append(task)
        return task

    def make_tree(self, *folders, files=("f",)):
        """Fresh directories, with files that hold their own path."""
        for folder in folders:
            remove_tree(folder)
            self.addCleanup(remove_tree, folder)
            os.makedirs(folder)
            for name in files:
                write_file(f"{folder}/{name}", f"{folder}/{name}")

    def no_events(self):
        self.assertEqual(self.session.take(), [])

    def allowed(self, task, *words):
        """It goes well and nobody hears of it."""
        asked = is_plain_open(task, words)
        got = task.do(*words)
        self.assertIn(got.split(":")[0], ("OK", "ready", "text"), words)
        self.no_events()
        if asked:
            self.session.agreement.check_allowed(task, *asked)
        return got

    def fails(self, task, error, *words):
        """It goes wrong, but policy has nothing to do with it."""
        self.assertEqual(task.do(*words), error)
        self.no_events()

    def by_worker(self, event, task):
        """What an event says of a thread that io_uring has for the task."""
        self.assertNotEqual(event["pid"], task.tid)
        return {"pid": event["pid"], "comm": f"iou-wrk-{task.tid}"}

    def reported(self, task, answer, *words, worker=False, **wanted):
        """It has this answer and is reported once, exactly as it was; worker:
        as the act of a thread that io_uring has for the task."""
        started = time.time_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        self.assertEqual(task.do(*words), answer, words)
        ended = time.time_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        if worker:
            wanted.update(self.by_worker(events[0], task))
        self.check_event(events[0], task, wanted)
        for key, low, high in zip(("time", "time_boot_ns"), started, ended):
            moment = events[0][key]
            moment = parse_time(moment) if key == "time" else moment
            self.assertTrue(low <= moment <= high, (key, low, moment, high))
        return events[0]

    def denied(self, task, *words, **wanted):
        """It fails with EACCES and is reported."""
        return self.reported(task, "EACCES", *words, **wanted)

    def guarded(self, task, *words, answer="EPERM", **wanted):
        """It fails and is reported as an operation of the guard."""
        return self.reported(task, answer, *words, **{**GUARDED, **wanted})

    def check_event(self, event, task, wanted):
        """Every field of an event; wanted: op, what it is about, the rest."""
        fields = {
            "tenant": task.cgroup, "generation": self.session.generation,
            "verdict": "denied", "errno": 13, "errno_name": "EACCES",
            "origin": "default", "pid": task.tid, "tgid": task.pid,
            "ppid": task.ppid, "comm": task.comm, "comm_escaped": False,
            "uid": task.uid, "gid": task.gid, "repeat": 1}
        if task.cgroup:
            fields["cgroup_id"] = cgroup_id(task.cgroup)
        fields.update(wanted)
        if fields["verdict"] != "denied":
            fields.update(errno=0, errno_name=None)
        fields.setdefault("reason", "default" if fields["origin"] == "default"
                          else "rule")
        if "path" in fields:
            fields.setdefault("class", "file")
            self.add_file(fields)
            keys = COMMON_KEYS | FILE_KEYS
        elif fields.get("class") == "guard":
            keys = COMMON_KEYS | ({"target_pid"} & set(fields))
        else:
            fields = {"class": "socket", **NO_NAME, **fields}
            keys = COMMON_KEYS | SOCKET_KEYS
        self.assertEqual(set(event), keys)
        unchecked = keys - set(fields) - {"time", "time_boot_ns", "seq",
                                          "tenant_seq"}
        self.assertEqual(unchecked, set(), "fields without expectation")
        self.assertEqual({key: event[key] for key in fields}, fields)

    def add_file(self, fields):
        path = fields["path"]
        if "dev_major" not in fields:
            fields["dev_major"], fields["dev_minor"] = device_of(path)
        if "ino" not in fields:
            fields["ino"] = (os.lstat(path).st_ino if os.path.lexists(path)
                             else 0)
        fields.setdefault("path_escaped", False)
