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

    def __init__(self, seed, defs=DEFS, profile=PROFILE):
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
        self.defs, self.profile = defs, profile
        self.play = Play(defs, profile, CALENDARS, self.hall)

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

    def another_version(self, at):
        """The same flow with another number, and in one of its clocks other marks that tell."""
        dice, play = self.dice, self.play
        name = dice.choice(sorted({m.flow["name"] for m in play.matters} or play.flows))
        file, last = play.files[name], play.flows[name]["version"]
        patch = [["version", last + 1], ["migrations", [{"from_version": v, "states": []} for v in range(1, last + 1)]]]
        i = dice.randrange(len(file["clocks"]))
        clock = file["clocks"][i]
        row = play.limits.get(clock["limit"])
        marks = clock.get("marks") or file.get("marks") or []
        new = {"percent": dice.randint(1, 100)} if row and row["unit"] == "hall_minutes" else {"day": dice.randint(-3, 3)}
        patch.append([f"clocks[{i}].marks", [{**new, "notify": ["manager"]}] + marks[dice.random() < 0.2 and len(marks) > 1:]])
        return {**at, "do": "define", "flow": name, "patch": patch}

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
        if roll < 0.18:
            behind = sorted({m.flow["name"] for m in live if m.flow is not play.flows[m.flow["name"]]})
            return {**step, "do": "migrate", "flow": dice.choice(behind)} if behind else self.another_version(step)
        if not live or roll < 0.33:
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


def agree(writer, steps, tmp_path):
    scenario, wanted = writer.write(steps)
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(scenario, ensure_ascii=False, indent=1), encoding="utf-8")
    run = subprocess.run([os.path.join(BUILD, "hallsim"), "flow", writer.defs, writer.profile, CALENDARS, str(path)],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    got = [json.loads(line) for line in run.stdout.splitlines()]
    for i, (step, want, have) in enumerate(zip(scenario["steps"], wanted, got)):
        assert (i, step, named(have)) == (i, step, named(want))
    assert len(got) == len(wanted)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_player_and_the_second_reading_agree(seed, tmp_path):
    agree(Writer(seed), 40, tmp_path)


# ---- clocks that are held, and other versions, more often than the eleven definitions have them

LIMITS = [{"key": "held.days", "n": 2, "unit": "working_days"}, {"key": "held.minutes", "n": 300, "unit": "hall_minutes", "yellow": 60},
          {"key": "held.month", "n": 4, "unit": "calendar_days"}, {"key": "held.more", "n": 2, "unit": "working_days"}]
HELD = {
    "name": "held", "version": 1, "zh": "物", "en": "Held", "read": ["desk"], "keep_days": 365,
    "fields": [{"name": "until", "zh": "至", "en": "Until", "type": "date"}],
    "states": [{"name": "on", "zh": "办", "en": "On"}, {"name": "off", "zh": "停", "en": "Off"},
               {"name": "wait", "zh": "等", "en": "Wait"}, {"name": "done", "zh": "完", "en": "Done", "end": True}],
    "transitions": [
        {"name": "find", "zh": "登记", "en": "Find", "to": "on", "roles": ["desk"], "need": ["until"]},
        {"name": "hold", "zh": "停", "en": "Hold", "from": ["on", "wait"], "to": "off", "roles": ["desk"]},
        {"name": "go_on", "zh": "续", "en": "Go on", "from": ["off", "wait"], "to": "on", "roles": ["desk"]},
        {"name": "wait", "zh": "等", "en": "Wait", "from": ["on", "off"], "to": "wait", "roles": ["desk"]},
        {"name": "move", "zh": "改期", "en": "Move", "from": ["on"], "roles": ["desk"], "need": ["until"]},
        {"name": "extend", "zh": "延期", "en": "Extend", "from": ["on", "off"], "roles": ["desk"], "then": ["extend days held.more"]},
        {"name": "end", "zh": "办结", "en": "End", "from": ["on", "off", "wait"], "to": "done", "roles": ["desk"]}],
    "clocks": [
        {"name": "days", "zh": "日", "en": "Days", "in": ["on"], "pause": ["off"], "limit": "held.days", "marks": [{"day": 2, "notify": ["desk"]}]},
        {"name": "minutes", "zh": "分", "en": "Minutes", "in": ["on"], "pause": ["off", "wait"], "limit": "held.minutes",
         "marks": [{"percent": 50, "notify": ["desk"]}]},
        {"name": "month", "zh": "月", "en": "Month", "in": ["on"], "pause": ["off"], "limit": "held.month",
         "marks": [{"day": -1, "notify": ["desk"]}, {"card": "red", "notify": ["desk"]}]},
        {"name": "until", "zh": "至", "en": "Until", "in": ["on", "off"], "limit": "field.until", "marks": [{"day": 1, "notify": ["desk"]}]}]}


class ClockWriter(Writer):
    """Few matters of one flow, held and let go on, and many versions of it."""

    def __init__(self, seed, folder):
        defs, profile = folder / "defs", folder / "profile.json"
        (defs / "held").mkdir(parents=True)
        (defs / "held" / "flow.json").write_text(json.dumps(HELD))
        rows = [{**row, "source": "local"} for row in LIMITS]
        profile.write_text(json.dumps({"name": "held", "zh": "停", "en": "Held", "limits": rows, "tariffs": []}))
        super().__init__(seed, str(defs), str(profile))

    def draw(self):
        dice, play = self.dice, self.play
        step = {"at": moment_text(self.now)}
        roll = dice.random()
        live = [m for m in play.matters if not m.has_ended()]
        if roll < 0.15:
            return {**step, "do": "restart" if roll < 0.05 else "advance"}
        if roll < 0.18 and 2026 not in play.calendar.years:
            return {**step, "do": "import_calendar", "year": 2026}
        if roll < 0.4 and live:
            behind = any(m.flow is not play.flows["held"] for m in live)
            return {**step, "do": "migrate", "flow": "held"} if behind else self.another_version(step)
        flow = play.flows["held"]
        if not live or (len(live) < 3 and roll < 0.5):
            self.n += 1
            return {**step, "do": "open", "flow": "held", "transition": "find", "matter": f"m{self.n}", "as": {"user": "desk1"},
                    "fields": self.fields(flow, flow["transitions"][0], None)}
        m = dice.choice(live)
        t = dice.choice([t for t in m.flow["transitions"] if m.state in t.get("from", []) and (t["name"] != "end" or roll > 0.9)])
        return {**step, "do": "take", "matter": m.name, "transition": t["name"], "as": {"user": "desk1"}, "fields": self.fields(m.flow, t, m)}


@pytest.mark.parametrize("seed", SEEDS)
def test_they_agree_on_clocks_that_are_held_and_migrated(seed, tmp_path):
    agree(ClockWriter(seed, tmp_path), 40, tmp_path)

