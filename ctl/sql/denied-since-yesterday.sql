-- SPDX-License-Identifier: GPL-2.0
-- Who was denied what since yesterday?
--   sqlite3 -box -readonly events.db <denied-since-yesterday.sql
-- What a tenant in audit mode would have been denied is counted apart.
SELECT tenant,
       class,
       op,
       coalesce(path, name,
                remote_addr || ' port ' || remote_port, '-') AS object,
       comm,
       uid,
       sum(CASE verdict WHEN 'denied' THEN repeat ELSE 0 END) AS denied,
       sum(CASE verdict WHEN 'denied' THEN 0 ELSE repeat END) AS would_be,
       max(time) AS last
FROM event
WHERE verdict IN ('denied', 'would-deny')
  AND time >= strftime('%Y-%m-%dT%H:%M:%S', 'now', '-1 day')
GROUP BY tenant, class, op, object, comm, uid
ORDER BY denied + would_be DESC, tenant, class, op, object;
