#!/usr/bin/python3
"""hallsim and the reference simulator, customer by customer, on random days; its trace, by the policy checker."""
import csv
import json
import os
import random
import subprocess
import sys

import pytest

import policy_check
import reference

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "../.."))
HALLS = ["unified-12", "special-27", "unified-27-groups"]
SEEDS = range(60 if os.environ.get("HALLD_LONG") else 8)
TOLERANCE_MS = 1


def read_hall(name):
    path = os.path.join(SOURCE, f"packaging/demo/{name}.json")
    with open(path, encoding="utf-8") as f:
        return path, json.load(f)


def customers_of(settings, seed):
    """A day's customers. Every third day counts in whole minutes, so that much happens at once; some services take no
    time at all, some people have patience for none; now and then nobody waits, now and then the hall is full."""
    chance = random.Random(seed)
    whole = seed % 3 == 0
    classes = [c["class"] for c in settings["classes"]]
    items = [i["item"] for i in settings["items"]] + [""]
    mean = chance.choice([4, 7, 9])
    t0, rows = 0.0, []
    for _ in range(1200):
        rate = 0.5 + chance.random() * len(settings["windows"]) / mean
        t0 += chance.expovariate(rate)
        service = 0.0 if chance.random() < 0.05 else chance.expovariate(1 / mean)
        patience = chance.choice([0.0, 0.0, chance.expovariate(1 / 15), 10.0, 0.001])
        times = [round(x) if whole else round(x, 5) for x in (t0, service, patience)]
        rows.append({"t0": times[0], "class": chance.choice(["normal"] * 4 + classes), "item": chance.choice(items),
                     "service": times[1], "patience": times[2]})
    return rows


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, ["t0", "class", "item", "service", "patience"], lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def hallsim(hall, customers, *options):
    done = subprocess.run([os.path.join(BUILD, "hallsim"), *options, hall, customers], check=True, capture_output=True,
                          text=True)
    return list(csv.DictReader(done.stdout.splitlines()))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HALLS)
def test_they_agree(tmp_path, name, seed):
    hall, settings = read_hall(name)
    rows = customers_of(settings, seed)
    write(tmp_path / "customers.csv", rows)
    ours = hallsim(hall, tmp_path / "customers.csv", "--trace", tmp_path / "trace.csv")
    theirs = reference.simulate(settings, [{k: str(v) for k, v in row.items()} for row in rows])
    assert len(ours) == len(theirs) == len(rows)
    for line, (a, b) in enumerate(zip(ours, theirs), 2):
        place = f"{name} {seed}, line {line}: {a}"
        assert (a["class"], a["item"], a["left"]) == (b.cls, b.item, str(int(b.left))), place
        assert a["window"] == ("" if b.left else str(b.window)), f"{place}, expected window {b.window}"
        assert bool(a["start"]) != b.left, place
        wait = b.patience if b.left else b.start - b.t0
        assert abs(float(a["wait"]) * 60000 - wait) <= TOLERANCE_MS, f"{place}, expected {wait} ms"
        if not b.left:
            assert abs(float(a["start"]) * 60000 - b.start) <= TOLERANCE_MS, f"{place}, expected {b.start} ms"
    with open(tmp_path / "trace.csv", encoding="utf-8", newline="") as f:
        day = policy_check.check(policy_check.Hall(settings), policy_check.rows_of(f), whole_day=True)
    assert not day.violations, day.violations[:3]


def test_the_days_have_ties_leavers_and_idle_windows():
    """Otherwise the comparison says little: of each hall's days together, since some are quiet."""
    for name in HALLS:
        _, settings = read_hall(name)
        days = [reference.simulate(settings, [{k: str(v) for k, v in row.items()} for row in customers_of(settings, seed)])
                for seed in SEEDS]
        whole = days[0]
        instants = [p.t0 for p in whole] + [p.start + p.service for p in whole if not p.left]
        assert len(set(instants)) < len(instants) / 2
        people = [p for day in days for p in day]
        assert sum(p.left for p in people) > 50, name
        assert sum(not p.left and p.start == p.t0 for p in people) > 100, name
        assert sum(not p.left and p.start > p.t0 for p in people) > 100, name
        assert sum(p.service == 0 for p in people) > 100, name


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
