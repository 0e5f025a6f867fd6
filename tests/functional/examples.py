# SPDX-License-Identifier: GPL-2.0
"""What each example policy must let through and must deny.

A row has acts, divided by semicolons, of which all but the last have to go
well, and what becomes of the last: "OK", "any" (whatever the kernel says, but
not EACCES or EPERM), or "deny OP", by the default or the guard or "by" the rule
that has this text in it.
"""
from dataclasses import dataclass

from cordon import ACT

SHELL = "/bin/busybox"
TCP, TCP6 = "socket inet stream", "socket inet6 stream"
UDP, UDP6 = "socket inet dgram", "socket inet6 dgram"
METADATA = "connect inet,169.254.169.254,80"


@dataclass
class Example:
    file: str
    tenant: str
    cgroup: str
    rows: list
    # What the task executes; what is executed beside it ends at once.
    program: str = ACT
    files: tuple = ()
    programs: tuple = ()
    folders: tuple = ()
    devices: tuple = ()
    servers: tuple = ()
    leaves: tuple = ()
    enforced: bool = True


VMM = Example(
    "vmm.yaml", "vm-a", "/vms/vm-a", program="/usr/bin/firecracker",
    files=("/srv/vms/vm-a/kernel", "/srv/vms/vm-a/disks/root",
           "/srv/vms/vm-b/disks/root", "/etc/shadow"),
    folders=("/run/vms/vm-a", "/run/vms/vm-b"),
    devices=("/dev/kvm", "/dev/net/tun"),
    leaves=("/run/vms",),
    rows=[
        ("open rw /dev/kvm; ioctl getflags", "any"),
        ("open rw /dev/net/tun; ioctl getflags", "any"),
        ("open r /srv/vms/vm-a/kernel", "OK"),
        ("open rw /srv/vms/vm-a/disks/root", "OK"),
        ("open r /dev/urandom", "OK"),
        ("socket unix stream; bind path,/run/vms/vm-a/api.sock; listen",
         "OK"),
        ("unlink /run/vms/vm-a/api.sock", "OK"),
        ("open w /srv/vms/vm-a/kernel", "deny write"),
        ("open w+creat /srv/vms/vm-a/disks/new", "deny create"),
        ("open r /srv/vms/vm-b/disks/root", "deny read"),
        ("open r /etc/shadow", "deny read"),
        ("open r /dev/zero", "deny read"),
        ("open r /proc/self/maps", "deny read"),
        ("mkdir /run/vms/vm-a/x", "deny create"),
        ("rename /srv/vms/vm-a/disks/root /srv/vms/vm-a/kernel",
         "deny delete"),
        (f"run {SHELL}", "deny exec"),
        ("run /usr/bin/firecracker-other", "deny exec"),
        (TCP, "deny create"),
        (UDP6, "deny create"),
        ("socket netlink raw 0", "deny create"),
        ("socket vsock stream", "deny create"),
        ("socket packet raw 3", "deny create"),
        ("socket unix stream; bind path,/run/vms/vm-b/api.sock",
         "deny create"),
        ("bpf map", "deny bpf"),
    ],
    programs=("/usr/bin/firecracker-other",))

PRIVATE_NETWORK = Example(
    "private-network.yaml", "customer-ac", "/tenants/customer-ac",
    folders=("/run/customer-ac",), leaves=("/run/customer-ac", "/run/other"),
    rows=[
        (f"{TCP6}; connect inet6,fdaa:0:ac::7,443", "any"),
        (f"{UDP6}; sendto inet6,fdaa:0:ac:1::9,7 x", "any"),
        (f"{UDP6}; sendto inet6,fdaa::53,53 x", "any"),
        (f"{TCP6}; connect inet6,fdaa::53,53", "any"),
        ("socket unix stream; bind path,/run/customer-ac/s; listen", "OK"),
        (f"{TCP6}; connect inet6,fdaa:0:ad::7,443", "deny connect"),
        (f"{UDP6}; sendto inet6,fdaa::53,54 x", "deny connect"),
        (f"{TCP}; connect inet,10.0.0.1,443", "deny connect"),
        (f"{TCP6}; connect inet6,::ffff:10.0.0.1,443", "deny connect"),
        (f"{TCP}; {METADATA}", "deny connect by 169.254.169.254"),
        (f"{TCP6}; connect inet6,fd00:ec2::254,80",
         "deny connect by 169.254.169.254"),
        ("socket unix stream; bind path,/run/other", "deny bind"),
        ("socket inet6 raw 58", "deny create"),
        ("socket packet raw 3", "deny create"),
        ("socket netlink raw 0", "deny create"),
    ])

CDN = Example(
    "cdn-cache.yaml", "cdn", "/system.slice/nginx.service",
    program="/usr/sbin/nginx",
    files=("/etc/nginx/nginx.conf", "/var/log/nginx/access.log",
           "/var/cache/cdn/old", "/etc/shadow", "/usr/lib/cdn/lib.so"),
    leaves=("/var/cache/cdn", "/var/log/nginx", "/run/nginx.pid",
            "/usr/lib/cdn"),
    rows=[
        (f"{TCP}; bind inet,0.0.0.0,80; listen", "OK"),
        (f"{TCP6}; bind inet6,::,443; listen", "OK"),
        (f"{UDP6}; bind inet6,::,443", "OK"),
        (f"{TCP}; connect inet,10.80.1.1,443", "any"),
        (f"{TCP6}; connect inet6,fd00:80::1,443", "any"),
        (f"{UDP}; sendto inet,10.80.0.53,53 x", "any"),
        ("open r /etc/nginx/nginx.conf", "OK"),
        ("open r /usr/lib/cdn/lib.so", "OK"),
        ("open rw+creat /var/cache/cdn/new", "OK"),
        ("rename /var/cache/cdn/new /var/cache/cdn/newer", "OK"),
        ("unlink /var/cache/cdn/newer", "OK"),
        ("open w+append+creat /var/log/nginx/access.log", "OK"),
        ("open w+creat /run/nginx.pid", "OK"),
        (f"{TCP}; bind inet,0.0.0.0,8080", "deny bind"),
        (f"{UDP}; bind inet,0.0.0.0,53", "deny bind"),
        (f"{TCP}; connect inet,198.51.100.7,443", "deny connect"),
        (f"{TCP}; connect inet,10.80.1.1,22", "deny connect"),
        (f"{UDP}; sendto inet,198.51.100.53,53 x", "deny connect"),
        (f"{TCP}; {METADATA}", "deny connect"),
        ("socket inet raw 1", "deny create"),
        ("socket unix stream", "deny create"),
        ("open w /etc/nginx/nginx.conf", "deny write"),
        ("open w+creat /usr/lib/cdn/evil.so", "deny create"),
        ("rename /var/cache/cdn/old /usr/lib/cdn/old.so", "deny create"),
        ("open r /var/log/nginx/access.log", "deny read"),
        ("unlink /var/log/nginx/access.log", "deny delete"),
        ("open r /etc/shadow", "deny read"),
        (f"run {SHELL}", "deny exec"),
        ("run /var/cache/cdn/dropped", "deny exec"),
    ],
    programs=("/var/cache/cdn/dropped",))

KUBERNETES = Example(
    "kubernetes.yaml", "pods",
    "/kubepods.slice/kubepods-burstable.slice/"
    "kubepods-burstable-pod1.slice/cri-containerd-0a1b.scope",
    files=("/srv/pod/data", "/etc/pod.conf", "/host/etc/shadow",
           "/run/secrets/kubernetes.io/serviceaccount/token",
           "/var/lib/kubelet/config.yaml"),
    programs=("/tmp/dropped", "/srv/pod/program"),
    servers=("/run/docker.sock", "/run/pod.sock"),
    leaves=("/usr/bin/evil", "/etc/evil", "/srv/pod", "/host", "/run/secrets",
            "/var/lib/kubelet"),
    rows=[
        ("open rw /srv/pod/data", "OK"),
        ("open r /etc/pod.conf", "OK"),
        ("run /srv/pod/program", "text"),
        ("open w+creat /tmp/scratch", "OK"),
        ("unlink /tmp/scratch", "OK"),
        (f"{TCP}; connect inet,10.0.0.1,443", "any"),
        (f"{TCP}; bind inet,0.0.0.0,8080; listen", "OK"),
        ("socket unix stream; connect path,/run/pod.sock", "OK"),
        ("open w+creat /usr/bin/evil", "deny create by /*bin/**"),
        ("open w+creat /etc/evil", "deny create by /*bin/**"),
        ("open w /etc/pod.conf", "deny write by /*bin/**"),
        ("run /tmp/dropped", "deny exec by /var/tmp/**"),
        ("open r /run/secrets/kubernetes.io/serviceaccount/token",
         "deny read by serviceaccount"),
        ("open r /host/etc/shadow", "deny read by /host/**"),
        ("open r /var/lib/kubelet/config.yaml", "deny read by /host/**"),
        (f"{TCP}; {METADATA}", "deny connect by 169.254.169.254"),
        (f"{TCP6}; connect inet6,fd00:ec2::254,80",
         "deny connect by 169.254.169.254"),
        (f"{TCP}; connect inet,10.0.0.1,10250", "deny connect by 10250"),
        (f"{TCP}; connect inet,10.0.0.1,2379", "deny connect by 10250"),
        ("socket unix stream; connect path,/run/docker.sock",
         "deny connect by docker}.sock"),
        ("socket inet raw 1", "deny create by proto: raw"),
        ("socket packet raw 3", "deny create by family: [packet"),
        ("bpf map", "deny bpf"),
    ])

DOCKER = Example(
    "docker.yaml", "docker-acme",
    "/tenants.slice/tenants-acme.slice/docker-0a1b2c.scope",
    program="/app/server",
    files=("/app/settings", "/data/rows", "/root/key", "/run/secrets/password",
           "/srv/other"),
    programs=("/data/dropped", "/app/tool"),
    leaves=("/app", "/data", "/root/key", "/run/secrets", "/srv/other"),
    rows=[
        ("open r /app/settings", "OK"),
        ("open r /etc/hosts", "OK"),
        ("open rw /dev/null", "OK"),
        ("open rw+creat /data/new", "OK"),
        ("unlink /data/new", "OK"),
        ("open w+creat /tmp/new", "OK"),
        ("unlink /tmp/new", "OK"),
        ("run /app/tool", "text"),
        (f"{TCP}; bind inet,0.0.0.0,8080; listen", "OK"),
        (f"{TCP}; connect inet,172.18.0.5,5432", "any"),
        (f"{UDP}; sendto inet,127.0.0.11,53 x", "any"),
        ("socket netlink raw 0", "OK"),
        ("open w /app/settings", "deny write"),
        ("open w+creat /app/new", "deny create"),
        ("open w /etc/hosts", "deny write"),
        ("open r /srv/other", "deny read"),
        ("open r /root/key", "deny read by /root/**"),
        ("open r /run/secrets/password", "deny read by /root/**"),
        ("run /data/dropped", "deny exec"),
        (f"{TCP}; bind inet,0.0.0.0,8081", "deny bind"),
        (f"{TCP}; connect inet,172.18.0.5,22", "deny connect"),
        (f"{TCP}; connect inet,10.0.0.1,443", "deny connect"),
        (f"{TCP}; {METADATA}", "deny connect"),
        ("socket inet raw 1", "deny create"),
        ("socket packet raw 3", "deny create"),
        ("socket unix stream", "deny create"),
        ("bpf map", "deny bpf"),
    ])

SEARCH_FILES = ("/srv/code-search/index/shard",
                "/srv/code-search/repositories/a/config",
                "/etc/code-search/credentials", "/etc/shadow")
SEARCH_LEAVES = ("/srv/code-search", "/etc/code-search", "/opt/code-search")
SEARCH_WEB = Example(
    "code-search.yaml", "code-search-web",
    "/system.slice/code-search-web.service",
    program="/opt/code-search/bin/web", files=SEARCH_FILES,
    leaves=SEARCH_LEAVES,
    rows=[
        ("open r /srv/code-search/index/shard", "OK"),
        ("open r /etc/hosts", "OK"),
        (f"{TCP}; bind inet,0.0.0.0,6070; listen", "OK"),
        (f"{TCP6}; bind inet6,::,6070; listen", "OK"),
        ("open w /srv/code-search/index/shard", "deny write"),
        ("open r /srv/code-search/repositories/a/config", "deny read"),
        ("open r /etc/code-search/credentials", "deny read"),
        ("open r /etc/shadow", "deny read"),
        ("open w+creat /srv/code-search/index/new", "deny create"),
        (f"run {SHELL}", "deny exec"),
        (f"{TCP}; bind inet,0.0.0.0,6071", "deny bind"),
        (f"{TCP}; connect inet,10.20.0.5,443", "deny connect"),
        (f"{TCP}; {METADATA}", "deny connect"),
        (UDP, "deny create"),
        ("socket unix stream", "deny create"),
    ])
SEARCH_INDEXER = Example(
    "code-search.yaml", "code-search-indexer",
    "/system.slice/code-search-indexer.service",
    program="/opt/code-search/bin/indexer", files=SEARCH_FILES,
    programs=("/srv/code-search/repositories/a/hook", "/usr/bin/git"),
    leaves=SEARCH_LEAVES,
    rows=[
        ("open r /etc/code-search/credentials", "OK"),
        ("open rw+creat /srv/code-search/repositories/a/new", "OK"),
        ("unlink /srv/code-search/repositories/a/new", "OK"),
        ("open rw /srv/code-search/index/shard", "OK"),
        ("run /usr/bin/git", "text"),
        (f"{TCP}; connect inet,10.20.0.5,22", "any"),
        (f"{TCP}; connect inet,10.20.0.5,443", "any"),
        (f"{UDP}; sendto inet,10.20.0.53,53 x", "any"),
        ("run /srv/code-search/repositories/a/hook",
         "deny exec by deny: [exec, map]"),
        (f"run {SHELL}", "deny exec"),
        ("open r /etc/shadow", "deny read"),
        ("open w /etc/code-search/credentials", "deny write"),
        (f"{TCP}; connect inet,10.20.0.6,443", "deny connect"),
        (f"{TCP}; connect inet,198.51.100.7,443", "deny connect"),
        (f"{TCP}; bind inet,0.0.0.0,6070", "deny bind"),
        ("socket unix stream", "deny create"),
    ])

FALCO = Example(
    "falco-audit.yaml", "watched", "/workloads", enforced=False,
    files=("/etc/shadow", "/etc/sudoers.d/a", "/root/.ssh/id", "/srv/w/data",
           "/home/u/.ssh/id", "/root/.aws/credentials", "/etc/watched",
           "/run/secrets/kubernetes.io/token", "/home/u/.bash_history",
           "/home/u/.bashrc", "/var/log/watched.log", "/var/lib/dpkg/status"),
    programs=("/usr/bin/bash", "/usr/bin/nmap", "/usr/bin/apt-get",
              "/usr/sbin/useradd", "/dev/shm/dropped", "/srv/w/program"),
    servers=("/run/docker.sock",), folders=("/var/spool/cron",),
    leaves=("/etc/new", "/usr/bin/new", "/usr/local/bin", "/srv/w",
            "/var/spool/cron/root", "/dev/hidden", "/home/u", "/root/.ssh",
            "/root/.aws", "/var/lib/dpkg", "/run/secrets"),
    rows=[
        ("open rw /srv/w/data", "OK"),
        ("run /srv/w/program", "text"),
        ("open r /etc/watched", "OK"),
        ("open rw /dev/null", "OK"),
        (f"{TCP}; connect inet,10.0.0.1,443", "any"),
        (f"{UDP}; sendto inet,10.0.0.1,53 x", "any"),
        (f"{TCP}; bind inet,0.0.0.0,9000; listen", "OK"),
        ("open r /etc/shadow", "deny read by gshadow"),
        ("open r /etc/sudoers.d/a", "deny read by gshadow"),
        ("open r /root/.ssh/id", "deny read by .ssh"),
        ("open r /home/u/.ssh/id", "deny read by .ssh"),
        ("open r /root/.aws/credentials", "deny read by azure"),
        ("open r /run/secrets/kubernetes.io/token", "deny read by azure"),
        ("open r /proc/self/environ", "deny read by environ"),
        ("open w+creat /etc/new", "deny create by path: /etc/**"),
        ("open w /etc/watched", "deny write by path: /etc/**"),
        ("open w+creat /usr/bin/new", "deny create by /usr/*bin/**"),
        ("rename /usr/bin/new /srv/w/new", "deny delete by /usr/*bin/**"),
        ("open w /var/lib/dpkg/status", "deny write by dpkg,rpm}/"),
        ("open w+creat /var/spool/cron/root", "deny create by dpkg,rpm}/"),
        ("open w /home/u/.bashrc", "deny write by bash_profile"),
        ("unlink /home/u/.bash_history", "deny delete by _history"),
        ("unlink /var/log/watched.log", "deny delete by _history"),
        ("run /usr/bin/bash", "deny exec by ksh"),
        ("run /usr/bin/nmap", "deny exec by nmap"),
        ("run /usr/bin/apt-get", "deny exec by apt-get"),
        ("run /usr/sbin/useradd", "deny exec by useradd"),
        ("run /dev/shm/dropped", "deny exec by /dev/shm/**"),
        ("open w+creat /dev/hidden", "deny create by path: /dev/*"),
        (f"{TCP}; {METADATA}", "deny connect by 169.254.169.254"),
        (f"{TCP}; connect inet,10.0.0.1,4444", "deny connect by 8081-8442"),
        (f"{UDP}; sendto inet,10.0.0.1,6667 x", "deny connect by 8081-8442"),
        ("socket packet raw 3", "deny create by family: packet"),
        ("socket unix stream; connect path,/run/docker.sock",
         "deny connect by docker}.sock"),
        ("bpf map", "deny bpf"),
    ])

METADATA_ONLY = Example(
    "metadata.yaml", "workloads", "/workloads",
    rows=[
        (f"{TCP}; connect inet,10.0.0.1,80", "any"),
        (f"{TCP}; bind inet,0.0.0.0,8080; listen", "OK"),
        ("open r /etc/passwd", "OK"),
        (f"{TCP}; {METADATA}", "deny connect by 169.254.169.254"),
        (f"{TCP6}; connect inet6,::ffff:169.254.169.254,80",
         "deny connect by 169.254.169.254"),
        ("socket inet raw 6", "deny create by proto: raw"),
        ("socket packet raw 3", "deny create by family: [packet"),
    ])

RUNC = Example(
    "runc.yaml", "globex", "/system.slice/runc-globex-1.scope",
    program="/usr/bin/globex", files=("/usr/share/globex", "/etc/shadow"),
    programs=("/usr/bin/tool",), leaves=("/usr/share/globex",),
    rows=[
        ("open r /usr/share/globex", "OK"),
        ("run /usr/bin/tool", "text"),
        (TCP, "OK"),
        ("open w /usr/share/globex", "deny write"),
        ("open r /etc/shadow", "deny read"),
        (f"run {SHELL}", "deny exec"),
        ("bpf map", "deny bpf"),
    ])

TENANT = Example(
    "tenant.yaml", "acme", "/tenants/acme", program="/usr/bin/acme",
    files=("/srv/acme/data", "/srv/acme/secrets/key", "/etc/shadow"),
    folders=("/run/acme",), leaves=("/srv/acme", "/run/acme"),
    rows=[
        ("open rw /srv/acme/data", "OK"),
        ("open w+creat /srv/acme/new", "OK"),
        (f"{TCP}; bind inet,0.0.0.0,8080; listen", "OK"),
        (f"{TCP}; connect inet,10.1.2.3,5432", "any"),
        (f"{TCP6}; connect inet6,fdaa:0:ac::1,443", "any"),
        ("socket unix stream; bind path,/run/acme/a.sock; listen", "OK"),
        ("socket netlink raw 0", "OK"),
        ("open r /srv/acme/secrets/key", "deny read by /srv/acme/secrets"),
        ("open r /etc/shadow", "deny read"),
        (f"run {SHELL}", "deny exec"),
        (f"{TCP}; bind inet,0.0.0.0,8081", "deny bind"),
        (f"{TCP}; connect inet,10.1.2.3,22", "deny connect"),
        (f"{TCP}; connect inet,10.2.0.1,443", "deny connect"),
        ("socket unix stream; bind path,/run/other.sock", "deny create"),
        ("socket packet raw 3", "deny create"),
    ])

TABLE = [VMM, PRIVATE_NETWORK, CDN, KUBERNETES, DOCKER, SEARCH_WEB,
         SEARCH_INDEXER, FALCO, METADATA_ONLY, RUNC, TENANT]
