# SPDX-License-Identifier: GPL-2.0
"""The files for fleets: as YAML, and what can be told of them without the
programs that they are for."""
import os
import re
import subprocess
import tempfile
import unittest

import yaml
from database import tool

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FLEET = f"{TOP}/ctl/fleet"
RULES = ("{extends: default, rules: {line-length: {max: 90},"
         " document-start: disable, comments-indentation: disable,"
         " braces: {max-spaces-inside: 0}, brackets: {max-spaces-inside: 0},"
         " truthy: {level: error}}}")


def read(name):
    with open(f"{FLEET}/{name}", encoding="utf-8") as file:
        return file.read()


def find(ending):
    for folder, _, files in os.walk(FLEET):
        for name in files:
            if name.endswith(ending):
                yield os.path.join(folder, name)


def fields():
    """What keys events have."""
    with open(f"{TOP}/ctl/field.c", encoding="utf-8") as file:
        return set(re.findall(r'^\t\{ "(\w+)"', file.read(), re.MULTILINE))


# Who listens needs the other two as well.
NEEDED = ["MAC_ADMIN", "NET_ADMIN", "SYS_ADMIN"]


class FleetTest(unittest.TestCase):
    def test_yaml(self):
        files = [*find(".yaml"), *find(".yml")]
        self.assertEqual(len(files), 8)
        done = subprocess.run(["yamllint", "--strict", "-d", RULES, *files],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def expect_monitor(self, command):
        """A command line that the tool takes: all that it complains about is
        that there is no module."""
        self.assertEqual(os.path.basename(command[0]), "cordonctl")
        done = tool(*command[1:])
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_vector(self):
        """Each part takes what another one makes, and fields that are."""
        config = yaml.safe_load(read("vector.yaml"))
        made = {*config["sources"], *config["transforms"]}
        for part in [*config["transforms"].values(),
                     *config["sinks"].values()]:
            self.assertLessEqual(set(part["inputs"]), made)
        self.expect_monitor(config["sources"]["cordon"]["command"])
        script = config["transforms"]["cordon_event"]["source"]
        used = set(re.findall(r"\.(\w+)", script)) - {"timestamp", "id"}
        # Vector says which host it is.
        self.assertEqual(used - {"host"}, {"time", "time_boot_ns", "seq"})
        self.assertLessEqual(used - {"host"}, fields())

    def test_fluent_bit(self):
        config = yaml.safe_load(read("fluent-bit.yaml"))
        parser, = config["parsers"]
        source, = config["pipeline"]["inputs"]
        sink, = config["pipeline"]["outputs"]
        self.assertEqual(source["parser"], parser["name"])
        self.assertEqual(source["tag"], sink["match"])
        self.assertIn(parser["time_key"], fields())

    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            return tool("check", file.name)

    def test_patterns(self):
        """They are policy without a mistake, and the table has each."""
        text = read("patterns.yaml")
        done = self.check(text)
        self.assertEqual(done.returncode, 0, done.stderr)
        table = read("README.md").split("## Patterns of cgroups")[1]
        for tenant in yaml.safe_load(text)["tenants"].values():
            for selector in tenant["select"]:
                pattern = selector["cgroup"]
                if "besteffort" not in pattern and "user" not in pattern:
                    self.assertIn(f"`{pattern}`", table)

    def test_daemonset(self):
        namespace, policy, daemons = yaml.safe_load_all(
            read("daemonset.yaml"))
        name = namespace["metadata"]["name"]
        for item in policy, daemons:
            self.assertEqual(item["metadata"]["namespace"], name)
        pod = daemons["spec"]["template"]["spec"]
        self.assertEqual(daemons["spec"]["selector"]["matchLabels"],
                         daemons["spec"]["template"]["metadata"]["labels"])
        self.assertEqual(pod["volumes"][0]["configMap"]["name"],
                         policy["metadata"]["name"])
        # The module answers in that network namespace only.
        self.assertTrue(pod["hostNetwork"])
        for container in pod["initContainers"] + pod["containers"]:
            security = container["securityContext"]
            listens = container["command"][1] == "monitor"
            self.assertEqual(security["capabilities"],
                             {"drop": ["ALL"],
                              "add": NEEDED if listens else NEEDED[:1]})
            self.assertNotIn("privileged", security)
            # So it is Guaranteed, and the policy does not select it.
            resources = container["resources"]
            self.assertEqual(resources["requests"], resources["limits"])
            self.assertEqual(set(resources["limits"]), {"cpu", "memory"})
        self.expect_monitor(pod["containers"][0]["command"])
        for text in policy["data"].values():
            done = self.check(text)
            self.assertEqual(done.returncode, 0, done.stderr)
            for tenant in yaml.safe_load(text)["tenants"].values():
                for selector in tenant["select"]:
                    self.assertRegex(selector["cgroup"],
                                     "burstable|besteffort")

    def test_ansible(self):
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                ["ansible-playbook", "--syntax-check", "-i", "localhost,",
                 f"{FLEET}/ansible/site.yml"], capture_output=True, text=True,
                check=False, env=dict(os.environ, HOME=home))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_capabilities(self):
        """Units that listen have those that it takes."""
        units = [f"{TOP}/ctl/systemd/cordon-monitor.service",
                 *find("cordon-record.service.j2")]
        self.assertEqual(len(units), 2)
        for unit in units:
            with self.subTest(unit), open(unit, encoding="utf-8") as file:
                self.assertIn("\nCapabilityBoundingSet=CAP_" +
                              " CAP_".join(NEEDED) + "\n", file.read())

    def test_role(self):
        """What a file of the role names is there."""
        role = f"{FLEET}/ansible/roles/cordon"
        text = {name: read(f"ansible/roles/cordon/{name}/main.yml")
                for name in ("defaults", "tasks", "handlers")}
        tasks = yaml.safe_load(text["tasks"])
        handlers = {task["name"] for task in yaml.safe_load(text["handlers"])}
        notified = set()
        for task in tasks:
            notify = task.get("notify", [])
            notified.update([notify] if isinstance(notify, str) else notify)
        self.assertEqual(notified, handlers)
        services, = [task["loop"] for task in tasks
                     if "ansible.builtin.template" in task]
        self.assertEqual({f"{name}.j2" for name in services},
                         set(os.listdir(f"{role}/templates")))
        settable = set(yaml.safe_load(text["defaults"]))
        used = set(re.findall(r"\bcordon_\w+", text["tasks"] + "".join(
            read(f"ansible/roles/cordon/templates/{name}.j2")
            for name in services)))
        self.assertEqual(used, settable)
