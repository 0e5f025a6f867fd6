# SPDX-License-Identifier: GPL-2.0
"""Another host: a network namespace at the other end of a cable."""
import contextlib
import ctypes
import os
import socket
import struct
import subprocess

import cordon

CLONE_NEWNET = 0x40000000
RTM_NEWLINK = 16
REQUEST = 0x1 | 0x4 | 0x200 | 0x400  # request, ack, exclusive, create
IFLA_IFNAME, IFLA_LINKINFO, IFLA_NET_NS_FD = 3, 18, 28
INFO_KIND, INFO_DATA, VETH_PEER = 1, 2, 1
ANY_LINK = bytes(16)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def fill(device, *hosts):
    """Gives a device addresses, each host's of both versions of IP."""
    ip("link", "set", "lo", "up")
    ip("link", "set", device, "up")
    # Nobody else can have claimed an address here.
    with open(f"/proc/sys/net/ipv6/conf/{device}/accept_dad", "w",
              encoding="ascii") as setting:
        setting.write("0")
    for host in hosts:
        ip("addr", "add", f"{host[4]}/24", "dev", device)
        ip("addr", "add", f"{host[6]}/64", "dev", device)
    cordon.wait_until(lambda: "tentative" not in cordon.run(
        "ip", "addr", "show", "dev", device).stdout)


def enter(namespace):
    if cordon.LIBC.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def attribute(number, value):
    padding = bytes(-len(value) % 4)
    return struct.pack("=HH", 4 + len(value), number) + value + padding


def make_pair(here, there, namespace):
    """Two devices that are joined; the second is in another namespace."""
    peer = ANY_LINK + attribute(IFLA_IFNAME, there.encode() + b"\0") + \
        attribute(IFLA_NET_NS_FD, struct.pack("=i", namespace))
    body = ANY_LINK + attribute(IFLA_IFNAME, here.encode() + b"\0") + \
        attribute(IFLA_LINKINFO, attribute(INFO_KIND, b"veth") +
                  attribute(INFO_DATA, attribute(VETH_PEER, peer)))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
        route.send(struct.pack("=IHHII", 16 + len(body), RTM_NEWLINK, REQUEST,
                               1, 0) + body)
        error = struct.unpack_from("=i", route.recv(4096), 16)[0]
    if error:
        raise OSError(-error, "making a pair of devices")


class OtherHost:
    """Its end of the cable and ours; neither has an address yet."""

    def __init__(self, here, there):
        self.device = here
        self.here = os.open("/proc/self/ns/net", os.O_RDONLY)
        if cordon.LIBC.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        self.namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
        enter(self.here)
        make_pair(here, there, self.namespace)

    @contextlib.contextmanager
    def there(self):
        """Sockets and processes that are made in here are of that host."""
        enter(self.namespace)
        try:
            yield
        finally:
            enter(self.here)

    def remove(self):
        """The devices go with the namespace, in a moment."""
        os.close(self.namespace)
        os.close(self.here)
        cordon.wait_until(lambda: not os.path.exists(
            f"/sys/class/net/{self.device}"))
