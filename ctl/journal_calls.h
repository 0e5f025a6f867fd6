/* SPDX-License-Identifier: GPL-2.0 */
/* What is called of libsystemd, which is loaded when it is needed. */
#ifndef CTL_JOURNAL_CALLS_H
#define CTL_JOURNAL_CALLS_H

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

/**
 * struct journal_calls - functions of the library, by their names there
 */
struct journal_calls {
	__typeof__(sd_journal_sendv) *sendv;
	__typeof__(sd_journal_open) *open;
	__typeof__(sd_journal_close) *close;
	__typeof__(sd_journal_add_match) *add_match;
	__typeof__(sd_journal_seek_tail) *seek_tail;
	__typeof__(sd_journal_previous) *previous;
	__typeof__(sd_journal_get_data) *get_data;
};

const struct journal_calls *journal_calls(void);

#endif /* CTL_JOURNAL_CALLS_H */
