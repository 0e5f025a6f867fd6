# SPDX-License-Identifier: GPL-2.0
"""nginx and curl."""
import os
import unittest

import programs
from cordon import read_file, write_file
from programs import BRIEFLY, FOLDER, HERE, INSIDE, OURS, OUTSIDE, \
    ProgramCase, connecting, requested, url

setUpModule = programs.begin
tearDownModule = programs.end

PAGE = "page\n"
WEB = f"{FOLDER}/web.sock"
OTHER_WEB = f"{FOLDER}/other.sock"

# The master makes a pair of unix sockets to talk to each worker.
NGINX_RULES = [
    "- {allow: [bind, listen], proto: tcp, port: 8080}",
    f"- {{allow: accept, proto: tcp, {OURS}, port: 8080}}",
    f"- {{allow: [bind, listen], path: {WEB}}}",
    f"- {{allow: connect, proto: tcp, {OURS}, port: 8000}}",
]
CURL_RULES = [
    f"- {{allow: connect, proto: tcp, {OURS}, port: 8000}}",
    f"- {{allow: connect, path: {WEB}}}",
]


def nginx(name, listens, pages=""):
    """The command of an nginx that stays in the foreground."""
    write_file(f"{FOLDER}/{name}.conf", f"""
daemon off;
user www-data;
worker_processes 1;
pid {FOLDER}/{name}.pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log {FOLDER}/{name}.log;
  server {{
    {" ".join(f"listen {listen};" for listen in listens)}
    location / {{ return 200 "{PAGE}"; }}
    {pages}
  }}
}}
""")
    return "/usr/sbin/nginx", "-e", "stderr", "-c", f"{FOLDER}/{name}.conf"


def curl(*words):
    """A curl that says nothing but what it got, and why it failed."""
    return "/usr/bin/curl", "--silent", "--show-error", *words


class ServerTest(ProgramCase):
    tenants = {"acme": NGINX_RULES}

    def setUp(self):
        super().setUp()
        for path in WEB, f"{FOLDER}/acme.log":
            if os.path.lexists(path):
                os.unlink(path)
        pages = "".join(
            f"location /{name} {{ proxy_pass {url(addresses[version], 8000)};"
            f" }}\n" for name, addresses, version in (
                ("in4", INSIDE, 4), ("in6", INSIDE, 6), ("out4", OUTSIDE, 4),
                ("out6", OUTSIDE, 6)))
        self.serve(*nginx("acme", ["8080", "[::]:8080", f"unix:{WEB}"],
                          pages), tenant="acme", port=8080)
        self.no_events()

    def fetch(self, version, source):
        return curl("--connect-timeout", str(BRIEFLY), "--interface",
                    source[version], url(HERE[version], 8080))

    def test_from_elsewhere(self):
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*self.fetch(version, INSIDE), there=True,
                              says=PAGE)
                self.kept_out(*self.fetch(version, OUTSIDE), there=True,
                              tenant="acme", status=28,
                              wanted=requested(version, 8080, uid=0))
        log = read_file(f"{FOLDER}/acme.log").splitlines()
        self.assertEqual([line.split()[0] for line in log],
                         [INSIDE[4], INSIDE[6]])

    def test_unix(self):
        """No rule is about who connects there, and curl is nobody's."""
        self.succeeds(*curl("--unix-socket", WEB, "http://x/"), says=PAGE)

    def test_upstream(self):
        """What it asks for others it asks for itself."""
        self.serve(*nginx("up", ["8000", "[::]:8000"]), there=True, port=8000)
        for version in 4, 6:
            with self.subTest(version):
                where = url(HERE[version], 8080)
                self.succeeds(*curl(f"{where}in{version}"), there=True,
                              says=PAGE)
                done = self.do(*curl("--output", "/dev/null", "--write-out",
                                     "%{http_code}", f"{where}out{version}"),
                               there=True)
                self.assertIn(done.stdout, ("500", "502"))
                self.programs_report(OUTSIDE[version])

    def programs_report(self, address):
        self.reported("acme", connecting(address, 8000, comm="nginx"))


class OtherPortTest(ProgramCase):
    """A server that wants more than it may does not start."""

    tenants = {"acme": NGINX_RULES}

    def test_port(self):
        done = self.do(*nginx("bad", ["8081"]), tenant="acme")
        self.assertEqual(done.returncode, 1)
        self.assertIn("bind() to 0.0.0.0:8081 failed (13: Permission denied)",
                      done.stderr)
        self.reported("acme", {"op": "bind", "local_addr": "0.0.0.0",
                               "local_port": 8081, "errno_name": "EACCES"})


class ClientTest(ProgramCase):
    tenants = {"acme": CURL_RULES}

    def test_other_host(self):
        self.serve(*nginx("up", ["8000", "[::]:8000", "8001"]), there=True,
                   port=8000)
        for version in 4, 6:
            with self.subTest(version):
                self.succeeds(*curl(url(INSIDE[version], 8000)),
                              tenant="acme", says=PAGE)
                self.refused(*curl(url(OUTSIDE[version], 8000)),
                             tenant="acme", status=7, says="curl: (7)",
                             wanted=connecting(OUTSIDE[version], 8000,
                                               comm="curl"))
        self.refused(*curl(url(INSIDE[4], 8001)), tenant="acme", status=7,
                     says="curl: (7)", wanted=connecting(INSIDE[4], 8001))
        # So that it was not for want of a server.
        self.succeeds(*curl(url(OUTSIDE[4], 8000)), says=PAGE)

    def test_unix(self):
        self.serve(*nginx("up", [f"unix:{WEB}", f"unix:{OTHER_WEB}"]),
                   name=OTHER_WEB)
        self.succeeds(*curl("--unix-socket", WEB, "http://x/"),
                      tenant="acme", says=PAGE)
        self.refused(*curl("--unix-socket", OTHER_WEB, "http://x/"),
                     tenant="acme", status=7, says="curl: (7)",
                     wanted={"op": "connect", "name": OTHER_WEB,
                             "errno_name": "EACCES"})


if __name__ == "__main__":
    unittest.main()
