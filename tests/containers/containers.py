# SPDX-License-Identifier: GPL-2.0
"""What the tests with containers share: an image, runtimes and tenants.

Every container runs act or another static program, with its input and output
in the test's hands; see tests/functional/cordon.py.
"""
import json
import os
import shutil
import subprocess

import cordon
from cordon import CGROUPS, CordonTest, members, read_file, run, \
    wait_until, write_file
from inside import Inside, cgroup_of

# To start a container takes a while, and all the more on a busy machine.
cordon.TIMEOUT = 120

IMAGE = "/srv/image"
BUNDLES = "/srv/bundles"
BOX = "/bin/busybox"
RUNC = "/usr/sbin/runc"
CRUN = "/usr/bin/crun"

# Files of the image.  /data is there to be written to, and what else may be
# read depends on the tenant.
TEXTS = {"/etc/acme/f": "acme", "/etc/globex/f": "globex",
         "/etc/secret": "secret", "/data/f": "data"}
SCRIPT = f"#!{BOX} sh\nexec /act\n"


def tenant_body(name, select, setup=RUNC):
    """Denies all but what the programs of a container of this tenant do."""
    return f"""
    select: [{", ".join(f"cgroup: '{pattern}'" for pattern in select)}]
    setup: [{setup}]
    file:
      default: deny
      rules:
        - {{allow: [exec, map], path: [/act, /first]}}
        - {{allow: [read, exec, map], path: [{BOX}, /script]}}
        - {{allow: read, path: /etc/{name}/**}}
        - {{allow: [read, write, create, delete], path: /data/**}}
"""


def make_image():
    """What containers start from: a directory on the guest's own overlay."""
    shutil.rmtree(IMAGE, ignore_errors=True)
    for folder in ("bin", "data", "dev", "etc", "proc", "sys", "tmp",
                   "usr/sbin"):
        os.makedirs(f"{IMAGE}/{folder}")
    for source, target in (("bin/act", "act"), ("bin/first", "first"),
                           ("busybox", "bin/busybox")):
        shutil.copy(f"/cordon/{source}", f"{IMAGE}/{target}")
    for path, text in TEXTS.items():
        write_file(IMAGE + path, text)
    for script in ("/script", "/etc/acme/script"):
        write_file(IMAGE + script, SCRIPT)
        os.chmod(IMAGE + script, 0o755)
    shutil.copy("/cordon/bin/act", f"{IMAGE}/bin/denied")


def mount(*arguments):
    done = run("mount", *arguments)
    if done.returncode:
        raise AssertionError(done.stderr)


def pids_below(cgroup):
    """Processes of a cgroup and all below it."""
    found = set()
    for folder, _, _ in os.walk(CGROUPS + cgroup):
        found |= set(map(int, read_file(f"{folder}/cgroup.procs").split()))
    return found


class Runtime:
    """How containers of one kind are started, entered and found."""

    def run_command(self, name, arguments):
        raise NotImplementedError

    def exec_command(self, name, arguments):
        raise NotImplementedError

    def pid(self, name):
        raise NotImplementedError

    def remove(self, name):
        raise NotImplementedError

    def start(self, name, *arguments, first="ready"):
        """Runs a container in the foreground; its input is its life."""
        command = self.run_command(name, arguments or ("/act",))
        return Inside(command, lambda: pids_below(cgroup_of(self.pid(name))),
                      first)

    def enter(self, name, *arguments, first="ready"):
        """Runs another program in a container."""
        command = self.exec_command(name, arguments or ("/act",))
        return Inside(command, lambda: pids_below(cgroup_of(self.pid(name))),
                      first)


class Oci(Runtime):
    """runc or crun, with cgroups by their own hand or by systemd's.

    The root of its containers is a directory of the host, or an overlay of its
    own with that below.
    """

    def __init__(self, program, systemd, overlay):
        self.base = [program]
        self.systemd = systemd
        self.overlay = overlay
        if systemd:
            self.base.append("--systemd-cgroup")

    def make_root(self, bundle):
        root = f"{bundle}/root"
        os.makedirs(root)
        if not self.overlay:
            shutil.copytree(IMAGE, root, dirs_exist_ok=True)
            return root
        os.makedirs(f"{bundle}/layer")
        mount("-t", "tmpfs", "tmpfs", f"{bundle}/layer")
        os.makedirs(f"{bundle}/layer/upper")
        os.makedirs(f"{bundle}/layer/work")
        mount("-t", "overlay", "overlay", "-o",
              f"lowerdir={IMAGE},upperdir={bundle}/layer/upper,"
              f"workdir={bundle}/layer/work", root)
        return root

    def make_bundle(self, name, arguments):
        bundle = f"{BUNDLES}/{name}"
        self.remove_bundle(name)
        root = self.make_root(bundle)
        run(RUNC, "spec", "--bundle", bundle)
        with open(f"{bundle}/config.json", encoding="utf-8") as file:
            config = json.load(file)
        config["root"] = {"path": root, "readonly": False}
        config["process"]["terminal"] = False
        config["process"]["args"] = list(arguments)
        # Whoever may mount without a policy shows that it is the policy.
        for capabilities in config["process"]["capabilities"].values():
            capabilities.append("CAP_SYS_ADMIN")
        if not self.systemd:
            config["linux"]["cgroupsPath"] = f"/box/{name}"
        with open(f"{bundle}/config.json", "w", encoding="utf-8") as file:
            json.dump(config, file)
        return bundle

    def remove_bundle(self, name):
        bundle = f"{BUNDLES}/{name}"
        for folder in ("root", "layer"):
            if os.path.ismount(f"{bundle}/{folder}"):
                run("umount", f"{bundle}/{folder}")
        shutil.rmtree(bundle, ignore_errors=True)

    def run_command(self, name, arguments):
        bundle = self.make_bundle(name, arguments)
        return [*self.base, "run", "--bundle", bundle, name]

    def exec_command(self, name, arguments):
        return [*self.base, "exec", name, *arguments]

    def pid(self, name):
        return json.loads(run(*self.base, "state", name).stdout)["pid"]

    def remove(self, name):
        run(*self.base, "delete", "--force", name)
        self.remove_bundle(name)


class Podman(Runtime):
    """podman with its overlay storage, on memory: overlayfs does not nest."""

    storage = "/var/lib/containers"
    image = "localhost/box"

    def __init__(self, runtime):
        self.base = ["podman", "--runtime", runtime]

    @classmethod
    def prepare(cls):
        """Once before all: storage, and the image in it."""
        if os.path.ismount(cls.storage):
            return
        os.makedirs(cls.storage, exist_ok=True)
        mount("-t", "tmpfs", "tmpfs", cls.storage)
        done = run("sh", "-c", f"tar -C {IMAGE} -c . | "
                               f"podman import --quiet - {cls.image}")
        if done.returncode:
            raise AssertionError(done.stderr)

    def run_command(self, name, arguments):
        tenant = name.split("-")[0]
        return [*self.base, "run", "--interactive", "--name", name,
                "--network", "none", "--pidfile", self.pidfile(name),
                "--cgroup-parent", f"machine-{tenant}.slice",
                self.image, *arguments]

    def exec_command(self, name, arguments):
        return [*self.base, "exec", "--interactive", name, *arguments]

    @staticmethod
    def pidfile(name):
        return f"/run/{name}.pid"

    def pid(self, name):
        return int(read_file(self.pidfile(name)))

    def remove(self, name):
        run(*self.base, "rm", "--force", "--time", "0", name)


class Nspawn(Runtime):
    """systemd-nspawn; what is executed in it later comes by other ways."""

    def run_command(self, name, arguments):
        return ["systemd-nspawn", "--quiet", "--pipe", "--volatile=overlay",
                "--directory", IMAGE, "--machine", name, *arguments]

    def pid(self, name):
        return int(run("machinectl", "show", name, "--property=Leader",
                       "--value").stdout)

    def remove(self, name):
        run("machinectl", "terminate", name)


def patterns_of(tenant):
    """Where the runtimes above put containers whose names begin with it.

    The monitor of podman lives beside each container, in libpod-conmon-*.
    """
    return [f"/box/{tenant}-*",
            f"/system.slice/{{runc,crun}}-{tenant}-*.scope",
            f"/machine.slice/machine-{tenant}.slice/"
            "libpod-[0-9a-f][0-9a-f]*.scope",
            f"/machine.slice/machine-{tenant}*.scope/payload"]


class ContainerCase(CordonTest):
    """Two tenants are in force whose containers begin with their names."""

    @classmethod
    def setUpClass(cls):
        make_image()

    def setUp(self):
        super().setUp()
        self.replace(**{name: tenant_body(name, patterns_of(name))
                        for name in ("acme", "globex")})

    def expect_event(self, task, tenant, **wanted):
        """There is one event since the last time, of this task."""
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        fields = {"tenant": tenant, "generation": self.session.generation,
                  "class": "file", "verdict": "denied", "errno_name": "EACCES",
                  "reason": "default", "origin": "default", "repeat": 1}
        if task:
            fields.update(pid=task.tid, tgid=task.pid, ppid=task.ppid,
                          comm=task.comm,
                          cgroup_id=os.stat(CGROUPS + cgroup_of(task.pid)
                                            ).st_ino)
        fields.update(wanted)
        self.assertEqual({key: events[0].get(key) for key in fields}, fields)

    def expect_denied(self, task, tenant, *words, **wanted):
        self.assertEqual(task.do(*words), "EACCES", words)
        self.expect_event(task, tenant, **wanted)

    def expect_confined(self, task, tenant):
        """It may read what is its tenant's, and nothing else."""
        self.assertIn(task.pid, members(tenant))
        self.allowed(task, f"open r /etc/{tenant}/f")
        self.expect_denied(task, tenant, "open r /etc/secret", op="read",
                           path="/etc/secret")

    def expect_nobody(self, *tenants):
        """What has ended has left nothing behind."""
        for tenant in tenants:
            self.assertTrue(wait_until(lambda: not members(tenant)),
                            members(tenant))
        shown = {tenant["name"]: tenant["members"]
                 for tenant in cordon.query("show")["tenants"]}
        self.assertEqual({name: shown[name] for name in tenants},
                         dict.fromkeys(tenants, 0))
        self.assertEqual(cordon.status()["members"], 1)


class RuntimeCase(ContainerCase):
    """Containers of one runtime, which do not outlive a test."""

    runtime = None
    restarts = 5

    def start(self, name, *arguments, **options):
        """A container that runs, and what runs in it."""
        self.addCleanup(self.runtime.remove, name)
        task = self.runtime.start(name, *arguments, **options)
        self.tasks.append(task)
        return task

    def enter(self, name, *arguments, **options):
        """Another program in it."""
        task = self.runtime.enter(name, *arguments, **options)
        self.tasks.append(task)
        return task

    def refused(self, command):
        """It has to fail, for reasons that only the events tell."""
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=cordon.TIMEOUT * 4, check=False)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertNotIn(b"ready", done.stdout)

    def refused_start(self, name, *arguments):
        self.addCleanup(self.runtime.remove, name)
        self.refused(self.runtime.run_command(name, arguments))
