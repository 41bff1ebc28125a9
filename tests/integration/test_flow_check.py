#!/usr/bin/python3
"""
What is forbidden in definitions of flows and in profiles, and how it is said: every row of the table of docs/flows.md
as one damage to a sound set of two flows, with the exact lines of `hallctl flow check`.
"""
import copy
import glob
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "../.."))
HALLCTL = os.path.join(BUILD, "hallctl")
GONE = object()     # in a change: the key is taken away

PROFILE = {
    "name": "small", "zh": "小", "en": "Small",
    "limits": [{"key": "permit.answer", "n": 5, "unit": "working_days", "source": "local"},
               {"key": "permit.more", "n": 2, "unit": "working_days", "source": "local"},
               {"key": "help.call", "n": 30, "unit": "hall_minutes", "yellow": 5, "source": "local"}],
    "tariffs": [{"key": "permit.fee", "flat": 100, "cap": 500, "source": "local",
                 "rates": [{"field": "pages", "free": 1, "each": 10}]}]}

PERMIT = {
    "name": "permit", "version": 2, "zh": "许可", "en": "Permit", "levels": ["manager", "bureau_head"],
    "read": ["clerk", "person"], "keep_days": 365,
    "fields": [
        {"name": "item", "zh": "事项", "en": "Item", "type": "item"},                                              # 0
        {"name": "what", "zh": "内容", "en": "What", "type": "text", "max": 200},                                  # 1
        {"name": "person", "zh": "申请人", "en": "Person", "type": "person", "keep_days": 90},                       # 2
        {"name": "kind", "zh": "类别", "en": "Kind", "type": "choice",
         "values": [{"name": "new", "zh": "新办", "en": "New"}, {"name": "old", "zh": "续办", "en": "Old"}]},        # 3
        {"name": "pages", "zh": "页数", "en": "Pages", "type": "number", "max": 20},                               # 4
        {"name": "fee", "zh": "费用", "en": "Fee", "type": "money", "max": 1000},                                  # 5
        {"name": "until", "zh": "期限", "en": "Until", "type": "date"},                                           # 6
        {"name": "department", "zh": "部门", "en": "Department", "type": "department"},                            # 7
        {"name": "ticket", "zh": "排队号", "en": "Ticket", "type": "ticket", "hold_in": ["asked"],
         "outcome": "denied", "outcome_in": ["given"]},                                                          # 8
        {"name": "help", "zh": "帮办", "en": "Help", "type": "matter", "of": "help"}],                            # 9
    "states": [{"name": "asked", "zh": "已申请", "en": "Asked"}, {"name": "looked", "zh": "审查", "en": "Looked at"},
               {"name": "given", "zh": "已发", "en": "Given", "end": True},
               {"name": "late", "zh": "逾期", "en": "Late", "end": True}],
    "transitions": [
        {"name": "ask", "zh": "申请", "en": "Ask", "to": "asked", "roles": ["clerk"], "need": ["item", "what", "person"],
         "may": ["kind", "ticket"], "then": ["ticket_to ticket desk"]},                                          # 0
        {"name": "look", "zh": "审查", "en": "Look", "from": ["asked"], "to": "looked", "roles": ["officer"],
         "need": ["department", "until"], "may": ["pages"], "when": ["is kind new", "within until permit.more"],
         "then": ["notify officer@department level"]},                                                           # 1
        {"name": "get_help", "zh": "帮办", "en": "Get help", "from": ["looked"], "roles": ["clerk"],
         "when": ["lacks help", "clean person cheat"], "then": ["open help ask permit item=item", "raise"]},     # 2
        {"name": "helped", "zh": "帮完", "en": "Helped", "from": ["looked"], "roles": ["matter"]},                 # 3
        {"name": "give", "zh": "发证", "en": "Give", "from": ["looked"], "to": "given", "roles": ["officer", "level"],
         "when": ["linked help done", "at_most pages 10"],
         "then": ["price fee permit.fee", "extend answer permit.more", "since answer asked"]},                   # 4
        {"name": "give_up", "zh": "逾期", "en": "Give up", "from": ["asked", "looked"], "to": "late",
         "roles": ["clock"], "then": ["remember person cheat"]}],                                                # 5
    "marks": [{"card": "red", "raise": True}],
    "clocks": [
        {"name": "answer", "zh": "答复", "en": "Answer", "in": ["asked", "looked"], "limit": "permit.answer",
         "marks": [{"day": -1, "notify": ["clerk"]}, {"percent": 100, "take": "give_up"}]},
        {"name": "wait", "zh": "等候", "en": "Wait", "in": ["looked"], "pause": ["asked"], "limit": "item.promised"}],
    "prints": [{"name": "paper", "zh": "许可证", "en": "Permit", "in": ["given"], "fields": ["item"], "sign": ["officer"],
                "text_zh": "准予。", "text_en": "Granted."}]}

HELP = {
    "name": "help", "version": 1, "zh": "帮办", "en": "Help", "read": ["helper"], "keep_days": 365,
    "fields": [{"name": "item", "zh": "事项", "en": "Item", "type": "item"},
               {"name": "note", "zh": "记录", "en": "Note", "type": "text", "max": 100},
               {"name": "permit", "zh": "许可", "en": "Permit", "type": "matter", "of": "permit"}],
    "states": [{"name": "open", "zh": "进行", "en": "Open"}, {"name": "done", "zh": "完成", "en": "Done", "end": True}],
    "transitions": [
        {"name": "ask", "zh": "申请", "en": "Ask", "to": "open", "roles": ["matter"], "need": ["item"]},            # 0
        {"name": "write", "zh": "记录", "en": "Write", "from": ["open"], "roles": ["helper"], "need": ["note"]},    # 1
        {"name": "finish", "zh": "完成", "en": "Finish", "from": ["open"], "to": "done", "roles": ["helper"],
         "then": ["tell permit helped"]}],                                                                       # 2
    "clocks": [{"name": "call", "zh": "联系", "en": "Call", "in": ["open"], "limit": "help.call",
                "marks": [{"percent": 50, "notify": ["helper"]}]}]}


def changed(value, path, new):
    """A copy with the place at the path set, or taken away; "+" at the end of a list adds to it."""
    value = copy.deepcopy(value)
    here = value
    for step in path[:-1]:
        here = here[step]
    if new is GONE:
        del here[path[-1]]
    elif path[-1] == "+":
        here.append(new)
    else:
        here[path[-1]] = new
    return value


def write(folder, flows, profile=PROFILE, known=()):
    for name, flow in flows.items():
        (folder / "flows" / name).mkdir(parents=True, exist_ok=True)
        text = flow if isinstance(flow, str) else json.dumps(flow, ensure_ascii=False)
        (folder / "flows" / name / "flow.json").write_text(text, encoding="utf-8")
    for name, version, flow in known:
        (folder / "flows" / name / "known").mkdir(exist_ok=True)
        (folder / "flows" / name / "known" / f"{version}.json").write_text(json.dumps(flow), encoding="utf-8")
    text = profile if isinstance(profile, str) else json.dumps(profile)
    (folder / "small.json").write_text(text, encoding="utf-8")


def check(folder):
    """The lines without the folder, and what the exit status is."""
    done = subprocess.run([HALLCTL, "flow", "check", str(folder / "flows"), str(folder / "small.json")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done
    assert bool(done.stdout) == (done.returncode == 1)
    return done.stdout.replace(f"{folder}/flows/", "").replace(f"{folder}/", "").splitlines()


def permit(*path_and_new):
    return {"permit": changed(PERMIT, path_and_new[:-1], path_and_new[-1])}


def help_(*path_and_new):
    return {"help": changed(HELP, path_and_new[:-1], path_and_new[-1])}


T, F, C = "transitions", "fields", "clocks"
HEAD = [
    (permit("name", "Permit"), 'permit/flow.json: name: BAD_NAME: "Permit" is not a name'),
    (permit("name", "permits"), 'permit/flow.json: name: NOT_FOLDER: the folder is "permit"'),
    (permit("version", 0), "permit/flow.json: version: BAD_VERSION: must be 1 or more"),
    (permit("zh", ""), "permit/flow.json: zh: NO_TEXT: zh is missing"),
    (permit("en", GONE), "permit/flow.json: en: NO_TEXT: en is missing"),
    (permit("levels", "+", "king"), 'permit/flow.json: levels[2]: UNKNOWN: no role "king"'),
    (permit("levels", "+", "person"), 'permit/flow.json: levels[2]: UNKNOWN: no role "person"'),
    (permit("read", []), "permit/flow.json: read: NO_ROLE: nobody may read this"),
    (permit("read", "+", "clock"), 'permit/flow.json: read[2]: UNKNOWN: no role "clock"'),
    (permit("read", "+", "clerk"), 'permit/flow.json: read[2]: DUPLICATE: "clerk" is used twice'),
    (permit("keep_days", 179), "permit/flow.json: keep_days: KEEP: must be 180 or more"),
    (permit("prints", [{**PERMIT["prints"][0], "name": f"p{i}"} for i in range(17)]),
     "permit/flow.json: prints: TOO_MANY: at most 16 prints"),
    (permit("states", PERMIT["states"] + [{"name": f"s{i}", "zh": "一", "en": "s"} for i in range(61)]),
     "permit/flow.json: states: TOO_MANY: at most 64 states"),
    (permit("fields", PERMIT["fields"] + [{"name": f"f{i}", "zh": "一", "en": "f", "type": "date"} for i in range(55)]),
     "permit/flow.json: fields: TOO_MANY: at most 64 fields"),
    (permit(T, PERMIT[T] + [{**PERMIT[T][3], "name": f"t{i}"} for i in range(123)]),
     "permit/flow.json: transitions: TOO_MANY: at most 128 transitions"),
    (permit(C, PERMIT[C] + [{**PERMIT[C][1], "name": f"c{i}"} for i in range(15)]),
     "permit/flow.json: clocks: TOO_MANY: at most 16 clocks"),
]
NAMES = [
    (permit(F, 1, "name", "What"), ['permit/flow.json: fields[1].name: BAD_NAME: "What" is not a name',
                                    'permit/flow.json: transitions[0].need[1]: UNKNOWN: no field "what"']),
    (permit("prints", 0, "name", "a" * 33), f'permit/flow.json: prints[0].name: BAD_NAME: "{"a" * 33}" is not a name'),
    (permit(C, 1, "name", "answer"), 'permit/flow.json: clocks[1].name: DUPLICATE: "answer" is used twice'),
    (permit(F, 3, "values", 1, "name", "new"), 'permit/flow.json: fields[3].values[1].name: DUPLICATE: "new" is used twice'),
    (permit(T, 3, "name", "unmask"), 'permit/flow.json: transitions[3].name: BAD_NAME: "unmask" is a path of the API already'),
    (permit(T, 3, "name", "look"), 'permit/flow.json: transitions[3].name: DUPLICATE: "look" is used twice'),
    (permit(F, 3, "values", 1, "zh", ""), "permit/flow.json: fields[3].values[1].zh: NO_TEXT: zh is missing"),
    (permit("states", 0, "en", ""), "permit/flow.json: states[0].en: NO_TEXT: en is missing"),
    (permit("prints", 0, "text_en", GONE), "permit/flow.json: prints[0]: NO_TEXT: text_zh and text_en come together"),
]
FIELDS = [
    (permit(F, 1, "type", "words"), 'permit/flow.json: fields[1].type: UNKNOWN: no type "words"'),
    (permit(F, 1, "max", GONE), "permit/flow.json: fields[1].max: BOUNDS: a text needs max, 1 to 4000"),
    (permit(F, 1, "max", 4001), "permit/flow.json: fields[1].max: BOUNDS: a text needs max, 1 to 4000"),
    (permit(F, 1, "min", 1), "permit/flow.json: fields[1].min: BOUNDS: a text has no min"),
    (permit(F, 4, "min", 20), "permit/flow.json: fields[4].max: BOUNDS: a number needs max above min"),
    (permit(F, 5, "max", GONE), "permit/flow.json: fields[5].max: BOUNDS: a money needs max above min"),
    (permit(F, 3, "values", PERMIT[F][3]["values"][:1]),
     "permit/flow.json: fields[3].values: BOUNDS: a choice needs two values or more"),
    (permit(F, 9, {**PERMIT[F][9], "of": ""}), "permit/flow.json: fields[9].of: BOUNDS: a matter needs of"),
    (permit(F, 6, "max", 3), "permit/flow.json: fields[6].max: BOUNDS: a date has no max"),
    (permit(F, 0, "hold_in", ["asked"]), "permit/flow.json: fields[0].hold_in: BOUNDS: an item has no hold_in"),
    (permit(F, 1, "most", 1), "permit/flow.json: fields[1].most: BOUNDS: a list has most from 2 to 100"),
    (permit(F, 1, "most", 101), "permit/flow.json: fields[1].most: BOUNDS: a list has most from 2 to 100"),
    (permit(F, 8, "outcome_in", []), "permit/flow.json: fields[8].outcome_in: BOUNDS: an outcome needs outcome_in"),
    (permit(F, 8, "outcome", "fun"), 'permit/flow.json: fields[8].outcome: UNKNOWN: no outcome "fun"'),
    (permit(F, 8, "hold_in", ["gone"]), 'permit/flow.json: fields[8].hold_in[0]: UNKNOWN: no state "gone"'),
    (permit(F, 8, "hold_in", ["given"]), 'permit/flow.json: fields[8].hold_in[0]: AFTER_END: "given" is an end'),
    (permit(F, 2, "keep_days", GONE), "permit/flow.json: fields[2].keep_days: KEEP: a person says how long it is kept"),
    (permit(F, 2, "keep_days", 366), "permit/flow.json: fields[2].keep_days: KEEP: longer than the flow's"),
    (permit(F, 2, "read", ["clerk@what"]),
     'permit/flow.json: fields[2].read[0]: ARGUMENT: "what" is not a staff or department field'),
    (permit(F, 2, "read", ["clerk@nobody"]), 'permit/flow.json: fields[2].read[0]: UNKNOWN: no field "nobody"'),
]
TRANSITIONS = [
    (permit(T, 1, "from", ["asked", "there"]), 'permit/flow.json: transitions[1].from[1]: UNKNOWN: no state "there"'),
    (permit(T, 1, "to", "there"), 'permit/flow.json: transitions[1].to: UNKNOWN: no state "there"'),
    (permit(T, 3, "from", ["looked", "given"]), 'permit/flow.json: transitions[3].from[1]: AFTER_END: "given" is an end'),
    (permit(T, 0, "to", GONE), "permit/flow.json: transitions[0].to: NO_STATES: a transition that opens a matter needs to"),
    (permit(T, 1, "roles", []), 'permit/flow.json: transitions[1].roles: NO_ROLE: nobody may take "look"'),
    (permit(T, 1, "roles", ["king"]), 'permit/flow.json: transitions[1].roles[0]: UNKNOWN: no role "king"'),
    (permit(T, 1, "roles", ["king@department"]), 'permit/flow.json: transitions[1].roles[0]: UNKNOWN: no role "king"'),
    (help_(T, 1, "roles", ["level"]), "help/flow.json: transitions[1].roles[0]: NO_LEVELS: the flow has no levels"),
    (permit(T, 0, "roles", ["clerk", "clock"]),
     ["permit/flow.json: transitions[0].roles: MACHINE: a clock cannot open a matter"] +
     [f'permit/flow.json: transitions[0].need[{i}]: MACHINE: with role "clock" nobody is there to fill "{x}"'
      for i, x in enumerate(("item", "what", "person"))]),
    (permit(T, 5, "need", ["what"]),
     'permit/flow.json: transitions[5].need[0]: MACHINE: with role "clock" nobody is there to fill "what"'),
    (permit(T, 1, "need", "+", "age"), 'permit/flow.json: transitions[1].need[2]: UNKNOWN: no field "age"'),
    (permit(T, 1, "may", "+", "until"), 'permit/flow.json: transitions[1].may[1]: BOTH: "until" is needed already'),
    (permit(T, 2, "roles", ["clerk", "matter"]),
     "permit/flow.json: transitions[2].then[0]: MACHINE: only a person's transition may open a matter"),
]


def when(text, *says):
    return permit(T, 3, "when", [text]), [f"permit/flow.json: transitions[3].when[0]: {s}" for s in says]


def then(text, *says):
    return permit(T, 3, "then", [text]), [f"permit/flow.json: transitions[3].then[0]: {s}" for s in says]


WITH_PAPERS = changed(changed(HELP, (F, 0, "name"), "thing"), (T, 0, "need"), [])
WITH_PAPERS = changed(changed(WITH_PAPERS, (T, 1, "may"), ["thing", "papers"]), (T, 1, "when"), ["may_follow papers"])
WITH_PAPERS = changed(WITH_PAPERS, (F, "+"), {"name": "papers", "zh": "材料", "en": "Papers", "type": "material", "most": 5})
CALLS = [
    when("if kind new", 'UNKNOWN: no guard "if"'),
    when("", 'UNKNOWN: no guard ""'),
    when("is", 'ARGUMENT: "is" needs field'),
    when("is kind", 'ARGUMENT: "is" needs value'),
    when("is sort new", 'UNKNOWN: no field "sort"'),
    when("is kind grey", 'ARGUMENT: "grey" is not a value of "kind"'),
    when("is what new", 'ARGUMENT: "what" is not a choice or bool field'),
    when("is kind  new", 'ARGUMENT: "" is not a value of "kind"'),
    when("has what age", 'UNKNOWN: no field "age"'),
    when("has" + " what" * 64 + " kind", 'ARGUMENT: "has" has one argument too many: "kind"'),
    when("lacks", 'ARGUMENT: "lacks" needs field'),
    when("at_least pages", 'ARGUMENT: "at_least" needs integer'),
    when("at_least pages ten", 'ARGUMENT: "ten" is not an integer'),
    when("at_least pages 10 20", 'ARGUMENT: "at_least" has one argument too many: "20"'),
    when("at_most until 10", 'ARGUMENT: "until" is not a number or money field'),
    when("within what permit.more", 'ARGUMENT: "what" is not a date field'),
    when("within until permit.most", 'UNKNOWN: no limit "permit.most"'),
    when("linked what done", 'ARGUMENT: "what" is not a matter field'),
    when("linked help", 'ARGUMENT: "linked" needs state'),
    when("linked help gone", 'UNKNOWN: no state in help "gone"'),
    when("may_follow item", 'ARGUMENT: "item" is not a material field'),
    when("clean person Cheat", 'ARGUMENT: "Cheat" is not a name'),
    when("clean person lie", 'UNKNOWN: no flow remembers "lie"'),
    when("clean what cheat", 'ARGUMENT: "what" is not a person field'),
    when("certified department", 'ARGUMENT: "department" is not a staff field'),
    ({"help": changed(changed(WITH_PAPERS, (F, 0, "name"), "item"), (T, 1, "may", 0), "item"),
      "permit": changed(PERMIT, (T, 2, "then", 0), "open help ask permit")}, []),
    ({"help": WITH_PAPERS, "permit": changed(PERMIT, (T, 2, "then", 0), "open help ask permit")},
     'help/flow.json: transitions[1].when[0]: ARGUMENT: there is no field "item"'),
    then("shout desk", 'UNKNOWN: no effect "shout"'),
    then("raise two", 'ARGUMENT: "raise" has one argument too many: "two"'),
    then("notify", 'ARGUMENT: "notify" needs role'),
    then("notify king", 'UNKNOWN: no role "king"'),
    then("notify officer@what", 'ARGUMENT: "what" is not a staff or department field'),
    then("limit hurry permit.more", 'UNKNOWN: no clock "hurry"'),
    then("limit answer", 'ARGUMENT: "limit" needs limit'),
    then("limit answer item.promised", 'UNKNOWN: no limit "item.promised"'),
    then("extend answer help.call", 'ARGUMENT: "help.call" is in hall_minutes, the clock in working_days'),
    *[(changed(permit(T, 3, "then", [f"{effect} day permit.more"]), ("permit", C, "+"),
               {"name": "day", "zh": "日", "en": "Day", "in": ["looked"], "limit": "field.until"}),
       'permit/flow.json: transitions[3].then[0]: ARGUMENT: "day" follows a date and has no limit')
      for effect in ("limit", "extend")],
    (changed(permit(T, 3, "then", ["since day asked"]), ("permit", C, "+"),
             {"name": "day", "zh": "日", "en": "Day", "in": ["looked"], "limit": "field.until"}), []),
    then("since answer there", 'UNKNOWN: no state "there"'),
    then("tell help open", 'UNKNOWN: no transition in help "open"'),
    then("tell help write", 'MACHINE: "write" of help has not the role matter',
         'NOT_GIVEN: "write" of help needs "note"'),
    then("remember person", 'ARGUMENT: "remember" needs name'),
    then("forget person lie", 'UNKNOWN: no flow remembers "lie"'),
    then("ticket_to ticket king", 'UNKNOWN: no role "king"'),
    then("ticket_to what desk", 'ARGUMENT: "what" is not a ticket field'),
    then("price fee permit.tax", 'UNKNOWN: no tariff "permit.tax"'),
    then("price pages permit.fee", 'ARGUMENT: "pages" is not a money field'),
    (help_(T, 1, "then", ["raise"]), "help/flow.json: transitions[1].then[0]: NO_LEVELS: the flow has no levels"),
    (help_(T, 1, "when", ["within permit item.promised"]),
     'help/flow.json: transitions[1].when[0]: ARGUMENT: "permit" is not a date field'),
    ({"permit": changed(changed(PERMIT, (F, 0, "name"), "thing"), (T, 0, "need", 0), "thing")},
     ['permit/flow.json: transitions[2].then[0]: UNKNOWN: no field "item"',
      'permit/flow.json: clocks[1].limit: ARGUMENT: there is no field "item"',
      'permit/flow.json: prints[0].fields[0]: UNKNOWN: no field "item"']),
]
MARKS = [
    (permit("marks", 0, {"card": "red", "day": 1, "raise": True}),
     "permit/flow.json: marks[0]: MARK: says exactly one of percent, day, card"),
    (permit("marks", 0, {"raise": True}), "permit/flow.json: marks[0]: MARK: says exactly one of percent, day, card"),
    (permit("marks", 0, {"percent": 0, "raise": True}), "permit/flow.json: marks[0].percent: MARK: must be 1 to 100"),
    (permit("marks", 0, {"percent": 101, "raise": True}), "permit/flow.json: marks[0].percent: MARK: must be 1 to 100"),
    (permit("marks", 0, {"day": -61, "raise": True}), "permit/flow.json: marks[0].day: MARK: must be -60 to 60"),
    (permit("marks", 0, {"card": "blue", "raise": True}), "permit/flow.json: marks[0].card: MARK: must be yellow or red"),
    (permit("marks", 0, {"card": "red"}), "permit/flow.json: marks[0]: MARK: does nothing"),
    (permit("marks", 0, {"card": "red", "notify": ["king"]}), 'permit/flow.json: marks[0].notify[0]: UNKNOWN: no role "king"'),
    (permit("marks", PERMIT["marks"] * 31), "permit/flow.json: marks: TOO_MANY: at most 30 marks"),
    (permit("marks", 0, {"percent": 100, "take": "give_up"}),
     "permit/flow.json: marks[0].take: TAKE_LAST: the common marks cannot take a transition"),
    (help_("marks", [{"card": "red", "raise": True}]), "help/flow.json: marks[0].raise: NO_LEVELS: the flow has no levels"),
    (help_(C, 0, "marks", 0, {"day": -1, "notify": ["helper"]}),
     "help/flow.json: clocks[0].marks[0].day: MARK: a clock in minutes has no days"),
]
CLOCKS = [
    (permit(C, 1, "in", []), "permit/flow.json: clocks[1].in: NO_STATES: runs nowhere"),
    (permit(C, 1, "in", ["there"]), 'permit/flow.json: clocks[1].in[0]: UNKNOWN: no state "there"'),
    (permit(C, 1, "in", ["given"]), 'permit/flow.json: clocks[1].in[0]: AFTER_END: "given" is an end'),
    (permit(C, 1, "pause", ["looked"]), 'permit/flow.json: clocks[1].pause[0]: OVERLAP: "looked" is in both'),
    (permit(C, 1, "limit", "field.until"), "permit/flow.json: clocks[1].pause: OVERLAP: a date cannot be paused"),
    (permit(C, 1, "limit", "permit.wait"), 'permit/flow.json: clocks[1].limit: UNKNOWN: no limit "permit.wait"'),
    (permit(C, 0, "limit", "field.when"), 'permit/flow.json: clocks[0].limit: UNKNOWN: no field "when"'),
    (permit(C, 0, "limit", "field.what"), 'permit/flow.json: clocks[0].limit: ARGUMENT: "what" is not a date field'),
    (help_(C, 0, "limit", "item.statutory"), []),
    (permit(F, 6, "most", 3), []),
    ({"permit": changed(changed(PERMIT, (F, 6, "most"), 3), (C, 1),
                        {"name": "wait", "zh": "等候", "en": "Wait", "in": ["looked"], "limit": "field.until"})},
     'permit/flow.json: clocks[1].limit: ARGUMENT: "until" is a list'),
    (permit(F, 0, "most", 3), 'permit/flow.json: clocks[1].limit: ARGUMENT: "item" is a list'),
    ({"help": changed(changed(WITH_PAPERS, (F, 0), {**HELP[F][0], "most": 2}), (T, 1, "may", 0), "item"),
      "permit": changed(PERMIT, (T, 2, "then", 0), "open help ask permit")},
     'help/flow.json: transitions[1].when[0]: ARGUMENT: "item" is a list'),
    (permit(C, 0, "marks", [PERMIT[C][0]["marks"][1], PERMIT[C][0]["marks"][0]]),
     "permit/flow.json: clocks[0].marks[0].take: TAKE_LAST: only the last mark may take a transition"),
    (permit(C, 0, "marks", 1, "take", "vanish"), 'permit/flow.json: clocks[0].marks[1].take: UNKNOWN: no transition "vanish"'),
    (permit(T, 5, "from", ["asked"]), 'permit/flow.json: clocks[0].marks[1].take: NOT_FROM: the clock runs in "looked", '
                                      'from where "give_up" does not lead'),
    (permit(T, 5, "roles", ["clerk"]), 'permit/flow.json: clocks[0].marks[1].take: MACHINE: "give_up" has not the role clock'),
]
PRINTS = [
    (permit("prints", 0, "in", []), "permit/flow.json: prints[0].in: NO_STATES: can never be printed"),
    (permit("prints", 0, "in", ["there"]), 'permit/flow.json: prints[0].in[0]: UNKNOWN: no state "there"'),
    (permit("prints", 0, "fields", ["age"]), 'permit/flow.json: prints[0].fields[0]: UNKNOWN: no field "age"'),
    (permit("prints", 0, "sign", ["king"]), 'permit/flow.json: prints[0].sign[0]: UNKNOWN: no role "king"'),
    (permit("migrations", [{"from_version": 2}]),
     "permit/flow.json: migrations[0].from_version: MIGRATION: must be an earlier version"),
    (permit("migrations", [{"from_version": 1, "states": [{"old": "a", "new": "there"}]}]),
     'permit/flow.json: migrations[0].states[0].new: UNKNOWN: no state "there"'),
    (permit("migrations", [{"from_version": 1}, {"from_version": 1}]),
     'permit/flow.json: migrations[1].from_version: DUPLICATE: "1" is used twice'),
]
STATE = {"name": "more", "zh": "另", "en": "More"}
WAY = {"zh": "走", "en": "Go", "roles": ["clerk"]}
GRAPH = [
    ({"help": {**HELP, "transitions": [{**HELP[T][0], "from": ["open"], "roles": ["helper"]}] + HELP[T][1:]}},
     "help/flow.json: transitions: NO_OPENING: no transition opens a matter"),
    (help_("states", 1, "end", False), "help/flow.json: states: NO_END: no state is an end"),
    (permit("states", "+", {**STATE, "end": True}), 'permit/flow.json: states[4]: UNREACHABLE: "more" cannot be reached'),
    ({"permit": changed(permit("states", "+", STATE)["permit"], (T, "+"),
                        {**WAY, "name": "go", "from": ["looked"], "to": "more"})},
     'permit/flow.json: states[4]: TRAPPED: no end can be reached from "more"'),
    ({"permit": {**permit("states", "+", STATE)["permit"],
                 "transitions": [*PERMIT[T][:5], {**PERMIT[T][5], "to": "more"},
                                 {**WAY, "name": "back", "from": ["more"], "to": "asked", "roles": ["clock", "clerk"]},
                                 {**WAY, "name": "end", "from": ["more"], "to": "late"}],
                 "clocks": [*PERMIT[C], {"name": "round", "zh": "圈", "en": "Round", "in": ["more"], "limit": "permit.more",
                                         "marks": [{"percent": 100, "take": "back"}]}]}},
     "permit/flow.json: clocks: CLOCK_LOOP: clocks alone would go round: asked > more > asked"),
]
USE = [
    (permit(F, "+", {"name": "age", "zh": "年龄", "en": "Age", "type": "number", "max": 9}),
     'permit/flow.json: fields[10]: UNUSED: no transition gives "age"'),
    (permit(T, 3, "roles", ["matter", "clock"]),
     'permit/flow.json: transitions[3].roles: MACHINE: no clock takes "helped"'),
]
SET = [
    (permit(T, 2, "then", 0, "open help finish permit"),
     ['permit/flow.json: transitions[2].then[0]: ARGUMENT: "finish" does not open a help',
      'permit/flow.json: transitions[2].then[0]: MACHINE: "finish" of help has not the role matter']),
    (permit(T, 2, "then", 0, "open help ask"), 'help/flow.json: fields[2]: UNUSED: no transition gives "permit"'),
    (help_(T, 2, "then", []), 'permit/flow.json: transitions[3].roles: MACHINE: no matter takes "helped"'),
    (permit(T, 2, "then", 0, "open help ask item"),
     'permit/flow.json: transitions[2].then[0]: ARGUMENT: "item" of help is not a link to permit'),
    (permit(T, 2, "then", 0, "open help ask back"),
     'permit/flow.json: transitions[2].then[0]: UNKNOWN: no field in help "back"'),
    (permit(T, 2, "then", 0, "open help ask permit note"),
     'permit/flow.json: transitions[2].then[0]: ARGUMENT: "open" has one argument too many: "note"'),
    (permit(T, 2, "then", 0, "open help ask permit age=what"),
     'permit/flow.json: transitions[2].then[0]: UNKNOWN: no field in help "age"'),
    (permit(T, 2, "then", 0, "open help ask permit note=age"), 'permit/flow.json: transitions[2].then[0]: UNKNOWN: no field "age"'),
    (permit(T, 2, "then", 0, "open help ask permit note=pages"),
     'permit/flow.json: transitions[2].then[0]: ARGUMENT: "pages" is not a text field'),
    (permit(T, 2, "then", 0, "open help ask permit note=what"),
     'permit/flow.json: transitions[2].then[0]: ARGUMENT: "ask" of help does not take "note"'),
    (permit(T, 2, "then", 0, "open help ask permit item=item item=item"),
     'permit/flow.json: transitions[2].then[0]: ARGUMENT: "item" is given twice'),
    ({"permit": changed(changed(changed(PERMIT, (T, 2, "then", 0), "open help ask permit permit=before"), (T, 2, "may"),
                                ["before"]),
                        (F, "+"), {"name": "before", "zh": "前", "en": "Before", "type": "matter", "of": "permit"}),
      "help": changed(HELP, (T, 0, "may"), ["permit"])},
     'permit/flow.json: transitions[2].then[0]: ARGUMENT: "permit" is given twice'),
    (help_(F, 0, "most", 5), 'permit/flow.json: transitions[2].then[0]: ARGUMENT: "item" is not a list'),
    (help_(T, 0, "need", ["item", "note"]), 'permit/flow.json: transitions[2].then[0]: NOT_GIVEN: "ask" of help needs "note"'),
    ({"permit": changed(PERMIT, (T, 2, "then", 0), "open help ask permit"), "help": changed(HELP, (F, 0, "most"), 5)},
     'permit/flow.json: transitions[2].then[0]: NOT_GIVEN: "ask" of help needs "item"'),
    (help_(T, 2, "then", ["tell permit give"]),
     'help/flow.json: transitions[2].then[0]: MACHINE: "give" of permit has not the role matter'),
    ({"permit": changed(PERMIT, (T, 3, "then"), ["tell help done"]),
      "help": {**HELP, "transitions": HELP[T] + [{"name": "done", "zh": "完", "en": "Done", "from": ["open"],
                                                  "roles": ["matter"], "then": ["tell permit helped"]}]}},
     ['help/flow.json: transitions[3].then[0]: TELL_LOOP: "done" would come back to itself',
      'permit/flow.json: transitions[3].then[0]: TELL_LOOP: "helped" would come back to itself']),
]


def pair(name, other, limit="field.day", **more):
    """A matter that sleeps until its day, then wakes the other one, which sleeps again: round and round."""
    way = {"zh": "走", "en": "Go"}
    return {"name": name, "version": 1, "zh": "双", "en": "Pair", "read": ["clerk"], "keep_days": 365,
            "fields": [{"name": "day", "zh": "日", "en": "Day", "type": "date"},
                       {"name": "other", "zh": "另", "en": "Other", "type": "matter", "of": other}],
            "states": [{"name": "asleep", "zh": "睡", "en": "Asleep"}, {"name": "awake", "zh": "醒", "en": "Awake"},
                       {"name": "gone", "zh": "走", "en": "Gone", "end": True}],
            "transitions": [
                {**way, "name": "come", "to": "awake", "roles": ["clerk"], "may": ["day", "other"]},                # 0
                {**way, "name": "sleep", "from": ["awake"], "to": "asleep", "roles": ["clerk", "matter"]},         # 1
                {**way, "name": "wake", "from": ["asleep"], "to": "awake", "roles": ["clock"],
                 "then": ["tell other sleep"]},                                                                  # 2
                {**way, "name": "go", "from": ["asleep", "awake"], "to": "gone", "roles": ["clerk"]}],             # 3
            "clocks": [{"name": "night", "zh": "夜", "en": "Night", "in": ["asleep"], "limit": limit,
                        "marks": [{"percent": 100, "take": "wake"}]}], **more}


def pairs(*flows):
    return {flow["name"]: flow for flow in flows}


ROUND = "clocks[0].marks[0].take: CLOCK_LOOP: clocks alone would go round: "
ONE, TWO = pair("one", "two"), pair("two", "one")
BY_A_CLERK = changed(ONE, (T, 1, "to"), "drowsy")       # and a clerk lays it down
BY_A_CLERK["states"].insert(2, {"name": "drowsy", "zh": "困", "en": "Drowsy"})
BY_A_CLERK[T].append({**ONE[T][3], "name": "lie_down", "from": ["drowsy"], "to": "asleep"})
STAYS = changed(changed(ONE, (T, 1, "from"), ["asleep"]), (T, 1, "then"), ["extend night permit.more"])
STAYS = changed(changed(STAYS, (T, 2, "to"), GONE), (C, 0, "limit"), "permit.answer")
STAYS = changed(changed(STAYS, (T, 1, "to"), GONE), (C, 0, "marks", 0, "percent"), 50)
STAYS = changed(changed(STAYS, (F, 1, "of"), "one"), (T, 0, "to"), "asleep")
STAYS = changed(changed(STAYS, (T, 2, "roles"), ["clock", "clerk"]), (T, "+"), {**ONE[T][3], "name": "up", "to": "awake",
                                                                               "from": ["asleep"]})
ROUNDS = [
    (pairs(pair("one", "one")), f"one/flow.json: {ROUND}wake > sleep > wake"),
    (pairs(pair("one", "one", limit="help.call")), f"one/flow.json: {ROUND}wake > sleep > wake"),
    (pairs(ONE, TWO), [f"one/flow.json: {ROUND}wake > sleep of two > wake of two > sleep > wake",
                       f"two/flow.json: {ROUND}wake > sleep of one > wake of one > sleep > wake"]),
    (pairs(STAYS), f"one/flow.json: {ROUND}wake > sleep > wake"),
    (pairs(changed(STAYS, (C, 0, "marks", 0, "percent"), 100)), []),
    (pairs(changed(changed(STAYS, (T, 1, "roles"), ["clerk"]), (T, 2, "then"), ["extend night permit.more"])),
     f"one/flow.json: {ROUND}wake > wake"),
    (pairs(changed(ONE, (T, 1, "times"), 3), TWO), []),
    (pairs(BY_A_CLERK, TWO), []),
    # each lays the next one down, once
    (pairs(changed(pair("one", "one"), (T, 2, "to"), "gone")), []),
]
EVERY = HEAD + NAMES + FIELDS + TRANSITIONS + CALLS + MARKS + CLOCKS + PRINTS + GRAPH + USE + SET + ROUNDS


@pytest.mark.parametrize("damage,says", EVERY)
def test_a_damage_is_said_exactly(tmp_path, damage, says):
    write(tmp_path, {"permit": PERMIT, "help": HELP, **damage})
    assert check(tmp_path) == ([says] if isinstance(says, str) else says)


SHAPE = [
    ("{", "permit/flow.json: $: JSON: line 1 column 1"),
    ('{"name": "permit",\n "name": "permit"}', 'permit/flow.json: $: JSON: line 2 column 7'),
    ("[]", "permit/flow.json: $: WRONG_KIND: must be an object"),
    (changed(PERMIT, ("colour",), "red"), 'permit/flow.json: $: UNKNOWN_KEY: no key "colour" here'),
    (changed(PERMIT, (T, 3, "colour"), "red"), 'permit/flow.json: transitions[3]: UNKNOWN_KEY: no key "colour" here'),
    (changed(PERMIT, ("zh",), 5), "permit/flow.json: zh: WRONG_KIND: must be a text"),
    (changed(PERMIT, ("zh",), None), "permit/flow.json: zh: WRONG_KIND: must be a text"),
    (changed(PERMIT, ("zh",), "\x01"), "permit/flow.json: zh: WRONG_KIND: must be a text"),
    (changed(PERMIT, ("read",), "clerk"), "permit/flow.json: read: WRONG_KIND: must be a list"),
    (changed(PERMIT, ("read", 0), 3), "permit/flow.json: read[0]: WRONG_KIND: must be a text"),
    (changed(PERMIT, (T, 3), "go"), "permit/flow.json: transitions[3]: WRONG_KIND: must be an object"),
    (changed(PERMIT, (F, 1, "max"), "200"), "permit/flow.json: fields[1].max: WRONG_KIND: must be an integer"),
    (changed(PERMIT, (F, 1, "max"), 200.5), "permit/flow.json: fields[1].max: WRONG_KIND: must be an integer"),
    (changed(PERMIT, ("version",), -1), "permit/flow.json: version: WRONG_KIND: must be an integer from 0"),
    (changed(PERMIT, ("version",), 1 << 32), "permit/flow.json: version: WRONG_KIND: must be an integer from 0"),
    (changed(PERMIT, ("version",), True), "permit/flow.json: version: WRONG_KIND: must be an integer from 0"),
    (changed(PERMIT, (C, 0, "marks", 0, "day"), "1"), "permit/flow.json: clocks[0].marks[0].day: WRONG_KIND: must be an integer"),
    (changed(PERMIT, ("states", 2, "end"), 1), "permit/flow.json: states[2].end: WRONG_KIND: must be true or false"),
]


@pytest.mark.parametrize("text,says", SHAPE)
def test_a_wrong_shape_is_said_exactly(tmp_path, text, says):
    write(tmp_path, {"permit": text, "help": HELP})
    assert check(tmp_path) == [says]


def test_text_that_is_no_utf8_is_no_json(tmp_path):
    write(tmp_path, {"permit": PERMIT, "help": HELP})
    (tmp_path / "flows/permit/flow.json").write_bytes(b'{"name": "\xff"}')
    lines = check(tmp_path)
    assert len(lines) == 1 and lines[0].startswith("permit/flow.json: $: JSON: line 1 column ")


def profile(*path_and_new):
    return changed(PROFILE, path_and_new[:-1], path_and_new[-1])


PROFILES = [
    ("", "small.json: $: JSON: line 1 column 0"),
    (profile("colour", 1), 'small.json: $: UNKNOWN_KEY: no key "colour" here'),
    (profile("limits", 0, "n", -5), "small.json: limits[0].n: WRONG_KIND: must be an integer from 0"),
    (profile("name", "Small"), 'small.json: name: BAD_NAME: "Small" is not a name'),
    (profile("zh", ""), "small.json: zh: NO_TEXT: zh is missing"),
    (profile("en", GONE), "small.json: en: NO_TEXT: en is missing"),
    (profile("limits", 0, "key", "answer"), 'small.json: limits[0].key: BAD_NAME: "answer" is not a name'),
    (profile("limits", 1, "key", "permit.answer"), 'small.json: limits[1].key: DUPLICATE: "permit.answer" is used twice'),
    (profile("limits", 0, "n", 3001), "small.json: limits[0].n: BOUNDS: at most 3000"),
    (profile("limits", 2, {"key": "a.b", "n": 0, "unit": "hall_minutes", "source": "local"}),
     "small.json: limits[2].n: BOUNDS: 0 only in working_days (the same day)"),
    (profile("limits", 0, "unit", "weeks"), 'small.json: limits[0].unit: UNKNOWN: no unit "weeks"'),
    (profile("limits", 0, "yellow", 5), "small.json: limits[0].yellow: BOUNDS: must be below n"),
    (profile("limits", 0, "source", GONE), "small.json: limits[0].source: SOURCE: where does it come from?"),
    (profile("tariffs", "+", PROFILE["tariffs"][0]), 'small.json: tariffs[1].key: DUPLICATE: "permit.fee" is used twice'),
    (profile("tariffs", 0, "cap", 99), "small.json: tariffs[0].cap: BOUNDS: must not be below flat"),
    (profile("tariffs", 0, "source", ""), "small.json: tariffs[0].source: SOURCE: where does it come from?"),
]


@pytest.mark.parametrize("text,says", PROFILES)
def test_a_wrong_profile_is_said_exactly_and_alone(tmp_path, text, says):
    write(tmp_path, {"permit": changed(PERMIT, ("zh",), ""), "help": HELP}, text)
    assert check(tmp_path) == [says]


def test_a_known_version_keeps_its_content(tmp_path):
    write(tmp_path, {"permit": PERMIT, "help": HELP}, known=[("permit", 2, PERMIT), ("permit", 1, HELP)])
    assert check(tmp_path) == []
    write(tmp_path, {}, known=[("permit", 2, changed(PERMIT, ("en",), "Licence"))])
    assert check(tmp_path) == [
        "permit/flow.json: version: SAME_VERSION: version 2 is known with other content: raise it"]


def test_a_migration_says_where_every_state_goes(tmp_path):
    old = changed(PERMIT, ("version",), 1)
    old["states"] += [{"name": "paused", "zh": "暂停", "en": "Paused"}, {"name": "lost", "zh": "丢", "en": "Lost", "end": True}]
    new = changed(PERMIT, ("migrations",), [{"from_version": 1, "states": [{"old": "halted", "new": "looked"}]}])
    write(tmp_path, {"permit": new, "help": HELP}, known=[("permit", 1, old)])
    assert check(tmp_path) == ['permit/flow.json: migrations[0].states[0].old: UNKNOWN: no state "halted"',
                               'permit/flow.json: migrations[0].states: MIGRATION: where does "paused" go?']
    write(tmp_path, {"permit": changed(new, ("migrations", 0, "states", 0, "old"), "paused")})
    assert check(tmp_path) == []


def test_shape_stands_alone_and_the_rest_comes_in_its_order(tmp_path):
    wrong = changed(PERMIT, ("keep_days",), 1)
    for path, new in [(("states", 0, "zh"), ""), ((F, 1, "max"), 0), ((T, 1, "to"), "x"), (("marks", 0, "card"), "blue"),
                      ((C, 1, "limit"), "x.y"), (("prints", 0, "in"), []), (("migrations",), [{"from_version": 9}]),
                      (("states", "+"), {**STATE, "end": True})]:
        wrong = changed(wrong, path, new)
    write(tmp_path, {"permit": wrong, "help": HELP})
    places = [line.split(": ")[1] for line in check(tmp_path)]
    assert places == ["keep_days", "states[0].zh", "fields[1].max", "fields[2].keep_days", "transitions[1].to",
                      "marks[0].card", "clocks[1].limit", "prints[0].in", "migrations[0].from_version"]
    write(tmp_path, {"permit": changed(wrong, ("zh",), 1)})
    assert check(tmp_path) == ["permit/flow.json: zh: WRONG_KIND: must be a text"]


def test_what_is_used_is_asked_only_of_a_sound_graph(tmp_path):
    unused = changed(PERMIT, (F, "+"), {"name": "age", "zh": "年龄", "en": "Age", "type": "number", "max": 9})
    write(tmp_path, {"permit": changed(unused, ("states", "+"), {**STATE, "end": True}), "help": HELP})
    assert check(tmp_path) == ['permit/flow.json: states[4]: UNREACHABLE: "more" cannot be reached']


def test_the_set_comes_last_after_every_file(tmp_path):
    other = {"name": "other", "version": 1, "zh": "另", "en": "Other", "read": ["desk"], "keep_days": 100,
             "states": [], "transitions": []}
    write(tmp_path, {"permit": permit(T, 3, "then", ["tell help nothing"])["permit"], "help": HELP, "zoo": other})
    assert [line.split(": ")[2] for line in check(tmp_path)] == ["NOT_FOLDER", "KEEP", "UNKNOWN"]


def test_a_flow_that_is_not_installed_is_a_warning(tmp_path):
    write(tmp_path, {"permit": PERMIT})
    done = subprocess.run([HALLCTL, "flow", "check", str(tmp_path / "flows"), str(tmp_path / "small.json")],
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (f'{tmp_path}/flows/permit/flow.json: fields[9].of: NOT_INSTALLED: no flow "help": '
                           "the field is not offered\n")


def test_the_same_as_json(tmp_path):
    write(tmp_path, {"permit": permit("zh", "")["permit"]})
    done = subprocess.run([HALLCTL, "--json", "flow", "check", str(tmp_path / "flows"), str(tmp_path / "small.json")],
                          capture_output=True, text=True, timeout=60)
    file = f"{tmp_path}/flows/permit/flow.json"
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout) == {"warnings": [], "faults": [
        {"file": file, "path": "zh", "code": "NO_TEXT", "text": "zh is missing"}]}


def test_at_most_a_hundred_lines(tmp_path):
    wrong = changed(PERMIT, (F,), [{"name": f"f{i}", "zh": "", "en": "", "type": "x"} for i in range(64)])
    write(tmp_path, {"permit": wrong, "help": changed(HELP, ("zh",), "")})
    assert len(check(tmp_path)) == 100


def test_what_was_written_stays_on_one_line(tmp_path):
    write(tmp_path, {"permit": changed(PERMIT, (T, 1, "to"), "a\nb"), "help": HELP})
    assert check(tmp_path) == ['permit/flow.json: transitions[1].to: UNKNOWN: no state "a b"']


def test_files_that_cannot_be_read(tmp_path):
    write(tmp_path, {"permit": PERMIT})
    for folder, file in ((tmp_path / "nowhere", tmp_path / "small.json"), (tmp_path / "flows", tmp_path / "nothing.json")):
        done = subprocess.run([HALLCTL, "--lang", "en", "flow", "check", str(folder), str(file)], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 4 and done.stdout == ""
        assert ": No such file or directory" in done.stderr


def test_a_link_that_leads_nowhere_is_said(tmp_path):
    write(tmp_path, {"permit": PERMIT, "help": HELP})
    os.mkdir(tmp_path / "flows" / "late")
    os.symlink("flow.json", tmp_path / "flows" / "late" / "flow.json")
    done = subprocess.run([HALLCTL, "--lang", "en", "flow", "check", str(tmp_path / "flows"), str(tmp_path / "small.json")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 4 and "late/flow.json: Too many levels of symbolic links" in done.stderr


PROFILE_FILES = sorted(glob.glob(os.path.join(SOURCE, "profiles", "*.json")))


@pytest.mark.parametrize("file", PROFILE_FILES, ids=os.path.basename)
def test_the_definitions_and_every_profile_are_sound(file):
    done = subprocess.run([HALLCTL, "flow", "check", os.path.join(SOURCE, "plugins"), file], capture_output=True,
                          text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("file", PROFILE_FILES, ids=os.path.basename)
def test_every_profile_is_whole_and_says_where_its_own_numbers_come_from(file):
    def rows(path):
        with open(path, encoding="utf-8") as f:
            whole = json.load(f)
        return whole, {row["key"]: row for row in whole["limits"] + whole["tariffs"]}
    whole, found = rows(file)
    _, national = rows(os.path.join(SOURCE, "profiles", "national.json"))
    assert whole["name"] == os.path.splitext(os.path.basename(file))[0]
    assert list(found) == list(national)
    own = [row for key, row in found.items() if row != national[key]]
    assert bool(own) == (whole["name"] != "national")
    assert not any(row["source"].startswith("local") or row["source"] == national[row["key"]]["source"] for row in own)


def test_there_are_provincial_profiles():
    assert len(PROFILE_FILES) >= 4


def test_the_definitions_are_short_and_listed():
    files = glob.glob(os.path.join(SOURCE, "plugins", "*", "flow.json"))
    with open(os.path.join(SOURCE, "plugins", "Makefile.inc"), encoding="utf-8") as f:
        listed = f.read()
    assert len(files) >= 11
    for file in files:
        assert os.path.relpath(file, SOURCE) in listed
        with open(file, encoding="utf-8") as f:
            assert len(f.readlines()) < 120
    with open(os.path.join(SOURCE, "profiles", "Makefile.inc"), encoding="utf-8") as f:
        listed = f.read()
    assert all(f"profiles/{os.path.basename(file)}" in listed for file in PROFILE_FILES)


def test_the_worked_example_of_the_documentation(tmp_path):
    with open(os.path.join(SOURCE, "docs", "flows.md"), encoding="utf-8") as f:
        section = f.read().split("## A new flow is one JSON file")[1].split("\n## ")[0]
    flow, row = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", section, re.S))
    says = re.search(r"```\n(plugins.*?)```", section, re.S).group(1)
    with open(os.path.join(SOURCE, "profiles", "national.json"), encoding="utf-8") as f:
        national = json.load(f)
    shutil.copytree(os.path.join(SOURCE, "plugins"), tmp_path / "flows")
    write(tmp_path, {"lost_item": flow}, {**national, "limits": national["limits"] + [row]})
    assert check(tmp_path) == []
    write(tmp_path, {"lost_item": changed(changed(flow, (T, 2, "roles"), ["desk"]), (T, 0, "roles", 0), "desk1")},
          {**national, "limits": national["limits"] + [row]})
    assert check(tmp_path) == [line.replace("plugins/", "") for line in says.splitlines()]


def test_every_code_is_documented():
    codes = set()
    for file in glob.glob(os.path.join(SOURCE, "daemon/core/flow/check*.c")) + \
            [os.path.join(SOURCE, "daemon/codec/pbjson_shape.c")]:
        with open(file, encoding="utf-8") as f:
            codes |= set(re.findall(r'"([A-Z][A-Z_]+)"', f.read()))
    with open(os.path.join(SOURCE, "docs", "flows.md"), encoding="utf-8") as f:
        table = f.read().split("## What is forbidden")[1].split("\n## ")[0]
    assert codes == set(re.findall(r"`([A-Z][A-Z_]+)`", table)) - {"FILE", "PATH", "CODE"}


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
