#!/usr/bin/python3
"""The examples of docs/api.md, played in their order against the demo hall: what the page says is what happens."""
import json
import os
import re
import sys
import urllib.parse
import urllib.request
from datetime import date

import pytest

from hall import SOURCE, Hall

DEMO = os.path.join(SOURCE, "packaging/demo/hall.json")
PAGE = os.path.join(SOURCE, "docs/api.md")
ANY = "..."


class Example:
    """A block: a request, an empty line, perhaps a body, an empty line, the answer's status, headers, and body."""

    def __init__(self, text, line):
        self.line = line
        request, answer = re.split(r"\n(?=\d{3}$)", text, maxsplit=1, flags=re.M)
        head, _, body = request.partition("\n\n")
        first, *headers = head.splitlines()
        self.method, self.path = first.split(" ")
        self.headers = dict(h.split(": ", 1) for h in headers)
        self.body = body.strip()
        status, _, rest = answer.partition("\n")
        self.status = int(status)
        self.answer_headers = []
        while re.match(r"[A-Z][A-Za-z-]+: ", rest):
            header, _, rest = rest.partition("\n")
            self.answer_headers.append(header.split(": ", 1))
        self.answer = json.loads(rest) if rest.strip() else None


def examples():
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    for block in re.finditer(r"^```http\n(.*?)^```$", page, flags=re.M | re.S):
        yield Example(block.group(1).strip("\n"), page[:block.start()].count("\n") + 1)


def fill(text, known):
    """Puts known values in place of {name}; JSON's own braces are never followed by a bare word and a brace."""
    return re.sub(r"\{(\w+)\}", lambda m: known[m.group(1)], text)


def fit(expected, found, known, where):
    """Every field that the page shows is there and equal; the rest may be more. Learns new {names}."""
    if expected == ANY:
        return
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for name, value in expected.items():
            assert name in found, f"{where}.{name} is missing in {found}"
            fit(value, found[name], known, f"{where}.{name}")
    elif isinstance(expected, list):
        more = expected[-1:] == [ANY]
        values = expected[:-1] if more else expected
        assert len(found) >= len(values) if more else len(found) == len(values), f"{where}: {found}"
        for i, value in enumerate(values):
            fit(value, found[i], known, f"{where}[{i}]")
    elif isinstance(expected, str) and (name := re.fullmatch(r"\{(\w+)\}", expected)):
        assert known.setdefault(name.group(1), found) == found, f"{where}: {found}"
    else:
        assert expected == found, f"{where}: {found!r}, not {expected!r}"


def fit_header(name, expected, found, known):
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^;]+)", re.escape(expected))
    for value in found.get_all(name) or []:
        match = re.match(pattern, value)
        if match:
            known.update(match.groupdict())
            return
    pytest.fail(f"{name}: {found.get_all(name)}")


def ask(base, example, known):
    body = fill(example.body, known).encode() if example.body else None
    request = urllib.request.Request(base + urllib.parse.quote(fill(example.path, known), safe="/?&=%,"), data=body, method=example.method,
                                     headers={n: fill(v, known) for n, v in example.headers.items()})
    try:
        return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20)
    except urllib.error.HTTPError as refused:
        return refused


def play(base, example, known):
    where = f"docs/api.md:{example.line}: {example.method} {example.path}"
    with ask(base, example, known) as answer:
        text = answer.read()
        assert answer.status == example.status, f"{where}: {answer.status} {text.decode()}"
        for name, value in example.answer_headers:
            fit_header(name, value, answer.headers, known)
        if example.answer is not None:
            fit(example.answer, json.loads(text), known, where)


def test_every_example_of_the_page_happens_as_it_says():
    with open(DEMO, encoding="utf-8") as f:
        demo = json.load(f)
    known_years = {c["year"] for c in demo["calendars"]}    # the examples book, also at the end of a year
    for year in {date.today().year, date.today().year + 1} - known_years:
        demo["calendars"].append({"year": year, "off": [f"{year}-10-01"], "source": "test"})
    flows = {"flows_dir": os.path.join(SOURCE, "plugins"), "profile": os.path.join(SOURCE, "profiles/national.json")}
    with Hall(settings=demo, **flows) as hall:
        logins = hall.credentials
        known = dict(logins["tokens"])
        known.update({user["name"]: user["password"] for user in logins["users"]})
        played = 0
        for example in examples():
            play(hall.base.rstrip("/"), example, known)
            played += 1
        assert played > 20


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
