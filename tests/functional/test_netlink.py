# SPDX-License-Identifier: GPL-2.0
"""The wire, from a sender that may write and means no good."""
import ctypes
import errno
import os
import random
import struct
import unittest

import cordon
import netlink
from cordon import CordonTest, file_section, status
from garbage import BAD_RULES, BAD_TENANTS, LATE, NAME, addr, number, ports
from netlink import A_NAME, ABORT, ADD_RULES, ADD_TENANT, BEGIN, \
    COMMIT, REMOVE_TENANT, Connection, attr, rule, tenant

setUpModule = cordon.begin
tearDownModule = cordon.end


class NetlinkCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.before = status()

    def connect(self):
        connection = Connection()
        self.addCleanup(connection.close)
        return connection

    def started(self, *attributes):
        """A connection that has begun a transaction."""
        connection = self.connect()
        self.expect(connection, "OK", BEGIN)
        for attribute in attributes:
            self.expect(connection, "OK", ADD_TENANT, attribute)
        return connection

    def expect(self, connection, name, command, *attributes, text=None):
        answer = connection.request(command, *attributes)
        self.assertEqual(answer.name, name, answer)
        if text is not None:
            self.assertEqual(answer.text, text)
        elif name != "OK":
            self.assertNotEqual(answer.text, "", answer)
        return answer

    def expect_unchanged(self):
        after = status()
        for key in ("generation", "tenants", "rules", "policy_bytes",
                    "members", "hooks"):
            self.assertEqual(after[key], self.before[key], key)

    def expect_refused(self, connection, command, message):
        answer = connection.request(command, message)
        self.assertIn(answer.name, ("EINVAL", "ERANGE", "ENOENT", "E2BIG",
                                    "ENOTSUP", "EMSGSIZE"), answer)
        # The beginning of a dump has no way to say why before 6.2.
        if command not in netlink.DUMPS:
            self.assertNotEqual(answer.text, "")

    def expect_bad_rules(self, rules, late):
        """Refused when it is added or, at the latest, at the commit."""
        for name, message in rules.items():
            with self.subTest(name):
                connection = self.started(tenant(
                    "acme", attr(netlink.T_SOCKET_DEFAULT, netlink.DENY)))
                if name in late:
                    self.expect(connection, "OK", ADD_RULES, message)
                    self.expect_refused(connection, COMMIT, b"")
                else:
                    self.expect_refused(connection, ADD_RULES, message)
                connection.close()
        self.expect_unchanged()


class GarbageTest(NetlinkCase):
    def test_tenants(self):
        for name, message in BAD_TENANTS.items():
            with self.subTest(name):
                connection = self.started()
                self.expect_refused(connection, ADD_TENANT, message)
                connection.close()
        self.expect_unchanged()

    def test_rules(self):
        self.expect_bad_rules(BAD_RULES, LATE)

    def test_other_commands(self):
        connection = self.started()
        for command, message in (
                (BEGIN, NAME), (ABORT, NAME), (netlink.STATUS_GET, NAME),
                (netlink.TENANT_GET, NAME), (netlink.MEMBER_GET, NAME),
                (netlink.RULE_GET, b""), (netlink.RULE_GET, tenant()),
                (netlink.RULE_GET, attr(A_NAME, "nobody")),
                (REMOVE_TENANT, b""), (REMOVE_TENANT, attr(A_NAME, "a b")),
                (COMMIT, NAME), (COMMIT, attr(netlink.A_EXPECT, 1)),
                (COMMIT, attr(netlink.A_REPLACE, b"\1")),
                (COMMIT, attr(netlink.A_DRY_RUN, b"\1")),
                (netlink.SEAL, NAME), (netlink.SEAL, tenant()),
                (netlink.SEAL, attr(netlink.A_SEAL_TENANT, "")),
                (netlink.SEAL, attr(netlink.A_SEAL_TENANT, "x" * 64)),
                (netlink.SEAL, attr(netlink.A_SEAL_TENANT, "nobody")),
                (netlink.SEAL,
                 attr(netlink.A_SEAL_TENANT, "nobody") * 1025),
                (BEGIN, b"\1\2\3\4\5")):
            with self.subTest(command=command, message=message):
                self.expect_refused(connection, command, message)
        for command in (0, 100, 200, netlink.EVENT_NTF):
            self.assertEqual(connection.request(command).name, "ENOTSUP")
        self.expect_unchanged()

    def test_cut_short(self):
        """Every length that a message can be cut to."""
        whole = tenant("acme", attr(netlink.T_ORIGIN, "x:1"))
        for length in range(len(whole)):
            connection = self.started()
            answer = connection.request(ADD_TENANT, whole[:length])
            self.assertIn(answer.name, ("EINVAL", "ERANGE"), length)
            self.assertNotEqual(answer.text, "", length)
            connection.close()
        self.expect_unchanged()

    def test_mutations(self):
        """Random bytes in place of some; whatever comes, comes as an ack."""
        chance = random.Random(1)
        wholes = [(ADD_TENANT, tenant()), (ADD_RULES, NAME + rule()),
                  (ADD_RULES, NAME + addr(attr(1, b"\x0a\0\0\0"), attr(2, 8))),
                  (ADD_RULES, NAME + ports(attr(1, 1), attr(2, 9)))]
        names = set()
        for turn in range(1500):
            if turn % 50 == 0:
                connection = self.started(tenant("acme"))
            command, whole = chance.choice(wholes)
            bad = bytearray(whole)
            for _ in range(chance.randint(1, 4)):
                bad[chance.randrange(len(bad))] = chance.choice(
                    (0, 1, 3, 4, 0x7f, 0x80, 0xff, chance.randrange(256)))
            answer = connection.request(command, bytes(bad))
            names.add(answer.name)
            if answer.name != "OK":
                self.assertNotEqual(answer.text, "", (command, bad))
            if turn % 50 == 49:
                connection.close()
        self.assertIn("EINVAL", names)
        self.assertTrue(names <= {"OK", "EINVAL", "ERANGE", "ENOENT",
                                  "EEXIST", "ENOTSUP", "E2BIG"}, names)
        self.expect_unchanged()

    def test_header(self):
        """Messages that are shorter than their own header says, or longer."""
        connection = self.connect()
        message = connection.message(BEGIN)
        for size in (0, 4, 15, 16, 17, 18, 19, 4000, 0xffffffff):
            connection.send_raw(struct.pack("=I", size) + message[4:])
        connection.send_raw(message[:17])
        connection.send_raw(message[:5])
        self.expect(connection, "OK", netlink.STATUS_GET)
        self.expect_unchanged()

    def test_blame(self):
        """The ack points at the attribute that is wrong."""
        connection = self.started(tenant())
        answer = connection.request(ADD_RULES, NAME,
                                    rule(**number("path", "srv")))
        path = (16 + 4 + len(NAME) + 4 +
                len(rule(leave_out="path")) - 4)
        self.assertEqual(answer.offset, path, answer)
        self.assertEqual(answer.text,
                         "test:1: pattern does not begin with '/'")


class TransactionTest(NetlinkCase):
    NOT_BEGUN = "this socket has not begun a transaction"

    def test_without_begin(self):
        connection = self.connect()
        for command, message in ((ADD_TENANT, tenant()),
                                 (ADD_RULES, NAME + rule()),
                                 (REMOVE_TENANT, NAME),
                                 (COMMIT, b""), (ABORT, b"")):
            self.expect(connection, "ENOENT", command, message,
                        text=self.NOT_BEGUN)
        self.expect_unchanged()

    def test_after_the_end(self):
        for end in (COMMIT, ABORT):
            connection = self.started()
            self.expect(connection, "OK", end)
            for command, message in ((ADD_TENANT, tenant()), (end, b"")):
                self.expect(connection, "ENOENT", command, message,
                            text=self.NOT_BEGUN)
            self.expect(connection, "OK", BEGIN)
        self.session.generation += 1
        self.assertEqual(status()["generation"], self.session.generation)

    def test_after_a_failed_commit(self):
        connection = self.started()
        self.expect(connection, "OK", REMOVE_TENANT, attr(A_NAME, "nobody"))
        self.expect(connection, "ENOENT", COMMIT,
                    text="tenant nobody: there is none of that name")
        self.expect(connection, "ENOENT", COMMIT, text=self.NOT_BEGUN)
        self.expect_unchanged()

    def test_after_a_refusal(self):
        """What is left of a policy is not put in force."""
        for error, command, message in (
                ("EEXIST", ADD_TENANT, tenant()),
                ("ENOENT", ADD_RULES, attr(A_NAME, "nobody") + rule()),
                ("EINVAL", ADD_RULES, BAD_RULES["relative path"]),
                ("EINVAL", REMOVE_TENANT, attr(A_NAME, "a b"))):
            with self.subTest(command=command, message=message):
                connection = self.started(tenant())
                self.expect(connection, error, command, message)
                self.expect(connection, "OK", ADD_RULES, NAME + rule())
                self.expect(connection, "ECANCELED", COMMIT, text="a request "
                            "of this transaction was refused")
                self.expect(connection, "ENOENT", COMMIT, text=self.NOT_BEGUN)
                connection.close()
        self.expect_unchanged()

    def test_begin_twice(self):
        connection = self.started(tenant())
        self.expect(connection, "EALREADY", BEGIN,
                    text="this socket has begun a transaction already")
        self.expect(connection, "OK", ABORT)
        self.expect_unchanged()

    def test_another_socket(self):
        """A transaction is its socket's only."""
        self.started(tenant())
        other = self.connect()
        self.expect(other, "ENOENT", COMMIT, text=self.NOT_BEGUN)
        self.expect(other, "ENOENT", ADD_RULES, NAME + rule(),
                    text=self.NOT_BEGUN)
        self.expect_unchanged()

    def test_same_tenant_twice(self):
        connection = self.started(tenant())
        text = "the transaction names this tenant already"
        self.expect(connection, "EEXIST", ADD_TENANT, tenant(), text=text)
        self.expect(connection, "EEXIST", REMOVE_TENANT, NAME, text=text)
        self.expect_unchanged()

    def test_rules_of_a_removed_tenant(self):
        connection = self.started()
        self.expect(connection, "OK", REMOVE_TENANT, attr(A_NAME, "keeper"))
        self.expect(connection, "ENOENT", ADD_RULES,
                    attr(A_NAME, "keeper") + rule(),
                    text="the transaction does not define this tenant")
        self.expect_unchanged()

    def test_too_many(self):
        """Sixteen at once; closed sockets make room."""
        open_ones = [self.started(tenant()) for _ in range(16)]
        late = self.connect()
        self.expect(late, "EBUSY", BEGIN,
                    text="too many transactions are open")
        open_ones[5].close()
        self.expect(late, "OK", BEGIN)
        for connection in open_ones:
            connection.close()
        for _ in range(15):
            open_ones.append(self.started())
        self.expect_unchanged()

    def test_stale_generation(self):
        generation = self.before["generation"]
        for expected in (generation - 1, generation + 1, 0, 2**64 - 1):
            connection = self.started(tenant())
            self.expect(connection, "ESTALE", COMMIT, attr(
                netlink.A_EXPECT, struct.pack("=Q", expected)),
                text=f"policy generation is {generation}, not {expected}: "
                "somebody else changed the policy")
        self.expect_unchanged()

    def test_commit(self):
        """What the wire can do when it is used well."""
        connection = self.started(tenant())
        self.expect(connection, "OK", ADD_RULES, NAME, rule(), rule())
        answer = self.expect(connection, "OK", COMMIT, attr(
            netlink.A_EXPECT, struct.pack("=Q", self.before["generation"])))
        self.session.generation += 1
        self.policy = cordon.Policy(acme=file_section())
        self.assertEqual(netlink.parse(answer.messages[0]), [
            (netlink.A_GENERATION,
             struct.pack("=Q", self.session.generation))])
        self.assertEqual(status()["tenants"], 2)
        rules = connection.request(netlink.RULE_GET, NAME)
        self.assertEqual(len(rules.messages), 2)


class VersionTest(NetlinkCase):
    """Of the protocol, which is in each request."""

    def test_other(self):
        connection = self.connect()
        for version in (0, 2, 255):
            text = f"the request is in version {version} of the protocol, " \
                "the module speaks 1"
            for command in netlink.COMMANDS.values():
                with self.subTest(version=version, command=command):
                    answer = connection.request(command, version=version)
                    if command == netlink.STATUS_GET:
                        self.assertEqual(answer.name, "OK")
                        continue
                    self.assertEqual(answer.name, "EPROTONOSUPPORT", answer)
                    # The beginning of a dump has no way to say why before 6.2.
                    if command not in netlink.DUMPS:
                        self.assertEqual(answer.text, text)
        self.expect_unchanged()


class SenderTest(NetlinkCase):
    def in_child(self, work):
        """Runs work in a child; what it returned, as text."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            try:
                text = str(work())
            except BaseException as error:
                text = f"{type(error).__name__}: {error}"
            os.write(writing, text.encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        text = os.read(reading, 65536).decode()
        os.close(reading)
        return text

    def names_of_all(self, connection):
        """The answer to each command that there is."""
        return {name: connection.request(command).name
                for name, command in netlink.COMMANDS.items()}

    def all_refused(self):
        return str(dict.fromkeys(netlink.COMMANDS, "EPERM"))

    def test_unprivileged(self):
        def work():
            os.setgid(65534)
            os.setuid(65534)
            return self.names_of_all(Connection())

        self.assertEqual(self.in_child(work), self.all_refused())
        self.expect_unchanged()

    def test_text(self):
        def work():
            os.setuid(65534)
            return Connection().request(BEGIN)

        self.assertEqual(
            self.in_child(work), "EPERM: 'CAP_MAC_ADMIN over the initial user "
            "namespace is needed' at None")

    def test_unprivileged_listener(self):
        def work():
            os.setuid(65534)
            Connection().join("events")

        self.assertIn(f"[Errno {errno.EPERM}]", self.in_child(work))

    def test_user_namespace(self):
        """Root there is nobody here."""
        def work():
            unshare(CLONE_NEWUSER)
            connection = Connection()
            try:
                connection.join("events")
                return "joined"
            except PermissionError:
                return self.names_of_all(connection)

        self.assertEqual(self.in_child(work), self.all_refused())

    def test_network_namespace(self):
        """Other namespaces do not have the family, whoever asks."""
        for flags in (CLONE_NEWNET, CLONE_NEWNET | CLONE_NEWUSER):
            def work():
                unshare(flags)
                Connection()

            self.assertIn(f"[Errno {errno.ENOENT}]", self.in_child(work))

    def test_member(self):
        """With every capability, and still none that may."""
        self.load(acme=file_section(default="allow"))
        self.before = status()
        task = self.task("acme")

        def work():
            with open(f"{cordon.cgroup_dir('acme')}/cgroup.procs", "w",
                      encoding="ascii") as procs:
                procs.write("0")
            os.execv("/usr/bin/python3", ["python3", "-c", MEMBER_SCRIPT])

        answers = self.output_of(work)
        self.assertEqual(answers, self.all_refused() +
                         "a member of a tenant cannot manage policy\n")
        task.stop()
        self.assertTrue(cordon.wait_until(
            lambda: not cordon.members("acme")))
        self.before["members"] = status()["members"]
        self.expect_unchanged()

    def output_of(self, work):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.dup2(writing, 1)
            work()
        os.close(writing)
        with os.fdopen(reading) as stream:
            text = stream.read()
        os.waitpid(child, 0)
        return text

    def test_socket_passed_down(self):
        """Opened by root, used by nobody."""
        connection = self.connect()

        def work():
            os.setuid(65534)
            return self.names_of_all(connection)

        self.assertEqual(self.in_child(work), self.all_refused())

    def test_socket_passed_up(self):
        """Opened by nobody, used by root: a deputy that may be confused."""
        os.seteuid(65534)
        try:
            connection = Connection()
        finally:
            os.seteuid(0)
        self.addCleanup(connection.close)
        self.assertEqual(str(self.names_of_all(connection)),
                         self.all_refused())


class PassedListenerTest(NetlinkCase):
    def setUp(self):
        if kernel_version() < (6, 5):
            self.skipTest("kernels before 6.5 cannot tell listeners apart")
        super().setUp()

    def test_passed_up(self):
        """Root joined the group for it, and it hears nothing all the same."""
        os.seteuid(65534)
        try:
            connection = Connection()
        finally:
            os.seteuid(0)
        self.addCleanup(connection.close)
        connection.join("events")
        self.session.take()
        connection.socket.settimeout(1)
        with self.assertRaises(TimeoutError):
            connection.socket.recv(65536)


def kernel_version():
    return tuple(map(int, os.uname().release.split("-")[0].split(".")[:2]))


MEMBER_SCRIPT = """
import sys
sys.path.insert(0, "/cordon/tests/functional")
import netlink
connection = netlink.Connection()
print({name: connection.request(command).name
       for name, command in netlink.COMMANDS.items()}, end="")
print(connection.request(netlink.BEGIN).text)
"""

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000



def unshare(flags):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


if __name__ == "__main__":
    unittest.main()
