# SPDX-License-Identifier: GPL-2.0
"""Tasks in other namespaces, started by something else than the test."""
import contextlib
import ctypes
import os
import subprocess

import cordon
from cordon import Task, read_file

CLONE_NEWNS = 0x20000


@contextlib.contextmanager
def own_mounts():
    """What is mounted in here only tasks see that were started in here."""
    before = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    try:
        if cordon.LIBC.unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        yield
    finally:
        if cordon.LIBC.setns(before, CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(before)


def fields_of(pid):
    """What /proc/PID/status says."""
    lines = read_file(f"/proc/{pid}/status").splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def cgroup_of(pid):
    """Path of a process's cgroup below the root of the hierarchy."""
    return read_file(f"/proc/{pid}/cgroup").strip().split("::")[1]


def descendants(pid):
    """A process and all that come from it; of threads only the first."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            parent = int(fields_of(name)["PPid"])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(name))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


class Inside(Task):
    """A program that something started elsewhere, and that can be talked to.

    A task knows its number in its own namespace only; what the host calls it
    is found among the processes that it can be: those given, or the command
    and what it forked.
    """

    def __init__(self, command, candidates=None, first="ready", prepare=None):
        self.cgroup = None
        self.candidates = candidates or (
            lambda: descendants(self.process.pid))
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=prepare)
        try:
            self.expect_answer(first)
            if first == "ready":
                self.identify()
        except Exception:
            self.stop()
            raise

    def identify(self):
        local = self.must("id").split(":")[1].split()[1]
        for pid in self.candidates():
            fields = fields_of(pid)
            if fields["NSpid"].split()[-1] == local:
                self.pid = self.tid = pid
                self.ppid = int(fields["PPid"])
                self.uid = int(fields["Uid"].split()[0])
                self.gid = int(fields["Gid"].split()[0])
                self.comm = fields["Name"]
                return
        raise AssertionError(f"no process {local} among those of the host")

    def end(self):
        """Lets it read the end of its input; how what started it ended."""
        self.process.stdin.close()
        status = self.process.wait(cordon.TIMEOUT)
        self.process.stdout.close()
        return status

    def stop(self):
        """Ends what a test left running."""
        self.process.stdin.close()
        try:
            self.process.wait(cordon.TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
