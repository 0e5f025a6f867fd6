// SPDX-License-Identifier: GPL-2.0
/* Acts on memory: the last mapping, of a page, is the one that is meant. */
#define _GNU_SOURCE
#include "act.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096

static char *mapping;

static int protection(const char *letters)
{
	int prot = 0;

	for (; *letters; letters++)
		prot |= *letters == 'r' ? PROT_READ :
			*letters == 'w' ? PROT_WRITE :
			*letters == 'x' ? PROT_EXEC :
					  0;
	return prot;
}

static int keep_mapping(void *address)
{
	if (address == MAP_FAILED)
		return -1;
	mapping = address;
	return 0;
}

static int map_page(const char *letters, int flags, int fd)
{
	int prot = protection(letters);

	return keep_mapping(mmap(NULL, PAGE, prot, flags, fd, 0));
}

static int act_mmap(char **words)
{
	return map_page(words[0], MAP_PRIVATE, last_fd);
}

static int act_mmap_shared(char **words)
{
	return map_page(words[0], MAP_SHARED, last_fd);
}

static int act_mmap_anonymous(char **words)
{
	return map_page(words[0], MAP_SHARED | MAP_ANONYMOUS, -1);
}

static int act_mprotect(char **words)
{
	return mprotect(mapping, PAGE, protection(words[0]));
}

static int act_pkey_mprotect(char **words)
{
	return syscall(SYS_pkey_mprotect, mapping, PAGE, protection(words[0]),
		       -1);
}

/* Of a mapping of its own and of what lies around it. */
static int act_mprotect_wide(char **words)
{
	char *around = mmap(NULL, 3 * PAGE, PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (around == MAP_FAILED)
		return -1;
	if (mmap(around + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED,
		 last_fd, 0) == MAP_FAILED)
		return -1;
	mapping = around + PAGE;
	return mprotect(around, 3 * PAGE, protection(words[0]));
}

/* Maps again what is there, in a way of its own. */
static int act_remap(char **words)
{
	(void)words;
	return syscall(SYS_remap_file_pages, mapping, PAGE, 0, 0, 0);
}

static int act_mremap(char **words)
{
	void *address = mremap(mapping, PAGE, 2 * PAGE, MREMAP_MAYMOVE);

	(void)words;
	return keep_mapping(address);
}

static int act_shmat(char **words)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
	void *address;

	if (id < 0)
		return -1;
	address = shmat(id, NULL, strchr(words[0], 'x') ? SHM_EXEC : 0);
	shmctl(id, IPC_RMID, NULL);
	return keep_mapping(address);
}

/* What the mapping holds, up to the end of a line. */
static int act_peek(char **words)
{
	(void)words;
	return answer("text:%.*s", (int)strcspn(mapping, "\n"), mapping);
}

static int act_poke(char **words)
{
	memcpy(mapping, words[0], strlen(words[0]));
	return msync(mapping, PAGE, MS_SYNC);
}

const struct act acts_map[] = {
	{ "mmap", 1, act_mmap },
	{ "mmap-shared", 1, act_mmap_shared },
	{ "mmap-anonymous", 1, act_mmap_anonymous },
	{ "mprotect", 1, act_mprotect },
	{ "pkey-mprotect", 1, act_pkey_mprotect },
	{ "mprotect-wide", 1, act_mprotect_wide },
	{ "remap", 0, act_remap },
	{ "mremap", 0, act_mremap },
	{ "shmat", 1, act_shmat },
	{ "peek", 0, act_peek },
	{ "poke", 1, act_poke },
	{ NULL },
};
