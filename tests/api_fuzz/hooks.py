"""Requests that Schemathesis draws, led to things that are there: an id at random names nothing, and a route that always
answers 404 is not tested. And away from the internet: whatever address an event target gets, it names nobody."""

import json
import os
import zlib

import schemathesis

# Ids by the name that the document gives them, and numbers of people.
THERE = json.loads(os.environ.get("API_FUZZ_THERE", "{}"))
# Of ten requests, how many are led to something. Those that delete are led seldom, or soon nothing is left.
LED = 8
DELETES_LED = 1
NOWHERE = "https://events.example/switchboard"


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Changes a drawn request before it is sent; the same draw is always changed in the same way."""
    draw = zlib.crc32(f"{case.method} {case.path} {case.path_parameters} {case.body}".encode())
    led = draw % 10 < (DELETES_LED if case.method == "DELETE" else LED)
    valid = case.meta is None or case.meta.generation.mode.is_positive
    if led and valid:
        for name in case.path_parameters or {}:
            if THERE.get(name):
                case.path_parameters[name] = pick(name, draw)
    if valid and isinstance(case.body, (dict, list)):
        lead(case.body, draw, led)


def lead(body, draw, led):
    """Changes what a body names, however deep."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        if isinstance(value, (dict, list)):
            lead(value, draw, led)
        elif isinstance(value, str) and key == "url":
            body[key] = NOWHERE
        elif isinstance(value, str) and led and THERE.get(key):
            body[key] = pick(key, draw)


def pick(name, draw):
    return THERE[name][draw // 10 % len(THERE[name])]
