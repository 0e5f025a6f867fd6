#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A node exporter hands a guest's counters to a Prometheus, both on loopback.

usage: scrape.py KERNEL FOLDER PROMETHEUS EXPORTER ALERTS

FOLDER has the files that the guest wrote.  A result line for each test is
printed; what went wrong, on the standard error.
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

SECONDS = 120
SAMPLE = re.compile(r"(\w+)(?:{(.*)})? (\S+)")
LABEL = re.compile(r'(\w+)="([^"\\]*)"')
# What whoever scrapes adds.
ADDED = {"instance", "job"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def parse(text):
    """The samples of a file, as {(name, labels): value}, and their types."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            types[name] = kind
        elif line and not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            key = name, frozenset(LABEL.findall(labels or ""))
            samples[key] = float(value)
    return samples, types


class Prometheus:
    """What is asked of its API."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}/api/v1"

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self.base}/{path}?{query}",
                                    timeout=SECONDS) as answer:
            return json.load(answer)["data"]

    def samples(self, query):
        found = {}
        for item in self.get("query", query=query)["result"]:
            labels = dict(item["metric"])
            name = labels.pop("__name__", "")
            key = name, frozenset((label, value) for label, value
                                  in labels.items() if label not in ADDED)
            found[key] = float(item["value"][1])
        return found

    def ours(self):
        return self.samples('{__name__=~"cordon_.+"}')


class Setting:
    """Both programs, and the directory that one of them collects."""

    def __init__(self, folder, scratch):
        self.folder = folder
        self.collected = f"{scratch}/collected"
        os.mkdir(self.collected)
        self.texts = {}
        for name in "first", "second", "unloaded":
            with open(f"{folder}/{name}.prom", encoding="utf-8") as file:
                self.texts[name] = file.read()
        self.prometheus = None

    def put(self, name):
        """Replaces the file as the tool does: by another of its name."""
        with open(f"{self.collected}/new", "w", encoding="utf-8") as file:
            file.write(self.texts[name])
        os.rename(f"{self.collected}/new", f"{self.collected}/cordon.prom")
        return parse(self.texts[name])

    def arrives(self, name):
        """All of a file, and nothing else, is what Prometheus has."""
        wanted, _ = self.put(name)
        found = wait_for(self.prometheus.ours, lambda got: got == wanted)
        if found != wanted:
            raise AssertionError(f"{name}: {found} instead of {wanted}")
        return wanted


def wait_for(ask, condition):
    """What the answer is once it is as it should be, or at the end."""
    end = time.monotonic() + SECONDS
    answer = None
    while time.monotonic() < end:
        try:
            answer = ask()
            if condition(answer):
                return answer
        except OSError:
            # It does not listen yet.
            pass
        time.sleep(0.2)
    return answer


def acme(samples, name):
    return samples[f"cordon_tenant_{name}", frozenset([("tenant", "acme")])]


def test_values(setting):
    """Of the tenant that was denied, and of all else that is in the file."""
    samples = setting.arrives("first")
    assert samples["cordon_up", frozenset()] == 1, samples
    assert acme(samples, "events_generated_total") == 3, samples
    assert acme(samples, "enforcing") == 1, samples


def test_types(setting):
    """Prometheus knows of each what kind it is."""
    _, types = setting.put("first")
    known = wait_for(lambda: setting.prometheus.get("metadata"),
                     lambda got: types.keys() <= got.keys())
    found = {name: known[name][0]["type"] for name in types}
    assert found == types, (found, types)
    assert set(types.values()) == {"gauge", "counter"}, types


def test_no_errors(setting):
    """The exporter finds nothing wrong with the file."""
    found = setting.prometheus.samples("node_textfile_scrape_error")
    assert list(found.values()) == [0], found
    found = setting.prometheus.samples("node_textfile_mtime_seconds")
    assert len(found) == 1, found


def test_counting(setting):
    """Later more was denied, and the difference is just that."""
    before = setting.arrives("first")
    after = setting.arrives("second")
    for name in "events_generated_total", "events_sent_total":
        assert acme(after, name) - acme(before, name) == 5, (before, after)


def test_unloaded(setting):
    """That the module is gone is all there is, and is an alert."""
    assert setting.arrives("unloaded") == {("cordon_up", frozenset()): 0}
    found = wait_for(
        lambda: setting.prometheus.samples('ALERTS{alertname=~"Cordon.*"}'),
        lambda got: got)
    assert found, "no alert is pending"


def test_rules(setting):
    """The alert rules are evaluated without errors."""
    def evaluated(groups):
        return groups and all(rule["health"] == "ok" for group in groups
                              for rule in group["rules"])

    groups = wait_for(lambda: setting.prometheus.get("rules")["groups"],
                      evaluated)
    assert evaluated(groups), groups


TESTS = (test_values, test_types, test_no_errors, test_counting, test_rules,
         test_unloaded)


@contextlib.contextmanager
def running(log, *command):
    """A program, until the tests are over."""
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=file, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def settings(alerts, port):
    return json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [os.path.abspath(alerts)],
        "scrape_configs": [{
            "job_name": "node",
            "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]})


def test_all(kernel, setting):
    failures = 0
    for test in TESTS:
        begun, outcome = time.monotonic(), "pass"
        try:
            test(setting)
        except (AssertionError, KeyError, OSError):
            traceback.print_exc()
            outcome = "fail"
            failures += 1
        print("scrape", kernel, test.__name__, outcome,
              f"{time.monotonic() - begun:.2f}", sep="\t", flush=True)
    return failures


def main(kernel, folder, prometheus, exporter, alerts):
    with tempfile.TemporaryDirectory() as scratch:
        setting = Setting(folder, scratch)
        ports = free_port(), free_port()
        setting.prometheus = Prometheus(ports[1])
        with open(f"{scratch}/prometheus.yml", "w", encoding="utf-8") as file:
            file.write(settings(alerts, ports[0]))
        with running(f"{folder}/exporter.log", exporter,
                     "--collector.disable-defaults", "--collector.textfile",
                     f"--collector.textfile.directory={setting.collected}",
                     f"--web.listen-address=127.0.0.1:{ports[0]}"), \
                running(f"{folder}/prometheus.log", prometheus,
                        f"--config.file={scratch}/prometheus.yml",
                        f"--storage.tsdb.path={scratch}/data",
                        f"--web.listen-address=127.0.0.1:{ports[1]}"):
            return test_all(kernel, setting)


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
