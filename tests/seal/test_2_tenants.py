# SPDX-License-Identifier: GPL-2.0
"""Tenants that are sealed one by one."""
import json

from cordon import TOP, cgroup_dir, cordonctl, query, run, status

from sealcase import DENY, OPEN, SEALED, SealCase


def select(cgroup, body):
    return f"    select: [cgroup: {TOP}/{cgroup}]\n{body}"


def select_uid(uid, body):
    return f"    select: [uid: {uid}]\n{body}"


# Asks for one tenant in the cgroup of another, and executes something.
ASK = """
import os, sys
sys.path.append("/cordon/tests/functional")
import netlink
with open("{procs}", "w") as procs:
    procs.write("0")
print(netlink.Connection().request(
    netlink.MEMBER_JOIN, netlink.attr(netlink.A_NAME, "thief")).name,
    flush=True)
os.execv("/bin/busybox", ["true"])
"""


class TenantSealTest(SealCase):
    """One story, since nothing of it can be taken back."""

    def test_story(self):
        self.load(vault=DENY, inner=select("vault/inner", OPEN),
                  user=select_uid(7000, DENY), other=DENY)
        self.unknown_tenant()
        said = cordonctl("seal", "--tenants", "vault,user")
        self.assertEqual(said, "sealed 2 tenants" + SEALED)
        self.shown()
        self.cannot_be_changed()
        self.others_can()
        self.cannot_be_robbed()
        self.cannot_be_run_away_with()
        self.later_seal()
        self.doctor()

    def unknown_tenant(self):
        """Then none of those that are named is sealed."""
        self.refused("tenant nobody: there is none of that name", "seal",
                     "--tenants=vault,nobody", code=1)
        self.refused("cannot be a tenant", "seal", "--tenants=vault,", code=2)
        self.assertEqual(status()["sealed_tenants"], 0)
        self.load(vault=DENY)

    def shown(self):
        self.assertEqual(
            {tenant["name"]: tenant["sealed"]
             for tenant in query("show")["tenants"]},
            {"vault": True, "user": True, "inner": False, "other": False})
        self.assertEqual((status()["sealed"], status()["sealed_tenants"]),
                         (False, 2))
        self.assertIn("sealed      2 tenants" + SEALED[:-1],
                      cordonctl("status"))
        self.assertIn("  sealed   " + SEALED, cordonctl("show", "vault"))
        event = json.loads(cordonctl("events", "--class", "admin", "--last",
                                     "1", "--json"))
        self.valid(event)
        self.valid(query("show", "vault"), "show")
        self.valid(status(), "status")
        self.assertEqual((event["op"], event["verdict"], event["why"]),
                         ("seal", "noted", "tenants vault, user"))

    def cannot_be_changed(self):
        why = "tenant vault is sealed" + SEALED[:-1]
        task = self.task("vault")
        for refuse in (
                lambda: self.refuses_load(why, vault=OPEN),
                lambda: self.refuses_load(why, vault=DENY),
                lambda: self.refuses_load(why, "--dry-run", vault=OPEN),
                lambda: self.refuses_load("is sealed" + SEALED[:-1],
                                          "--replace", other=DENY),
                lambda: self.refuses_load(why, new=DENY, vault=OPEN),
                lambda: self.refused(why, "unload", "vault"),
                lambda: self.refused(why, "unload", "other", "vault"),
                lambda: self.refused("is sealed" + SEALED[:-1], "flush")):
            before = query("show")
            refuse()
            after = query("show")
            self.assertEqual([tenant["name"] for tenant in after["tenants"]],
                             [tenant["name"] for tenant in before["tenants"]])
            self.assertTrue(self.is_denied(task))
            self.assertTrue(self.is_denied(self.task("vault")))

    def others_can(self):
        task = self.task("other")
        self.assertTrue(self.is_denied(task))
        self.load(other=OPEN)
        self.assertFalse(self.is_denied(task))
        cordonctl("unload", "other")
        self.load(more=DENY)
        self.assertTrue(self.is_denied(self.task("more")))

    def cannot_be_robbed(self):
        """By selectors that match deeper than those of who is sealed."""
        self.assertFalse(self.is_denied(self.task("vault/inner")))
        self.load(thief=select("vault/**", OPEN),
                  taker=select_uid("6000-8000", OPEN))
        self.assertTrue(self.is_denied(self.task("vault/deep")))
        self.assertTrue(self.is_denied(self.task("vault/deep/deeper")))
        self.assertTrue(self.is_denied(self.task("uids", uid=7000)))
        self.assertFalse(self.is_denied(self.task("uids", uid=7001)))
        self.assertEqual(query("show", "taker")["members"], 1)
        # It was there before the seal, until it came once more.
        self.assertFalse(self.is_denied(self.task("vault/inner")))
        self.load(inner=select("vault/inner", OPEN))
        self.assertTrue(self.is_denied(self.task("vault/inner")))

    def cannot_be_run_away_with(self):
        """A task that a sealed tenant selects is not started as another's."""
        program = ASK.format(procs=f"{cgroup_dir('vault')}/cgroup.procs")
        done = run("python3", "-c", program)
        self.assertEqual(done.stdout, "OK\n", done.stderr)
        self.assertIn("PermissionError", done.stderr)

    def later_seal(self):
        """What came after the first seal can be sealed, and is behind it."""
        self.load(later=DENY)
        said = json.loads(cordonctl("seal", "--tenants=later,thief",
                                    "--json"))
        self.assertEqual(said, {"all": False, "tenants": ["later", "thief"]})
        self.valid(said, "seal")
        self.assertEqual(status()["sealed_tenants"], 4)
        self.load(robber=select("later/deep", OPEN))
        self.assertTrue(self.is_denied(self.task("later/deep")))
        self.assertTrue(self.is_denied(self.task("vault/deep")))
        # Sealed twice is sealed once, however often that is.
        for _ in range(17):
            self.load(robber=select("later/deep", OPEN))
            cordonctl("seal", "--tenants=later,vault")
        self.assertEqual(status()["sealed_tenants"], 4)
        self.no_more_room()

    def no_more_room(self):
        """For seals between loads, of which there can be fifteen."""
        for number in range(13):
            self.load(**{f"one{number}": DENY})
            cordonctl("seal", f"--tenants=one{number}")
        self.load(last=DENY)
        self.refused("seal all of it", "seal", "--tenants=last", code=1)
        self.assertTrue(self.is_denied(self.task("one12")))

    def doctor(self):
        """It tries enforcement as ever, on a tenant that it can remove."""
        told = query("doctor")
        self.valid(told, "doctor")
        found = {one["check"]: one["level"] for one in told["findings"]}
        for check in ("denied-open", "allowed-open", "denied-connect",
                      "allowed-connect", "event"):
            self.assertEqual(found.get(check), "ok", (check, told))
        self.assertFalse({"trial", "leftovers"} & set(found), told)
        self.assertFalse([tenant for tenant in query("show")["tenants"]
                          if tenant["name"].startswith("cordon-doctor-")])
