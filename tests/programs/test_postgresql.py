# SPDX-License-Identifier: GPL-2.0
"""PostgreSQL over unix sockets and TCP, among tenants and from elsewhere."""
import glob
import unittest

import programs
from cordon import write_file
from programs import BESIDE, BRIEFLY, CACHE, FOLDER, HERE, LOOKUP, OURS, \
    OUTSIDE, ProgramCase, connecting

setUpModule = programs.begin
tearDownModule = programs.end

PORT = 5432
# How both sides call it, and what rules see, as /var/run is a link.
RUN = "/var/run/postgresql"
NAME = f"/run/postgresql/.s.PGSQL.{PORT}"

SERVER_RULES = [
    f"- {{allow: [bind, listen], proto: tcp, port: {PORT}}}",
    f"- {{allow: accept, proto: tcp, {OURS}, port: {PORT}}}",
    f"- {{allow: [bind, listen], path: {NAME}}}",
    *LOOKUP,
]
CLIENT_RULES = [
    f"- {{allow: connect, proto: tcp, {OURS}, port: {PORT}}}",
    f"- {{allow: connect, path: {NAME}}}",
    CACHE,
]


def postgres():
    """The command of a server with the data that the package came with."""
    program, = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    data, = glob.glob("/var/lib/postgresql/*/main")
    write_file(f"{FOLDER}/hba.conf",
               "local all all trust\nhost all all all trust\n")
    config, = glob.glob("/etc/postgresql/*/main/postgresql.conf")
    settings = {"config_file": config, "hba_file": f"{FOLDER}/hba.conf",
                "listen_addresses": "*", "ssl": "off", "jit": "off",
                "fsync": "off", "autovacuum": "off"}
    return (program, "-D", data, *(word for item in settings.items()
                                   for word in ("-c", "=".join(item))))


def psql(host):
    program, = glob.glob("/usr/lib/postgresql/*/bin/psql")
    return (program, "-X", "-A", "-t", "-U", "postgres", "-h", host, "-c",
            "select 6 * 7", f"dbname=postgres connect_timeout={BRIEFLY}")


class DatabaseTest(ProgramCase):
    tenants = {"acme": SERVER_RULES, "globex": CLIENT_RULES,
               "initech": ["- {allow: create, family: [inet, inet6, unix]}"]}

    def setUp(self):
        super().setUp()
        self.server = self.serve(*postgres(), tenant="acme", user="postgres",
                                 port=PORT)
        self.server.wait_for(
            lambda: "ready to accept connections" in self.server.said())
        self.no_events()

    def test_unix(self):
        self.succeeds(*psql(RUN), tenant="globex", says="42\n")
        self.refused(*psql(RUN), tenant="initech", status=2,
                     wanted={"op": "connect", "name": NAME})

    def test_tcp(self):
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*psql(HERE[version]), tenant="globex",
                              says="42\n")
                self.refused(*psql(HERE[version]), tenant="initech", status=2,
                             wanted=connecting(HERE[version], PORT))

    def test_from_elsewhere(self):
        """A client comes from the network that it asks by."""
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*psql(HERE[version]), there=True, says="42\n")
                self.kept_out(*psql(BESIDE[version]), there=True,
                              tenant="acme", status=2,
                              wanted={"op": "accept", "local_port": PORT,
                                      "remote_addr": OUTSIDE[version],
                                      "local_addr": BESIDE[version]})


if __name__ == "__main__":
    unittest.main()
