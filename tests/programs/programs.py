# SPDX-License-Identifier: GPL-2.0
"""What the tests with servers and clients share: networks, programs, events.

Two networks lead to the other host, which has an address in each: the tenant's
own and one outside of that.  Tenants have policy about sockets only.
"""
import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile

import cordon
from cordon import CordonTest, cgroup_dir, read_file, socket_section, \
    wait_until
from otherhost import OtherHost, fill

# To start a program takes a while, and all the more on a busy machine.
cordon.TIMEOUT = 120

HERE = {4: "10.4.0.1", 6: "fd00:4::1"}
INSIDE = {4: "10.4.0.2", 6: "fd00:4::2"}
BESIDE = {4: "10.5.0.1", 6: "fd00:5::1"}
OUTSIDE = {4: "10.5.0.2", 6: "fd00:5::2"}
OURS = "addr: [10.4.0.0/24, 'fd00:4::/64']"
FOLDER = "/run/programs"
# Who looks for users asks for a cache of names first.
CACHE = "- {allow: connect, path: /run/nscd/socket}"
# Who looks for addresses asks for those of this host by netlink, and makes a UDP
# socket for each that was found to see which is best, but does without.
LOOKUP = ["- {allow: [create, bind], family: netlink, protocol: route}",
          "- {deny: create, proto: udp, log: never}"]
# How long something must not come through; it is given no more than that.
BRIEFLY = 3
LISTENING = "0A"

other = None


def begin():
    global other
    other = OtherHost("here", "there")
    fill("here", HERE, BESIDE)
    with other.there():
        fill("there", INSIDE, OUTSIDE)
    os.makedirs(FOLDER, exist_ok=True)
    os.chmod(FOLDER, 0o755)
    cordon.begin()


def end():
    cordon.end()
    other.remove()
    shutil.rmtree(FOLDER)


def url(address, port, path=""):
    """An address as a URL has it."""
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{port}/{path}"


def uses_port(protocol, port):
    """Whether a socket waits at a port, of either version of IP."""
    for version in "", "6":
        for line in read_file(f"/proc/net/{protocol}{version}").splitlines():
            words = line.split()
            if words[1].endswith(f":{port:04X}") and (
                    protocol == "udp" or words[3] == LISTENING):
                return True
    return False


def uses_name(name):
    """Whether a unix socket has a name."""
    return any(line.split()[-1] == name
               for line in read_file("/proc/net/unix").splitlines())


def become(cgroup, user):
    """What a process does before it executes its program."""
    if cgroup:
        with open(f"{cgroup_dir(cgroup)}/cgroup.procs", "w",
                  encoding="ascii") as procs:
            procs.write("0")
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)


class Server:
    """A program that runs until the test is over."""

    def __init__(self, command, prepare):
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=subprocess.STDOUT, preexec_fn=prepare)

    def wait_for(self, condition):
        """Waits until it is ready."""
        wait_until(lambda: self.process.poll() is not None or condition())
        if self.process.poll() is not None or not condition():
            raise AssertionError(f"{self.process.args}: {self.said()}")

    def said(self):
        self.output.seek(0)
        return os.fsdecode(self.output.read())

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(cordon.TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()


class ProgramCase(CordonTest):
    """The tenants that a test names are in force."""

    tenants = {}

    def setUp(self):
        super().setUp()
        for name in self.tenants:
            os.makedirs(cgroup_dir(name), exist_ok=True)
        self.load(**{name: socket_section(*rules)
                     for name, rules in self.tenants.items()})

    def place(self, there):
        return other.there() if there else contextlib.nullcontext()

    def serve(self, *command, tenant=None, user=None, there=False, port=None,
              protocol="tcp", name=None):
        """Starts a server; it is ready when it waits at its port or name."""
        with self.place(there):
            server = Server(command, lambda: become(tenant, user))
            self.addCleanup(server.stop)
            server.wait_for(lambda: uses_name(name) if name
                            else uses_port(protocol, port))
        return server

    def do(self, *command, tenant=None, there=False, text=""):
        """Runs a client to its end."""
        with self.place(there):
            return cordon.run(*command, input=text,
                              preexec_fn=lambda: become(tenant, None))

    def succeeds(self, *command, says, **options):
        """It does what it is for, and nobody hears of it."""
        done = self.do(*command, **options)
        self.assertEqual((done.returncode, done.stdout), (0, says),
                         done.stderr)
        self.no_events()
        return done

    def reported(self, tenant, *wanted):
        """What was denied: some of each of these, and nothing else."""
        found = [[] for _ in wanted]
        for event in self.session.take():
            fits = [fields for fields in wanted if all(
                event[key] == value for key, value in fields.items())]
            self.assertEqual(len(fits), 1, event)
            self.assertEqual(
                (event["tenant"], event["class"], event["verdict"]),
                (tenant, "socket", "denied"))
            found[wanted.index(fits[0])].append(event)
        for fields, events in zip(wanted, found):
            self.assertNotEqual(events, [], fields)

    def refused(self, *command, tenant, status, wanted, says=None, **options):
        """A client of a tenant fails, and that is reported."""
        done = self.do(*command, tenant=tenant, **options)
        self.assertEqual((done.returncode, done.stdout), (status, ""),
                         done.stderr)
        self.assertIn(says or "Permission denied", done.stderr)
        self.reported(tenant, wanted)

    def kept_out(self, *command, tenant, status, wanted, **options):
        """A client of nobody does not get to a server of a tenant."""
        done = self.do(*command, **options)
        self.assertEqual((done.returncode, done.stdout), (status, ""),
                         done.stderr)
        self.reported(tenant, wanted)


def requested(version, port, **more):
    """A connection that was requested from outside."""
    return {"op": "accept", "remote_addr": OUTSIDE[version],
            "local_addr": HERE[version], "local_port": port, **more}


def connecting(address, port, **more):
    """A connect of a tenant's own."""
    return {"op": "connect", "remote_addr": address, "remote_port": port,
            "errno_name": "EACCES", **more}
