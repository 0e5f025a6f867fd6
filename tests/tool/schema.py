# SPDX-License-Identifier: GPL-2.0
"""The schemas that are shipped, as validators; on this machine and in guests.

Needs jsonschema.
"""
import functools
import json
import os

import jsonschema

NAMES = ("policy", "event", "output")
FOLDERS = ("/cordon/schema", os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../../ctl/schema"))


def read(name):
    for folder in FOLDERS:
        path = f"{folder}/cordon-{name}.schema.json"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file)
    raise FileNotFoundError(name)


@functools.lru_cache(maxsize=None)
def validator(name, part=None):
    """Of a schema, or of one of its definitions."""
    schema = read(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    if part:
        schema = {"$defs": schema["$defs"], **schema["$defs"][part]}
    return jsonschema.Draft202012Validator(schema)


def complaints(name, document, part=None):
    """What is wrong with a document, as lines; none if it is valid."""
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validator(name, part).iter_errors(document)]
