# SPDX-License-Identifier: GPL-2.0
"""socat, as server and client: TCP, UDP, unix and abstract names."""
import os
import unittest

import programs
from programs import BRIEFLY, FOLDER, HERE, INSIDE, OURS, OUTSIDE, \
    ProgramCase, connecting, requested

setUpModule = programs.begin
tearDownModule = programs.end

SOCAT = "/usr/bin/socat"
PATHS = {True: f"{FOLDER}/acme.sock", False: f"{FOLDER}/other.sock"}
NAMES = {True: "acme", False: "other"}

# What it answers to a datagram it sends, so it connects to the peer.
SERVER_RULES = [
    "- {allow: [bind, listen], proto: tcp, port: 7100}",
    f"- {{allow: accept, proto: tcp, {OURS}, port: 7100}}",
    "- {allow: bind, proto: udp, port: 7100}",
    f"- {{allow: [receive, connect], proto: udp, {OURS}}}",
    f"- {{allow: [bind, listen], path: {PATHS[True]}}}",
    f"- {{allow: [bind, listen], abstract: {NAMES[True]}}}",
]
CLIENT_RULES = [
    f"- {{allow: connect, proto: [tcp, udp], {OURS}, port: 7100}}",
    f"- {{allow: connect, path: {PATHS[True]}}}",
    f"- {{allow: connect, abstract: {NAMES[True]}}}",
]


def host(address):
    return f"[{address}]" if ":" in address else address


def echo(address):
    """The command of a server that sends back what it gets."""
    return SOCAT, f"{address},fork", "PIPE"


def ask(address):
    """The command of a client that sends its input; its timeout is how long
    it waits for an answer when that is all that it has to say."""
    return SOCAT, "-t", str(BRIEFLY), "STDIO", address


class ServerTest(ProgramCase):
    tenants = {"acme": SERVER_RULES}

    def test_tcp(self):
        """One socket serves both versions of IP."""
        self.serve(*echo("TCP6-LISTEN:7100,ipv6only=0"), tenant="acme",
                   port=7100)
        for version in 4, 6:
            with self.subTest(version):
                address = f"TCP{version}:{host(HERE[version])}:7100," \
                    f"connect-timeout={BRIEFLY}"
                self.succeeds(
                    *ask(f"{address},bind={host(INSIDE[version])}"),
                    there=True, text="hello", says="hello")
                self.kept_out(
                    *ask(f"{address},bind={host(OUTSIDE[version])}"),
                    there=True, text="hello", tenant="acme", status=1,
                    wanted=requested(version, 7100, family="inet6",
                                     protocol="tcp"))

    def test_udp(self):
        for version in 4, 6:
            with self.subTest(version):
                server = self.serve(*echo(f"UDP{version}-RECVFROM:7100"),
                                    tenant="acme", port=7100, protocol="udp")
                address = f"UDP{version}:{host(HERE[version])}:7100"
                self.succeeds(
                    *ask(f"{address},bind={host(INSIDE[version])}"),
                    there=True, text="hello", says="hello")
                self.kept_out(
                    *ask(f"{address},bind={host(OUTSIDE[version])}"),
                    there=True, text="hello", tenant="acme", status=0,
                    wanted=requested(version, 7100, op="receive",
                                     protocol="udp"))
                server.process.terminate()
                server.process.wait()

    def test_unix(self):
        for address, client, name in (
                (f"UNIX-LISTEN:{PATHS[True]}", f"UNIX:{PATHS[True]}",
                 PATHS[True]),
                (f"ABSTRACT-LISTEN:{NAMES[True]}",
                 f"ABSTRACT-CONNECT:{NAMES[True]}", f"@{NAMES[True]}")):
            with self.subTest(address):
                self.serve(*echo(address), tenant="acme", name=name)
                self.succeeds(*ask(client), text="hello", says="hello")

    def test_what_it_may_not(self):
        for address, wanted in (
                ("TCP4-LISTEN:7101", {"op": "bind", "local_port": 7101}),
                ("UDP6-RECVFROM:7101", {"op": "bind", "local_port": 7101}),
                (f"UNIX-LISTEN:{PATHS[False]}",
                 {"op": "bind", "name": PATHS[False]}),
                (f"ABSTRACT-LISTEN:{NAMES[False]}",
                 {"op": "bind", "name": f"@{NAMES[False]}"})):
            with self.subTest(address):
                self.refused(*echo(address), tenant="acme", status=1,
                             wanted=wanted)
        self.assertFalse(os.path.lexists(PATHS[False]))


class ClientTest(ProgramCase):
    tenants = {"acme": CLIENT_RULES}

    def test_other_host(self):
        for kind, listen in (("tcp", "LISTEN"), ("udp", "RECVFROM")):
            for version in 4, 6:
                address = f"{kind.upper()}{version}"
                with self.subTest(address):
                    server = self.serve(*echo(f"{address}-{listen}:7100"),
                                        there=True, port=7100, protocol=kind)
                    self.succeeds(
                        *ask(f"{address}:{host(INSIDE[version])}:7100"),
                        tenant="acme", text="hello", says="hello")
                    self.refused(
                        *ask(f"{address}:{host(OUTSIDE[version])}:7100"),
                        tenant="acme", text="hello", status=1,
                        wanted=connecting(OUTSIDE[version], 7100,
                                          protocol=kind))
                    server.process.terminate()
                    server.process.wait()

    def test_unix(self):
        for good in True, False:
            self.serve(*echo(f"UNIX-LISTEN:{PATHS[good]}"), name=PATHS[good])
            self.serve(*echo(f"ABSTRACT-LISTEN:{NAMES[good]}"),
                       name=f"@{NAMES[good]}")
        for client, names, at in (("UNIX", PATHS, ""),
                                  ("ABSTRACT-CONNECT", NAMES, "@")):
            with self.subTest(client):
                self.succeeds(*ask(f"{client}:{names[True]}"), tenant="acme",
                              text="hello", says="hello")
                self.refused(*ask(f"{client}:{names[False]}"), tenant="acme",
                             text="hello", status=1,
                             wanted={"op": "connect",
                                     "name": at + names[False],
                                     "errno_name": "EACCES"})


if __name__ == "__main__":
    unittest.main()
