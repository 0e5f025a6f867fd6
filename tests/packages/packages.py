# SPDX-License-Identifier: GPL-2.0
"""What the tests of packages share: a service that is a tenant, and what is
asked of dpkg, DKMS and systemd."""
import glob
import json
import os
import subprocess
import unittest

PLACE = "/cordon/packages"
POLICY = "/etc/cordon/policy.d/tenant.yaml"
SECRET = "/srv/secret"
RESULT = "/var/lib/tenant"
SECONDS = 300

# Adding a second tenant is one line more.
TENANTS = f"""# kept as it is
version: 1
tenants:
  tenant:
    select: [cgroup: /system.slice/tenant.service]
    file:
      default: allow
      rules:
        - {{deny: read, path: {SECRET}}}
"""
OTHER = """  other:
    select: [cgroup: /system.slice/other.service]
    file: {default: allow}
"""
BAD = TENANTS + "  worse: {select: [uid: 5], mode: enforced}\n"

# At boot, as any service: what it reads is what policy lets it read.
SERVICE = f"""[Unit]
StartLimitIntervalSec=0
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'cat {SECRET} >{RESULT} 2>&1; echo $? >>{RESULT}'
[Install]
WantedBy=multi-user.target
"""
# One that is not to run without policy.
STRICT = """[Unit]
StartLimitIntervalSec=0
Requires=cordon.service
After=cordon.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target
"""


def run(*command):
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        check=False, stdin=subprocess.DEVNULL, timeout=SECONDS * 2,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def must(*command):
    done = run(*command)
    if done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}:\n"
                             f"{done.stdout}\n{done.stderr}")
    return done.stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def unit(name, key):
    return must("systemctl", "show", "-P", key, name).strip()


def tenants():
    return [tenant["name"] for tenant in
            json.loads(must("cordonctl", "show", "--json"))["tenants"]]


def digest():
    return json.loads(must("cordonctl", "status", "--json"))["digest"]


def take_archive(place):
    """So that DKMS finds what was compiled before."""
    archive, = glob.glob(f"{PLACE}/{place}/*.dkms.tar.gz")
    os.makedirs("/usr/share/cordon-dkms", exist_ok=True)
    write_bytes(f"/usr/share/cordon-dkms/{os.path.basename(archive)}", archive)


def install(place):
    """Both packages, from the files."""
    take_archive(place)
    return must("dpkg", "-i", *glob.glob(f"{PLACE}/{place}/*.deb"))


def write_bytes(path, source):
    with open(path, "wb") as file, open(source, "rb") as origin:
        file.write(origin.read())


def version_of(place):
    """What the packages in a place call themselves."""
    name, = glob.glob(f"{PLACE}/{place}/cordonctl_*.deb")
    return os.path.basename(name).split("_")[1]


class PackageCase(unittest.TestCase):
    maxDiff = None

    def no_failures(self):
        self.assertEqual(must("systemctl", "--failed", "--plain",
                              "--no-legend"), "")

    def is_denied(self):
        """The tenant's service ran, and policy held."""
        os.path.exists(RESULT) and os.unlink(RESULT)
        must("systemctl", "restart", "tenant.service")
        self.was_denied()

    def was_denied(self):
        text = read(RESULT)
        self.assertIn("Permission denied", text)
        self.assertTrue(text.endswith("\n1\n"), text)

    def module_is(self, version):
        """The one module there is for this kernel is of DKMS."""
        self.assertEqual(must("modinfo", "-F", "version", "cordon").strip(),
                         version)
        self.assertIn("/updates/dkms/", must("modinfo", "-n", "cordon"))
        self.assertRegex(must("dkms", "status"),
                         rf"\Acordon/{version}, .*: installed\n\Z")
