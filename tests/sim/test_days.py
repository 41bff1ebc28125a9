#!/usr/bin/python3
"""
Random hall-days, re-checked by a checker that was written from the policy alone; damaged days, which it must catch; and
other policies, which must not fit. HALLD_DAYS says how many (HALLD_LONG: 1,000).
"""
import collections
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile

import pytest

import damage
import other_rules
import policy_check

BUILD = os.environ.get("top_builddir", ".")
DAYS = 1000 if os.environ.get("HALLD_LONG") else int(os.environ.get("HALLD_DAYS", "100"))
DAMAGED_DAYS = 6    # days that are damaged, and as many cases of each damage a day
DAMAGED_CASES = 12

RULES = """
call: appointment, before others; call: before its gate; call: in order; call: manual; call: manual at a ready window;
call: manual, out of order; call: named; call: overtook; call: paper, before others; call: passed a closed gate;
call: recalled, before others; call: return, before others; call: unheld; call: unheld before a smaller key;
call: unheld, draining; checkin: before its gate; checkin: gate open; checkin: in grace; checkin: late;
choice by groups; choice by number; choice by time; class disabled; class infant; class normal; class senior;
class service; class: of a called ticket; class: of a held ticket; class: of a missed ticket; class: of a serving ticket;
class: of a waiting ticket; close: a ticket waits for this window only; close: idle; close: ready;
close: with a held ticket; close: with a ticket; issue: on paper; leave: called; leave: held; leave: missed;
leave: serving; leave: waiting; miss: number 1; miss: number 2; miss: number 3; open: all groups; open: some groups;
ready: nobody waits; ready: somebody waits; recall: behind the last; recall: behind the n-th; recall: nobody waits;
return: its head start; return: own head start; return: the first key; transfer: to a group;
transfer: to a group, called at once; transfer: to a window; transfer: to a window, called at once;
unhold: at a busy window; unhold: at a closed window; unhold: at a empty window; unhold: at a ready window
""".replace("\n", " ").split(";")


def random_day(seed):
    """The hall and the rows of a day."""
    with tempfile.TemporaryDirectory() as folder:
        hall, trace = os.path.join(folder, "hall.json"), os.path.join(folder, "trace.csv")
        subprocess.run([os.path.join(BUILD, "tests/sim/random_day"), str(seed), hall, trace], check=True)
        with open(hall, encoding="utf-8") as h, open(trace, encoding="utf-8", newline="") as t:
            return policy_check.Hall(json.load(h)), policy_check.rows_of(t)


def checked(seed):
    day = policy_check.check(*random_day(seed), whole_day=True)
    return seed, day.violations[:3], day.counts


@pytest.fixture(scope="module")
def days():
    with multiprocessing.Pool(min(2, os.cpu_count())) as pool:
        return pool.map(checked, range(1, DAYS + 1), chunksize=5)


@pytest.fixture(scope="module")
def sound():
    """Some days, as witnesses that can be damaged."""
    return [policy_check.check(*random_day(seed), whole_day=True, day=damage.Witness)
            for seed in range(1, DAMAGED_DAYS + 1)]


def test_no_day_breaks_the_policy(days):
    broken = [(seed, violations) for seed, violations, _ in days if violations]
    assert not broken, f"random_day {broken[0][0]}: {broken[0][1]}; and {len(broken) - 1} more"


def test_every_event_and_rule_was_met(days):
    counts = collections.Counter()
    for _, _, met in days:
        counts.update(met)
    wanted = [rule.strip() for rule in RULES] + ["event " + event for event in policy_check.Day.EVENTS]
    assert not [rule for rule in wanted if not counts[rule]]
    print(json.dumps(counts, indent=1, sort_keys=True))


@pytest.mark.parametrize("harm", damage.DAMAGES, ids=lambda harm: harm.__name__)
def test_a_damaged_day_is_caught(sound, harm):
    chance, tried = random.Random(1), 0
    for day in sound:
        cases = list(harm(day)) if harm is damage.another_ticket else reservoir(harm(day), chance)
        for rows, line in cases:
            found = policy_check.check(day.hall, rows(), whole_day=True, first=True).violations
            assert found, f"{harm.__name__} at line {line} was not noticed"
            assert line is None or found[0].line == line, f"expected at line {line}: {found[0]}"
            tried += 1
    assert tried >= 3


def reservoir(cases, chance):
    """So many of the cases, each as likely, without keeping all of them."""
    kept = []
    for n, case in enumerate(cases):
        if n < DAMAGED_CASES:
            kept.append(case)
        elif chance.randrange(n + 1) < DAMAGED_CASES:
            kept[chance.randrange(DAMAGED_CASES)] = case
    return kept


def test_all_pairs_of_kinds_were_taken_for_each_other(sound):
    pairs = {(kind, other) for day in sound for _, kind, others, _ in day.choices for other, _ in others}
    kinds = {"normal", "head start", "appointment", "return", "recalled", "named", "paper", "unheld"}
    assert kinds <= {kind for kind, _ in pairs}
    assert kinds | {"gated"} <= {other for _, other in pairs}


@pytest.mark.parametrize("name", other_rules.OTHER_RULES)
def test_another_rule_does_not_fit(name):
    for seed in range(1, max(30, DAYS // 2)):
        hall, rows = random_day(seed)
        if policy_check.check(hall, rows, day=other_rules.OTHER_RULES[name], first=True).violations:
            return
    pytest.fail("the days fit a policy with another rule: " + name)


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
