#!/usr/bin/python3
"""Who reads what of a matter: by role, by department, by field; in lists, filters and figures."""
import json
import os
import sys
import urllib.parse

import pytest

from hall import SOURCE
from matters import SETTINGS, TODAY, MatterHall, field, number, steps


@pytest.fixture(scope="module", name="hall")
def one_hall():
    with MatterHall() as hall:
        yield hall


def registered(hall, **fields):
    return hall.matter("escalation", "desk", "register", **{"summary": "材料不全，跑了三趟", **fields})


def test_whoever_may_open_but_not_read_sees_only_that_it_is_there(hall):
    opened = hall.person("clerk").post("/flows/escalation/matters", {"fields": {"summary": "秘密", "phone": "13912345678"}}).body
    assert opened["fields"] == [] and opened["card"]["title"] == "" and opened["card"]["matter"]
    clerk = hall.person("clerk").get(f"/matters/{number(opened)}")
    nothing = hall.person("clerk").get("/matters/99999")
    assert (clerk.status, clerk.code) == (nothing.status, nothing.code) == (404, "NO_MATTER")
    step = hall.person("clerk").post(f"/matters/{number(opened)}/triage", {"fields": {"cause": "policy"}})
    assert (step.status, step.code) == (404, "NO_MATTER")


def test_an_officer_reads_what_is_routed_to_the_own_department(hall):
    matter = registered(hall)
    officer, other = hall.person("officer"), hall.person("officer_b")
    assert officer.get(f"/matters/{number(matter)}").code == "NO_MATTER"
    hall.take("desk", matter, "triage", cause="policy")
    hall.take("desk", matter, "route", department="a", told="已转甲局")
    view = officer.get(f"/matters/{number(matter)}").body
    assert field(view, "department") == ["甲"] and steps(view) == ["answer"] and field(view, "phone") is None
    assert other.get(f"/matters/{number(matter)}").code == "NO_MATTER"
    assert number(matter) in [m["matter"] for m in officer.get("/matters").body["matters"]]
    assert number(matter) not in [m["matter"] for m in other.get("/matters").body["matters"]]


def test_an_officer_of_a_further_department_reads_what_one_is_told_of(hall):
    matter = registered(hall)
    hall.take("desk", matter, "triage", cause="cross_department")
    hall.take("leader", matter, "route_joint", department="a", partners=["b"], told="两个部门一起办")
    assert steps(hall.person("officer_b").get(f"/matters/{number(matter)}").body) == []    # the answer is the first one's


def shipped():
    for name in sorted(os.listdir(os.path.join(SOURCE, "plugins"))):
        path = os.path.join(SOURCE, "plugins", name, "flow.json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                yield json.load(file)


@pytest.mark.parametrize("flow", shipped(), ids=lambda flow: flow["name"])
def test_whoever_a_shipped_definition_tells_may_read_what_it_is_about(flow):
    marks = [*flow.get("marks", []), *(m for c in flow["clocks"] for m in c.get("marks", []))]
    effects = [call.split() for t in flow["transitions"] for call in t.get("then", [])]
    told = {who for m in marks for who in m.get("notify", [])} | {who for e in effects if e[0] == "notify" for who in e[1:]}
    told |= set(flow["levels"]) if "level" in told else set()
    reading = {*flow["read"], *(flow["levels"] if "level" in flow["read"] else []), "level", "person"}
    assert not {who for who in told if who not in reading and who.split("@")[0] not in reading
                and not any(r.split("@")[0] == who for r in reading)}


def test_fields_have_their_readers(hall):
    matter = registered(hall, phone="13800001111")
    assert field(hall.person("desk").get(f"/matters/{number(matter)}").body, "phone") == ["138****1111"]
    assert field(hall.person("leader").get(f"/matters/{number(matter)}").body, "phone") == ["138****1111"]
    assert field(hall.person("auditor").get(f"/matters/{number(matter)}").body, "phone") is None


def test_on_a_day_without_a_leader_the_next_level_decides_and_the_gap_is_an_alarm():
    settings = {**SETTINGS, "duty": [{"date": "2026-11-24", "leader": "li"}]}
    with MatterHall(settings=settings) as hall:
        matter = registered(hall)
        hall.take("desk", matter, "triage", cause="policy")
        assert hall.person("leader").get(f"/matters/{number(matter)}").code == "NO_MATTER"    # on duty tomorrow
        refused = hall.person("leader").post(f"/matters/{number(matter)}/cannot", {"fields": {"ground": "无依据"}})
        assert refused.code == "NO_MATTER"
        assert hall.take("head", matter, "cannot", ground="无依据")["card"]["state"] == "cannot"
        view = hall.person("desk").get(f"/matters/{number(matter)}").body
        assert view["duty"] == "" and {line["duty"] for line in view["timeline"]} == {""}
        assert f"duty/{TODAY}" in [a["alarm"] for a in hall.person("manager").get("/alarms").body["alarms"]]


NARROW = {"name": "narrow", "version": 1, "zh": "窄", "en": "Narrow", "read": ["desk", "manager"], "keep_days": 365,
          "fields": [{"name": "item", "zh": "事项", "en": "Item", "type": "item", "read": ["manager"]},
                     {"name": "mood", "zh": "情形", "en": "Mood", "type": "choice", "read": ["manager"],
                      "values": [{"name": "good", "zh": "好", "en": "Good"}, {"name": "bad", "zh": "不好", "en": "Bad"}]}],
          "states": [{"name": "open", "zh": "在办", "en": "Open"}, {"name": "over", "zh": "办结", "en": "Over", "end": True}],
          "transitions": [{"name": "begin", "zh": "开始", "en": "Begin", "to": "open", "roles": ["manager"], "may": ["item", "mood"]},
                          {"name": "finish", "zh": "办结", "en": "Finish", "from": ["open"], "to": "over", "roles": ["desk"]}]}


def test_words_find_a_matter_by_item_department_and_state(hall):
    matter = registered(hall, summary="说不清", item="b1")
    hall.take("desk", matter, "triage", cause="policy")
    hall.take("desk", matter, "route", department="b", told="已转乙局")

    def found(words, who="desk"):
        return [m["matter"] for m in hall.person(who).get("/matters?q=" + urllib.parse.quote(words)).body["matters"]]
    item = matter["card"]["item_name"]
    assert item and number(matter) in found(item) and number(matter) in found("已转办")
    assert number(matter) in found(f"乙 {item} 说不清") and number(matter) not in found(f"{item} 甲局")
    assert number(matter) not in found(item, "officer")    # of another department


def test_what_one_may_not_read_is_no_filter_and_no_figure_either(tmp_path):
    (tmp_path / "narrow").mkdir()
    (tmp_path / "narrow" / "flow.json").write_text(json.dumps(NARROW), encoding="utf-8")
    with MatterHall(flows=str(tmp_path)) as hall:
        matter = hall.matter("narrow", "manager", item="a1", mood="bad")
        for asked in ("item=a1", "q=" + urllib.parse.quote("甲一")):
            seen = {who: [m["matter"] for m in hall.person(who).get(f"/matters?{asked}").body["matters"]] for who in ("manager", "desk")}
            assert seen == {"manager": [number(matter)], "desk": []}, asked
        assert [m["matter"] for m in hall.person("desk").get("/matters").body["matters"]] == [number(matter)]
        assert hall.person("desk").get("/reports/flows/narrow?by=mood").code == "BAD_VALUE"
        shown = hall.person("desk").get("/reports/flows/narrow?by=item").body
        assert "mood" not in [f["field"] for f in shown["fields"]]
        assert [(g["group"], g["opened"]) for g in shown["groups"]] == [("", 1)]
        behind = hall.person("desk").get("/reports/flows/narrow/matters").body["matters"]
        assert [(m["matter"], m["item"]) for m in behind] == [(number(matter), "")]


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
