#!/usr/bin/python3
"""
Figures of flows over HTTP: counted a second time from the journal's dump, followed from a number to its matters and
events, and the same after the read model was deleted or damaged.
"""
import collections
import csv
import datetime
import glob
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

import pytest

from hall import BUILD, SOURCE, Hall, write_json
from matters import OFFICE_HOURS, SETTINGS, MatterHall, number

sys.path.insert(0, os.path.join(SOURCE, "tests", "sim"))
from flow_time import Calendar, moment_of  # noqa: E402

SEED = int(os.environ.get("HALLD_SEED", random.SystemRandom().randrange(1, 1000000)))
EVERYTHING = ["desk", "manager", "auditor", "approver", "officer", "issuer", "helper", "courier", "inspector", "expert", "hotline",
              "bureau_head", "district_head", "duty_leader", "clerk", "a", "b"]
DAYS, ATTEMPTS = 8, 500
YESTERDAY = datetime.date.today() - datetime.timedelta(days=1)
FIRST = YESTERDAY - datetime.timedelta(days=DAYS - 1)
MAKER_SETTINGS = {**SETTINGS, "hours": OFFICE_HOURS, "duty": [],
                  "users": [{"name": "all", "role": "desk", "groups": EVERYTHING, "certified_until": "2099-12-31"}]}
OTHERS = ("department", "item", "window", "level")


@pytest.fixture(scope="module", name="hall")
def a_week():
    """A journal in which matters of every flow went every way by chance."""
    with_journal = Hall(settings=MAKER_SETTINGS)
    os.makedirs(with_journal.data, mode=0o700)
    write_json(with_journal.settings_file, MAKER_SETTINGS)
    subprocess.run([os.path.join(BUILD, "tests/integration/matters_maker"), with_journal.data, with_journal.settings_file,
                    os.path.join(SOURCE, "plugins"), os.path.join(SOURCE, "profiles", "national.json"), FIRST.isoformat(),
                    str(DAYS), str(ATTEMPTS), str(SEED)], check=True)
    print(f"seed {SEED}")
    with with_journal as hall:
        hall.get = hall.admin().get
        yield hall


# ---- counted once more

def ms_of(text):
    """The wall's time, to the millisecond."""
    return moment_of(text[:19]) + int(text[20:23])


class Count:
    """The matters as the journal's dump tells them, by no code of the daemon."""

    def __init__(self, events, last):
        self.types, self.firsts, self.ends = {}, {}, {}
        self.matters, self.runs, self.stays, self.taken, self.money = {}, [], [], [], {}
        self.groups = {i["item"]: i["group"] for i in MAKER_SETTINGS["items"]}
        self.tickets, self.services = {}, collections.Counter()
        self.calendar = Calendar("", [], hours={str(h["weekday"]): [t.split("-") for t in h["open"]] for h in OFFICE_HOURS})
        for event in events:
            if int(event["seq"]) > last:
                break
            self.event = event
            self.at, self.day = ms_of(event["at"]), event["day"]
            for kind, body in event.items():
                if isinstance(body, dict):
                    getattr(self, kind, lambda body: None)(body)

    def flow_defined(self, body):
        flow = body["flow"]
        name = flow["name"]
        self.ends[name] = {s["name"] for s in flow["states"] if s["end"]}
        self.types[name] = {f["name"]: (f["type"], f["most"]) for f in flow["fields"]}
        self.firsts[name] = {}
        for f in flow["fields"]:
            if f["most"] == 0:
                self.firsts[name].setdefault(f["type"], f["name"])

    def matter_moved(self, body):
        head = body["head"]
        if body["opened"]:
            self.matters[head["matter"]] = {"flow": head["flow"], "level": 1, "window": head["window"] or "", "opened": self.day,
                                            "ended": None, "state": None, "values": {}, "by": body["transition"], "runs": {}, "again": False, "nth": int(head["matter"])}
        matter = self.matters[head["matter"]]
        if body["opened"] or matter["state"] != body["to"]:
            if not body["opened"]:
                self.leave(matter)
            matter.update(state=body["to"], entered=self.at)
            if body["to"] in self.ends[matter["flow"]]:
                matter["ended"] = self.day
        self.taken.append((matter, body["transition"], self.day, body["to"]))
        for value in body["fields"]:
            self.set(matter, value)
        self.look_for_same(matter, body["fields"])

    def look_for_same(self, matter, fields):
        """A second notice: about the ticket or case of another one, or to a person about an item while the first is open."""
        if matter["flow"] != "notice":
            return
        others = [m for m in self.matters.values() if m["flow"] == "notice" and m is not matter]
        for value in (v for v in fields if v["texts"] or v["numbers"]):
            name, mine = value["field"], matter["values"][value["field"]][0]
            same = [m for m in others if m["values"].get(name, [None])[0] == mine]
            kind = self.types["notice"][name][0]
            if kind in ("ticket", "matter") and same:
                matter["again"] = True
            if kind == "person":
                item = self.group(matter, "item")
                matter["again"] |= any(m["nth"] < matter["nth"] and self.group(m, "item") == item != [""] and m["ended"] in (None, self.day)
                                       for m in same)

    def leave(self, matter):
        self.stays.append((matter, matter["state"], self.day, self.open(matter["entered"], self.at)))

    def matter_effect(self, body):
        if body.get("value"):
            self.set(self.matters[body["head"]["matter"]], body["value"])

    def set(self, matter, value):
        kind, _ = self.types[matter["flow"]][value["field"]]
        matter["values"][value["field"]] = [str(v) for v in value["texts"] or value["numbers"]]
        if kind == "money":
            self.money[matter["flow"], id(matter), value["field"]] = (matter, self.day, int(value["numbers"][0]))

    def matter_raised(self, body):
        self.matters[body["head"]["matter"]]["level"] = body["level"]

    def clock_started(self, body):
        matter = self.matters[body["head"]["matter"]]
        run = {"matter": matter, "clock": body["clock"], "start": self.at, "pauses": [], "how": None}
        matter["runs"][body["clock"]] = run
        self.runs.append(run)

    def clock_paused(self, body):
        self.matters[body["head"]["matter"]]["runs"][body["clock"]]["pauses"].append([self.at, None])

    def clock_moved(self, body):
        run = self.matters[body["head"]["matter"]]["runs"][body["clock"]]
        start = ms_of(body["start_at"])
        if body["reason"] == "resume":
            run["pauses"][-1][1] = self.at
        if start != run["start"]:
            run["start"] = start
            run["pauses"] = [[max(a, start), b] for a, b in run["pauses"] if b is None or b > start]

    def clock_stopped(self, body):
        run = self.matters[body["head"]["matter"]]["runs"][body["clock"]]
        held = sum(self.open(max(a, run["start"]), self.at if b is None else b) for a, b in run["pauses"])
        run.update(how=body["how"], day=self.day, ran=self.open(run["start"], self.at) - held)

    def open(self, start, end):
        return self.calendar.open_ms(start, end)

    def ticket_issued(self, body):
        self.tickets[self.event["seq"]] = (body["item"], body["group"])

    def ticket_transferred(self, body):
        self.tickets[body["ticket"]] = (body["item"], body["group"])

    def ticket_finished(self, body):
        if body["outcome"] != "unset":
            self.services[(self.day, *self.tickets[body["ticket"]], body["window"])] += 1

    def group(self, matter, by):
        """The values that a matter is counted under."""
        first = self.firsts[matter["flow"]]
        if by == "level":
            return [str(matter["level"])]
        if by in OTHERS:
            given = matter["values"].get(first.get(by), [])
            if not given and by == "department" and self.group(matter, "item") != [""]:
                given = [self.groups[self.group(matter, "item")[0]]]
            return given or [str(matter["window"]) if by == "window" else ""]
        values = matter["values"].get(by, [])
        if self.types[matter["flow"]][by][0] == "bool":
            values = ["true" if v in ("1", "True", "true") else "false" for v in values]
        return values or [""]

    def figures(self, flow, days, by=None):
        """What the report should say: {group: {what: number}}."""
        out = collections.defaultdict(collections.Counter)
        times = collections.Counter()

        def count(matter, what, n=1):
            if matter["flow"] == flow:
                for group in self.group(matter, by) if by else [""]:
                    out[group][what] += n
        for matter in self.matters.values():
            if matter["opened"] in days:
                count(matter, "opened")
                count(matter, "still", not matter["ended"])
            if matter["ended"] in days:
                count(matter, ("ended", matter["state"]))
            if not matter["ended"]:
                count(matter, ("open", matter["state"]))
        for matter, transition, day, _ in self.taken:
            if day in days:
                count(matter, ("taken", transition))
                times[id(matter), transition] += 1
                if times[id(matter), transition] == 2:
                    count(matter, ("twice", transition))
        for run in self.runs:
            if run["how"] and run["day"] in days:
                count(run["matter"], (run["how"], run["clock"]))
                count(run["matter"], ("ran", run["clock"]), run["ran"] if run["how"] != "dropped" else 0)
        for matter, state, day, ms in self.stays:
            if day in days:
                count(matter, ("stays", state))
                count(matter, ("stayed", state), ms)
        for (_, _, field), (matter, day, fen) in self.money.items():
            if day in days:
                count(matter, ("fen", field), fen)
        return {g: {k: v for k, v in c.items() if v} for g, c in out.items() if any(c.values())}


def flat(figures):
    """A group of the daemon's answer in the same shape; sums from means are to the second a case."""
    out = {"opened": figures["opened"], "still": figures["still_open"]}
    for s in figures["states"]:
        out.update({("ended", s["state"]): s["ended"], ("open", s["state"]): s["open"]})
        if s.get("stays"):
            out.update({("stays", s["state"]): s["stays"]["n"], ("stayed", s["state"]): int(s["stays"]["mean_s"]) * s["stays"]["n"]})
    for t in figures["transitions"]:
        out.update({("taken", t["transition"]): t["taken"], ("twice", t["transition"]): t["twice"]})
    for c in figures["clocks"]:
        out.update({(how, c["clock"]): c[how] for how in ("met", "late", "dropped")})
        out[("ran", c["clock"])] = int(c["ran"]["mean_s"]) * c["ran"]["n"] if c.get("ran") else 0
    for m in figures["money"]:
        out[("fen", m["field"])] = out.get(("fen", m["field"]), 0) + int(m["fen"])
    return {k: v for k, v in out.items() if v}


def same(told, counted, figures, where):
    """Durations are told as whole seconds of their mean."""
    n = {("stayed", s["state"]): s["stays"]["n"] for s in figures["states"] if s.get("stays")}
    n.update({("ran", c["clock"]): c["ran"]["n"] for c in figures["clocks"] if c.get("ran")})
    for key in set(told) | set(counted):
        if key[0] in ("stayed", "ran"):
            assert abs(told.get(key, 0) * 1000 - counted.get(key, 0)) < 1000 * n.get(key, 1) + 1000, (where, key)
        else:
            assert told.get(key, 0) == counted.get(key, 0), (where, key, told.get(key), counted.get(key))


def counted(hall, last):
    if not hasattr(hall, "count") or hall.counted != last:
        hall.count, hall.counted = Count(hall.events(), last), last
    return hall.count


def day_number(date):
    return date.year * 10000 + date.month * 100 + date.day


def flows():
    return sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(os.path.join(SOURCE, "plugins/*/flow.json")))


def report(hall, flow, query=""):
    answer = hall.get(f"/reports/flows/{flow}?from={FIRST}&to={datetime.date.today()}&{query}")
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.parametrize("flow", flows())
def test_the_figures_are_those_counted_from_the_dump(hall, flow):
    body = report(hall, flow)
    everything = {day_number(FIRST + datetime.timedelta(days=d)) for d in range(DAYS + 1)}
    count = counted(hall, int(body["as_of_seq"]))
    same(flat(body["all"]), count.figures(flow, everything).get("", {}), body["all"], flow)
    for by in [f["field"] for f in body["fields"] if f["field"] != "month"]:
        grouped = report(hall, flow, f"by={by}")
        expected = count.figures(flow, everything, by)
        for group in grouped["groups"]:
            same(flat(group), expected.get(group["group"], {}), group, (flow, by, group["group"]))
        assert {g["group"] for g in grouped["groups"]} == set(expected), (flow, by)


def test_the_figures_of_one_day_chosen_by_chance(hall):
    day = FIRST + datetime.timedelta(days=random.Random(SEED).randrange(DAYS))
    for flow in flows():
        body = hall.get(f"/reports/flows/{flow}?from={day}&to={day}").body
        count = counted(hall, int(body["as_of_seq"]))
        same(flat(body["all"]), count.figures(flow, {day_number(day)}).get("", {}), body["all"], (flow, day))


def test_behind_every_number_stand_so_many_matters_and_their_events(hall):
    for flow in flows():
        body = report(hall, flow)
        figures = body["all"]

        def behind(query, n, flow=flow):
            listed = hall.get(f"/reports/flows/{flow}/matters?from={FIRST}&to={datetime.date.today()}&most=500&{query}").body
            assert len(listed["matters"]) == n and not listed["after"], (flow, query, len(listed["matters"]), n)
            return listed["matters"]
        behind("figure=opened", figures["opened"])
        for state in figures["states"]:
            behind(f"figure=ended&name={state['state']}", state["ended"])
            behind(f"figure=open&name={state['state']}", state["open"])
            for how in ("yellow", "red"):
                behind(f"figure=open&name={state['state']}&how={how}", state[how])
        for t in figures["transitions"]:
            found = behind(f"figure=taken&name={t['transition']}", t["matters"])
            behind(f"figure=taken&name={t['transition']}&how=twice", t["twice"])
            for matter in found[:1]:
                event = hall.events("--from", matter["seq"], "--to", matter["seq"])[0]["matter_moved"]
                assert (event["head"]["matter"], event["transition"]) == (matter["matter"], t["transition"]), (flow, matter)


def test_the_list_of_all_flows_says_the_same(hall):
    body = hall.get(f"/reports/flows?from={FIRST}&to={datetime.date.today()}").body
    assert [f["flow"] for f in body["flows"]] == [f["flow"] for f in sorted(body["flows"], key=lambda f: f["flow"])]
    assert {f["flow"] for f in body["flows"]} == set(flows())
    for row in body["flows"]:
        figures = report(hall, row["flow"])["all"]
        assert (row["opened"], row["ended"], row["open"], row["red"]) == tuple(figures[k] for k in ("opened", "ended", "open", "red"))
        assert row["met"] == sum(c["met"] for c in figures["clocks"]) and row["late"] == sum(c["late"] for c in figures["clocks"])
    assert sum(f["opened"] for f in body["flows"]) > 50


def test_what_work_leaves_behind(hall):
    body = hall.get(f"/reports/pressure?from={FIRST}&to={datetime.date.today()}&by=item").body
    count = counted(hall, int(body["as_of_seq"]))
    assert body["all"]["services"] == sum(count.services.values()) > 0
    for group in body["groups"]:
        of = [m for m in count.matters.values() if count.group(m, "item") == [group["group"]]]
        assert group["services"] == sum(n for k, n in count.services.items() if k[1] == group["group"])
        assert group["escalations"] == sum(m["flow"] == "escalation" and m["by"] == "register" for m in of)
        assert group["notices"] == sum(m["flow"] == "notice" for m in of)
        told = sum(count.group(m, "item") == [group["group"]] for m, name, *_ in count.taken if m["flow"] == "notice" and name == "tell_again")
        assert group["second_notices"] == told + sum(m["again"] for m in of)
        assert group["overturned"] == len({id(m) for m, _, _, to in count.taken if m["flow"] == "denial" and to == "overturned"
                                           and count.group(m, "item") == [group["group"]]})
    for by in ("window", "department", "month"):
        other = hall.get(f"/reports/pressure?from={FIRST}&to={datetime.date.today()}&by={by}").body
        assert other["all"] == body["all"]
        for key in ("services", "escalations", "denials", "overturned", "notices", "second_notices"):
            assert sum(g[key] for g in other["groups"]) == body["all"][key], (by, key)


def test_as_csv_in_both_languages(hall):
    http = hall.admin().http
    for path, column in ((f"/reports/flows/escalation?by=cause&from={FIRST}&", "指标 figure"), ("/reports/flows?", "新立 opened"),
                         (f"/reports/flows/escalation/matters?from={FIRST}&", "编号 matter"), (f"/reports/pressure?by=item&from={FIRST}&", "办理件数 services")):
        http.request("GET", f"/api/v1{path}format=csv")
        answer = http.getresponse()
        text = answer.read().decode("utf-8-sig")
        assert answer.status == 200 and answer.getheader("Content-Type").startswith("text/csv")
        rows = list(csv.reader(io.StringIO(text)))
        assert column in rows[0] and all(len(r) == len(rows[0]) for r in rows), path


def test_the_read_model_may_be_deleted_or_damaged(hall):
    before = report(hall, "case", "by=item")
    for name in glob.glob(hall.data + "/reports.db*"):
        os.unlink(name)
    assert report(hall, "case", "by=item")["all"] == before["all"]
    with open(hall.data + "/reports.db", "r+b") as f:
        f.write(b"no database" * 100)
    hall.kill()
    for name in glob.glob(hall.data + "/reports.db-*"):
        os.unlink(name)
    hall.start()
    hall.get = hall.admin().get
    assert report(hall, "case", "by=item")["groups"] == before["groups"]


def test_what_is_asked_wrongly(hall):
    for path, code in (("/reports/flows/nothing", "NOT_FOUND"), ("/reports/flows/case?by=phone", "BAD_VALUE"),
                       ("/reports/flows/case?from=2026-11-30&to=2026-11-01", "BAD_PERIOD"), ("/reports/flows/case?from=x", "BAD_VALUE"),
                       ("/reports/flows/case/matters?figure=luck", "BAD_VALUE"), ("/reports/pressure?by=cause", "BAD_VALUE"),
                       ("/reports/flows/case/matters?most=0", "BAD_VALUE"), ("/reports/flows/case/matters?after=-1", "BAD_VALUE"),
                       ("/reports/flows/case?widnow=3", "UNKNOWN_FIELD"), ("/reports/flows/case/matters?figure=opened&phone=1", "UNKNOWN_FIELD")):
        assert hall.get(path).code == code, path


# ---- a live hall: who may see what, and that a figure follows at once

@pytest.fixture(scope="module", name="live")
def a_live_hall():
    with MatterHall() as hall:
        yield hall


def test_whoever_reads_a_flow_by_role_sees_its_figures(live):
    assert live.nobody().get("/reports/flows").status in (401, 403)
    assert live.person("clerk").get("/reports/flows/denial").status == 200
    assert live.person("clerk").get("/reports/flows/escalation").code == "WRONG_ROLE"
    assert "escalation" not in [f["flow"] for f in live.person("clerk").get("/reports/flows").body["flows"]]
    assert live.person("clerk").get("/reports/pressure").code == "WRONG_ROLE"
    for who in ("manager", "auditor", "desk", "leader"):
        assert live.person(who).get("/reports/flows/escalation").status == 200, who
        assert live.person(who).get("/reports/pressure").status == 200, who


def test_a_matter_is_counted_as_soon_as_it_is_there(live):
    before = live.person("manager").get("/reports/flows/escalation?by=cause").body
    matter = live.matter("escalation", transition="register", summary="等了三次", item="a1", window="3", phone="13900001111")
    live.take("desk", matter, "triage", cause="passed_around", department="b")
    after = live.person("manager").get("/reports/flows/escalation?by=cause").body
    assert after["all"]["opened"] == before["all"]["opened"] + 1 and int(after["as_of_seq"]) > int(before["as_of_seq"])
    group, = [g for g in after["groups"] if g["group"] == "passed_around"]
    assert (group["zh"], group["en"], group["opened"]) == ("推诿", "Passed around", 1)
    drilled = live.person("manager").get("/reports/flows/escalation?by=department&cause=passed_around").body
    assert [(g["group"], g["zh"], g["opened"]) for g in drilled["groups"]] == [("b", "乙", 1)]
    listed = live.person("manager").get("/reports/flows/escalation/matters?figure=opened&cause=passed_around").body["matters"]
    assert [m["matter"] for m in listed] == [number(matter)]
    assert live.person("manager").get("/reports/flows/escalation/matters?cause=-").body["matters"] == []


def test_no_words_of_people_are_in_the_read_model(live):
    live.matter("escalation", transition="register", summary="绝密的话", phone="13812345678")
    live.person("manager").get("/reports/flows/escalation")
    for name in glob.glob(live.data + "/reports.db*"):
        with open(name, "rb") as f:
            text = f.read()
        assert "绝密".encode() not in text and b"13812345678" not in text


# ---- a flow of one file

@pytest.fixture(scope="module", name="lost")
def the_worked_example(tmp_path_factory):
    """The documentation's flow beside the others, and its row of the profile."""
    folder = tmp_path_factory.mktemp("flows")
    with open(os.path.join(SOURCE, "docs", "flows.md"), encoding="utf-8") as f:
        section = f.read().split("## A new flow is one JSON file")[1].split("\n## ")[0]
    flow, row = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", section, re.S))
    with open(os.path.join(SOURCE, "profiles", "national.json"), encoding="utf-8") as f:
        profile = json.load(f)
    shutil.copytree(os.path.join(SOURCE, "plugins"), folder / "flows")
    (folder / "flows" / "lost_item").mkdir()
    write_json(folder / "flows" / "lost_item" / "flow.json", flow)
    write_json(folder / "profile.json", {**profile, "limits": profile["limits"] + [row]})
    with MatterHall(flows=str(folder / "flows"), profile=str(folder / "profile.json")) as hall:
        kept = [hall.matter("lost_item", transition="find", what=what, found_at="2") for what in ("伞", "书", "手机")]
        hall.take("desk", kept[0], "return", owner={"id": "13900001111", "name": "王五"})
        yield hall


def values(hall, query):
    """Sums of the series, by label."""
    answer = hall.person("manager").get(f"/series/{query}")
    assert answer.status == 200, answer.body
    return {c["label"]: sum(v or 0 for v in c["values"]) for c in answer.body["series"]}


def latest(hall):
    return [v for v in hall.person("manager").get("/series/matters_open?label=flow/lost_item&step=60").body["series"][0]["values"] if v is not None][-1]


def ready(hall):
    """The series are caught up."""
    end = time.monotonic() + 20
    while hall.person("manager").get("/series/matters_open").status != 200:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_new_flow_has_its_figures_and_series_without_a_line_of_code(lost):
    ready(lost)
    listed = lost.person("manager").get("/series").body
    assert {"value": "lost_item", "zh": "失物", "en": "Lost item"} in listed["flows"] and len(listed["flows"]) == 12
    assert [m["of"] for m in listed["metrics"] if m["name"] == "matters_open"] == [["hall", "flow"]]
    figures = lost.person("manager").get("/reports/flows/lost_item?by=window").body
    assert (figures["all"]["opened"], figures["all"]["open"]) == (3, 2)
    assert [(g["group"], g["opened"]) for g in figures["groups"]] == [("2", 3)]
    assert values(lost, "matters_opened?label=flow/*")["lost_item"] == 3 and values(lost, "matters_opened?label=flow/*")["case"] == 0
    assert values(lost, "matters_ended?label=flow/lost_item") == {"lost_item": 1}
    assert values(lost, "clocks_met?label=flow/lost_item") == {"lost_item": 1}
    assert latest(lost) > 0
    http = lost.admin().http
    http.request("GET", "/metrics")
    text = http.getresponse().read().decode()
    assert 'halld_matters_open_by_flow{flow="lost_item"} 2' in text and "halld_matters_opened_total 3" in text


def test_series_of_matters_outlive_a_restart_and_are_made_again_the_same(lost):
    before = values(lost, "matters_opened?label=flow/lost_item&step=60")
    lost.stop()
    lost.options = ["--clock-start", "2026-11-24T09:00:00+08:00", "--clock-rate", "1"]
    lost.start()
    ready(lost)
    assert latest(lost) == 2      # over the night
    lost.stop()
    lost.options = ["--clock-start", "2026-11-24T09:10:00+08:00", "--clock-rate", "1"]
    lost.start()                  # from the morning on, with what was carried
    ready(lost)
    assert latest(lost) == 2 and "rebuilt" not in lost.log()
    lost.matter("lost_item", transition="find", what="帽子")
    assert values(lost, "matters_opened?label=flow/lost_item&from=2026-11-23&step=3600")["lost_item"] == 4
    assert lost.admin().post("/admin/rebuild-rrd").status == 200
    assert values(lost, "matters_opened?label=flow/lost_item&from=2026-11-23&step=3600")["lost_item"] == 4 == before["lost_item"] + 1


def test_what_windows_leave_behind_is_a_series_of_theirs(live):
    ready(live)
    before = values(live, "escalations?label=window/*").get("4", 0)
    assert live.person("clerk").post("/windows/4/open").status == 200
    answer = live.person("clerk").post("/flows/escalation/matters", {"transition": "register", "window": 4, "fields": {"summary": "不行"}})
    assert answer.status == 201, answer.body
    assert values(live, "escalations?label=window/*")["4"] == before + 1
    assert values(live, "escalations")[""] > before


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q"]))
