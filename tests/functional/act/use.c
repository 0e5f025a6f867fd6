// SPDX-License-Identifier: GPL-2.0
/* Uses of a descriptor that is open: all ways to what is in the file. */
#define _GNU_SOURCE
#include "act.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096

static char text[16] = "used";
static struct iovec vector = { text, 4 };

/* What the test maps and looks at later. */
static char *kept;

static int use_read(void)
{
	return read(last_fd, text, 1);
}

static int use_pread(void)
{
	return pread(last_fd, text, 1, 0);
}

static int use_readv(void)
{
	return readv(last_fd, &vector, 1);
}

static int use_preadv2(void)
{
	return preadv2(last_fd, &vector, 1, 0, 0);
}

static int use_write(void)
{
	return write(last_fd, "used", 4);
}

static int use_pwrite(void)
{
	return pwrite(last_fd, "used", 4, 0);
}

static int use_writev(void)
{
	return writev(last_fd, &vector, 1);
}

static int use_pwritev2(void)
{
	return pwritev2(last_fd, &vector, 1, 0, 0);
}

static int use_getdents(void)
{
	static char entries[PAGE];

	lseek(last_fd, 0, SEEK_SET);
	return syscall(SYS_getdents64, last_fd, entries, sizeof(entries));
}

/* Where data can go that is copied. */
static int other_fd = -1;

static int use_sendfile(void)
{
	off_t offset = 0;

	return sendfile(other_fd, last_fd, &offset, 4);
}

static int use_copy(void)
{
	loff_t offset = 0;

	return copy_file_range(last_fd, &offset, other_fd, NULL, 4, 0);
}

static int splice_with(int other, loff_t *from, loff_t *to, int out)
{
	int ends[2];
	int ret = -1;

	if (pipe(ends))
		return -1;
	if (write(ends[1], "used", out ? 4 : 0) >= 0)
		ret = out ? splice(ends[0], NULL, other, to, 4, 0) :
			    splice(other, from, ends[1], NULL, 4, 0);
	out = errno;
	close(ends[0]);
	close(ends[1]);
	errno = out;
	return ret;
}

static int use_splice(void)
{
	loff_t offset = 0;

	return splice_with(last_fd, &offset, NULL, 0);
}

static int use_splice_into(void)
{
	loff_t offset = 0;

	return splice_with(last_fd, NULL, &offset, 1);
}

static int use_aio(void)
{
	struct iocb block = { .aio_lio_opcode = IOCB_CMD_PREAD,
			      .aio_fildes = last_fd,
			      .aio_buf = (unsigned long)text,
			      .aio_nbytes = 1 };
	struct iocb *blocks[] = { &block };
	aio_context_t context = 0;
	struct io_event event;
	int ret, error;

	if (syscall(SYS_io_setup, 1, &context))
		return -1;
	ret = syscall(SYS_io_submit, context, 1, blocks);
	if (ret == 1)
		ret = syscall(SYS_io_getevents, context, 1, 1, &event, NULL);
	error = ret == 1 && event.res < 0 ? -event.res : errno;
	syscall(SYS_io_destroy, context);
	errno = error;
	return ret == 1 && event.res >= 0 ? 0 : -1;
}

static int use_allocate(void)
{
	return fallocate(last_fd, 0, 0, PAGE);
}

static int use_map(int prot, int flags)
{
	void *address = mmap(NULL, PAGE, prot, flags, last_fd, 0);

	return address == MAP_FAILED ? -1 : munmap(address, PAGE);
}

static int use_mmap(void)
{
	return use_map(PROT_READ, MAP_PRIVATE);
}

static int use_mmap_shared(void)
{
	return use_map(PROT_READ, MAP_SHARED);
}

/* A processor that may write may read as well. */
static int use_mmap_private_write(void)
{
	return use_map(PROT_WRITE, MAP_PRIVATE);
}

static int use_mmap_write(void)
{
	return use_map(PROT_READ | PROT_WRITE, MAP_SHARED);
}

static int use_mmap_none(void)
{
	return use_map(PROT_NONE, MAP_SHARED);
}

static int use_ring(void)
{
	return ring_use(text, 1);
}

static const struct {
	const char *name;
	int (*use)(void);
} uses[] = {
	{ "read", use_read },
	{ "pread", use_pread },
	{ "readv", use_readv },
	{ "preadv2", use_preadv2 },
	{ "write", use_write },
	{ "pwrite", use_pwrite },
	{ "writev", use_writev },
	{ "pwritev2", use_pwritev2 },
	{ "getdents", use_getdents },
	{ "sendfile", use_sendfile },
	{ "copy", use_copy },
	{ "splice", use_splice },
	{ "splice-into", use_splice_into },
	{ "aio", use_aio },
	{ "allocate", use_allocate },
	{ "mmap", use_mmap },
	{ "mmap-shared", use_mmap_shared },
	{ "mmap-private-write", use_mmap_private_write },
	{ "mmap-write", use_mmap_write },
	{ "mmap-none", use_mmap_none },
	{ "ring", use_ring },
};

static int act_use(char **words)
{
	size_t i;

	for (i = 0; i < sizeof(uses) / sizeof(*uses); i++)
		if (!strcmp(uses[i].name, words[0]))
			return uses[i].use() < 0 ? -1 : 0;
	return answer("what use is '%s'?", words[0]);
}

static int protection(const char *letters)
{
	return (strchr(letters, 'r') ? PROT_READ : 0) |
	       (strchr(letters, 'w') ? PROT_WRITE : 0);
}

/* Has the last descriptor stand by, for what needs two. */
static int act_other(char **words)
{
	(void)words;
	other_fd = last_fd;
	last_fd = -1;
	return 0;
}

/* LETTERS: maps the file to stay, shared. */
static int act_keep_map(char **words)
{
	kept = mmap(NULL, PAGE, protection(words[0]), MAP_SHARED, last_fd, 0);
	return kept == MAP_FAILED ? -1 : 0;
}

static int act_protect_map(char **words)
{
	return mprotect(kept, PAGE, protection(words[0]));
}

/* The first bytes of what is mapped. */
static int act_read_map(char **words)
{
	(void)words;
	return answer("text:%.*s", 4, kept);
}

/* HOW: opens what is mapped, by the name that the mapping has. */
static int act_open_map(char **words)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/map_files/%zx-%zx",
		 (size_t)kept, (size_t)kept + PAGE);
	return keep_fd(open(path, parse_open(words[0])));
}

/* A number that an earlier program has left open. */
static int act_inherit(char **words)
{
	last_fd = atoi(words[0]);
	return fcntl(last_fd, F_GETFD) < 0 ? -1 : 0;
}

const struct act acts_use[] = {
	{ "use", 1, act_use },		 { "other", 0, act_other },
	{ "keep-map", 1, act_keep_map }, { "protect-map", 1, act_protect_map },
	{ "read-map", 0, act_read_map }, { "open-map", 1, act_open_map },
	{ "inherit", 1, act_inherit },	 { NULL },
};
