-- SPDX-License-Identifier: GPL-2.0
-- Which rule never fired since the record began?
--   cordonctl show --json acme >policy.json
--   sqlite3 -box -readonly events.db <rules-never-fired.sql
-- policy.json in the current directory is one tenant as the kernel has it.  Of
-- the rules only those are looked at that report when they fire: the ones that
-- deny, save with 'log: never', and those with 'log: always'.
WITH policy AS (SELECT CAST(readfile('policy.json') AS TEXT) AS text),
     rule AS (SELECT json_extract(policy.text, '$.name') AS tenant,
                     json_extract(each.value, '$.origin') AS origin,
                     json_extract(each.value, '$.class') AS class,
                     json_extract(each.value, '$.action') AS action,
                     json_extract(each.value, '$.log') AS log,
                     json_extract(each.value, '$.ops') AS ops
              FROM policy, json_each(policy.text, '$.rules') AS each)
SELECT rule.tenant, rule.origin, rule.class, rule.action, rule.ops
FROM rule
WHERE (rule.action = 'deny' AND rule.log <> 'never' OR rule.log = 'always')
  AND NOT EXISTS (SELECT 1
                  FROM event
                  WHERE event.tenant = rule.tenant
                    AND event.class = rule.class
                    AND event.origin = rule.origin)
ORDER BY rule.origin, rule.class;
