#!/usr/bin/python3
"""
The flow engine, written a second time from the rules of flows and without a look at the daemon's code: plays a
scenario and prints, step by step, what `hallsim flow` must print. Slow and plain on purpose; knows no `seen`, and of
another version only other marks.

    flow_reference.py DEFS PROFILE CALENDARS SCENARIO
"""
import copy
import json
import os
import re
import sys

from flow_time import Calendar, date_text, day_of, moment_of, moment_text

DAY = 86400000
RANKS = {"yellow": 0, "end": 1, "red": 2, "notice": 3, "take": 4}


class Refused(Exception):
    """A command's first failure: nothing of it stays."""


class Clock:
    """One run of a clock: what it copied at its start, and what it has given."""

    def __init__(self, spec, limit, now):
        self.spec, self.name = spec, spec["name"]
        self.n, self.unit, self.yellow = limit
        self.runs, self.status = [[now, None]], "running"
        self.due, self.provisional, self.given = None, False, {}

    @property
    def expired(self):
        return "end" in self.given

    @property
    def card(self):
        return "red" if "red" in self.given else "yellow" if "yellow" in self.given else None

    def is_live(self):
        return self.status in ("running", "paused")


class Matter:
    def __init__(self, flow):
        self.flow, self.names = flow, []
        self.state, self.level, self.fields, self.clocks = None, 1, {}, {}
        self.entered, self.taken, self.opener = {}, {}, None

    @property
    def name(self):
        return self.names[0] if self.names else None

    def field(self, name):
        return next((f for f in self.flow["fields"] if f["name"] == name), None)

    def values(self, name):
        v = self.fields.get(name)
        return v if isinstance(v, list) else [] if v is None else [v]

    def people(self):
        """Who holds the matter's link, as far as it knows: who opened it by it, and whom it names."""
        named = [v for f in self.flow["fields"] if f["type"] == "person" for v in self.values(f["name"])]
        return named + ([self.opener] if self.opener else [])

    def has_ended(self):
        return any(s["name"] == self.state and s.get("end") for s in self.flow["states"])

    def role_at(self, level):
        return self.flow["levels"][level - 1] if self.flow.get("levels") else "level"

    def marks(self, clock):
        return clock.spec.get("marks") or self.flow.get("marks") or []


class Play:
    def __init__(self, defs, profile, calendars, hall):
        self.flows, self.hall = {}, hall
        for name in sorted(os.listdir(defs)):
            path = os.path.join(defs, name, "flow.json")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as f:
                    self.flows[name] = json.load(f)
        self.files, self.versions = dict(self.flows), list(self.flows.values())
        with open(profile, encoding="utf-8") as f:
            rows = json.load(f)
        self.limits = {x["key"]: x for x in rows["limits"]}
        self.tariffs = {x["key"]: x for x in rows.get("tariffs", [])}
        self.calendar = Calendar(calendars, hall["calendar_years"], hall.get("hours"), hall.get("special"))
        self.matters, self.records, self.now, self.said = [], set(), 0, None

    def find(self, name):
        return next((m for m in self.matters if name in m.names), None)

    # ---- who may

    def holds(self, who, role, matter):
        if role == "person":
            known = matter.people()
            return "person" in who and (not known or who["person"] in known)
        staff = self.hall["staff"].get(who.get("user"))
        if not staff:
            return False
        name, _, field = role.partition("@")
        if name == "level":
            levels = matter.flow.get("levels", [])
            has = any(self.holds(who, r, matter) for r in levels[matter.level - 1:])
        elif name == "duty_leader":
            has = self.hall.get("duty", {}).get(date_text(self.now // DAY)) == who["user"]
        else:
            has = name == "staff" or name in staff["roles"]
        if not has or not field:
            return has
        mine = who["user"] if matter.field(field)["type"] == "staff" else staff.get("department")
        return mine in matter.values(field)

    # ---- what is given

    def fits(self, f, v):
        kind = f["type"]
        if kind == "text":
            return isinstance(v, str) and len(v) <= f["max"]
        if kind in ("number", "money"):
            return isinstance(v, int) and not isinstance(v, bool) and f.get("min", 0) <= v <= f["max"]
        if kind == "bool":
            return isinstance(v, bool)
        if kind == "date":
            return isinstance(v, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", v))
        if kind == "choice":
            return v in [x["name"] for x in f["values"]]
        if kind == "staff":
            return v in self.hall["staff"]
        if kind == "item":
            return v in self.hall["items"]
        if kind == "matter":
            other = self.find(v)
            return other is not None and other.flow["name"] == f["of"]
        return isinstance(v, str) and v != ""

    def check_fields(self, matter, t, fields):
        need, may = t.get("need", []), t.get("may", [])
        if any(name not in need + may for name in fields):
            raise Refused("FIELD_NOT_ALLOWED")
        if any(name not in fields for name in need):
            raise Refused("FIELD_MISSING")
        for name, v in fields.items():
            f = matter.field(name)
            most = f.get("most", 0)
            if most and not (isinstance(v, list) and 1 <= len(v) <= most):
                raise Refused("FIELD_BAD")
            if not all(self.fits(f, x) for x in (v if most else [v])):
                raise Refused("FIELD_BAD")

    # ---- guards

    def guard(self, m, text):
        name, *a = text.split(" ")
        values = m.values(a[0])
        if name == "is":
            return bool(values) and ("true" if values[0] is True else "false" if values[0] is False else values[0]) in a[1:]
        if name in ("has", "lacks"):
            return all(bool(m.values(f)) == (name == "has") for f in a)
        if name == "at_least":
            return bool(values) and values[0] >= int(a[1])
        if name == "at_most":
            return bool(values) and values[0] <= int(a[1])
        if name == "within":
            n, unit, _ = self.limit_named(m, a[1])
            last = self.last_day(self.calendar.deadline([[self.now, None]], n, unit))
            return bool(values) and self.now // DAY <= day_of(values[0]) <= last
        if name == "linked":
            return bool(values) and all(self.find(v).state in a[1:] for v in values)
        if name == "may_follow":
            item = self.hall["items"].get(m.fields.get("item"), {})
            return bool(values) and all(v in item.get("may_follow", []) for v in values)
        if name == "clean":
            return all((v, a[1]) not in self.records for v in values)
        if name == "certified":
            until = [self.hall["staff"].get(v, {}).get("certified_until") for v in values]
            return bool(values) and all(u and day_of(u) >= self.now // DAY for u in until)
        raise AssertionError(text)

    # ---- clocks

    def limit_named(self, m, key):
        if key.startswith("item."):
            n, unit = self.hall["items"].get(m.fields.get("item"), {}).get(key[5:]) or (20, "working_days")
            return n, unit, int(unit != "hall_minutes" and n >= 2)
        row = self.limits[key]
        n, unit = row["n"], row["unit"]
        return n, unit, row.get("yellow") or int(unit != "hall_minutes" and n >= 2)

    def set_due(self, m, c):
        n = day_of(m.fields[c.spec["limit"][6:]]) if c.unit == "date" else c.n
        c.due = self.calendar.deadline(c.runs, n, c.unit)
        c.provisional = self.calendar.provisional(c.runs[0][0], c.due)

    def move(self, m, c, is_told=True):
        self.set_due(m, c)
        for name, key in list(c.given.items()):
            if self.moment(c, key) > self.now:
                del c.given[name]
        if is_told:
            self.said["moved"].append([m, c.name, moment_text(c.due), c.provisional])

    def move_if_other(self, m, c):
        old = (c.due, c.provisional)
        self.set_due(m, c)
        if (c.due, c.provisional) != old:
            self.move(m, c)

    def last_day(self, due):
        return due // DAY - (due % DAY == 0)

    def moment(self, c, key):
        cal, last = self.calendar, self.last_day(c.due)
        if key == "end" or (key == "red" and c.unit == "hall_minutes"):
            return c.due
        if key == "red":
            return cal.opening(cal.working_day(last, 1))
        if key == "yellow" and c.unit == "hall_minutes":
            return cal.after_open_ms(c.runs, (c.n - c.yellow) * 60000)
        if key == "yellow":
            return cal.opening(cal.working_day(last, -c.yellow))
        kind, k = key
        if kind == "day":
            return cal.opening(cal.working_day(last, k) if k else cal.next_works(last))
        whole = sum(cal.open_ms(a, c.due if b is None else b) for a, b in c.runs)
        return cal.after_open_ms(c.runs, whole * k // 100)

    def alarms(self, m, c):
        """(what it is, when it comes, place in the file, mark) of all that a clock may give."""
        if c.yellow:
            yield "yellow", "yellow", -1, None
        yield "end", "end", -1, None
        yield "red", "red", -1, None
        for k, mark in enumerate(m.marks(c)):
            key = "end" if mark.get("percent") == 100 else ("percent", mark["percent"]) if "percent" in mark else \
                mark["card"] if "card" in mark else ("day", mark.get("day", 0))
            if key == "yellow" and not c.yellow:
                continue
            if mark.get("raise") or mark.get("notify") or key[0] in ("percent", "day"):
                yield ("notice", k), key, k, mark
            if mark.get("take"):
                yield ("take", k), key, k, mark

    def comes(self, c, key):
        """A warning whose moment was not after the start never comes."""
        warns = key not in ("end", "red") and not (key[0] == "day" and key[1] > 0)
        at = self.moment(c, key)
        return float("inf") if warns and at <= c.runs[0][0] else at

    def next_alarm(self, until):
        best = None
        for i, m in enumerate(self.matters):
            for j, spec in enumerate(m.flow["clocks"]):
                c = m.clocks.get(spec["name"])
                if not c or not c.is_live() or c.due is None:
                    continue
                for name, key, k, mark in self.alarms(m, c):
                    at = self.comes(c, key)
                    if name in c.given or at > until:
                        continue
                    order = (at, RANKS[name if isinstance(name, str) else name[0]], i, j, k)
                    if not best or order < best[0]:
                        best = (order, m, c, name, key, mark)
        return best

    def give(self, alarm):
        (at, *_), m, c, name, key, mark = alarm
        c.given[name] = key
        label = key if isinstance(key, str) else f"{key[1]}%" if key[0] == "percent" else f"{key[1]:+}d"
        if name != "end" and label == "end":
            label = "100%"
        if isinstance(name, str) or (name[0] == "notice" and label[-1] in "%d" and label not in ("100%", "red")):
            self.said["fired"].append([moment_text(at), m, c.name, label] + ([moment_text(self.now)] if at < self.now else []))
        if isinstance(name, str):
            return
        if name[0] == "take":
            try:
                self.command(m, mark["take"], {"clock": True}, {})
            except Refused as no:
                self.said["told"].append([m, mark["take"], str(no)])
            return
        if mark.get("raise"):
            self.lift(m)
        if mark.get("notify"):
            self.notify(m, f"{c.name} {label}", mark["notify"])

    def run_to(self, now, outage=False):
        if outage:
            self.now = now
        while True:
            alarm = self.next_alarm(now)
            if not alarm:
                break
            self.now = max(self.now, alarm[0][0])
            self.give(alarm)
        self.now = now

    # ---- a command

    def lift(self, m):
        m.level = min(m.level + 1, max(1, len(m.flow.get("levels", []))))

    def notify(self, m, why, whom):
        named = []
        for w in whom:
            role, _, field = w.partition("@")
            role = m.role_at(m.level) if role == "level" else role
            named += [f"{role}@{v}" for v in m.values(field)] if field else [role]
        named = list(dict.fromkeys(named))
        if named:
            self.said["notified"].append([m, why, named])

    def command(self, m, name, who, fields):
        """Takes a transition or leaves everything as it was."""
        kept = copy.deepcopy((self.matters, self.records, self.said), {id(f): f for f in self.versions})
        try:
            self.take(m, name, who, fields)
        except Refused:
            old, self.records, self.said = kept
            for now, then in zip(self.matters, old):
                now.__dict__ = then.__dict__
            del self.matters[len(old):]
            self.said = self.mend(self.said, old)
            raise

    def mend(self, said, old):
        """The copies of matters in what was said are the matters again."""
        back = {id(o): m for o, m in zip(old, self.matters)}
        return {k: [[back.get(id(x), x) for x in row] for row in rows] for k, rows in said.items()}

    def take(self, m, name, who, fields):
        t = next((t for t in m.flow["transitions"] if t["name"] == name), None)
        if not t:
            raise Refused("UNKNOWN_TRANSITION")
        kind = next((k for k in ("clock", "matter") if who.get(k)), None)
        if kind not in t["roles"] if kind else not any(self.holds(who, r, m) for r in t["roles"]):
            raise Refused("WRONG_ROLE")
        if (m.state is None) != (not t.get("from")) or (t.get("from") and m.state not in t["from"]):
            raise Refused("WRONG_STATE")
        if t.get("times") and m.taken.get(name, 0) >= t["times"]:
            raise Refused("NO_MORE_TIMES")
        self.check_fields(m, t, fields)
        m.fields.update(fields)
        if not all(self.guard(m, g) for g in t.get("when", [])):
            raise Refused("GUARD")
        m.taken[name] = m.taken.get(name, 0) + 1
        if m.state is None:
            m.opener = who.get("person")
            self.matters.append(m)
        ran = [c for c in m.clocks.values() if c.status == "running"]
        if t.get("to"):
            m.state = t["to"]
            m.entered[m.state] = self.now
            self.turn_clocks(m)
        self.follow_dates(m, fields, ran)
        self.check_limits(m, t.get("then", []))
        for effect in t.get("then", []):
            self.effect(m, t, effect)

    def turn_clocks(self, m):
        for spec in m.flow["clocks"]:
            c = m.clocks.get(spec["name"])
            if not c or not c.is_live() or m.state in spec["in"]:
                continue
            if c.status == "running":
                c.runs[-1][1] = self.now
            if m.state in spec.get("pause", []):
                c.status = "paused"
                c.due, c.provisional = (c.due, c.provisional) if c.expired else (None, False)
            else:
                c.status = "late" if c.expired else "met"
        for spec in m.flow["clocks"]:
            c = m.clocks.get(spec["name"])
            if m.state not in spec["in"] or (c and c.status == "running"):
                continue
            if c and c.status == "paused":
                c.status = "running"
                c.runs.append([self.now, None])
                if not c.expired:
                    self.move(m, c)
            elif not spec["limit"].startswith("field."):
                self.start(m, spec, self.limit_named(m, spec["limit"]))
            elif m.values(spec["limit"][6:]):
                self.start(m, spec, (None, "date", 1))

    def start(self, m, spec, limit):
        m.clocks[spec["name"]] = Clock(spec, limit, self.now)
        self.set_due(m, m.clocks[spec["name"]])

    def follow_dates(self, m, fields, ran):
        for c in m.clocks.values():
            if c in ran and c.status == "running" and c.unit == "date" and c.spec["limit"][6:] in fields and not c.expired:
                self.move_if_other(m, c)

    def check_limits(self, m, effects):
        for text in effects:
            name, *a = text.split(" ")
            c = m.clocks.get(a[0]) if name in ("limit", "extend") else None
            if c and c.is_live() and c.expired:
                raise Refused("CLOCK_EXPIRED")
        for text in effects:
            name, *a = text.split(" ")
            c = m.clocks.get(a[0]) if name == "extend" else None
            if c and c.is_live() and self.limits[a[1]]["unit"] != c.unit:
                raise Refused("LIMIT_UNIT")

    def effect(self, m, t, text):
        name, *a = text.split(" ")
        c = m.clocks.get(a[0]) if a else None
        if name == "raise":
            self.lift(m)
        elif name == "notify":
            self.notify(m, t["name"], a)
        elif name in ("limit", "extend") and c and c.is_live():
            n, unit, yellow = self.limit_named(m, a[1])
            if name == "extend":    # by which one of a day may become long enough for a yellow card
                n, unit, yellow = c.n + n, c.unit, c.yellow or int(c.unit != "hall_minutes" and c.n + n >= 2)
            c.n, c.unit, c.yellow = n, unit, yellow
            if c.status == "running":
                self.move(m, c)
            else:
                self.said["moved"].append([m, c.name, None, False])
        elif name == "since" and c and c.status == "running" and a[1] in m.entered and not c.expired:
            c.runs[0][0] = m.entered[a[1]]
            self.move(m, c, False)
        elif name == "open":
            self.open_linked(m, a)
        elif name == "tell":
            self.tell(m, a)
        elif name == "remember":
            self.records.update((v, a[1]) for v in m.values(a[0]))
        elif name == "forget":
            self.records.difference_update((v, a[1]) for v in m.values(a[0]))
        elif name == "price":
            row, fee = self.tariffs[a[1]], 0
            fee = row.get("flat", 0) + sum(r["each"] * max(0, (m.values(r["field"]) or [0])[0] - r.get("free", 0))
                                           for r in row.get("rates", []))
            m.fields[a[0]] = min(fee, row["cap"]) if row.get("cap") else fee

    def open_linked(self, m, a):
        field, transition, *rest = a
        back = next((x for x in rest if "=" not in x), None)
        renames = dict(x.split("=") for x in rest if "=" in x)
        f = m.field(field)
        other = Matter(self.flows[f["of"]])
        t = next(t for t in other.flow["transitions"] if t["name"] == transition)
        fields = {}
        for name in t.get("need", []) + t.get("may", []):
            mine, theirs = m.field(renames.get(name, name)), other.field(name)
            if mine and mine["type"] == theirs["type"] and mine["name"] in m.fields:
                fields[name] = m.fields[mine["name"]]
        other.names = [f"{f['of']}#{len(self.matters) + 1}"]
        if back:
            other.fields[back] = m.name
        self.command(other, transition, {"matter": True}, fields)
        m.fields[field] = m.values(field) + [other.name] if f.get("most") else other.name

    def tell(self, m, a):
        for name in m.values(a[0]):
            other = self.find(name)
            try:
                self.command(other, a[1], {"matter": True}, {})
                self.said["told"].append([other, a[1], "taken"])
            except Refused as no:
                self.said["told"].append([other, a[1], str(no)])

    # ---- steps

    def finish(self, step):
        for m in self.matters:
            for f in m.flow["fields"]:
                if f["type"] == "ticket" and m.state in f.get("hold_in", []) and step["ticket"] in m.values(f["name"]):
                    raise Refused("TICKET_HELD")
        naming = [(flow["name"], f) for flow in self.flows.values() for f in flow["fields"] if f.get("outcome") == step["outcome"]]
        if naming and not any(m.flow["name"] == flow and m.state in f["outcome_in"] and step["ticket"] in m.values(f["name"])
                              for flow, f in naming for m in self.matters):
            raise Refused("OUTCOME_NOT_ALLOWED")

    def import_calendar(self, step):
        days = step.get("days")
        self.calendar.learn(step["year"], None if days is None else {day_of(d["date"]): d["isOffDay"] for d in days})
        for m in self.matters:
            for spec in m.flow["clocks"]:
                c = m.clocks.get(spec["name"])
                if c and c.status == "running" and not c.expired:
                    self.move_if_other(m, c)

    def define(self, step):
        flow = copy.deepcopy(self.files[step["flow"]])
        for path, value in step["patch"]:
            at, *rest = re.findall(r"\w+", path)
            inner = flow
            for name in rest:
                inner, at = inner[int(at) if at.isdigit() else at], name
            inner[int(at) if at.isdigit() else at] = value
        self.flows[step["flow"]] = flow
        self.versions.append(flow)

    def migrate(self, step):
        to = self.flows[step["flow"]]
        for m in self.matters:
            known = any(x["from_version"] == m.flow["version"] for x in to.get("migrations", []))
            if m.flow["name"] == to["name"] and m.flow is not to and known and not m.has_ended():
                self.carry(m, to)

    def carry(self, m, to):
        """A mark that was given is not given again; one that is new and lies behind counts as given."""
        live = [c for c in m.clocks.values() if c.is_live()]
        m.flow = to
        for c in live:
            before, c.given = {(n if isinstance(n, str) else n[0], key) for n, key in c.given.items()}, {}
            c.spec = next(spec for spec in to["clocks"] if spec["name"] == c.name)
            for name, key, _, _ in self.alarms(m, c):
                was_given = (name if isinstance(name, str) else name[0], key) in before
                if was_given or (c.due is not None and self.comes(c, key) <= self.now):
                    c.given[name] = key

    def rename(self, old, new):
        self.find(old).names.insert(0, new)
        for m in self.matters:
            for k, v in m.fields.items():
                if m.field(k)["type"] == "matter":
                    m.fields[k] = [new if x == old else x for x in v] if isinstance(v, list) else new if v == old else v

    def act(self, step):
        do = step["do"]
        if do == "open":
            m = Matter(self.flows[step["flow"]])
            m.names = [step["matter"]]
            self.command(m, step["transition"], step["as"], step.get("fields", {}))
        elif do == "take":
            self.command(self.find(step["matter"]), step["transition"], step["as"], step.get("fields", {}))
        elif do == "finish_ticket":
            self.finish(step)
        elif do == "import_calendar":
            self.import_calendar(step)
        elif do == "define":
            self.define(step)
        elif do == "migrate":
            self.migrate(step)
        elif do == "bind":
            self.rename(self.find(step["of"]).fields[step["field"]], step["matter"])

    def erase(self):
        """After the end a field is kept for its days, counted by dates."""
        for m in self.matters:
            for f in m.flow["fields"]:
                days = f.get("keep_days") or m.flow["keep_days"]
                if m.has_ended() and self.now // DAY >= m.entered[m.state] // DAY + days:
                    m.fields.pop(f["name"], None)

    def step(self, step):
        self.said = {"fired": [], "notified": [], "told": [], "moved": []}
        now, refused = moment_of(step["at"]), None
        self.run_to(now, step["do"] == "restart")
        try:
            self.act(step)
        except Refused as no:
            refused = str(no)
        self.run_to(now)
        self.erase()
        said = {k: [[x.name if isinstance(x, Matter) else x for x in row] for row in v] for k, v in self.said.items()}
        return {"refused": refused, **said, "matters": {m.name: self.picture(m) for m in self.matters}}

    def picture(self, m):
        clocks = {n: {"status": c.status, "due": moment_text(c.due) if c.due else None,
                      "provisional": c.provisional, "card": c.card, "expired": c.expired} for n, c in m.clocks.items()}
        return {"state": m.state, "level": m.level, "version": m.flow["version"], "ended": m.has_ended(), "fields": copy.deepcopy(m.fields), "clocks": clocks}


def main():
    defs, profile, calendars, scenario = sys.argv[1:]
    with open(scenario, encoding="utf-8") as f:
        script = json.load(f)
    hall = script.get("hall") or {}
    if isinstance(hall, str) or not hall:
        with open(os.path.join(os.path.dirname(scenario), hall or "hall.json"), encoding="utf-8") as f:
            hall = json.load(f)
    play = Play(defs, profile, calendars, hall)
    for step in script["steps"]:
        print(json.dumps(play.step(step), ensure_ascii=False))


if __name__ == "__main__":
    main()
