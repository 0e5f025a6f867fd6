// SPDX-License-Identifier: GPL-2.0
/* Acts on other tasks, and on the kernel. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kcmp.h>
#include <linux/kexec.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Numbers of system calls of 32-bit programs. */
#define DELETE_MODULE_32 129
#define OPEN_BY_HANDLE_AT_32 342

/* At the same address in every process that runs this program. */
static char secret[16] = "secret";

static int act_secret(char **words)
{
	(void)words;
	return answer("text:%s", secret);
}

static int act_trace(char **words)
{
	pid_t pid = atoi(words[1]);

	if (!strcmp(words[0], "seize"))
		return ptrace(PTRACE_SEIZE, pid, 0, 0);
	if (ptrace(PTRACE_ATTACH, pid, 0, 0))
		return -1;
	return waitpid(pid, NULL, __WALL) == pid ? 0 : -1;
}

static int act_vm_read(char **words)
{
	char text[sizeof(secret)] = "";
	struct iovec here = { text, sizeof(text) - 1 };
	struct iovec there = { secret, sizeof(text) - 1 };

	if (process_vm_readv(atoi(words[0]), &here, 1, &there, 1, 0) < 0)
		return -1;
	return answer("text:%s", text);
}

static int act_vm_write(char **words)
{
	char text[sizeof(secret)] = "";
	struct iovec here = { text, sizeof(text) };
	struct iovec there = { secret, sizeof(text) };

	strncpy(text, words[1], sizeof(text) - 1);
	if (process_vm_writev(atoi(words[0]), &here, 1, &there, 1, 0) < 0)
		return -1;
	return 0;
}

static int open_process(const char *pid)
{
	return syscall(SYS_pidfd_open, atoi(pid), 0);
}

/* Closes a descriptor that was needed to get a result. */
static int close_after(int fd, int ret)
{
	int error = errno;

	close(fd);
	errno = error;
	return ret;
}

/* PID, or 0 for this process. */
static int act_process(char **words)
{
	pid_t pid = atoi(words[0]);

	return keep_fd(syscall(SYS_pidfd_open, pid ? pid : getpid(), 0));
}

/* PID FD: takes a descriptor out of another process. */
static int act_getfd(char **words)
{
	int process = open_process(words[0]);

	if (process < 0)
		return -1;
	return keep_fd(close_after(process, syscall(SYS_pidfd_getfd, process,
						    atoi(words[1]), 0)));
}

static int act_advise(char **words)
{
	int process = open_process(words[0]);
	void *page = (void *)((unsigned long)secret & ~4095UL);
	struct iovec there = { page, 4096 };

	if (process < 0)
		return -1;
	if (close_after(process, syscall(SYS_process_madvise, process, &there,
					 1, MADV_COLD, 0)) < 0)
		return -1;
	return 0;
}

static int act_kcmp(char **words)
{
	return syscall(SYS_kcmp, getpid(), atoi(words[0]), KCMP_FILES, 0, 0) <
			       0 ?
		       -1 :
		       0;
}

static int act_robust(char **words)
{
	size_t len;
	void *head;

	return syscall(SYS_get_robust_list, atoi(words[0]), &head, &len);
}

/* PID, 0 for this task, or -1 for whatever runs on the first processor. */
static int act_perf(char **words)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};
	pid_t pid = atoi(words[0]);
	int processor = pid < 0 ? 0 : -1;
	int fd = syscall(SYS_perf_event_open, &attr, pid, processor, -1, 0);

	return keep_fd(fd);
}

static int act_kill(char **words)
{
	return kill(atoi(words[0]), atoi(words[1]));
}

static int act_tkill(char **words)
{
	return syscall(SYS_tkill, atoi(words[0]), atoi(words[1]));
}

static int act_tgkill(char **words)
{
	return tgkill(atoi(words[0]), atoi(words[0]), atoi(words[1]));
}

static int act_sigqueue(char **words)
{
	return sigqueue(atoi(words[0]), atoi(words[1]), (union sigval){ 0 });
}

static int act_tgsigqueue(char **words)
{
	siginfo_t info = { .si_code = SI_QUEUE, .si_pid = getpid() };

	return syscall(SYS_rt_tgsigqueueinfo, atoi(words[0]), atoi(words[0]),
		       atoi(words[1]), &info);
}

static int act_pidfd_signal(char **words)
{
	int process = open_process(words[0]);

	if (process < 0)
		return -1;
	return close_after(process, syscall(SYS_pidfd_send_signal, process,
					    atoi(words[1]), NULL, 0));
}

/* Makes a process group of this process alone. */
static int act_group(char **words)
{
	(void)words;
	return setpgid(0, 0);
}

/* PID SIGNAL: has the kernel send it, as asked for when a pipe fills. */
static int sigio(char **words, int (*own)(int fd, pid_t pid))
{
	int ends[2];
	int ret = -1;

	if (pipe(ends))
		return -1;
	if (!own(ends[0], atoi(words[0])) &&
	    !fcntl(ends[0], F_SETSIG, atoi(words[1])) &&
	    !fcntl(ends[0], F_SETFL, O_ASYNC))
		ret = write(ends[1], "x", 1) == 1 ? 0 : -1;
	ret = close_after(ends[0], ret);
	return close_after(ends[1], ret);
}

static int own_by_pid(int fd, pid_t pid)
{
	return fcntl(fd, F_SETOWN, pid);
}

static int own_by_kind(int fd, pid_t pid)
{
	struct f_owner_ex owner = { F_OWNER_PID, pid };

	return fcntl(fd, F_SETOWN_EX, &owner);
}

static int own_by_group(int fd, pid_t pid)
{
	struct f_owner_ex owner = { F_OWNER_PGRP, pid };

	return fcntl(fd, F_SETOWN_EX, &owner);
}

static int act_sigio(char **words)
{
	return sigio(words, own_by_pid);
}

static int act_sigio_ex(char **words)
{
	return sigio(words, own_by_kind);
}

static int act_sigio_group(char **words)
{
	return sigio(words, own_by_group);
}

/* The same for a socket, which has a command of its own for it. */
static int act_sigio_socket(char **words)
{
	pid_t pid = atoi(words[0]);
	int ends[2];
	int ret = -1;
	int one = 1;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return -1;
	if (!ioctl(ends[0], FIOSETOWN, &pid) &&
	    !fcntl(ends[0], F_SETSIG, atoi(words[1])) &&
	    !ioctl(ends[0], FIOASYNC, &one))
		ret = write(ends[1], "x", 1) == 1 ? 0 : -1;
	ret = close_after(ends[0], ret);
	return close_after(ends[1], ret);
}

/* A module from memory, or from the file itself. */
static int act_module_init(char **words)
{
	int fd = open(words[0], O_RDONLY);
	struct stat info;
	void *image;

	if (fd < 0 || fstat(fd, &info))
		return -1;
	image = mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return close_after(fd, -1);
	close(fd);
	return syscall(SYS_init_module, image, info.st_size, words[1]);
}

static int act_module_finit(char **words)
{
	int fd = open(words[0], O_RDONLY);

	if (fd < 0)
		return -1;
	return close_after(fd, syscall(SYS_finit_module, fd, words[1], 0));
}

/* NAME [force] */
static int act_module_delete(char **words)
{
	return syscall(SYS_delete_module, words[0],
		       O_NONBLOCK | (words[1] ? O_TRUNC : 0));
}

static int act_module_delete_32(char **words)
{
	const long args[5] = { (long)words[0],
			       O_NONBLOCK | (words[1] ? O_TRUNC : 0) };

	return call_32(DELETE_MODULE_32, args);
}

static int act_kexec(char **words)
{
	(void)words;
	return syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH_DEFAULT);
}

static int act_kexec_file(char **words)
{
	int fd = open(words[0], O_RDONLY);

	if (fd < 0)
		return -1;
	return close_after(fd, syscall(SYS_kexec_file_load, fd, -1, 0, NULL,
				       KEXEC_FILE_NO_INITRAMFS));
}

/* For a family that nobody has registered, the kernel looks for a module. */
static int act_family(char **words)
{
	return keep_fd(socket(atoi(words[0]), SOCK_RAW, 0));
}

static int act_bpf(char **words)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY,
			       .key_size = 4,
			       .value_size = 4,
			       .max_entries = 1 };
	union bpf_attr program = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
				   .insns = (unsigned long)nothing,
				   .insn_cnt = 2,
				   .license = (unsigned long)"GPL" };

	int fd;

	if (!strcmp(words[0], "map"))
		fd = syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));
	else
		fd = syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof(program));
	return keep_fd(fd);
}

static union {
	struct file_handle handle;
	char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
} handle;

static int act_handle(char **words)
{
	int mount;

	handle.handle.handle_bytes = MAX_HANDLE_SZ;
	return name_to_handle_at(AT_FDCWD, words[0], &handle.handle, &mount, 0);
}

/* HOW PLACE: opens what the handle stands for; PLACE is on its filesystem. */
static int act_open_handle(char **words)
{
	int place = open(words[1], O_RDONLY);
	int fd;

	if (place < 0)
		return -1;
	fd = open_by_handle_at(place, &handle.handle, parse_open(words[0]));
	return keep_fd(close_after(place, fd));
}

static int act_open_handle_32(char **words)
{
	const long args[5] = { open(words[1], O_RDONLY), (long)&handle,
			       parse_open(words[0]) };
	int fd;

	if (args[0] < 0)
		return -1;
	fd = call_32(OPEN_BY_HANDLE_AT_32, args);
	return keep_fd(close_after(args[0], fd));
}

/* KIND PATH MAJOR MINOR */
static int act_device(char **words)
{
	mode_t type = words[0][0] == 'b' ? S_IFBLK : S_IFCHR;

	return mknod(words[1], type | 0600,
		     makedev(atoi(words[2]), atoi(words[3])));
}

const struct act acts_guard[] = {
	{ "secret", 0, act_secret },
	{ "trace", 2, act_trace },
	{ "vm-read", 1, act_vm_read },
	{ "vm-write", 2, act_vm_write },
	{ "process", 1, act_process },
	{ "getfd", 2, act_getfd },
	{ "advise", 1, act_advise },
	{ "kcmp", 1, act_kcmp },
	{ "robust", 1, act_robust },
	{ "perf", 1, act_perf },
	{ "kill", 2, act_kill },
	{ "tkill", 2, act_tkill },
	{ "tgkill", 2, act_tgkill },
	{ "sigqueue", 2, act_sigqueue },
	{ "tgsigqueue", 2, act_tgsigqueue },
	{ "pidfd-signal", 2, act_pidfd_signal },
	{ "group", 0, act_group },
	{ "sigio", 2, act_sigio },
	{ "sigio-ex", 2, act_sigio_ex },
	{ "sigio-group", 2, act_sigio_group },
	{ "sigio-socket", 2, act_sigio_socket },
	{ "module-init", 2, act_module_init },
	{ "module-finit", 2, act_module_finit },
	{ "module-delete", 1, act_module_delete },
	{ "module-delete-32", 1, act_module_delete_32 },
	{ "kexec", 0, act_kexec },
	{ "kexec-file", 1, act_kexec_file },
	{ "family", 1, act_family },
	{ "bpf", 1, act_bpf },
	{ "handle", 1, act_handle },
	{ "open-handle", 2, act_open_handle },
	{ "open-handle-32", 2, act_open_handle_32 },
	{ "device", 4, act_device },
	{ NULL },
};
