# SPDX-License-Identifier: GPL-2.0
"""Times as events tell them."""
from datetime import datetime


def parse_time(text):
    """Nanoseconds since the epoch of an RFC 3339 time."""
    seconds, fraction = text.rstrip("Z").split(".")
    moment = datetime.fromisoformat(seconds + "+00:00")
    return int(moment.timestamp()) * 10**9 + int(fraction)
