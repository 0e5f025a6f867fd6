-- SPDX-License-Identifier: GPL-2.0
-- What is missing, between which times?
--   sqlite3 -box -readonly events.db <missing.sql
SELECT stream,
       first_seq,
       last_seq,
       last_seq - first_seq + 1 AS events,
       (SELECT time
        FROM event
        WHERE event.stream = gap.stream AND seq < first_seq
        ORDER BY seq DESC LIMIT 1) AS after,
       (SELECT time
        FROM event
        WHERE event.stream = gap.stream AND seq > last_seq
        ORDER BY seq LIMIT 1) AS before
FROM gap
ORDER BY stream, first_seq;
