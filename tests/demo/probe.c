// SPDX-License-Identifier: GPL-2.0
/*
 * A program without libraries that does one thing and says how it went.
 *
 * usage: probe create FILE
 *        probe udp ADDRESS PORT     send a datagram without connecting first
 *        probe listen ADDRESS PORT  bind a TCP socket
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int parse(const char *address, const char *port, struct sockaddr_in *to)
{
	memset(to, 0, sizeof(*to));
	to->sin_family = AF_INET;
	to->sin_port = htons(atoi(port));
	return inet_pton(AF_INET, address, &to->sin_addr) == 1 ? 0 : -1;
}

static int create_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static int send_datagram(const char *address, const char *port)
{
	struct sockaddr_in to;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || parse(address, port, &to))
		return -1;
	return sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
}

static int bind_socket(const char *address, const char *port)
{
	struct sockaddr_in at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || parse(address, port, &at))
		return -1;
	return bind(fd, (struct sockaddr *)&at, sizeof(at));
}

int main(int argc, char **argv)
{
	int ret;

	if (argc == 3 && !strcmp(argv[1], "create")) {
		ret = create_file(argv[2]);
	} else if (argc == 4 && !strcmp(argv[1], "udp")) {
		ret = send_datagram(argv[2], argv[3]);
	} else if (argc == 4 && !strcmp(argv[1], "listen")) {
		ret = bind_socket(argv[2], argv[3]);
	} else {
		fprintf(stderr, "usage: probe create|udp|listen ...\n");
		return 2;
	}
	if (ret < 0) {
		fprintf(stderr, "probe: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	return 0;
}
