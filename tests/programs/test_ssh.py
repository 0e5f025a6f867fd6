# SPDX-License-Identifier: GPL-2.0
"""OpenSSH: a server of a tenant, what it forwards, and a client."""
import os
import unittest

import cordon
import programs
from cordon import write_file
from programs import BRIEFLY, CACHE, FOLDER, HERE, INSIDE, LOOKUP, OURS, \
    OUTSIDE, ProgramCase, connecting, requested

PORT = 2222
KEYS = {name: f"{FOLDER}/{name}_key" for name in ("host", "user")}

# The server reports each login to the audit subsystem, and refuses it when it
# cannot.  Its processes talk over pairs of unix sockets, which may be made since
# there is a rule about unix sockets.
SERVER_RULES = [
    f"- {{allow: [bind, listen], proto: tcp, port: {PORT}}}",
    f"- {{allow: accept, proto: tcp, {OURS}, port: {PORT}}}",
    "- {allow: create, family: netlink, protocol: audit}",
    f"- {{allow: connect, proto: tcp, {OURS}, port: 7100}}",
    CACHE, *LOOKUP,
]
CLIENT_RULES = [f"- {{allow: connect, proto: tcp, {OURS}, port: {PORT}}}",
                CACHE]


def make_keys():
    for path in KEYS.values():
        done = cordon.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                          "-f", path)
        if done.returncode:
            raise AssertionError(done.stderr)
    write_file(f"{FOLDER}/sshd.conf", f"""
Port {PORT}
HostKey {KEYS["host"]}
AuthorizedKeysFile {KEYS["user"]}.pub
StrictModes no
UsePAM no
UseDNS no
PidFile none
PermitRootLogin yes
""")


def setUpModule():
    programs.begin()
    # Where systemd would have made it.
    os.makedirs("/run/sshd", exist_ok=True)
    make_keys()


tearDownModule = programs.end

SSHD = ("/usr/sbin/sshd", "-D", "-e", "-f", f"{FOLDER}/sshd.conf")


def ssh(address, *words, source=None, seconds=cordon.TIMEOUT):
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", "LogLevel=ERROR",
               "UserKnownHostsFile=/dev/null", f"ConnectTimeout={seconds}"]
    if source:
        options.append(f"BindAddress={source}")
    return ("/usr/bin/ssh", "-F", "none", "-i", KEYS["user"], "-p", str(PORT),
            *(word for option in options for word in ("-o", option)),
            f"root@{address}", *words)


class ServerTest(ProgramCase):
    tenants = {"acme": SERVER_RULES}

    def setUp(self):
        super().setUp()
        self.serve(*SSHD, tenant="acme", port=PORT)
        self.no_events()

    def test_from_elsewhere(self):
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*ssh(HERE[version], "echo", "hello",
                                   source=INSIDE[version]),
                              there=True, says="hello\n")
                self.kept_out(*ssh(HERE[version], "echo", "hello",
                                   source=OUTSIDE[version], seconds=BRIEFLY),
                              there=True, tenant="acme", status=255,
                              wanted=requested(version, PORT))


    def test_forwards(self):
        """A client gets through it where it may go itself."""
        self.serve("/usr/bin/socat", "TCP6-LISTEN:7100,fork,ipv6only=0",
                   "PIPE", there=True, port=7100)
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*self.forwarded(INSIDE[version]), there=True,
                              text="hello", says="hello")
                done = self.do(*self.forwarded(OUTSIDE[version]), there=True,
                               text="hello")
                self.assertEqual((done.returncode, done.stdout), (255, ""))
                self.assertEqual(done.stderr, "stdio forwarding failed\n")
                self.reported("acme", connecting(OUTSIDE[version], 7100,
                                                 comm="sshd"))

    def forwarded(self, address):
        host = f"[{address}]" if ":" in address else address
        *command, where = ssh(HERE[4])
        return *command, "-W", f"{host}:7100", where


class ClientTest(ProgramCase):
    tenants = {"acme": CLIENT_RULES}

    def test_other_host(self):
        self.serve(*SSHD, there=True, port=PORT)
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*ssh(INSIDE[version], "echo", "hello"),
                              tenant="acme", says="hello\n")
                self.refused(*ssh(OUTSIDE[version], "echo", "hello"),
                             tenant="acme", status=255,
                             wanted=connecting(OUTSIDE[version], PORT,
                                               comm="ssh"))


if __name__ == "__main__":
    unittest.main()
