"""
Random scenarios over the eleven definitions: `hallsim flow` and the second reading of the rules (flow_reference.py)
must say the same, step by step. HALLD_LONG: more of them. HALLD_FLOW_SEED=N repeats one.
"""
import copy
import json
import os
import random
import subprocess

import pytest

from flow_reference import Play, Refused
from flow_time import DAY, moment_of, moment_text

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.path.abspath(os.environ.get("top_builddir") or os.path.join(SOURCE, "build"))
DEFS, PROFILE = os.path.join(SOURCE, "plugins"), os.path.join(SOURCE, "profiles/national.json")
CALENDARS = os.path.join(SOURCE, "packaging/calendars")
SEEDS = [int(os.environ["HALLD_FLOW_SEED"])] if "HALLD_FLOW_SEED" in os.environ else \
    range(600 if os.environ.get("HALLD_LONG") else 60)

HALL = {
    "calendar_years": list(range(2024, 2027)),
    "staff": {
        "zhang": {"roles": ["clerk"]}, "desk1": {"roles": ["desk"]}, "li": {"roles": ["manager"]},
        "wu": {"roles": ["manager"]}, "head": {"roles": ["bureau_head"]}, "mayor": {"roles": ["district_head"]},
        "app": {"roles": ["approver"]}, "off_h": {"roles": ["officer"], "department": "housing"},
        "off_t": {"roles": ["officer"], "department": "traffic"}, "iss": {"roles": ["issuer"]},
        "hu": {"roles": ["helper"]}, "exp": {"roles": ["expert"]}, "ins": {"roles": ["inspector"]},
        "k": {"roles": ["kiosk"]}, "hot": {"roles": ["hotline"]},
        "cou": {"roles": ["courier"], "certified_until": "2026-12-31"},
        "old": {"roles": ["courier"], "certified_until": "2025-02-28"}},
    "items": {
        "permit": {"promised": [7, "working_days"], "statutory": [20, "working_days"], "may_follow": ["authorisation"]},
        "card": {"promised": [0, "working_days"], "statutory": [1, "working_days"]},
        "month": {"promised": [15, "calendar_days"], "statutory": [30, "calendar_days"], "may_follow": ["photo", "authorisation"]},
        "silent": {"promised": [5, "working_days"]}}}


class Writer:
    """Makes a scenario while the reference plays it, so that most steps are possible."""

    def __init__(self, seed):
        self.dice, self.steps, self.n = random.Random(seed), [], 0
        dice = self.dice
        self.hall = copy.deepcopy(HALL)
        at = moment_of(f"{dice.choice([2025, 2025, 2026])}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T{dice.randint(7, 18):02}:{dice.randint(0, 59):02}")
        if dice.random() < 0.3:
            self.hall["calendar_years"] = [2024, 2025]
        if dice.random() < 0.3:
            self.hall["hours"] = {**{str(d): [["09:00", "17:00"]] for d in range(1, 6)}, "6": [["09:00", "12:00"]]}
        if dice.random() < 0.3:
            self.hall["special"] = {moment_text(at + k * DAY)[:10]: dice.choice([[], [["08:30", "12:00"]], [["09:00", "12:00"], ["13:00", "20:00"]]])
                                    for k in dice.sample(range(20), 4)}
        self.hall["duty"] = {moment_text(at + k * DAY)[:10]: dice.choice(["li", "wu"]) for k in range(60) if dice.random() < 0.9}
        self.now = at
        self.play = Play(DEFS, PROFILE, CALENDARS, self.hall)

    def value(self, field, matter):
        dice, kind = self.dice, field["type"]
        if kind == "matter":
            known = [m.name for m in self.play.matters if m.flow["name"] == field["of"] and "#" not in m.name]
            return dice.choice(known) if known else "nobody"
        of = {"text": ["文", "x" * 12, "补授权书后再来"], "bool": [True, True, True, False], "person": ["p1", "p2", "p3"],
              "phone": ["13800000000"], "staff": ["cou", "hu", "zhang", "li", "old", "exp"], "department": ["housing", "traffic"],
              "window": ["7"], "item": ["permit", "permit", "card", "month", "silent"], "material": ["authorisation", "photo"],
              "ticket": ["A001", "A002", "A003"], "file": ["f1", "f2"],
              "date": [moment_text(self.now + k * DAY)[:10] for k in (1, 2, 3, 5, 9, 15, 25)]}
        if kind in ("number", "money"):
            return dice.randint(field.get("min", 0), min(field["max"], field.get("min", 0) + 6))
        return dice.choice([v["name"] for v in field["values"]] if kind == "choice" else of[kind])

    def fields(self, flow, t, matter):
        given = {}
        for name in t.get("need", []) + [x for x in t.get("may", []) if self.dice.random() < 0.5]:
            f = next(f for f in flow["fields"] if f["name"] == name)
            most = f.get("most", 0)
            given[name] = [self.value(f, matter) for _ in range(self.dice.randint(1, min(most, 2)))] if most else self.value(f, matter)
        if given and self.dice.random() < 0.03:
            del given[self.dice.choice(sorted(given))]
        if self.dice.random() < 0.02:
            given[flow["fields"][0]["name"]] = "?"
        return given

    def who(self, t, matter, flow):
        dice = self.dice
        everybody = [{"user": u} for u in self.hall["staff"]] + [{"person": p} for p in ("p1", "p2")]
        if matter and dice.random() < 0.95:
            able = [w for w in everybody if any(self.play.holds(w, r, matter) for r in t["roles"] if r not in ("clock", "matter"))]
            return dice.choice(able) if able else dice.choice(everybody)
        if not matter and dice.random() < 0.95:
            able = [w for w in everybody if ("person" in w and "person" in t["roles"]) or
                    ("user" in w and set(t["roles"]) & set(self.hall["staff"][w["user"]]["roles"]))]
            return dice.choice(able) if able else dice.choice(everybody)
        return dice.choice(everybody)

    def later(self):
        dice = self.dice
        self.now += dice.choice([0, 0, dice.randint(1, 40) * 60000, dice.randint(1, 6) * 3600000, DAY, dice.randint(1, 9) * DAY])

    def draw(self):
        dice, play = self.dice, self.play
        step = {"at": moment_text(self.now)}
        roll = dice.random()
        live = [m for m in play.matters if not m.has_ended()]
        if roll < 0.06:
            return {**step, "do": "restart" if roll < 0.03 else "advance"}
        if roll < 0.11:
            return {**step, "do": "finish_ticket", "ticket": dice.choice(["A001", "A002"]),
                    "outcome": dice.choice(["handled", "denied", "supplement", "accepted"])}
        if roll < 0.13 and 2026 not in play.calendar.years:
            return {**step, "do": "import_calendar", "year": 2026}
        if not live or roll < 0.3:
            flow = dice.choice(list(play.flows.values()))
            t = dice.choice([t for t in flow["transitions"] if not t.get("from") and set(t["roles"]) - {"matter"}])
            self.n += 1
            return {**step, "do": "open", "flow": flow["name"], "transition": t["name"], "matter": f"m{self.n}",
                    "as": self.who(t, None, flow), "fields": self.fields(flow, t, None)}
        unnamed = [(m, f["name"], v) for m in play.matters for f in m.flow["fields"] if f["type"] == "matter" and not f.get("most")
                   for v in m.values(f["name"]) if "#" in v]
        if unnamed and dice.random() < 0.8:
            m, field, _ = unnamed[0]
            self.n += 1
            return {**step, "do": "bind", "of": m.name, "field": field, "matter": f"m{self.n}"}
        m = dice.choice([m for m in live if "#" not in m.name] or live)
        if "#" in m.name:
            return {**step, "do": "advance"}
        possible = [t for t in m.flow["transitions"] if m.state in t.get("from", []) and set(t["roles"]) - {"clock", "matter"}]
        if not possible or dice.random() < 0.03:
            possible = m.flow["transitions"]
        t = dice.choice(possible)
        return {**step, "do": "take", "matter": m.name, "transition": t["name"], "as": self.who(t, m, m.flow),
                "fields": self.fields(m.flow, t, m)}

    def write(self, steps):
        answers = []
        for _ in range(steps):
            self.later()
            step = self.draw()
            self.steps.append(step)
            answers.append(self.play.step(step))
        return {"name": "random", "hall": self.hall, "steps": self.steps}, answers


def named(answer):
    """Without matters that no step has named yet."""
    rows = {k: [r for r in answer[k] if not any(isinstance(x, str) and "#" in x for x in r)]
            for k in ("fired", "notified", "told", "moved")}
    matters = {n: m for n, m in answer["matters"].items() if "#" not in n}
    return {"refused": answer["refused"], **rows, "matters": matters}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_player_and_the_second_reading_agree(seed, tmp_path):
    scenario, wanted = Writer(seed).write(40)
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(scenario, ensure_ascii=False, indent=1), encoding="utf-8")
    run = subprocess.run([os.path.join(BUILD, "hallsim"), "flow", DEFS, PROFILE, CALENDARS, str(path)],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    got = [json.loads(line) for line in run.stdout.splitlines()]
    for i, (step, want, have) in enumerate(zip(scenario["steps"], wanted, got)):
        assert (i, step, named(have)) == (i, step, named(want))
    assert len(got) == len(wanted)
