# SPDX-License-Identifier: GPL-2.0
"""Which kernel functions are hooked when, and beside whom."""
import errno
import os
import re
import unittest

import cordon
from cordon import ACT, CordonTest, cordonctl, file_section, read_file, \
    run, socket_section, status

TRACING = "/sys/kernel/tracing"
SYSCTL = "/proc/sys/kernel/ftrace_enabled"
NO = "/srv/no"


def traced():
    """Kernel functions of the security layer that anybody is attached to."""
    text = read_file(f"{TRACING}/enabled_functions")
    return set(re.findall(r"^(security_\w+) ", text, re.MULTILINE))


def hooked():
    """Those among them that have a direct call, by the kernel's own word."""
    text = read_file(f"{TRACING}/enabled_functions")
    return set(re.findall(r"^(\w+) .*\n\s+direct-->", text, re.MULTILINE))


def where_it_is(*names):
    """Those of some functions that this kernel has."""
    found = set(read_file(f"{TRACING}/available_filter_functions").split())
    return found & set(names)


TASK = {"security_task_alloc", "security_task_free", "security_bprm_check",
        "security_bprm_committing_creds"}
OPEN = {"security_file_open"}
TRUNCATE = {"security_path_truncate"} | where_it_is("security_file_truncate")
CREATE = {"security_path_mknod", "security_path_mkdir",
          "security_path_symlink"}
DELETE = {"security_path_unlink", "security_path_rmdir"}
MAP = {"security_mmap_file", "security_file_mprotect"}
SCTP = {"security_sctp_bind_connect"}
OPTION = {"security_socket_setsockopt", "ip_cmsg_send",
          "ip6_datagram_send_ctl"}
BIND = {"security_socket_bind"} | SCTP | OPTION
CONNECT = {"security_socket_connect", "security_socket_sendmsg"} | SCTP \
    | OPTION
UNIX = {"security_unix_may_send", "security_unix_stream_connect"}
LISTEN = {"security_socket_listen", "inet_csk_listen_start"}
# Which sockets are a tenant's is known from when they are made or listen.
OWNER = {"security_sk_free", "security_socket_post_create"} | LISTEN
ACCEPT = OWNER | {"security_inet_conn_request", "security_sctp_assoc_request"}
DATAGRAMS = OWNER | {"security_sock_rcv_skb"}
MAKE = {"security_socket_create"}
# Binding a unix socket makes a file.
SOCKETS = BIND | CONNECT | UNIX | LISTEN | MAKE | CREATE | ACCEPT | DATAGRAMS
MOVE = {"security_path_rename", "security_path_link"}
SETATTR = {"security_inode_setattr", "security_path_chmod",
           "security_path_chown", "security_inode_setxattr",
           "security_inode_removexattr", "mnt_want_write",
           "mnt_want_write_file"} | where_it_is(
               "security_inode_set_acl", "security_inode_remove_acl",
               "security_inode_file_setattr")
IOCTL = {"security_file_ioctl", "security_uring_cmd"} | where_it_is("security_file_ioctl_compat")
RECEIVE = {"security_file_receive"}
REVOKE = {"security_file_permission"}
GUARD = {"security_sb_mount", "security_sb_umount", "security_sb_remount",
         "security_sb_pivotroot", "security_move_mount",
         "mntns_install", "security_create_user_ns", "userns_install",
         "security_ptrace_access_check", "mm_access", "security_perf_event_alloc",
         "security_task_kill", "__f_setown", "security_kernel_module_request",
         "security_kernel_read_file", "security_kernel_load_data",
         "security_bpf", "exportfs_decode_fh_raw",
         "__x64_sys_open_by_handle_at", "__ia32_compat_sys_open_by_handle_at"}
# System calls that have no hook of the security layer.
CALLS = {"open_tree", "mount_setattr", "fsopen", "fsmount", "delete_module"}
if " __x64_sys_open_tree_attr\n" in read_file("/proc/kallsyms"):
    CALLS.add("open_tree_attr")
GUARD |= {f"__{entry}_sys_{call}" for entry in ("x64", "ia32")
          for call in CALLS}
FILES = OPEN | TRUNCATE | CREATE | DELETE | MAP | MOVE | SETATTR | IOCTL | \
    RECEIVE
READING = TASK | OPEN | RECEIVE | MOVE
UNGUARDED = "\n    guard: {allow: all}"

DENY = "- {{deny: {}, path: /srv/no/**}}"


def deny(*ops):
    """Rules about operations, and no guard beside them."""
    return file_section(*[DENY.format(op) for op in ops],
                        default="allow") + UNGUARDED


NEEDS = [
    (file_section(), FILES | GUARD),
    (file_section() + UNGUARDED, FILES),
    (socket_section(), SOCKETS),
    (file_section(default="allow"), GUARD | CREATE),
    (file_section(default="allow") + UNGUARDED, set()),
    (socket_section(default="allow"), set()),
    (socket_section(default="allow") + "\n    guard: {allow: bpf}",
     (GUARD | CREATE) - {"security_bpf"}),
    (deny("map"), MAP | MOVE),
    (deny("read"), OPEN | RECEIVE | MOVE),
    (deny("exec"), OPEN | MOVE),
    (deny("write"), OPEN | TRUNCATE | RECEIVE | MOVE),
    (deny("create"), OPEN | CREATE | MOVE),
    (deny("delete"), DELETE | MOVE),
    (deny("setattr"), SETATTR | IOCTL | MOVE),
    (deny("ioctl"), IOCTL | MOVE),
    (deny("map", "delete"), MAP | DELETE | MOVE),
    (deny("map") + "\n    revoke: true", MAP | MOVE | REVOKE),
    (deny("read") + "\n    revoke: true", READING - TASK | MAP | REVOKE),
    (deny("all"), FILES),
    (socket_section("- {deny: bind, port: 1-1023}", default="allow"), BIND),
    (socket_section("- {deny: connect, port: 25}", default="allow"), CONNECT),
    (socket_section("- {deny: listen, proto: tcp}", default="allow"), LISTEN),
    (socket_section("- {deny: accept, addr: 10.0.0.1}", default="allow"),
     ACCEPT),
    (socket_section("- {deny: receive, port: 53}", default="allow"),
     DATAGRAMS),
    (socket_section("- {allow: accept, proto: tcp}", default="allow"), set()),
    (socket_section("- {allow: accept, proto: tcp, log: always}",
                    default="allow"), ACCEPT),
    (socket_section("- {deny: all, family: unix}", default="allow"),
     BIND | CONNECT | UNIX | LISTEN | MAKE | CREATE),
    (socket_section("- {deny: create, family: packet}", default="allow"),
     MAKE),
    (socket_section("- {deny: connect, path: /run/x}", default="allow"),
     CONNECT | UNIX | MOVE),
    (socket_section("- {deny: bind, abstract: x}", default="allow"),
     BIND | CREATE),
    (file_section("- {allow: read, path: /a, log: always}",
                  default="allow") + UNGUARDED, OPEN | RECEIVE | MOVE),
    (file_section(mode="audit") + UNGUARDED, FILES),
]


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def load(*options, **tenants):
    policy = cordon.Policy(**tenants)
    cordonctl("load", *options, "-", stdin=policy.text)
    return policy


class AttachCase(CordonTest):
    """Without a keeper, who would need everything."""

    def setUp(self):
        cordon.session = None
        self.tasks = []
        self.make_tree(NO)
        self.assertEqual(traced(), set())
        self.addCleanup(self.flush)

    def flush(self):
        self.stop_tasks()
        cordonctl("flush")
        self.expect_hooks(set())
        self.assertEqual(traced(), set())

    def expect_hooks(self, names):
        """By the kernel's word and by the module's."""
        self.assertEqual(hooked(), names)
        self.assertEqual(set(status()["hooks"]), names)


class NeedTest(AttachCase):
    def test_needs(self):
        """What each policy attaches, and nothing else."""
        for body, names in NEEDS:
            with self.subTest(body):
                load("--replace", acme=body)
                self.expect_hooks(TASK | names)

    def test_grow_and_shrink(self):
        always = TASK | MOVE
        reading = always | OPEN | RECEIVE
        steps = [({"a": deny("map")}, always | MAP),
                 ({"b": socket_section()}, always | MAP | SOCKETS),
                 ({"c": deny("read")}, reading | MAP | SOCKETS),
                 ({"a": deny("delete")}, reading | DELETE | SOCKETS),
                 ({"b": deny("delete")}, reading | DELETE)]
        for tenants, names in steps:
            load(**tenants)
            self.expect_hooks(names)
        load("--replace", c=deny("read"))
        self.expect_hooks(READING)

    def test_refused_load(self):
        """It leaves the hooks as they were."""
        load(acme=deny("map"))
        generation = status()["generation"]
        policy = cordon.Policy(globex=file_section())
        done = run("cordonctl", "load", f"--expect-generation={generation+1}",
                   "-", input=policy.text)
        self.assertEqual(done.returncode, 1)
        self.expect_hooks(TASK | MOVE | MAP)


def turn_off():
    """The error of turning ftrace off: EOPNOTSUPP where a kernel never does."""
    try:
        write(SYSCTL, "0")
    except OSError as error:
        return error.errno
    return None


class SysctlTest(AttachCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(write, SYSCTL, "1")

    def test_refused_while_loaded(self):
        without = turn_off()
        self.assertIn(without, (None, errno.EOPNOTSUPP))
        write(SYSCTL, "1")
        load(acme=deny("read"))
        task = self.task("acme")
        self.assertEqual(turn_off(), without or errno.EBUSY)
        self.assertEqual(read_file(SYSCTL), "1\n")
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        cordonctl("flush")
        self.assertEqual(turn_off(), without)
        self.assertEqual(read_file(SYSCTL), "1\n" if without else "0\n")

    def test_off_before(self):
        """Hooks would be attached and never called: nothing is loaded."""
        if turn_off() == errno.EOPNOTSUPP:
            self.skipTest("this kernel never turns ftrace off")
        policy = cordon.Policy(acme=deny("read"))
        done = run("cordonctl", "load", "-", input=policy.text)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr, "cordonctl: the kernel refused to commit the policy: "
            "cannot attach hooks: sysctl kernel.ftrace_enabled is 0\n"
            "cordonctl: nothing was loaded\n")
        self.expect_hooks(set())
        self.assertEqual(status()["tenants"], 0)
        write(SYSCTL, "1")
        load(acme=deny("read"))
        self.expect_hooks(READING)
        self.assertEqual(self.task("acme").do(f"open r {NO}/f"), "EACCES")


class HolderTest(AttachCase):
    """Somebody else has the one direct call of a function."""

    def hold(self, function):
        done = run("insmod", "/cordon/holder.ko", f"function={function}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(self.let_go)

    def let_go(self):
        if "holder" in read_file("/proc/modules"):
            self.assertEqual(run("rmmod", "holder").returncode, 0)

    def flush(self):
        self.let_go()
        super().flush()

    def check(self, function, body):
        load(acme=deny("read"))
        before = status()
        task = self.task("acme")
        self.hold(function)
        policy = cordon.Policy(globex=body, acme=deny("write"))
        for dry in ((), ("--dry-run",)):
            done = run("cordonctl", "load", *dry, "-", input=policy.text)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(
                done.stderr, "cordonctl: the kernel refused to commit the "
                f"policy: cannot attach hook {function}: another tracer (such "
                "as a BPF fentry program) holds it\n"
                "cordonctl: nothing was loaded\n")
        after = status()
        for key in ("generation", "tenants", "rules", "policy_bytes",
                    "hooks"):
            self.assertEqual(after[key], before[key], key)
        self.assertEqual(hooked() - {function}, READING)
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        self.assertEqual(task.do(f"open w {NO}/f"), "OK")
        self.let_go()
        load(globex=body)
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")

    def test_dry_run(self):
        """What it attaches to see whether that goes is let go of."""
        load(acme=deny("read"))
        text = cordon.Policy(globex=socket_section()).text
        said = cordonctl("load", "--dry-run", "-", stdin=text)
        self.assertIn("dry run: the module accepts 1 tenant,", said)
        self.expect_hooks(READING)

    def test_mkdir(self):
        """One of several that belong together."""
        self.check("security_path_mkdir", deny("create"))

    def test_connect(self):
        self.check("security_socket_connect", socket_section())

    def test_alone(self):
        self.check("security_socket_bind", socket_section())

    def test_not_needed(self):
        """What a policy does not need does not stand in its way."""
        self.hold("security_path_mkdir")
        load(acme=deny("read"))
        self.assertEqual(set(status()["hooks"]), READING)

    def test_first_load(self):
        """With nothing loaded before, nothing stays."""
        self.hold("security_bprm_check")
        policy = cordon.Policy(acme=deny("read"))
        done = run("cordonctl", "load", "-", input=policy.text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot attach hook security_bprm_check: ", done.stderr)
        self.assertEqual(status()["hooks"], [])
        self.assertNotEqual(turn_off(), errno.EBUSY)
        write(SYSCTL, "1")


class LackingTest(AttachCase):
    """A kernel without a function, played by a module that wants another."""

    MODULE, FUNCTION = "/run/lacking.ko", "security_path_mkdir"

    def setUp(self):
        super().setUp()
        with open("/cordon/cordon.ko", "rb") as file:
            module = file.read()
        name = f"\0{self.FUNCTION}\0".encode()
        self.assertEqual(module.count(name), 1)
        with open(self.MODULE, "wb") as file:
            file.write(module.replace(name, name[:-2] + b"X\0"))
        cordon.remove()
        self.addCleanup(self.put_back)
        done = run("insmod", self.MODULE)
        self.assertEqual(done.returncode, 0, done.stderr)

    def put_back(self):
        self.stop_tasks()
        if "cordon" in read_file("/proc/modules"):
            cordonctl("flush")
            cordon.remove()
        cordon.insert()
        os.unlink(self.MODULE)

    def test_refused(self):
        policy = cordon.Policy(acme=deny("create"))
        done = run("cordonctl", "load", "-", input=policy.text)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr, "cordonctl: the kernel refused to commit the policy: "
            f"cannot attach hook {self.FUNCTION}: no such function to trace\n"
            "cordonctl: nothing was loaded\n")
        self.expect_hooks(set())
        self.assertEqual(status()["tenants"], 0)

    def test_not_needed(self):
        load(acme=deny("read"))
        self.expect_hooks(READING)
        self.assertEqual(self.task("acme").do(f"open r {NO}/f"), "EACCES")


class TracerTest(AttachCase):
    """Observers of the same functions."""

    def setUp(self):
        super().setUp()
        tracers = read_file(f"{TRACING}/available_tracers").split()
        if "function" not in tracers:
            self.skipTest("this kernel has no function tracer")
        write(f"{TRACING}/buffer_size_kb", "256")
        self.addCleanup(self.stop_tracing)

    def stop_tracing(self):
        write(f"{TRACING}/current_tracer", "nop")
        write(f"{TRACING}/set_ftrace_filter", "")
        write(f"{TRACING}/events/enable", "0")
        write(f"{TRACING}/kprobe_events", "")
        write(f"{TRACING}/trace", "")

    def expect_denied(self, task):
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        self.assertEqual(task.do(f"mkdir {NO}/new"), "EACCES")
        self.assertEqual(task.do("socket inet dgram"), "OK")
        self.assertEqual(task.do("connect inet,127.0.0.1,7"), "EACCES")
        self.assertEqual(task.do("open r /proc/uptime"), "OK")

    def load_acme(self):
        load(acme=deny("read", "create") +
             "\n    socket:\n      default: deny\n      rules:\n"
             "        - {allow: create, family: inet}")
        self.expect_hooks(READING | CREATE | SOCKETS)
        return self.task("acme")

    def trace(self):
        """What was traced so far; reading must not add to it."""
        write(f"{TRACING}/tracing_on", "0")
        text = read_file(f"{TRACING}/trace")
        write(f"{TRACING}/tracing_on", "1")
        return text

    def start_tracer(self, name):
        write(f"{TRACING}/set_ftrace_filter", "security_*")
        write(f"{TRACING}/current_tracer", name)

    def test_tracers(self):
        """Started, used and stopped while a policy is loaded."""
        task = self.load_acme()
        for name in ("function", "function_graph"):
            if name not in read_file(f"{TRACING}/available_tracers").split():
                continue
            with self.subTest(name):
                self.start_tracer(name)
                self.expect_denied(task)
                self.assertIn("security_file_open", self.trace())
                write(f"{TRACING}/current_tracer", "nop")
                self.expect_denied(task)

    def test_tracer_first(self):
        """Started before, and stopped after."""
        self.start_tracer("function")
        task = self.load_acme()
        self.expect_denied(task)
        self.assertIn("security_file_open", self.trace())
        cordonctl("flush")
        self.assertEqual(task.do(f"open r {NO}/f"), "OK")
        write(f"{TRACING}/current_tracer", "nop")
        self.assertEqual(traced(), set())

    def probe(self, task, definition, function):
        write(f"{TRACING}/kprobe_events", definition)
        write(f"{TRACING}/events/kprobes/enable", "1")
        self.expect_denied(task)
        self.assertIn(f"({function}", self.trace().replace("<- ", "("))
        write(f"{TRACING}/events/kprobes/enable", "0")
        write(f"{TRACING}/kprobe_events", "")
        self.expect_denied(task)

    def test_kprobe(self):
        task = self.load_acme()
        self.probe(task, "p:here security_file_open", "security_file_open+0x")

    def test_kretprobe(self):
        task = self.load_acme()
        self.probe(task, "r:here security_file_open", "security_file_open")

    def test_filter_of_everything(self):
        """All functions at once, as a careless tracer would have it."""
        task = self.load_acme()
        write(f"{TRACING}/set_ftrace_filter", "security_* cordon_* hook_*")
        write(f"{TRACING}/current_tracer", "function")
        self.expect_denied(task)
        write(f"{TRACING}/tracing_on", "0")
        write(f"{TRACING}/tracing_on", "1")
        self.expect_denied(task)


class ExecTest(AttachCase):
    def test_attached_under_way(self):
        """Tasks that run already are members by the end of the first load."""
        task = self.task("acme")
        self.assertEqual(task.do(f"open r {NO}/f"), "OK")
        load(acme=deny("read"))
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        self.assertEqual(task.do(f"exec {ACT}"), "ready")
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")


if __name__ == "__main__":
    unittest.main()
