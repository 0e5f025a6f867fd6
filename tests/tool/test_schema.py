# SPDX-License-Identifier: GPL-2.0
"""Schemas say what the tool takes and prints, no more and no less."""
import glob
import json
import os
import re
import subprocess
import tempfile
import unittest

import yaml

from schema import NAMES, complaints, read, validator

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
TOOL = os.environ.get("CORDONCTL", f"{TOP}/build/cordonctl")
HEAD = "version: 1\ntenants:\n  acme:\n    select: [uid: 1]\n"
FILE_RULE = HEAD + "    file: {default: deny, rules: [%s]}\n"
SOCKET_RULE = HEAD + "    socket: {default: deny, rules: [%s]}\n"

# Files that are good, besides the examples.
GOOD = [
    HEAD,
    HEAD + "    mode: audit\n    revoke: true\n    file: {default: deny}\n",
    HEAD + "    guard: {allow: all}\n",
    HEAD + "    guard: {allow: [mount, bpf]}\n    setup: /usr/bin/runc\n",
    HEAD + "    events: {rate: 5, burst: 7, self: true}\n",
    HEAD + "    network: [10.0.0.0/8, 'fdaa::/32']\n",
    HEAD + "    network: {prefix: 10.0.0.0/8, resolvers: [10.0.0.1]}\n",
    "version: 1\ntenants:\n  a.b_c-d:\n    select:\n"
    "      - cgroup: '/t/{a,b}/**'\n      - uid: 5-9\n",
    FILE_RULE % "{allow: all, path: [/**, 'memfd:*'], log: always}",
    FILE_RULE % "{deny: [read, write], path: /a, log: never}",
    SOCKET_RULE % "{allow: connect, proto: [tcp, udp], port: [1, 5-9], "
    "addr: 10.0.0.0/8}",
    SOCKET_RULE % "{allow: all, family: [vsock], cid: [host, 5, 7-9], "
    "port: 99999}",
    SOCKET_RULE % "{allow: create, family: netlink, protocol: [route, 9]}",
    SOCKET_RULE % "{allow: connect, path: /run/x, peer: self}",
    SOCKET_RULE % "{allow: connect, abstract: 'a*'}",
    SOCKET_RULE % "{deny: create, family: [7, bridge], type: raw}",
]

# Files that are wrong by their shape, which editors shall mark.
BAD = [
    "version: 2\ntenants: {a: {select: [uid: 1]}}\n",
    "tenants: {a: {select: [uid: 1]}}\n",
    "version: 1\n", "version: 1\ntenants: {}\n",
    "version: 1\ntenants: {'a b': {select: [uid: 1]}}\n",
    "version: 1\ntenants: {a: {mode: audit}}\n",
    "version: 1\ntenants: {a: {select: []}}\n",
    "version: 1\ntenants: {a: {select: [uid: x]}}\n",
    "version: 1\ntenants: {a: {select: [cgroup: x]}}\n",
    "version: 1\ntenants: {a: {select: [{uid: 1, cgroup: /x}]}}\n",
    HEAD + "    mode: enforced\n", HEAD + "    more: 1\n",
    HEAD + "    revoke: maybe\n", HEAD + "    guard: {}\n",
    HEAD + "    guard: {allow: fly}\n", HEAD + "    file: {}\n",
    HEAD + "    events: {rate: 0}\n", HEAD + "    events: {burst: 1000001}\n",
    HEAD + "    network: {resolvers: 10.0.0.1}\n",
    FILE_RULE % "{allow: read}", FILE_RULE % "{path: /a}",
    FILE_RULE % "{allow: raed, path: /a}",
    FILE_RULE % "{allow: read, deny: write, path: /a}",
    FILE_RULE % "{allow: read, path: a}", FILE_RULE % "{allow: [], path: /a}",
    FILE_RULE % "{allow: read, path: /a, port: 1}",
    SOCKET_RULE % "{allow: connect, proto: tpc}",
    SOCKET_RULE % "{allow: connect, port: x}",
    SOCKET_RULE % "{allow: connect, family: intern}",
    SOCKET_RULE % "{allow: connect, path: run}",
    SOCKET_RULE % "{allow: connect, peer: other}",
]


def files():
    for pattern in ("ctl/examples/*.yaml", "tests/demo/policy.yaml",
                    "tests/functional/*.yaml", "tests/fuzz/corpus/yaml/*"):
        yield from sorted(glob.glob(f"{TOP}/{pattern}"))


def tool(*arguments, text=None):
    return subprocess.run([TOOL, *arguments], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, timeout=60)


def accepts(text):
    return tool("check", "--other-host", "-", text=text).returncode == 0


class PolicyTest(unittest.TestCase):
    def test_files(self):
        """Examples, and the corpus: what the tool takes is valid."""
        good = 0
        for path in files():
            with self.subTest(path):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                if accepts(text):
                    self.assertEqual(complaints("policy",
                                                yaml.safe_load(text)), [])
                    good += 1
        self.assertGreater(good, 8)

    def test_good(self):
        for text in GOOD:
            with self.subTest(text):
                done = tool("check", "--other-host", "-", text=text)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(complaints("policy", yaml.safe_load(text)),
                                 [])

    def test_bad(self):
        """The tool refuses them, and the schema does."""
        for text in BAD:
            with self.subTest(text):
                self.assertFalse(accepts(text))
                self.assertNotEqual(complaints("policy",
                                               yaml.safe_load(text)), [])

    def test_expanded(self):
        """What the tool writes itself."""
        for text in GOOD:
            with self.subTest(text):
                shown = tool("check", "--expand", "--other-host", "-",
                             text=text).stdout
                self.assertEqual(complaints("policy", yaml.safe_load(shown)),
                                 [])


def source(name):
    with open(f"{TOP}/ctl/{name}", encoding="utf-8") as file:
        return file.read()


def keys_of(name, function):
    """The table of keys in a function of the grammar."""
    text = source(name)
    body = text[text.index(f"\n{function}("):]
    table = re.search(r"struct name keys\[\] = \{(.*?)NULL", body, re.S)
    return set(re.findall(r'\{ "(\w+)"', table.group(1)))


def words_of(name, table):
    """A table of names."""
    body = re.search(r"struct name %s\[\] = \{(.*?)NULL" % table,
                     source(name), re.S)
    return set(re.findall(r'\{ "([^"]+)"', body.group(1)))


class GrammarTest(unittest.TestCase):
    """The schema has the keys and words that the grammar has."""

    def setUp(self):
        self.definitions = read("policy")["$defs"]

    def words(self, definition):
        """All words of enumerations in a part of the schema."""
        if isinstance(definition, list):
            return set().union(*map(self.words, definition))
        if not isinstance(definition, dict):
            return set()
        found = set(definition.get("enum", ()))
        return found.union(*(self.words(definition[key])
                             for key in ("anyOf", "items", "oneOf")
                             if key in definition))

    KEYS = {
        "tenant": ("grammar.c", "static void parse_tenant"),
        "events": ("grammar.c", "static void parse_events"),
        "guard": ("grammar.c", "static void parse_guard"),
        "file": ("grammar.c", "static void parse_section"),
        "socket": ("grammar.c", "static void parse_section"),
        "file-rule": ("grammar_rule.c", "static bool parse_file_rule"),
        "socket-rule": ("grammar_rule.c", "static bool parse_socket_rule"),
    }

    def test_keys(self):
        for part, (name, function) in self.KEYS.items():
            with self.subTest(part):
                self.assertEqual(set(self.definitions[part]["properties"]),
                                 keys_of(name, function))
        both = [set(one["properties"]) for one
                in self.definitions["selector"]["oneOf"]]
        self.assertEqual(set().union(*both), keys_of(
            "grammar.c", "static void parse_selector"))

    WORDS = (
        ("file-rule", "allow", "names.c", "names_file_op", {"all"}),
        ("file-rule", "deny", "names.c", "names_file_op", {"all"}),
        ("file-rule", "log", "names.c", "names_log", set()),
        ("socket-rule", "allow", "names.c", "names_socket_op", {"all"}),
        ("socket-rule", "family", "names_socket.c", "names_family", set()),
        ("socket-rule", "proto", "names_socket.c", "names_proto", {"any"}),
        ("socket-rule", "type", "names_socket.c", "names_socket_type",
         set()),
        ("socket-rule", "protocol", "names_socket.c", "names_netlink",
         set()),
        ("socket-rule", "peer", "names_socket.c", "names_peer", set()),
        ("guard", "allow", "names.c", "names_guard_op", {"all"}),
        ("tenant", "mode", "names.c", "names_mode", set()),
    )

    def test_words(self):
        for part, key, name, table, more in self.WORDS:
            with self.subTest(part=part, key=key):
                self.assertEqual(
                    self.words(self.definitions[part]["properties"][key]),
                    words_of(name, table) | more)

    def test_event_fields(self):
        schema = read("event")
        known = set(schema["properties"]).union(
            *(one["properties"] for one in schema["oneOf"]))
        self.assertEqual(known, set(re.findall(
            r'^\t\{ "(\w+)"', source("field.c"), re.M)))
        for key, table in (("class", "names_class"),
                           ("verdict", "names_verdict"),
                           ("reason", "names_reason")):
            self.assertEqual(set(schema["properties"][key]["enum"]),
                             words_of("names.c", table))
        for one in schema["oneOf"]:
            kind = one["properties"]["class"]["const"]
            self.assertEqual(set(one["properties"]["op"]["enum"]),
                             words_of("names.c", f"names_{kind}_op"))


def functions_of(name):
    """The text of each function of a source, by its name."""
    found = re.findall(r"^\w[^;{}()]*?(\w+)\([^;{}]*?\)\n\{\n(.*?)^\}",
                       source(name), re.M | re.S)
    return dict(found)


def keys_put(name, *functions):
    """The keys that functions put into JSON objects."""
    bodies = functions_of(name)
    return set(re.findall(r'put\w*\(\s*\w+,\s*"(\w+)"', "".join(
        bodies[function] for function in functions)))


class KeysTest(unittest.TestCase):
    """Definitions have the keys that the sources put into objects, and ask
    for those that are always there."""

    KEYS = (
        ("counters", "json.c", ("put_counters",), {"events"}),
        ("span", "json.c", ("put_ranges",), set()),
        ("rule", "json.c", ("json_rule", "put_socket_part"), set()),
        ("tenant", "json.c", ("json_tenant", "put_counters"),
         {"generated", "sent", "suppressed", "lost", "pending"}),
        ("status", "json.c", ("json_status", "put_counters"),
         {"generated", "sent", "suppressed", "lost", "pending"}),
        ("diagnostic", "json.c", ("json_diag",), set()),
        ("change", "json_change.c", ("json_change",), set()),
        ("stats", "stats.c", ("stats_json",), set()),
        ("finding", "finding.c", ("finding_json",), set()),
        ("doctor", "finding.c", ("findings_json",), set()),
        ("candidate", "explained.c", ("candidate_json",), set()),
        ("answer", "explained.c", ("answer_json",), set()),
        ("suggestion", "explained.c", ("suggestion_json",), set()),
        ("explain", "explained.c", ("explained_json",), set()),
        ("load", "cmd_load.c", ("print_json", "put_refusal"), set()),
        ("check", "cmd_check.c", ("print_json",), set()),
        ("unload", "removal.c", ("print_json",), set()),
        ("flush", "removal.c", ("print_json",), {"tenants"}),
        ("seal", "cmd_seal.c", ("print",), set()),
        ("ps", "cmd_ps.c", ("print_json",), set()),
        ("version", "cmd_version.c", ("print_json",), set()),
    )
    SOMETIMES = {
        "tenant": {"rules"},
        "load": {"generation", "changes", "diff", "error", "errno_name",
                 "origin"},
    }

    def expect_keys(self, definition, keys, sometimes=frozenset()):
        self.assertTrue(keys)
        self.assertEqual(set(definition["properties"]), keys)
        self.assertEqual(set(definition["required"]), keys - sometimes)
        self.assertIs(definition["additionalProperties"], False)

    def test_keys(self):
        definitions = read("output")["$defs"]
        for part, name, functions, other in self.KEYS:
            with self.subTest(part):
                keys = keys_put(name, *functions)
                self.assertLessEqual(other, keys)
                self.expect_keys(definitions[part], keys - other,
                                 self.SOMETIMES.get(part, frozenset()))

    def test_forms(self):
        """Where there is not one object only."""
        definitions = read("output")["$defs"]
        wrong, right = definitions["diff"]["oneOf"]
        self.expect_keys(wrong, keys_put("cmd_diff.c", "print_errors"))
        self.expect_keys(right, keys_put("cmd_diff.c", "print_json"))
        self.expect_keys(definitions["show"]["oneOf"][0],
                         keys_put("cmd_show.c", "show_all"))
        self.expect_keys(definitions["explain-line"]["oneOf"][1],
                         keys_put("cmd_explain.c", "print_error"))
        self.expect_keys(definitions["ps"]["properties"]["members"]["items"],
                         keys_put("json.c", "json_member"))

    WORDS = (
        ("candidate", "misses", "names_explain.c", "names_miss"),
        ("answer", "basis", "names_explain.c", "names_basis"),
        ("answer", "condition", "names_explain.c", "names_condition"),
        ("answer", "mode", "names.c", "names_mode"),
        ("tenant", "mode", "names.c", "names_mode"),
        ("rule", "log", "names.c", "names_log"),
        ("change", "parts", "parts.c", "names_part"),
    )

    def test_words(self):
        definitions = read("output")["$defs"]
        for part, key, name, table in self.WORDS:
            with self.subTest(part=part, key=key):
                known = definitions[part]["properties"][key]
                known = known.get("items", known)
                known = known.get("anyOf", [known])[0]
                self.assertEqual(set(known["enum"]), words_of(name, table))


class OutputTest(unittest.TestCase):
    # Verbs that print no JSON object, and those that print events.
    OTHERS = {"run", "top", "record", "report", "help"}
    EVENTS = {"monitor", "events"}

    def test_all_commands(self):
        """Each that prints one JSON object is described; a verb that is new
        is one of these or of the others."""
        commands = set(re.findall(r"^  (\w+) ", tool("help").stdout.split(
            "commands:\n")[1].split("\n\n")[0], re.M))
        described = {command for command in commands
                     if "--json " in tool("help", command).stdout}
        self.assertEqual(commands - described, self.OTHERS)
        self.assertLessEqual(self.EVENTS, described)
        self.assertEqual(described - self.EVENTS - set(
            read("output")["$defs"]), set())

    def expect_valid(self, command, *arguments, text=None):
        done = tool(command, "--json", *arguments, text=text)
        document = json.loads(done.stdout)
        self.assertEqual(complaints("output", document, command), [],
                         done.stdout)
        return document

    def test_check(self):
        for text in GOOD + BAD:
            with self.subTest(text):
                self.expect_valid("check", "-", text=text)

    def test_without_module(self):
        for options in ((), ("--dry-run",), ("--diff",)):
            self.expect_valid("load", *options, "-", text=HEAD)
            self.expect_valid("load", *options, "-", text="x")
        self.expect_valid("diff", "-", text="x")
        self.expect_valid("version")
        self.expect_valid("doctor")

    # Acts, and what the policy below says to them, and by what.
    ACTS = (
        (("read", "/srv/x"), "allowed", "rule"),
        (("read", "/srv/no"), "denied", "default"),
        (("read,write", "/srv/x"), "denied", "rule"),
        (("write", "/srv/x/y"), "denied", "default"),
        (("connect", "tcp 10.0.0.1:443"), "allowed", "rule"),
        (("create", "inet tcp"), "allowed", "implied"),
        (("connect", "unix stream /run/x"), "depends", "default"),
        (("mount", ""), "denied", "guard"),
        (("ptrace", "own"), "allowed", "own"),
    )
    EXPLAINED = FILE_RULE % "{allow: read, path: /srv/x}" + (
        "    socket: {default: deny, rules: [{allow: connect, proto: tcp, "
        "port: 443}, {allow: connect, path: /run/x, peer: self}]}\n"
        "  calm:\n    select: [uid: 2]\n    mode: audit\n"
        "    file: {default: deny}\n")

    def test_explain(self):
        for words, verdict, basis in self.ACTS:
            for options in ((), ("--suggest",)):
                with self.subTest(words=words, options=options):
                    told = self.expect_valid(
                        "explain", *options, "--offline", "acme", *words, "-",
                        text=self.EXPLAINED)
                    self.assertEqual(
                        (told["verdict"], told["answers"][0]["basis"]),
                        (verdict, basis))
        told = self.expect_valid("explain", "--offline", "calm", "read", "/x",
                                 "-", text=self.EXPLAINED)
        self.assertEqual(told["verdict"], "would-deny")
        told = self.expect_valid("explain", "--offline", "calm", "connect",
                                 "tcp 10.0.0.1:443", "-", text=self.EXPLAINED)
        self.assertEqual(told["answers"][0]["basis"], "unmediated")

    def test_batch(self):
        """What is asked and what is wrong, each with a line."""
        lines = [" ".join(("acme", *words)) for words, _, _ in self.ACTS] + [
            "acme fly /x", "nobody read /x", "{}", "", "acme connect tcp"]
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(self.EXPLAINED)
            file.flush()
            done = tool("explain", "--batch", "--suggest", "--offline",
                        file.name, text="\n".join(lines) + "\n")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(told), len(lines))
        for one in told:
            self.assertEqual(complaints("output", one, "explain-line"), [],
                             one)
        self.assertEqual([one.get("verdict") for one in told],
                         [verdict for _, verdict, _ in self.ACTS] + [None] * 5)

    def test_strict(self):
        """What is not printed is not valid."""
        for command, text in (
                ("seal", '{"all": true, "tenants": ["acme"]}'),
                ("seal", '{"all": false, "tenants": []}'),
                ("load", '{"ok": true, "dry_run": false, "tenants": 1, '
                 '"rules": 1, "diagnostics": []}'),
                ("load", '{"ok": false, "dry_run": false, "tenants": 1, '
                 '"rules": 1, "diagnostics": [], "error": "no"}'),
                ("diff", '{"diagnostics": []}'),
                ("explain-line", '{"error": null}')):
            with self.subTest(text):
                self.assertNotEqual(complaints("output", json.loads(text),
                                               command), [])
        for text in ('{"all": true, "tenants": []}',
                     '{"all": false, "tenants": ["acme"]}'):
            self.assertEqual(complaints("output", json.loads(text), "seal"),
                             [])

    def test_sound(self):
        for name in NAMES:
            validator(name)


class StrictTest(unittest.TestCase):
    WARNED = HEAD + ("    file: {default: allow, rules: "
                     "[{allow: read, path: /a}]}\n")

    def test_codes(self):
        for text, code, strict in ((HEAD, 0, 0), (self.WARNED, 0, 3),
                                   ("x", 3, 3)):
            for options, wanted in (((), code), (("--strict",), strict)):
                with self.subTest(text=text, options=options):
                    done = tool("check", *options, "-", text=text)
                    self.assertEqual(done.returncode, wanted, done)
        done = tool("load", "--strict", "-", text=self.WARNED)
        self.assertEqual(done.returncode, 3)
        self.assertIn("nothing was loaded", done.stderr)

    def test_other_host(self):
        """/proc/self is a symbolic link wherever there is one."""
        text = HEAD + ("    file: {default: deny, rules: "
                       "[{allow: read, path: /proc/self/x}]}\n")
        self.assertIn("symbolic link",
                      tool("check", "-", text=text).stderr)
        self.assertEqual(tool("check", "--other-host", "-",
                              text=text).stderr, "")


if __name__ == "__main__":
    unittest.main()
