/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor's throw-away tenant tries. */
#ifndef CTL_PROBE_H
#define CTL_PROBE_H

#include <stdbool.h>
#include <sys/types.h>

/* What the tool is called with to be the tenant's task; no verb. */
#define PROBE_WORD ".probe"

/* What it may not open and may, and to whom it may not connect by TCP. */
#define PROBE_DENIED_FILE "/dev/null"
#define PROBE_ALLOWED_FILE "/dev/zero"
#define PROBE_ADDRESS "127.0.0.1"

/**
 * struct probe_result - the error numbers of what was tried, 0 where it went well
 * @denied_open: opening a file that the tenant may not open
 * @allowed_open: opening one that it may
 * @denied_connect: a TCP connection that it may not make
 * @allowed_connect: connecting a UDP socket, which sends nothing
 */
struct probe_result {
	int denied_open;
	int allowed_open;
	int denied_connect;
	int allowed_connect;
};

int probe_main(void);
pid_t probe_start(const char *top, const char *cgroup, int *from);
int probe_read(int from, struct probe_result *result);

#endif /* CTL_PROBE_H */
