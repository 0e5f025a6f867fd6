# SPDX-License-Identifier: GPL-2.0
"""Turns the queries of a Grafana dashboard into rules that promtool can
check: from the standard input to the standard output."""
import json
import re
import sys

# What Grafana puts in place of its variables.
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*", "$tenant": ".*"}


def queries(dashboard):
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


def plain(query):
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    unknown = re.search(r"\$\w+", query)
    if unknown:
        sys.exit(f"dashboard: unknown variable {unknown[0]} in {query}")
    return query


def main():
    rules = [{"record": f"query:{number}", "expr": plain(query)}
             for number, query in enumerate(queries(json.load(sys.stdin)))]
    if not rules:
        sys.exit("dashboard: there is no query")
    # JSON is YAML.
    json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, sys.stdout)


main()
