// SPDX-License-Identifier: GPL-2.0
/*
 * Sending to the journal waits while its queue is full, and the queue stays when
 * the journal is restarted: what was sent is there sooner or later.
 */
#include "journal.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "alloc.h"
#include "journal_calls.h"
#include "journal_entry.h"
#include "value.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define CONTROL_SOCKET "/run/systemd/journal/io.systemd.journal"
#define IDENTIFIER "cordon"

/* It answers when all that was sent before is on the disk. */
#define SYNCHRONIZE "{\"method\":\"io.systemd.Journal.Synchronize\"}"
#define SYNCHRONIZE_MILLISECONDS 60000

/**
 * journal_open - begin to send
 * @journal: all zero but for @stream
 *
 * Return: 0, or a negative errno after saying why.
 */
int journal_open(struct journal *journal)
{
	if (!access(JOURNAL_SOCKET, F_OK)) {
		journal->calls = journal_calls();
		return journal->calls ? 0 : -ELIBACC;
	}
	fprintf(stderr,
		"cordonctl: there is no journal here; events go to syslog\n");
	openlog(IDENTIFIER, LOG_NDELAY, LOG_AUTHPRIV);
	return 0;
}

/**
 * journal_note - note the number of an event, be it wanted or not
 * @journal: where those go that are
 * @seq: the number
 */
void journal_note(struct journal *journal, uint64_t seq)
{
	if (journal->next && seq > journal->next)
		journal->missed += seq - journal->next;
	journal->next = seq + 1;
}

static int send_entry(struct journal *journal, const struct event *event)
{
	struct journal_entry entry;
	int ret;

	/* The library takes a journal that is not there for a success. */
	if (access(JOURNAL_SOCKET, F_OK))
		return -errno;
	journal_entry_make(&entry, event, journal->stream, journal->missed);
	ret = journal->calls->sendv(entry.fields, entry.count);
	journal_entry_clear(&entry);
	return ret;
}

/* There it is one line, and what is missing one more. */
static void send_line(const struct journal *journal, const struct event *event)
{
	char *message = journal_message(event);

	if (journal->missed)
		syslog(LOG_ERR, "%" PRIu64 " events were missed",
		       journal->missed);
	syslog(journal_priority(event), "%s", message);
	free(message);
}

/**
 * journal_send - send an event
 * @journal: where to
 * @event: the event, whose number was noted
 *
 * Return: 0, or a negative errno.
 */
int journal_send(struct journal *journal, const struct event *event)
{
	int ret = 0;

	if (!journal->calls)
		send_line(journal, event);
	else
		ret = send_entry(journal, event);
	if (!ret)
		journal->missed = 0;
	return ret;
}

static int connect_control(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX,
					     .sun_path = CONTROL_SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    !connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

/* What is sent and received ends with a zero byte. */
static bool ask(int fd, const char *question, char *answer, size_t size)
{
	struct pollfd poll_in = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t got;

	if (send(fd, question, strlen(question) + 1, MSG_NOSIGNAL) !=
	    (ssize_t)strlen(question) + 1)
		return false;
	do {
		if (poll(&poll_in, 1, SYNCHRONIZE_MILLISECONDS) <= 0)
			return false;
		got = recv(fd, answer + len, size - len, 0);
		if (got <= 0)
			return false;
		len += got;
	} while (answer[len - 1] && len < size);
	return !answer[len - 1];
}

/* What is on its way into the journal is there afterwards. */
static bool synchronize(void)
{
	char answer[512];
	int fd = connect_control();
	bool good = fd >= 0 && ask(fd, SYNCHRONIZE, answer, sizeof(answer)) &&
		    !strstr(answer, "\"error\"");

	if (fd >= 0)
		close(fd);
	return good;
}

/*
 * The journal takes fields from everybody.  Who may send as us but may not read
 * the journal cannot know the stream.
 */
static int match_ours(const struct journal *journal, sd_journal *log)
{
	char *user = alloc_printf("_UID=%u", (unsigned int)getuid());
	char *field = alloc_printf("CORDON_STREAM=%s", journal->stream);
	int ret = journal->calls->add_match(log, user, 0);

	if (ret >= 0)
		ret = journal->calls->add_match(log, field, 0);
	free(field);
	free(user);
	return ret;
}

static int number_of(const struct journal *journal, sd_journal *log,
		     const char *field, uint64_t *number)
{
	const void *data;
	char text[64];
	size_t skip = strlen(field) + 1;
	size_t len;
	int ret = journal->calls->get_data(log, field, &data, &len);

	if (ret < 0)
		return ret;
	if (len <= skip || len - skip >= sizeof(text))
		return -EBADMSG;
	memcpy(text, (const char *)data + skip, len - skip);
	text[len - skip] = '\0';
	return value_number(text, UINT64_MAX, number) ? 1 : -EBADMSG;
}

static int find_last(const struct journal *journal, sd_journal *log,
		     uint64_t *seq)
{
	int ret = match_ours(journal, log);

	if (ret >= 0)
		ret = journal->calls->seek_tail(log);
	if (ret >= 0)
		ret = journal->calls->previous(log);
	return ret > 0 ? number_of(journal, log, "CORDON_SEQ", seq) : ret;
}

/**
 * journal_last - find the last event of a stream in the journal
 * @journal: where they were sent to
 * @seq: becomes its number
 *
 * Return: 1, 0 when there is none, or a negative errno.
 */
int journal_last(const struct journal *journal, uint64_t *seq)
{
	sd_journal *log;
	int ret;

	if (!synchronize())
		return -ECOMM;
	ret = journal->calls->open(&log, SD_JOURNAL_LOCAL_ONLY);
	if (ret < 0)
		return ret;
	ret = find_last(journal, log, seq);
	journal->calls->close(log);
	return ret;
}
