#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Everything at once: members and others at work while policy is replaced,
tenants and cgroups come and go, and others trace the very functions that are
hooked; then the same while the module itself comes and goes.

usage: torture.py SEED SECONDS

The workers (main.c) know what they must and must not be able to do; what they
counted is sent to the host.
"""
import os
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, "/cordon/tests/functional")
import cordon  # noqa: E402
from cordon import CGROUPS, TOP, cordonctl, insert, remove, status, \
    write_file  # noqa: E402

WORKER = "/cordon/bin/torture"
MEMBERS = ("files", "files", "sockets", "guard", "execs", "threads")
OUTSIDERS = ("outsider", "joiner")
TRACING = "/sys/kernel/tracing"
PORT = "/dev/ttyS1"
TRACED = ("security_file_open", "security_path_rename",
          "security_socket_connect", "security_task_alloc")

DENIED = """        - {deny: all, path: /srv/no/**}
"""
# Two ways to say the same of what the workers do.
BODIES = [
    f"""    file:
      default: allow
      rules:
{DENIED}    socket:
      default: allow
      rules:
        - {{deny: connect, proto: tcp, addr: 127.0.0.0/8, port: 9}}
""", f"""    file:
      default: deny
      rules:
        - {{allow: all, path: [/srv/yes/**, /cordon/**, /sys/**, /dev/**]}}
{DENIED}    socket:
      default: deny
      rules:
        - {{allow: connect, proto: tcp, addr: 127.0.0.1, port: 10}}
"""]


def send(*fields):
    port = os.open(PORT, os.O_WRONLY | os.O_NOCTTY)
    os.write(port, ("\t".join(map(str, fields)) + "\n").encode())
    os.close(port)


def result(name, outcome, begun):
    fields = (os.environ["CORDON_SUITE"], os.environ["CORDON_KERNEL"], name,
              outcome, f"{time.monotonic() - begun:.2f}")
    with open("/run/results", "a", encoding="utf-8") as record:
        record.write("\t".join(fields) + "\n")
    send("result", *fields)


def policy(chance):
    """One of many that mean the same to the workers."""
    text = ("version: 1\ntenants:\n  acme:\n"
            f"    select: [cgroup: {TOP}/acme]\n" + chance.choice(BODIES))
    if chance.random() < 0.1:
        # Has another function hooked, which takes a moment.
        text += "    revoke: true\n"
    for name in chance.sample("bcdefghij", chance.randrange(6)):
        text += (f"  {name}:\n    select: [cgroup: {TOP}/{name}]\n"
                 "    file:\n      default: deny\n      rules:\n")
        text += "".join(f"        - {{allow: read, path: /{name}/{i}/*}}\n"
                        for i in range(chance.randrange(1, 50)))
    return text


class Worker:
    """A process that does one thing, as a member or not."""

    def __init__(self, kind, member, *arguments):
        self.kind = kind
        cgroup = f"{CGROUPS}{TOP}/acme" if member else CGROUPS

        def enter():
            # What they are to be disturbed by shall get its turn.
            os.nice(10)
            with open(f"{cgroup}/cgroup.procs", "w",
                      encoding="ascii") as procs:
                procs.write("0")

        self.process = subprocess.Popen(
            [WORKER, kind, *arguments], stdout=subprocess.PIPE,
            preexec_fn=enter)

    def stop(self):
        """How many times it did it, or None if it went wrong."""
        self.process.terminate()
        output, _ = self.process.communicate(timeout=cordon.TIMEOUT * 4)
        if self.process.returncode or not output:
            print(f"{self.kind}: ended with {self.process.returncode}")
            return None
        return int(output)


class Background(threading.Thread):
    """Does something until it is stopped; counts, keeps what went wrong."""

    def __init__(self, once):
        super().__init__()
        self.once = once
        self.ended = threading.Event()
        self.count = 0
        self.error = None

    def run(self):
        try:
            while not self.ended.is_set():
                self.once()
                self.count += 1
        except Exception as error:  # whatever it is, it goes to the report
            self.error = error
            print(f"{self.once.__name__}: {error!r}", flush=True)

    def stop(self):
        self.ended.set()
        self.join()
        return None if self.error else self.count


class Replacing:
    def __init__(self, chance):
        self.chance = chance

    def replacements(self):
        cordonctl("load", "--replace", "-", stdin=policy(self.chance))


def set_tracing(file, text):
    try:
        with open(f"{TRACING}/{file}", "w", encoding="ascii") as setting:
            setting.write(text)
    except OSError as error:
        raise OSError(error.errno, f"{text!r} to {file}") from error


class Tracing:
    """Another user of the functions that are hooked."""

    def __init__(self, chance):
        self.chance = chance

    def traces(self):
        function = self.chance.choice(TRACED)
        for kind in ("p", "r"):
            set_tracing("kprobe_events", f"{kind}:torture {function}")
            set_tracing("events/kprobes/enable", "1")
            time.sleep(0.05)
            set_tracing("events/kprobes/enable", "0")
            set_tracing("kprobe_events", "")
        set_tracing("set_ftrace_filter", function)
        set_tracing("current_tracer", "function")
        time.sleep(0.05)
        set_tracing("current_tracer", "nop")
        set_tracing("set_ftrace_filter", "")
        set_tracing("trace", "")


def refusals():
    """It has to be refused while something is hooked."""
    try:
        with open("/proc/sys/kernel/ftrace_enabled", "w",
                  encoding="ascii") as switch:
            switch.write("0")
    except OSError:
        time.sleep(0.1)
        return
    raise AssertionError("kernel.ftrace_enabled could be set to 0")


def come_and_go(chance):
    """The module, under the hands of those that it has to do with."""
    def cycles():
        cordonctl("flush")
        remove()
        insert()
        cordonctl("load", "-", stdin=policy(chance))
    return cycles


def tell(title, background, workers):
    """What each did, here, and the figures of it to the host."""
    for name, count in background + workers:
        print(f"{title}: {name}: {count}", flush=True)
    for name, count in background:
        send("data", "figures", f"{title}: {name}", count or 0)
    send("data", "figures", f"{title}: acts",
         sum(count or 0 for _, count in workers))


def phase(name, seconds, workers, background):
    begun = time.monotonic()
    for thread in background:
        thread.start()
    end = begun + seconds
    while time.monotonic() < end:
        time.sleep(0.2)
        if any(worker.process.poll() is not None for worker in workers) \
                or any(thread.error for thread in background):
            break
    disturbed = [(thread.once.__name__, thread.stop())
                 for thread in background]
    worked = [(worker.kind, worker.stop()) for worker in workers]
    tell(name, disturbed, worked)
    # What did not happen even once has shown nothing.
    well = all(count for _, count in disturbed + worked)
    result(name, "pass" if well else "fail", begun)
    return well


def prepare():
    for folder in ("yes", "no"):
        write_file(f"/srv/{folder}/f", "x")
        os.makedirs(f"/srv/{folder}/d")
    os.makedirs(f"{CGROUPS}{TOP}/acme")


def main():
    chance = random.Random(int(sys.argv[1]))
    seconds = int(sys.argv[2])
    prepare()
    cordonctl("load", "-", stdin=policy(chance))
    workers = [Worker(kind, True) for kind in MEMBERS]
    workers += [Worker(kind, False) for kind in OUTSIDERS]
    well = phase("replaced", seconds, workers, [
        Background(Replacing(chance).replacements),
        Background(Tracing(chance).traces), Background(refusals)])
    workers = [Worker(kind, True, "either") for kind in MEMBERS]
    workers += [Worker("outsider", False), Worker("joiner", False, "either")]
    well &= phase("unloaded", seconds / 2, workers,
                  [Background(come_and_go(chance))])
    shown = status()["events"]
    if shown["generated"] != sum(shown[key] for key in (
            "sent", "suppressed", "lost", "pending")):
        print(f"events do not add up: {shown}")
        well = False
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
