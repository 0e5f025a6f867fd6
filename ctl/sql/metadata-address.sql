-- SPDX-License-Identifier: GPL-2.0
-- Which tenant talks to the metadata address of a cloud, or tries to?
--   sqlite3 -box -readonly events.db <metadata-address.sql
-- What is allowed is there only if its rule says 'log: always'.  An address of
-- IPv4 that a socket of IPv6 connects to is there as IPv6 has it.
SELECT tenant,
       verdict,
       remote_addr,
       remote_port,
       group_concat(DISTINCT comm) AS programs,
       sum(repeat) AS times,
       min(time) AS first,
       max(time) AS last
FROM event
WHERE class = 'socket'
  AND remote_addr IN ('169.254.169.254', '::ffff:169.254.169.254',
                      '169.254.170.2', '::ffff:169.254.170.2',
                      '100.100.100.200', '::ffff:100.100.100.200',
                      'fd00:ec2::254', 'fd20:ce::254')
GROUP BY tenant, verdict, remote_addr, remote_port
ORDER BY times DESC, tenant, verdict, remote_addr, remote_port;
