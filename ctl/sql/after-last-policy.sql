-- SPDX-License-Identifier: GPL-2.0
-- What changed after the last policy?
--   sqlite3 -box -readonly events.db <after-last-policy.sql
-- Denials between the last change of policy and the newest event, beside those
-- of as long a time before it.
WITH change AS (SELECT julianday(time) AS at
                FROM event
                WHERE class = 'admin'
                  AND op IN ('load', 'replace', 'remove', 'flush')
                  AND verdict <> 'denied'
                ORDER BY stream DESC, seq DESC
                LIMIT 1),
     newest AS (SELECT julianday(max(time)) AS at FROM event),
     denial AS (SELECT tenant, class, op,
                       coalesce(path, name,
                                remote_addr || ' port ' || remote_port,
                                '-') AS object,
                       repeat,
                       julianday(time) >= change.at AS is_after
                FROM event, change, newest
                WHERE verdict IN ('denied', 'would-deny')
                  AND class <> 'admin'
                  AND julianday(time) >= 2 * change.at - newest.at)
SELECT tenant, class, op, object,
       sum(CASE WHEN is_after THEN 0 ELSE repeat END) AS before,
       sum(CASE WHEN is_after THEN repeat ELSE 0 END) AS after,
       CASE min(is_after)
           WHEN 1 THEN 'new'
           ELSE CASE max(is_after) WHEN 0 THEN 'gone' ELSE '' END
       END AS what
FROM denial
GROUP BY tenant, class, op, object
ORDER BY what = '', abs(after - before) DESC, tenant, class, op, object;
