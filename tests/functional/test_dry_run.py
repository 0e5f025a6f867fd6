# SPDX-License-Identifier: GPL-2.0
"""A dry run is refused like the load would be, and changes nothing."""
import cordon
from cordon import CordonTest, Policy, file_section, query, run, \
    socket_section, status
from netlink import A_DRY_RUN, BEGIN, COMMIT, ADD_TENANT, Connection, attr, \
    tenant

setUpModule = cordon.begin
tearDownModule = cordon.end


class DryRunTest(CordonTest):
    def setUp(self):
        super().setUp()
        self.before = self.state()

    def state(self):
        shown = status()
        return (shown["generation"], shown["digest"], shown["hooks"],
                shown["tenants"], [tenant["name"] for tenant
                                   in query("show")["tenants"]])

    def dry_run(self, **tenants):
        done = run("cordonctl", "load", "--dry-run", "-",
                   input=Policy(**tenants).text)
        self.assertEqual(self.state(), self.before)
        self.assertEqual(self.session.take(admin=True), [])
        return done

    def refused(self, why, **tenants):
        done = self.dry_run(**tenants)
        self.assertEqual(done.returncode, 1)
        self.assertIn(why, done.stderr)

    def test_good(self):
        done = self.dry_run(acme=socket_section(default="deny"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("dry run: the module accepts 1 tenant,", done.stdout)

    def test_loader_would_join(self):
        self.refused("a selector matches the task that loads the policy",
                     acme=f"    select: [uid: 0]\n{file_section()}")

    def remove(self, code, *words):
        """A dry run of a command that removes; what it has to say."""
        done = run("cordonctl", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(self.state(), self.before)
        return done.stdout + done.stderr

    def test_remove(self):
        """What is to be removed stays, and its tasks stay confined."""
        self.load(acme=file_section("- {deny: read, path: /etc/passwd}",
                                    default="allow"))
        task = self.task("acme")
        self.session.take(admin=True)
        self.before = self.state()
        self.assertEqual(
            self.remove(0, "unload", "--dry-run", "acme", "keeper"),
            "dry run: the module accepts that 2 tenants are removed; nothing "
            f"was changed, generation {self.before[0]}\n")
        self.assertEqual(
            self.remove(0, "flush", "--dry-run"),
            "dry run: the module accepts that all tenants are removed; "
            f"nothing was changed, generation {self.before[0]}\n")
        self.assertEqual(self.session.take(admin=True), [])
        self.assertEqual(task.do("open r /etc/passwd"), "EACCES")

    def test_remove_refused(self):
        """As it would be without, and as a load is, which is no event then."""
        self.session.take(admin=True)
        wrong = ("unload", "--expect-generation=1000000", "keeper")
        said = self.remove(1, *wrong, "--dry-run")
        self.assertIn("nothing was removed", said)
        self.assertIn("nobody", self.remove(
            1, "unload", "--dry-run", "nobody"))
        self.assertEqual(self.session.take(admin=True), [])
        self.assertEqual(self.remove(1, *wrong), said)

    def test_bare(self):
        """What other programs see of it: the generation in force."""
        connection = Connection()
        self.addCleanup(connection.close)
        for command, message in ((BEGIN, b""), (ADD_TENANT, tenant()),
                                 (COMMIT, attr(A_DRY_RUN, b""))):
            self.assertEqual(connection.request(command, message).name, "OK")
        self.assertEqual(self.state(), self.before)
        # It has ended the transaction.
        self.assertEqual(connection.request(COMMIT).name, "ENOENT")
