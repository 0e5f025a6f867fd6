/* SPDX-License-Identifier: GPL-2.0 */
/* A program that does what it is told, one act a line. */
#ifndef ACT_H
#define ACT_H

#include <sys/types.h>

/* What a handler returns when it has given an answer of its own. */
#define ANSWERED 1

/* Most words of a line. */
#define WORDS_MAX 16

/**
 * struct act - something that can be asked for
 * @name: first word of the line
 * @words: how many have to follow it at least
 * @run: does it; returns 0, ANSWERED, or -1 with errno set
 */
struct act {
	const char *name;
	int words;
	int (*run)(char **words);
};

/**
 * struct word - a word and the flag that it stands for
 * @text: the word, NULL at the end of a table
 * @value: the flag
 */
struct word {
	const char *text;
	int value;
};

extern const struct act acts_attr[];
extern const struct act acts_copyup[];
extern const struct act acts_data[];
extern const struct act acts_exec[];
extern const struct act acts_file[];
extern const struct act acts_guard[];
extern const struct act acts_identity[];
extern const struct act acts_ioctl[];
extern const struct act acts_map[];
extern const struct act acts_mount[];
extern const struct act acts_move[];
extern const struct act acts_net[];
extern const struct act acts_newer[];
extern const struct act acts_option[];
extern const struct act acts_pass[];
extern const struct act acts_ring[];
extern const struct act acts_task[];
extern const struct act acts_uring[];
extern const struct act acts_uring_file[];
extern const struct act acts_use[];

/* The descriptor that the last act opened, or -1. */
extern int last_fd;

int keep_fd(int fd);
int hand_over(pid_t child);
int ring_use(void *to, size_t size);
int call_32(long number, const long args[5]);
int parse_open(const char *how);
int parse_words(const struct word *known, const char *text);
int parse_address(const char *text, void *address, int *len);
int answer(const char *format, ...) __attribute__((format(printf, 1, 2)));
void serve(void);

struct io_uring_sqe;
int uring_run(const char *where, const struct io_uring_sqe *sqe);

#endif /* ACT_H */
