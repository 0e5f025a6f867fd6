#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The demonstration, as it runs in the guest.

Each step does something real, says what was expected and what was seen, and
counts the difference.  The exit status is the truth.
"""
import json
import os
import socket
import subprocess
import sys
import threading
import time

PORT = "/dev/ttyS1"
CGROUPS = "/sys/fs/cgroup/tenants"
POLICY = "policy.yaml"
FILES = {
    "/srv/acme/report.txt": "acme's quarterly report\n",
    "/srv/acme/secrets/key": "acme's key\n",
    "/srv/globex/plan.txt": "globex's plan\n",
}
ADDRESSES = ["10.1.0.5/32", "10.2.0.5/32", "169.254.169.254/32",
             "fdaa:0:ac::5/128"]
LISTENERS = [("10.1.0.5", 8080), ("10.2.0.5", 8080), ("169.254.169.254", 80),
             ("fdaa:0:ac::5", 443)]
SYMBOLS = {"Permission denied": "EACCES", "Operation not permitted": "EPERM"}


class Story:
    """What is told, and whether it came as expected."""

    def __init__(self):
        self.port = os.open(PORT, os.O_WRONLY | os.O_NOCTTY)
        self.failures = 0
        self.checks = 0

    def say(self, text=""):
        for line in str(text).rstrip("\n").split("\n"):
            os.write(self.port, f"say\t{line}\n".encode())

    def heading(self, text):
        self.say()
        self.say(f"== {text}")

    def check(self, held, text):
        """One expectation; it is told either way."""
        self.checks += 1
        if not held:
            self.failures += 1
        self.say(f"   [{'ok' if held else 'NOT AS EXPECTED'}] {text}")


class Monitor:
    """The event stream, as cordonctl prints it."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            ["cordonctl", "monitor", *options], stdout=subprocess.PIPE,
            text=True)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def take(self, seconds):
        """What came in until now, waiting for a first one if there is none."""
        end = time.monotonic() + seconds
        while not self.lines and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)
        taken, self.lines = self.lines, []
        return taken

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join()


def enter(tenant):
    """Puts this process, between fork and exec, into a tenant's cgroup."""
    with open(f"{CGROUPS}/{tenant}/cgroup.procs", "w",
              encoding="ascii") as procs:
        procs.write("0")


def run(*command, tenant=None):
    """A command's exit status and all that it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, timeout=60,
                          preexec_fn=tenant and (lambda: enter(tenant)))
    return done.returncode, done.stdout.strip()


def hooked():
    """Kernel functions that have a direct call to the module."""
    with open("/sys/kernel/tracing/enabled_functions", encoding="ascii") as f:
        lines = f.read().splitlines()
    return sorted(line.split()[0] for line, below in zip(lines, lines[1:])
                  if "direct-->" in below and "[cordon]" in below)


def kernel_log():
    """The lines of the kernel log so far, oldest first."""
    with open("/run/kmsg", encoding="utf-8", errors="replace") as log:
        return [line.split(";", 1)[1].strip() for line in log
                if ";" in line and not line.startswith(" ")]


def line_of(text):
    """Number of the line of the policy that has this text in it."""
    with open(POLICY, encoding="utf-8") as policy:
        for number, line in enumerate(policy, 1):
            if text in line:
                return number
    raise ValueError(f"{text!r} is not in {POLICY}")


def serve(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family)
    while True:
        listener.accept()[0].close()


def prepare():
    """Files, cgroups, addresses and listeners: the host's side."""
    for path, text in FILES.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    for tenant in ("acme", "globex"):
        os.makedirs(f"{CGROUPS}/{tenant}")
    subprocess.run(["ip", "link", "set", "dummy0", "up"], check=True)
    for address in ADDRESSES:
        subprocess.run(["ip", "addr", "add", address, "dev", "dummy0"],
                       check=True)
    # Duplicate address detection holds the IPv6 address back for a moment.
    time.sleep(2)
    for listener in LISTENERS:
        threading.Thread(target=serve, args=listener, daemon=True).start()


def tell_no_policy(story):
    story.heading(f"A stock kernel: {os.uname().release}, "
                  f"{len(LISTENERS)} listeners, files of two tenants")
    status, text = run("insmod", "/cordon/cordon.ko")
    story.check(status == 0, f"insmod cordon.ko {text}".strip())
    status, text = run("cordonctl", "version")
    story.say(text)
    story.check(status == 0, "tool and module know each other")
    story.check(hooked() == [], "no policy yet, and nothing is hooked")


def tell_load(story):
    story.heading("cordonctl load policy.yaml")
    with open(POLICY, encoding="utf-8") as policy:
        for number, line in enumerate(policy, 1):
            story.say(f"   {number:3} | {line.rstrip()}")
    status, text = run("cordonctl", "load", POLICY)
    story.say(text)
    story.check(status == 0, "the policy was loaded")
    names = hooked()
    for name in names:
        story.say(f"   hooked: {name}")
    story.check("security_file_open" in names and
                "security_socket_connect" in names,
                "what this policy needs is hooked")


def outcome_of(status, text):
    if status == 0:
        return "allowed"
    for message, symbol in SYMBOLS.items():
        if message in text:
            return symbol
    return f"status {status}"


def field_differs(event, wanted):
    return [f"{key} is {event.get(key)!r}, not {value!r}"
            for key, value in wanted.items() if event.get(key) != value]


class Witnesses:
    """The event stream twice: for people and for programs."""

    def __init__(self):
        self.plain = Monitor()
        self.exact = Monitor("--json")
        self.classes_shown = set()

    def take(self, story, seconds):
        """Tells the events since the last call and returns them."""
        lines = self.exact.take(seconds)
        for line in self.plain.take(seconds if lines else 0):
            story.say(f"   event: {line}")
        events = [json.loads(line) for line in lines]
        for event, line in zip(events, lines):
            # Once for each class, with everything that is in it.
            if event["class"] not in self.classes_shown:
                story.say(f"   as JSON: {line}")
                self.classes_shown.add(event["class"])
        # What the story does with policy is not what it tells of.
        return [event for event in events if event["class"] != "admin"]

    def stop(self):
        self.plain.stop()
        self.exact.stop()


def step(story, witnesses, who, command, wanted=None):
    """Does one thing as a tenant; wanted: its event, None if allowed."""
    expected = wanted["errno_name"] if wanted else "allowed"
    status, text = run(*command, tenant=who)
    seen = outcome_of(status, text)
    story.say()
    story.say(f"   {who or 'host'}$ {' '.join(command)}")
    if text:
        story.say("   " + text.replace("\n", "\n   "))
    story.check(seen == expected, f"expected {expected}, seen {seen}")
    events = witnesses.take(story, 5 if wanted else 0)
    if wanted is None:
        story.check(not events, "and no event")
        return
    fitting = [event for event in events if not field_differs(event, wanted)]
    story.check(len(fitting) == 1 and len(events) == 1,
                "one event, with tenant, rule, operation, object and errno")
    if not fitting and events:
        story.say("   " + "; ".join(field_differs(events[0], wanted)))


def denial(tenant, origin, **fields):
    wanted = {"tenant": tenant, "verdict": "denied", "errno_name": "EACCES",
              "origin": origin}
    wanted.update(fields)
    return wanted


def tell_files(story, witnesses):
    story.heading("Files")
    secret = f"{POLICY}:{line_of('deny: all')}"
    step(story, witnesses, "acme", ["cat", "/srv/acme/report.txt"])
    step(story, witnesses, "acme", ["cat", "/srv/acme/secrets/key"],
         denial("acme", secret, op="read", path="/srv/acme/secrets/key"))
    step(story, witnesses, "acme", ["cat", "/srv/globex/plan.txt"],
         denial("acme", "default", op="read", path="/srv/globex/plan.txt"))
    step(story, witnesses, "globex", ["cat", "/srv/globex/plan.txt"])
    step(story, witnesses, "acme", ["probe", "create", "/srv/acme/new"])
    step(story, witnesses, "globex", ["probe", "create", "/srv/globex/new"],
         denial("globex", "default", op="create", path="/srv/globex/new"))
    story.check(not os.path.exists("/srv/globex/new"),
                "and it left no empty file behind")
    step(story, witnesses, None, ["cat", "/srv/acme/secrets/key"])


def nc(address, port):
    return ["nc", "-n", "-z", "-v", "-w", "3", address, str(port)]


def tell_sockets(story, witnesses):
    story.heading("Sockets")
    metadata = f"{POLICY}:{line_of('deny: connect')}"
    step(story, witnesses, "acme", nc("10.1.0.5", 8080))
    step(story, witnesses, "acme", nc("10.2.0.5", 8080),
         denial("acme", "default", op="connect", remote_addr="10.2.0.5",
                remote_port=8080))
    step(story, witnesses, "acme", nc("fdaa:0:ac::5", 443))
    step(story, witnesses, "globex", nc("10.2.0.5", 8080))
    step(story, witnesses, "globex", nc("169.254.169.254", 80),
         denial("globex", metadata, op="connect",
                remote_addr="169.254.169.254", remote_port=80))
    step(story, witnesses, "acme", ["probe", "udp", "10.1.0.5", "53"],
         denial("acme", "default", op="create", family="inet", type="dgram"))
    step(story, witnesses, "acme", ["probe", "listen", "127.0.0.1", "8080"])
    step(story, witnesses, "acme", ["probe", "listen", "127.0.0.1", "22"],
         denial("acme", "default", op="bind", local_addr="127.0.0.1",
                local_port=22))
    step(story, witnesses, None, nc("169.254.169.254", 80))


def tell_evidence(story):
    story.heading("The same denials in the kernel log, as audit records")
    records = [line for line in kernel_log() if "type=1400" in line]
    for record in records:
        story.say(f"   {record}")
    story.check(any("acme" in r and "/srv/acme/secrets/key" in r
                    for r in records), "the denied file is among them")
    story.check(any("globex" in r and "169.254.169.254" in r
                    for r in records), "the denied connection is among them")
    story.heading("cordonctl show; cordonctl status")
    for command in ("show", "status"):
        status, text = run("cordonctl", command)
        story.say("   " + text.replace("\n", "\n   "))
        story.check(status == 0, f"cordonctl {command}")
    status, text = run("cordonctl", "status", "--json")
    state = json.loads(text) if status == 0 else {"hooks": [], "events": {}}
    story.check(sorted(state["hooks"]) == hooked(),
                "the hooks of status are those that the kernel's tracer lists")
    events = state["events"]
    story.check(bool(events) and events["generated"] == events["sent"] +
                events["suppressed"] + events["lost"],
                f"each event is accounted for: {events}")
    status, text = run("cordonctl", "show", "--json")
    tenants = json.loads(text)["tenants"] if status == 0 else []
    story.check(sum(tenant["events"]["generated"] for tenant in tenants) == 7,
                "seven of them are denials")


def tell_end(story):
    story.heading("The end: flush and unload")
    status, text = run("rmmod", "cordon")
    story.say(f"   {text}")
    story.check(status != 0, "rmmod is refused while a policy is loaded")
    status, text = run("cordonctl", "flush")
    story.check(status == 0, f"cordonctl flush: {text}")
    story.check(hooked() == [], "nothing is hooked any more")
    status, text = run("cat", "/srv/acme/secrets/key", tenant="acme")
    story.check(status == 0, "acme, without a policy, reads the file again")
    status, text = run("rmmod", "cordon")
    story.check(status == 0, f"rmmod cordon {text}".strip())


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    story = Story()
    prepare()
    tell_no_policy(story)
    tell_load(story)
    witnesses = Witnesses()
    time.sleep(1)
    tell_files(story, witnesses)
    tell_sockets(story, witnesses)
    witnesses.stop()
    tell_evidence(story)
    tell_end(story)
    story.say()
    story.say(f"{story.checks} expectations, {story.failures} not met")
    return 1 if story.failures else 0


if __name__ == "__main__":
    sys.exit(main())
