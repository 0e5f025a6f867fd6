// SPDX-License-Identifier: GPL-2.0
/* Policy files that are wrong, with every message word for word. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

static const struct bad syntax[] = {
	{ "empty file", "",
	  "t.yaml:1:1: the file is empty; expected a map with 'version' and 'tenants'\n" },
	{ "only a comment", "# nothing\n",
	  "t.yaml:1:1: the file is empty; expected a map with 'version' and 'tenants'\n" },
	{ "unclosed list", "version: 1\ntenants: [a, b\n",
	  "t.yaml:3:1: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'\n" },
	{ "tab", "version: 1\n\ttenants:\n",
	  "t.yaml:2:1: not valid YAML: while scanning a plain scalar, found a tab character that violates indentation\n" },
	{ "bad indentation", "version: 1\n tenants: 2\n",
	  "t.yaml:2:9: not valid YAML: mapping values are not allowed in this context\n" },
	{ "unclosed quote", "version: '1\n",
	  "t.yaml:2:1: not valid YAML: while scanning a quoted scalar, found unexpected end of stream\n" },
	{ "root is text", "hello\n",
	  "t.yaml:1:1: a policy file must be a map, not plain text\n" },
	{ "root is a list", "- a\n",
	  "t.yaml:1:1: a policy file must be a map, not a list\n" },
	{ "two documents", "version: 1\n---\nversion: 1\n",
	  "t.yaml:2:1: a second document; a policy file holds one\n" },
	{ "anchor", "version: &a 1\n",
	  "t.yaml:1:10: anchors are not allowed\n" },
	{ "alias", "version: *a\n",
	  "t.yaml:1:10: aliases are not allowed; write the value out\n" },
	{ "tag", "version: !!int 1\n", "t.yaml:1:10: tags are not allowed\n" },
	{ "key is a list", "[a]: 1\n",
	  "t.yaml:1:1: a key must be plain text, not a list\n" },
	{ "NUL in text", "version: \"1\\0\"\n",
	  "t.yaml:1:10: text with a NUL byte in it\n" },
	{ "too deep", "version: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n",
	  "t.yaml:1:25: nested deeper than 16 levels\n" },
	{ "control character", "version: 1\ntenants: \x01\n",
	  "t.yaml:2:10: not YAML text: control characters are not allowed (0x01)\n" },
	{ "not UTF-8", "version: 1\n# \xc3(\n",
	  "t.yaml:2:4: not YAML text: invalid trailing UTF-8 octet (0x28)\n" },
};

static const struct bad structure[] = {
	{ "no version", "tenants: {a: {select: [uid: 1]}}\n",
	  "t.yaml:1:1: a policy file has no 'version'\n" },
	{ "no tenants", "version: 1\n",
	  "t.yaml:1:1: a policy file has no 'tenants'\n" },
	{ "version 2", "version: 2\ntenants: {a: {select: [uid: 1]}}\n",
	  "t.yaml:1:10: version '2' of the policy format is not known; write 1\n" },
	{ "empty tenants", "version: 1\ntenants: {}\n",
	  "t.yaml:2:10: 'tenants' is empty; 'cordonctl flush' removes all tenants\n" },
	{ "tenants is nothing", "version: 1\ntenants:\n",
	  "t.yaml:2:9: 'tenants' must be a map, not nothing\n" },
	{ "unknown top key",
	  "versoin: 1\nversion: 1\ntenants: {a: {select: [uid: 1]}}\n",
	  "t.yaml:1:1: unknown key 'versoin' in a policy file; did you mean 'version'?\n" },
	{ "duplicate key",
	  "version: 1\nversion: 1\ntenants: {a: {select: [uid: 1]}}\n",
	  "t.yaml:2:1: duplicate key 'version'; it is also at line 1\n" },
	{ "duplicate tenant",
	  "version: 1\ntenants:\n  a: {select: [uid: 1]}\n  a: {select: [uid: 2]}\n",
	  "t.yaml:4:3: duplicate tenant 'a'; it is also defined at line 3\n" },
	{ "tenant name", "version: 1\ntenants:\n  -a/b: {select: [uid: 1]}\n",
	  "t.yaml:3:3: tenant name '-a/b' must be 1 to 63 of A-Z a-z 0-9 . _ - and begin with a letter or digit\n" },
	{ "tenant is text", "version: 1\ntenants:\n  a: b\n",
	  "t.yaml:3:6: a tenant must be a map, not plain text\n" },
	{ "no select", "version: 1\ntenants:\n  a:\n    mode: audit\n",
	  "t.yaml:4:5: a tenant has no 'select'\n" },
	{ "empty select", "version: 1\ntenants:\n  a:\n    select: []\n",
	  "t.yaml:4:13: 'select' is empty; without 'cgroup' or 'uid' no task would join\n" },
	{ "selector with two keys",
	  "version: 1\ntenants:\n  a:\n    select:\n      - uid: 1\n        cgroup: /a\n",
	  "t.yaml:5:9: a selector has one key, 'cgroup' or 'uid'; write one list element for each\n" },
	{ "unknown selector",
	  "version: 1\ntenants:\n  a:\n    select: [user: root]\n",
	  "t.yaml:4:14: unknown key 'user' in a selector; expected one of: cgroup, uid\n" },
	{ "empty cgroup",
	  "version: 1\ntenants:\n  a:\n    select: [cgroup: '']\n",
	  "t.yaml:4:22: bad cgroup pattern: empty pattern\n" },
	{ "relative cgroup",
	  "version: 1\ntenants:\n  a:\n    select: [cgroup: a]\n",
	  "t.yaml:4:22: bad cgroup pattern: pattern does not begin with '/'\n" },
	{ "reversed uids",
	  "version: 1\ntenants:\n  a:\n    select: [uid: 9-1]\n",
	  "t.yaml:4:19: uid range 9-1 is reversed; write 1-9\n" },
	{ "uid too large",
	  "version: 1\ntenants:\n  a:\n    select: [uid: 4294967295]\n",
	  "t.yaml:4:19: uid '4294967295' is not a number from 0 to 4294967294 or a range of two such numbers\n" },
	{ "uid is a name",
	  "version: 1\ntenants:\n  a:\n    select: [uid: root]\n",
	  "t.yaml:4:19: uid 'root' is not a number from 0 to 4294967294 or a range of two such numbers\n" },
	{ "mode", HEAD "    mode: enforced\n",
	  "t.yaml:6:11: unknown mode 'enforced'; did you mean 'enforce'?\n" },
	{ "mode is a list", HEAD "    mode: [audit]\n",
	  "t.yaml:6:11: 'mode' must be a single value, not a list\n" },
	{ "unknown guard operation", HEAD "    guard:\n      allow: [usern]\n",
	  "t.yaml:7:15: unknown operation 'usern'; did you mean 'userns'?\n" },
	{ "guard without allow", HEAD "    guard: {}\n",
	  "t.yaml:6:12: section 'guard' has no 'allow'\n" },
	{ "guard that denies", HEAD "    guard: {allow: bpf, deny: mount}\n",
	  "t.yaml:6:25: unknown key 'deny' in section 'guard'; expected one of: allow\n" },
	{ "revoke is no truth value", HEAD "    revoke: yes\n",
	  "t.yaml:6:13: unknown revoke 'yes'; expected one of: false, true\n" },
	{ "revoke without files", HEAD "    revoke: true\n",
	  "t.yaml:3:3: 'revoke' needs a section 'file', whose rules it is about\n" },
	{ "no event at all", HEAD "    events: {rate: 0}\n",
	  "t.yaml:6:20: 'rate' must be a number from 1 to 1000000\n" },
	{ "too many events", HEAD "    events: {burst: 1000001}\n",
	  "t.yaml:6:21: 'burst' must be a number from 1 to 1000000\n" },
	{ "rate is a list", HEAD "    events: {rate: [1]}\n",
	  "t.yaml:6:20: 'rate' must be a single value, not a list\n" },
	{ "self is no truth value", HEAD "    events: {self: 1}\n",
	  "t.yaml:6:20: unknown self '1'; expected one of: false, true\n" },
	{ "unknown limit", HEAD "    events: {rats: 1}\n",
	  "t.yaml:6:14: unknown key 'rats' in section 'events'; did you mean 'rate'?\n" },
	{ "relative set-up", HEAD "    setup: [runc]\n",
	  "t.yaml:6:13: bad path pattern: pattern does not begin with '/'\n" },
	{ "empty set-up", HEAD "    setup: []\n",
	  "t.yaml:6:12: 'setup' is an empty list; write a value or leave the key out\n" },
	{ "set-up is a map", HEAD "    setup: {path: /a}\n",
	  "t.yaml:6:12: 'setup' must be a single value or a list, not a map\n" },
	{ "unknown section", HEAD "    sockets: {default: deny}\n",
	  "t.yaml:6:5: unknown key 'sockets' in a tenant; did you mean 'socket'?\n" },
	{ "no default", HEAD "    file:\n      rules: []\n",
	  "t.yaml:7:7: section 'file' has no 'default'\n" },
	{ "unknown default", HEAD "    file:\n      default: maybe\n",
	  "t.yaml:7:16: unknown default 'maybe'; expected one of: allow, deny\n" },
	{ "rules is a map",
	  HEAD "    file:\n      default: deny\n      rules: {}\n",
	  "t.yaml:8:14: 'rules' must be a list, not a map\n" },
};

static const struct bad rules[] = {
	{ "unknown operation",
	  FILE_HEAD "        - {allow: [raed], path: /a}\n",
	  "t.yaml:9:20: unknown operation 'raed'; did you mean 'read'?\n" },
	{ "far operation", FILE_HEAD "        - {allow: xyzzy, path: /a}\n",
	  "t.yaml:9:19: unknown operation 'xyzzy'; expected one of: all, read, write, exec, map, create, delete, setattr, ioctl\n" },
	{ "socket operation in a file rule",
	  FILE_HEAD "        - {allow: connect, path: /a}\n",
	  "t.yaml:9:19: unknown operation 'connect'; expected one of: all, read, write, exec, map, create, delete, setattr, ioctl\n" },
	{ "allow and deny",
	  FILE_HEAD "        - {allow: read, deny: write, path: /a}\n",
	  "t.yaml:9:25: a rule has either 'allow' or 'deny'; write two rules\n" },
	{ "neither", FILE_HEAD "        - path: /a\n",
	  "t.yaml:9:11: a rule has neither 'allow' nor 'deny'\n" },
	{ "no path", FILE_HEAD "        - allow: read\n",
	  "t.yaml:9:11: a file rule has no 'path'\n" },
	{ "no operation", FILE_HEAD "        - {allow: [], path: /a}\n",
	  "t.yaml:9:19: 'allow' is an empty list; write a value or leave the key out\n" },
	{ "empty pattern", FILE_HEAD "        - {allow: read, path: ''}\n",
	  "t.yaml:9:31: bad path pattern: empty pattern\n" },
	{ "missing pattern",
	  FILE_HEAD "        - allow: read\n          path:\n",
	  "t.yaml:10:16: bad path pattern: empty pattern\n" },
	{ "relative path", FILE_HEAD "        - {allow: read, path: usr/bin}\n",
	  "t.yaml:9:31: bad path pattern: pattern does not begin with '/'\n" },
	{ "place in a plain pattern",
	  FILE_HEAD
	  "        - {allow: read, path: /a/b}\n        - allow: read\n          path: /a/b[x\n",
	  "t.yaml:11:21: bad path pattern: '[' without ']'\n" },
	{ "place in a quoted pattern",
	  FILE_HEAD "        - allow: read\n          path: '/a/b[x'\n",
	  "t.yaml:10:22: bad path pattern: '[' without ']'\n" },
	{ "place behind UTF-8",
	  FILE_HEAD
	  "        - allow: read\n          path: /\xc3\xa4\xc3\xb6/..\n",
	  "t.yaml:10:21: bad path pattern: '.' and '..' never match\n" },
	{ "place with escapes",
	  FILE_HEAD "        - allow: read\n          path: \"/\\x41//b\"\n",
	  "t.yaml:10:17: bad path pattern: empty component\n" },
	{ "path is a map", FILE_HEAD "        - {allow: read, path: {a: b}}\n",
	  "t.yaml:9:31: 'path' must be a single value or a list, not a map\n" },
	{ "path holds a list",
	  FILE_HEAD "        - {allow: read, path: [[/a]]}\n",
	  "t.yaml:9:32: 'path' must be a single value, not a list\n" },
	{ "port in a file rule",
	  FILE_HEAD "        - {allow: read, path: /a, port: 1}\n",
	  "t.yaml:9:35: unknown key 'port' in a file rule; expected one of: allow, deny, log, path\n" },
	{ "rule is text", FILE_HEAD "        - allow read\n",
	  "t.yaml:9:11: a file rule must be a map, not plain text\n" },
	{ "log", FILE_HEAD "        - {allow: read, path: /a, log: yes}\n",
	  "t.yaml:9:40: unknown log 'yes'; expected one of: auto, always, never\n" },
	{ "allow, log never",
	  FILE_HEAD "        - {allow: read, path: /a, log: never}\n",
	  "t.yaml:9:11: 'log: never' is for deny rules; what an allow rule permits is not reported anyway\n" },
	{ "deny, log always",
	  FILE_HEAD "        - {deny: read, path: /a, log: always}\n",
	  "t.yaml:9:11: 'log: always' is for allow rules; what a deny rule denies is reported anyway\n" },
	{ "several at once",
	  FILE_HEAD
	  "        - {alow: read, path: a}\n        - {deny: raed, path: /b}\n",
	  "t.yaml:9:12: unknown key 'alow' in a file rule; did you mean 'allow'?\n"
	  "t.yaml:9:30: bad path pattern: pattern does not begin with '/'\n"
	  "t.yaml:9:11: a rule has neither 'allow' nor 'deny'\n"
	  "t.yaml:10:18: unknown operation 'raed'; did you mean 'read'?\n" },
};

static const struct bad sockets[] = {
	{ "prefix 129",
	  SOCKET_HEAD "        - {allow: connect, addr: 'fd00::/129'}\n",
	  "t.yaml:9:34: prefix length 129 is longer than the 128 bits of an IPv6 address\n" },
	{ "prefix 33",
	  SOCKET_HEAD "        - {allow: connect, addr: 10.0.0.0/33}\n",
	  "t.yaml:9:34: prefix length 33 is longer than the 32 bits of an IPv4 address\n" },
	{ "prefix 99999999999",
	  SOCKET_HEAD
	  "        - {allow: connect, addr: 10.0.0.0/99999999999}\n",
	  "t.yaml:9:34: address '10.0.0.0/99999999999' has something else than a number behind '/'\n" },
	{ "prefix missing",
	  SOCKET_HEAD "        - {allow: connect, addr: 10.0.0.0/}\n",
	  "t.yaml:9:34: address '10.0.0.0/' has something else than a number behind '/'\n" },
	{ "host bits",
	  SOCKET_HEAD "        - {allow: connect, addr: 10.1.2.3/16}\n",
	  "t.yaml:9:34: address 10.1.2.3/16 has bits set behind its prefix; write 10.1.0.0/16\n" },
	{ "host bits of IPv6",
	  SOCKET_HEAD "        - {allow: connect, addr: 'fd00::1/64'}\n",
	  "t.yaml:9:34: address fd00::1/64 has bits set behind its prefix; write fd00::/64\n" },
	{ "not an address",
	  SOCKET_HEAD "        - {allow: connect, addr: example.org}\n",
	  "t.yaml:9:34: address 'example.org' is not an IPv4 or IPv6 address with an optional /PREFIX\n" },
	{ "short address",
	  SOCKET_HEAD "        - {allow: connect, addr: 10.1}\n",
	  "t.yaml:9:34: address '10.1' is not an IPv4 or IPv6 address with an optional /PREFIX\n" },
	{ "reversed ports",
	  SOCKET_HEAD "        - {allow: connect, port: 9000-8000}\n",
	  "t.yaml:9:34: port range 9000-8000 is reversed; write 8000-9000\n" },
	{ "port 0", SOCKET_HEAD "        - {allow: bind, port: 0}\n",
	  "t.yaml:9:31: port '0' is not a number from 1 to 65535 or a range of two such numbers\n" },
	{ "port 65536", SOCKET_HEAD "        - {allow: bind, port: 65536}\n",
	  "t.yaml:9:31: port '65536' is not a number from 1 to 65535 or a range of two such numbers\n" },
	{ "range from 0", SOCKET_HEAD "        - {allow: bind, port: 0-10}\n",
	  "t.yaml:9:31: port '0-10' is not a number from 1 to 65535 or a range of two such numbers\n" },
	{ "octal port", SOCKET_HEAD "        - {allow: bind, port: 010}\n",
	  "t.yaml:9:31: port '010' is not a number from 1 to 65535 or a range of two such numbers\n" },
	{ "port by name", SOCKET_HEAD "        - {allow: bind, port: http}\n",
	  "t.yaml:9:31: port 'http' is not a number from 1 to 65535 or a range of two such numbers\n" },
	{ "no port", SOCKET_HEAD "        - {allow: bind, port: []}\n",
	  "t.yaml:9:31: 'port' is an empty list; write a value or leave the key out\n" },
	{ "accept with unix",
	  SOCKET_HEAD "        - {allow: accept, family: unix}\n",
	  "t.yaml:9:11: 'accept' and 'receive' go with family inet or inet6 only\n" },
	{ "receive with a path",
	  SOCKET_HEAD "        - {allow: receive, path: /run/x}\n",
	  "t.yaml:9:11: 'accept' and 'receive' go with family inet or inet6 only\n" },
	{ "accept with inet and packet",
	  SOCKET_HEAD
	  "        - {allow: [bind, accept], family: [inet, packet]}\n",
	  "t.yaml:9:11: 'accept' and 'receive' go with family inet or inet6 only\n" },
	{ "port with unix",
	  SOCKET_HEAD "        - {allow: connect, family: unix, port: 80}\n",
	  "t.yaml:9:11: 'port' does not go with family 'unix'\n" },
	{ "addr with netlink and packet",
	  SOCKET_HEAD
	  "        - {allow: bind, family: [netlink, packet, inet], addr: 10.0.0.1}\n",
	  "t.yaml:9:11: 'addr' does not go with family 'netlink', 'packet'\n" },
	{ "addr with create",
	  SOCKET_HEAD "        - {allow: [create, connect], addr: 10.0.0.1}\n",
	  "t.yaml:9:11: 'addr' does not go with operation 'create'\n" },
	{ "path with inet",
	  SOCKET_HEAD
	  "        - {allow: connect, family: inet, path: /run/x}\n",
	  "t.yaml:9:11: 'path' does not go with family 'inet'\n" },
	{ "path and addr",
	  SOCKET_HEAD
	  "        - {allow: connect, addr: 10.0.0.1, path: /run/x}\n",
	  "t.yaml:9:11: 'path' does not go with family 'inet', 'inet6', which the rest of the rule is about\n" },
	{ "abstract with create",
	  SOCKET_HEAD "        - {allow: create, abstract: x}\n",
	  "t.yaml:9:11: 'abstract' does not go with operation 'create'\n" },
	{ "cid with unix",
	  SOCKET_HEAD "        - {allow: connect, family: unix, cid: 2}\n",
	  "t.yaml:9:11: 'cid' does not go with family 'unix'\n" },
	{ "proto with vsock",
	  SOCKET_HEAD "        - {allow: connect, family: vsock, proto: tcp}\n",
	  "t.yaml:9:11: 'proto' does not go with family 'vsock'\n" },
	{ "type with inet",
	  SOCKET_HEAD
	  "        - {allow: create, family: [inet, inet6], type: raw}\n",
	  "t.yaml:9:11: 'type' does not go with family 'inet', 'inet6'\n" },
	{ "type without family",
	  SOCKET_HEAD "        - {allow: create, type: raw}\n",
	  "t.yaml:9:11: 'type' without 'family'\n" },
	{ "type with path",
	  SOCKET_HEAD
	  "        - {allow: connect, family: unix, type: stream, path: /x}\n",
	  "t.yaml:9:11: 'type' does not go with 'path'\n" },
	{ "protocol without family",
	  SOCKET_HEAD "        - {allow: create, protocol: 3}\n",
	  "t.yaml:9:11: 'protocol' without 'family'\n" },
	{ "protocol with packet",
	  SOCKET_HEAD
	  "        - {allow: create, family: packet, protocol: 3}\n",
	  "t.yaml:9:11: 'protocol' does not go with family 'packet'\n" },
	{ "protocol with bind",
	  SOCKET_HEAD "        - {allow: bind, family: can, protocol: 3}\n",
	  "t.yaml:9:11: 'protocol' goes with 'create' only, save for family 'netlink'\n" },
	{ "name of a protocol",
	  SOCKET_HEAD
	  "        - {allow: create, family: can, protocol: route}\n",
	  "t.yaml:9:11: 'protocol' has the name of one of netlink, which 'family' is not; write a number\n" },
	{ "unknown peer",
	  SOCKET_HEAD "        - {allow: connect, peer: selv}\n",
	  "t.yaml:9:34: unknown peer 'selv'; did you mean 'self'?\n" },
	{ "peer in a denial",
	  SOCKET_HEAD "        - {deny: connect, peer: self}\n",
	  "t.yaml:9:11: 'peer' is for allow rules; to deny the sockets of others write 'default: deny'\n" },
	{ "peer of datagrams",
	  SOCKET_HEAD
	  "        - {allow: connect, proto: [tcp, udp], peer: self}\n",
	  "t.yaml:9:11: 'peer' goes with 'proto' tcp and mptcp only; allow others by 'addr'\n" },
	{ "peer with bind", SOCKET_HEAD "        - {allow: bind, peer: self}\n",
	  "t.yaml:9:11: 'peer' does not go with operation 'bind'\n" },
	{ "peer with vsock",
	  SOCKET_HEAD "        - {allow: connect, family: vsock, peer: self}\n",
	  "t.yaml:9:11: 'peer' does not go with family 'vsock'\n" },
	{ "any protocol of unix sockets",
	  SOCKET_HEAD "        - {allow: connect, family: unix, proto: any}\n",
	  "t.yaml:9:11: 'proto' does not go with family 'unix'\n" },
	{ "any protocol of peers",
	  SOCKET_HEAD "        - {allow: connect, proto: any, peer: self}\n",
	  "t.yaml:9:11: 'peer' goes with 'proto' tcp and mptcp only; allow others by 'addr'\n" },
	{ "any protocol at a path",
	  SOCKET_HEAD "        - {allow: connect, proto: any, path: /x}\n",
	  "t.yaml:9:11: 'path' does not go with family 'inet', 'inet6'\n" },
	{ "type of a unix socket that is bound",
	  SOCKET_HEAD "        - {deny: bind, family: unix, type: dgram}\n",
	  "t.yaml:9:11: 'type' with family 'unix' does not go with 'bind'\n" },
	{ "smc with connect",
	  SOCKET_HEAD "        - {allow: connect, family: smc}\n",
	  "t.yaml:9:11: family 'smc' goes with 'create' only; its addresses are those of 'tcp'\n" },
	{ "smc among others",
	  SOCKET_HEAD "        - {allow: create, family: [smc, inet]}\n",
	  "t.yaml:9:11: family 'smc' needs a rule of its own\n" },
	{ "family 64", SOCKET_HEAD "        - {allow: create, family: 64}\n",
	  "t.yaml:9:35: family 64 is not a number from 0 to 63\n" },
	{ "unknown family",
	  SOCKET_HEAD "        - {allow: create, family: vsocks}\n",
	  "t.yaml:9:35: unknown family 'vsocks'; did you mean 'vsock'?\n" },
	{ "unknown type",
	  SOCKET_HEAD "        - {allow: create, family: unix, type: strem}\n",
	  "t.yaml:9:47: unknown socket type 'strem'; did you mean 'stream'?\n" },
	{ "cid out of range",
	  SOCKET_HEAD "        - {allow: connect, cid: 4294967296}\n",
	  "t.yaml:9:33: cid '4294967296' is not hypervisor, local, host, any, a number from 0 to 4294967295 or a range of two such numbers\n" },
	{ "reversed cids", SOCKET_HEAD "        - {allow: connect, cid: 5-3}\n",
	  "t.yaml:9:33: cid range 5-3 is reversed; write 3-5\n" },
	{ "vsock port out of range",
	  SOCKET_HEAD
	  "        - {allow: connect, family: vsock, port: 4294967296}\n",
	  "t.yaml:9:49: port '4294967296' is not a number from 0 to 4294967295 or a range of two such numbers\n" },
	{ "wide port of two families",
	  SOCKET_HEAD
	  "        - {allow: connect, family: [vsock, inet], port: 65536}\n",
	  "t.yaml:9:57: port '65536' is not a number from 1 to 65535 or a range of two such numbers\n" },
	{ "memfd as a socket",
	  SOCKET_HEAD "        - {allow: connect, path: 'memfd:x'}\n",
	  "t.yaml:9:34: bad path pattern: pattern does not begin with '/'\n" },
	{ "two stars in an abstract name",
	  SOCKET_HEAD "        - {allow: connect, abstract: 'a**b'}\n",
	  "t.yaml:9:40: bad abstract name pattern: '**' in an abstract name; write '*'\n" },
	{ "open brace in an abstract name",
	  SOCKET_HEAD "        - {allow: connect, abstract: '{a'}\n",
	  "t.yaml:9:38: bad abstract name pattern: '{' without '}'\n" },
	{ "unknown family",
	  SOCKET_HEAD "        - {allow: connect, family: inet4}\n",
	  "t.yaml:9:36: unknown family 'inet4'; did you mean 'inet'?\n" },
	{ "family against address",
	  SOCKET_HEAD
	  "        - {allow: connect, family: inet6, addr: 10.0.0.0/8}\n",
	  "t.yaml:9:49: address 10.0.0.0/8 is of family 'inet', which the rule's 'family' leaves out\n" },
	{ "unknown protocol",
	  SOCKET_HEAD "        - {allow: connect, proto: tpc}\n",
	  "t.yaml:9:35: unknown protocol 'tpc'; did you mean 'tcp'?\n" },
};

static void test_syntax(void **state)
{
	(void)state;
	expect_bad_files(syntax, ARRAY_SIZE(syntax));
}

static void test_structure(void **state)
{
	(void)state;
	expect_bad_files(structure, ARRAY_SIZE(structure));
}

static void test_rules(void **state)
{
	(void)state;
	expect_bad_files(rules, ARRAY_SIZE(rules));
}

static void test_sockets(void **state)
{
	(void)state;
	expect_bad_files(sockets, ARRAY_SIZE(sockets));
}

/* A pattern one byte longer than a path may be. */
static void test_long_pattern(void **state)
{
	char pattern[4097];
	struct input input;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < 4096; i++)
		pattern[i] = i % 100 ? 'p' : '/';
	pattern[4096] = '\0';
	text = alloc_printf(FILE_HEAD "        - {allow: read, path: %s}\n",
			    pattern);
	input_from_text(&input, text);
	expect_findings("long pattern", &input,
			"t.yaml:9:4126: bad path pattern: pattern is longer than 4095 bytes\n");
	input_clear(&input);
	free(text);
}

static void test_long_tenant_name(void **state)
{
	char name[65];
	struct input input;
	char *text;
	char *findings;

	(void)state;
	memset(name, 'n', 64);
	name[64] = '\0';
	text = alloc_printf("version: 1\ntenants: {%s: {select: [uid: 1]}}\n",
			    name);
	findings =
		alloc_printf("t.yaml:2:11: tenant name '%s' must be 1 to 63 of A-Z a-z 0-9 . _ - and begin with a letter or digit\n",
			     name);
	input_from_text(&input, text);
	expect_findings("long name", &input, findings);
	input_clear(&input);
	free(findings);
	free(text);
}

/* Bytes of a program, with NULs among them. */
static void test_binary(void **state)
{
	static const char elf[] = "\x7f"
				  "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03";
	struct input input;

	(void)state;
	input_from_bytes(&input, "prog", elf, sizeof(elf));
	expect_findings("ELF", &input,
			"prog:1:1: not YAML text: control characters are not allowed (0x7f)\n");
	input_clear(&input);
}

static void test_utf16(void **state)
{
	static const char text[] = "\xff\xfev\0e\0r\0";
	struct input input;

	(void)state;
	input_from_bytes(&input, "t.yaml", text, sizeof(text) - 1);
	expect_findings("UTF-16", &input,
			"t.yaml:1:1: not YAML text: invalid leading UTF-8 octet (0xff)\n");
	input_clear(&input);
}

/* Thousands of mistakes are counted, not all kept. */
static void test_many_errors(void **state)
{
	struct input input;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int i;

	(void)state;
	fputs(FILE_HEAD, out);
	for (i = 0; i < 5000; i++)
		fputs("        - {allow: raed, path: /a}\n", out);
	fclose(out);
	input_from_text(&input, text);
	assert_int_equal(input.diag.errors, 5000);
	assert_int_equal(input.diag.count, DIAG_KEPT_MAX);
	input_clear(&input);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_long_pattern),
		cmocka_unit_test(test_long_tenant_name),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_many_errors),
	};

	return cmocka_run_group_tests_name("policy_bad", tests, NULL, NULL);
}
