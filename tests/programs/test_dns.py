# SPDX-License-Identifier: GPL-2.0
"""dnsmasq and dig."""
import unittest

import programs
from programs import BRIEFLY, CACHE, HERE, INSIDE, OURS, OUTSIDE, \
    ProgramCase, connecting, requested

setUpModule = programs.begin
tearDownModule = programs.end

UPSTREAM = 5300
LOCAL, FORWARDED, FORBIDDEN = "192.0.2.1", "192.0.2.2", "192.0.2.3"

# It looks at the addresses of this host by netlink, in which it has a port.
# It answers by name, from one socket to whoever asked, so it has to be allowed
# to connect to its clients; and it asks others from a socket that is connected
# to nobody, so it has to be allowed to receive what they answer.
DNSMASQ_RULES = [
    "- {allow: [bind, listen], proto: [tcp, udp], port: 53}",
    f"- {{allow: accept, proto: tcp, {OURS}, port: 53}}",
    f"- {{allow: receive, proto: udp, {OURS}}}",
    f"- {{allow: connect, proto: udp, {OURS}}}",
    "- {allow: [create, bind], family: netlink, protocol: route}",
    CACHE,
]


def dnsmasq(port, *options):
    return ("/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
            "--log-facility=-", "--user=root", "--pid-file=", "--no-resolv",
            "--no-hosts", f"--port={port}", *options)


def dig(version, name, *options, source=INSIDE):
    return ("/usr/bin/dig", "+short", "+tries=1", *options,
            "-b", source[version], f"@{HERE[version]}", name, "A")


class ServerTest(ProgramCase):
    tenants = {"acme": DNSMASQ_RULES}

    def setUp(self):
        super().setUp()
        self.serve(*dnsmasq(UPSTREAM, f"--address=/up.test/{FORWARDED}",
                            f"--address=/bad.test/{FORBIDDEN}"),
                   there=True, port=UPSTREAM)
        self.serve(*dnsmasq(53, f"--address=/here.test/{LOCAL}",
                            f"--server=/up.test/{INSIDE[4]}#{UPSTREAM}",
                            f"--server=/bad.test/{OUTSIDE[4]}#{UPSTREAM}"),
                   tenant="acme", port=53)
        self.no_events()

    def test_answers(self):
        for version in 4, 6:
            for transport, op in (("+notcp", "receive"), ("+tcp", "accept")):
                with self.subTest(version=version, transport=transport):
                    self.succeeds(*dig(version, "here.test", transport),
                                  there=True, says=f"{LOCAL}\n")
                    self.shut_out(version, transport, op)

    def shut_out(self, version, transport, op):
        """dig says on its standard output that nobody answered."""
        done = self.do(*dig(version, "here.test", transport,
                            f"+time={BRIEFLY}", source=OUTSIDE), there=True)
        self.assertEqual(done.returncode, 9, done.stdout)
        self.assertNotIn(LOCAL, done.stdout)
        self.reported("acme", requested(version, 53, op=op))

    def test_forwards(self):
        """Only to whom it may."""
        self.succeeds(*dig(4, "up.test"), there=True, says=f"{FORWARDED}\n")
        done = self.do(*dig(4, "bad.test", f"+time={BRIEFLY}"), there=True)
        self.assertNotIn(FORBIDDEN, done.stdout)
        self.reported("acme", connecting(OUTSIDE[4], UPSTREAM,
                                         comm="dnsmasq", protocol="udp"))


if __name__ == "__main__":
    unittest.main()
