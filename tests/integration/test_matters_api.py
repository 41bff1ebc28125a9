#!/usr/bin/python3
"""Flows and matters over HTTP: kinds, opening, steps, the inbox, links; who sees what, and how it is refused."""
import concurrent.futures
import json
import sys
import urllib.parse

import pytest

from hall import Client
from matters import OFFICE_HOURS, SETTINGS, TODAY, MatterHall, details, field, number, steps
from web import Stream

PERSON = {"id": "510101 1990 0101 1234", "name": "张三丰"}


@pytest.fixture(scope="module", name="hall")
def one_hall():
    with MatterHall() as hall:
        yield hall


def registered(hall, who="desk", **fields):
    return hall.matter("escalation", who, "register", **{"summary": "材料不全，跑了三趟", **fields})


# ---- kinds

def test_every_kind_comes_with_its_definition_and_what_one_may_open(hall):
    kinds = {k["flow"]["name"]: k for k in hall.person("desk").get("/flows").body["kinds"]}
    assert sorted(kinds) == ["case", "courier", "deficiency", "denial", "escalation", "help", "hotline", "inspection", "notice", "rating",
                             "video"]
    assert kinds["escalation"]["opens"] == ["register", "praise"] and kinds["escalation"]["reads"]
    assert kinds["escalation"]["page"] == "/desk/" and kinds["help"]["page"] == "/matters/?flow=help"
    assert kinds["escalation"]["flow"]["transitions"][0]["need"] == ["summary"]
    clerk = {k["flow"]["name"]: k for k in hall.person("clerk").get("/flows").body["kinds"]}
    assert clerk["escalation"]["opens"] == ["register"] and not clerk["escalation"]["reads"]
    assert clerk["denial"]["opens"] == ["draft"] and clerk["denial"]["reads"]
    assert hall.nobody().get("/flows").code == "NO_SESSION"
    assert hall.client("kiosk").get("/flows").code == "WRONG_ROLE"


# ---- opening and reading

def test_a_matter_is_opened_and_read_as_people_say_it(hall):
    opened = registered(hall, person=PERSON, phone="138 1234 5678", item="a1", window="3")
    card = opened["card"]
    assert (card["state"], card["state_zh"], card["title"], card["person"]) == ("registered", "已登记", "材料不全，跑了三趟", "张*")
    assert (card["item_name"], card["window"], card["level_role"], card["revision"]) == ("甲一", "3", "duty_leader", "1")
    assert card["color"] == "none" and card["clock"]["clock"] == "triage" and 0 < card["clock"]["left_s"] <= 1800
    assert opened["url"].endswith("/m/" + opened["token"])    # whoever opened it may give it away
    view = hall.person("desk").get(f"/matters/{number(card['matter'])}").body
    assert view["token"] == "" and view["url"] == ""
    assert field(view, "summary") == ["材料不全，跑了三趟"] and field(view, "window") == ["3 号窗口"]
    assert field(view, "phone") == ["138****5678"] and field(view, "person") == ["张*"]
    assert [c["clock"] for c in view["clocks"]] == ["triage", "first", "answer"]
    assert steps(view) == ["triage", "point_onward", "withdraw"] and view["prints"] == ["receipt"]
    assert view["definition"]["name"] == "escalation"
    assert "张三丰" not in json.dumps(view, ensure_ascii=False) and "13812345678" not in json.dumps(view)


def test_the_opening_step_may_be_left_out_if_there_is_but_one(hall):
    clerk = hall.person("clerk")
    answer = clerk.post("/flows/escalation/matters", {"fields": {"summary": "一个键"}})
    assert answer.status == 201 and answer.body["card"]["state"] == "registered"
    several = hall.person("desk").post("/flows/escalation/matters", {"fields": {"summary": "两个"}})
    assert several.code == "FIELD_MISSING" and details(several)["value"] == "register praise"
    none = hall.person("desk").post("/flows/denial/matters", {})
    assert (none.status, none.code) == (403, "WRONG_ROLE")


# ---- steps

def test_a_step_is_taken_and_answered_with_the_matter(hall):
    matter = registered(hall)
    view = hall.take("desk", matter, "triage", cause="passed_around", department="a")
    assert view["card"]["state"] == "triaged" and view["card"]["cause"] == "推诿" and view["card"]["revision"] == "2"
    assert view["card"]["department_name"] == "甲" and "solve" in steps(view) and view["timeline"] == []
    view = hall.take("leader", matter, "solve", answer="当场办好了")
    assert view["card"]["state"] == "solved" and [c["status"] for c in view["clocks"]] == ["met", "met", "met", "running"]


def test_the_second_of_two_officers_is_told_what_changed(hall):
    matter = number(registered(hall))
    seen = {"seen": "1"}
    first = hall.person("desk").post(f"/matters/{matter}/triage", {"fields": {"cause": "system"}, **seen})
    assert first.status == 200
    second = hall.person("leader").post(f"/matters/{matter}/point_onward", {"fields": {"pointed_to": "法院"}, **seen})
    assert (second.status, second.code) == (409, "STALE")
    told = details(second)
    assert (told["state"], told["transition"], told["by"], told["revision"]) == ("triaged", "triage", "user:bancheng", "2")
    assert told["at"] == first.body["card"]["changed_at"]
    again = hall.person("leader").post(f"/matters/{matter}/point_onward", {"fields": {"pointed_to": "法院"}, "seen": told["revision"]})
    assert again.status == 200 and again.body["card"]["ended"]


def test_of_many_at_once_one_wins_and_the_others_are_told(hall):
    matter = number(registered(hall))
    people = [hall.person(who) for who in ("desk", "leader")]
    for one in people:
        one.get("/me")

    def take(n):
        body = {"fields": {"cause": "policy"}, "seen": "1"} if n % 2 else {"fields": {"pointed_to": "法院"}, "seen": "1"}
        return people[n // 2 % 2].post(f"/matters/{matter}/{'triage' if n % 2 else 'point_onward'}", body)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(take, range(16)))
    assert sorted(a.status for a in answers) == [200] + [409] * 15
    assert {a.code for a in answers if a.status == 409} == {"STALE"}
    won = next(a for a in answers if a.status == 200)
    assert {details(a)["state"] for a in answers if a.status == 409} == {won.body["card"]["state"]}
    assert hall.person("desk").get(f"/matters/{matter}").body["card"]["revision"] == "2"


REFUSED = [
    ("desk", "fly", {}, 404, "UNKNOWN_TRANSITION", "escalation", "fly"),
    ("desk", "answer", {"answer": "好"}, 403, "WRONG_ROLE", "escalation", "answer"),
    ("desk", "close", {}, 409, "WRONG_STATE", "state", "registered"),
    ("desk", "triage", {}, 422, "FIELD_MISSING", "cause", "triage"),
    ("desk", "triage", {"cause": "policy", "answer": "早了"}, 422, "FIELD_NOT_ALLOWED", "answer", "triage"),
    ("desk", "triage", {"cause": "policy", "nothing": 1}, 422, "FIELD_NOT_ALLOWED", "nothing", "triage"),
    ("desk", "triage", {"cause": "boredom"}, 422, "FIELD_BAD", "cause", ""),
    ("desk", "triage", {"cause": ["policy"]}, 422, "FIELD_BAD", "cause", ""),
    ("desk", "triage", {"cause": 7}, 422, "FIELD_BAD", "cause", ""),
    ("desk", "triage", {"cause": None}, 422, "FIELD_MISSING", "cause", "triage"),
    ("desk", "triage", {"cause": "policy", "department": "nowhere"}, 422, "FIELD_BAD", "department", ""),
    ("desk", "point_onward", {"pointed_to": "远" * 201}, 422, "FIELD_BAD", "pointed_to", ""),
    ("desk", "point_onward", {"pointed_to": ""}, 422, "FIELD_BAD", "pointed_to", ""),
    ("desk", "point_onward", {"pointed_to": " \u3000\u200b\n"}, 422, "FIELD_BAD", "pointed_to", ""),
    ("desk", "triage", {"cause": "policy", "window": 2**32 + 3}, 422, "FIELD_BAD", "window", ""),
    ("desk", "triage", {"cause": "policy", "window": "0"}, 422, "FIELD_BAD", "window", ""),
]


@pytest.mark.parametrize("who,transition,fields,status,code,at,value", REFUSED, ids=[f"{r[4]}-{r[5]}-{i}" for i, r in enumerate(REFUSED)])
def test_what_is_refused_says_why_and_changes_nothing(hall, who, transition, fields, status, code, at, value):
    matter = number(registered(hall))
    answer = hall.person(who).post(f"/matters/{matter}/{transition}", {"fields": fields})
    assert (answer.status, answer.code) == (status, code), answer.body
    assert details(answer)["field"] == at
    if value or code == "FIELD_BAD":
        assert details(answer).get("value", "") == value
    assert answer.body["error"]["message"]
    assert "远远" not in json.dumps(answer.body, ensure_ascii=False)
    assert hall.person("desk").get(f"/matters/{matter}").body["card"]["revision"] == "1"


def test_a_guard_says_which_and_a_step_has_its_times(hall):
    matter = registered(hall)
    hall.take("desk", matter, "triage", cause="policy")
    hall.take("desk", matter, "solve", answer="好了")
    early = hall.person("desk").post(f"/matters/{number(matter)}/close_unreached", {"fields": {"attempts": 2}})
    assert (early.status, early.code) == (409, "GUARD") and details(early)["value"] == "at_least attempts 3"
    for _ in range(2):
        hall.take("desk", matter, "reopen", reason="还是不行")
        hall.take("desk", matter, "solve", answer="好了")
    thrice = hall.person("desk").post(f"/matters/{number(matter)}/reopen", {"fields": {"reason": "还是不行"}})
    assert (thrice.status, thrice.code) == (409, "NO_MORE_TIMES")


SAID = [
    ("fly", {}, "没有这个步骤", "There is no such step"),
    ("answer", {"answer": "好"}, "“答复”不由您的岗位办理", "“Answer” is not for your role"),
    ("close", {}, "现在是“已登记”，不能“回访满意”", "It is at “Registered” now: “Close” cannot be done"),
    ("triage", {}, "还没有填“原因”", "“Cause” is missing"),
    ("triage", {"cause": "policy", "answer": "x"}, "“研判”这一步不填“答复”", "“Triage” does not take “Answer”"),
    ("triage", {"cause": "boredom"}, "“原因”只能选给出的选项", "“Cause” is one of the given choices"),
    ("triage", {"cause": "policy", "window": 999}, "“窗口”里没有这个窗口", "“Window”: there is no such window"),
    ("point_onward", {"pointed_to": "远" * 201}, "“指引去向”要写 1 到 200 个字", "“Where to go instead” takes 1 to 200 characters"),
]


@pytest.mark.parametrize("transition,fields,zh,en", SAID, ids=[f"{r[0]}-{i}" for i, r in enumerate(SAID)])
def test_a_refusal_speaks_the_definitions_words(hall, transition, fields, zh, en):
    path = f"/matters/{number(registered(hall))}/{transition}"
    said = [hall.person("desk").post(path, {"fields": fields}, Accept_Language=language).body["error"]["message"] for language in ("zh-CN", "en")]
    assert said == [zh, en]


def test_a_guard_and_whoever_was_quicker_are_said_in_words(hall):
    matter = registered(hall)
    hall.take("desk", matter, "triage", cause="policy")
    stale = hall.person("leader").post(f"/matters/{number(matter)}/point_onward", {"fields": {"pointed_to": "法院"}, "seen": "1"})
    assert stale.body["error"]["message"] == "办成刚刚处理过，现在是“已研判”，请看最新情况"
    hall.take("desk", matter, "solve", answer="好了")
    guard = hall.person("desk").post(f"/matters/{number(matter)}/close_unreached", {"fields": {"attempts": 1}})
    assert guard.body["error"]["message"] == "“联系次数”至少 3，才能“回访未联系上”"
    draft = hall.matter("denial", "clerk", item="a1", facts="缺件", ground="依据", proposed="不予", alternatives="无")
    waits = hall.person("clerk").post(f"/matters/{number(draft)}/submit")
    assert waits.code == "GUARD" and waits.body["error"]["message"] == "先要有“排队号”，才能“报批(群众等候)”"
    blocked = {s["transition"]: (s["blocked_zh"], s["blocked_en"]) for s in draft["steps"]}
    assert blocked == {"submit": (waits.body["error"]["message"], "“Submit, the person waits” needs “Ticket” first"), "submit_later": ("", ""),
                       "withdraw": ("", "")}
    denied = hall.person("desk").post("/flows/denial/matters", {"transition": "draft"})
    assert denied.code == "WRONG_ROLE" and denied.body["error"]["message"] == "“草拟”不由您的岗位办理"


@pytest.mark.parametrize("path", ["/flows/escalation/matters", "/matters/1/triage"])
@pytest.mark.parametrize("body,status", [("{", 400), ("[]", 400), ('{"fields": []}', 400), ('{"fields": "x"}', 400), ('{"other": 1}', 400),
                                         ('{"fields": {"summary": "x", "summary": "y"}}', 400), ('{"window": "one"}', 400),
                                         ('{"fields": {"a": ' + "[" * 60 + "]" * 60 + "}}", 400), ('{"fields": {"a": "' + "x" * 70000 + '"}}', 413)])
def test_bodies_that_are_none(hall, path, body, status):
    hall.person("desk")
    raw = Client(hall.address, hall.token("clerk"))
    raw.http.request("POST", "/api/v1" + path, body, raw.headers)
    answer = raw.http.getresponse()
    assert answer.status == status, answer.read()
    raw.close()
    assert hall.person("desk").get("/matters").status == 200


def test_a_repeat_under_the_same_key_is_one_matter(hall):
    desk, body = hall.person("desk"), {"transition": "register", "fields": {"summary": "只一次", "phone": "13900000000"}}
    first, again = (desk.post("/flows/escalation/matters", body, Idempotency_Key="one-key") for _ in range(2))
    assert first.status == again.status == 201 and number(first.body) == number(again.body)
    assert first.body["token"] == again.body["token"] and first.body["fields"] == again.body["fields"]
    other = desk.post("/flows/escalation/matters", {**body, "fields": {"summary": "另一件"}}, Idempotency_Key="one-key")
    assert (other.status, other.code) == (422, "KEY_REUSED")
    took = [desk.post(f"/matters/{number(first.body)}/triage", {"fields": {"cause": "policy"}, "seen": "1"}, Idempotency_Key="two") for _ in range(2)]
    assert [t.status for t in took] == [200, 200] and took[1].body["card"]["revision"] == "2"


# ---- from a window

def test_one_key_at_a_window_takes_the_ticket_along(hall):
    device, clerk = hall.client("kiosk"), hall.person("clerk")
    ticket = device.ticket("A").body
    assert clerk.post("/windows/2/open").status == 200
    called = clerk.post("/windows/2/next").body["ticket"]
    assert called["id"] == ticket["id"]
    opened = clerk.post("/flows/escalation/matters", {"window": 2, "fields": {"summary": "办不了"}}, Idempotency_Key="key-at-2")
    assert opened.status == 201, opened.body
    view = hall.person("desk").get(f"/matters/{number(opened.body)}").body
    assert field(view, "ticket") == [ticket["number"]] and field(view, "window") == ["2 号窗口"] and field(view, "item") == ["甲一"]
    assert view["card"]["number"] == ticket["number"]
    for query in ("q=" + ticket["number"], "q=" + ticket["number"].lower(), "ticket=" + ticket["id"]):
        assert [m["matter"] for m in hall.person("desk").get("/matters?" + query).body["matters"]] == [number(opened.body)], query
    assert hall.person("desk").get("/matters?q=Z999").body["total"] == 0 == hall.person("desk").get("/matters?ticket=1").body["total"]
    moved = [e["matter_moved"] for e in hall.events() if "matter_moved" in e][-1]
    assert moved["head"]["window"] == 2 and moved["head"]["duty"] == "li"
    again = clerk.post("/flows/escalation/matters", {"window": 2, "fields": {"summary": "办不了"}}, Idempotency_Key="key-at-2")
    assert number(again.body) == number(opened.body)    # though the ticket may have walked on
    for who, window, code in (("clerk2", 2, "NOT_YOUR_WINDOW"), ("clerk", 3, "WINDOW_CLOSED"), ("clerk", 98, "NO_WINDOW"), ("desk", 98, "NO_WINDOW")):
        refused = hall.person(who).post("/flows/escalation/matters", {"window": window, "transition": "register", "fields": {"summary": "x"}})
        assert refused.code == code, (who, window, refused.body)
    assert hall.person("desk").post("/flows/escalation/matters", {"window": 2, "transition": "register", "fields": {"summary": "x"}}).status == 201
    hall.take("desk", opened.body, "point_onward", pointed_to="别处")


# ---- the inbox

def test_the_inbox_is_sorted_by_colour_then_deadline_and_filtered(hall):
    mine = [number(registered(hall, item="b1", summary=f"第{n}件 蓝色文件夹")) for n in range(3)]
    desk = hall.person("desk")
    everything = desk.get("/matters?most=500").body
    dues = [m["clock"]["due_at"] for m in everything["matters"] if m["color"] == "none" and m.get("clock")]
    assert dues == sorted(dues) and everything["total"] == len(everything["matters"]) and not everything["after"]
    assert {m["matter"] for m in desk.get("/flows/escalation/matters?item=b1").body["matters"]} >= set(mine)
    assert [m["matter"] for m in desk.get("/matters?q=" + mine[1]).body["matters"]] == [mine[1]]
    found = desk.request("GET", "/matters?q=%E8%93%9D%E8%89%B2%20%E7%AC%AC2").body    # 蓝色 第2
    assert [m["matter"] for m in found["matters"]] == [mine[2]]
    assert desk.get("/matters?color=red").body["total"] == 0
    assert desk.get("/matters?state=registered&flow=denial").body["matters"] == []
    assert all(m["mine"] for m in desk.get("/matters?mine=true").body["matters"])
    for query, code in (("color=blue", "BAD_VALUE"), ("after=x", "BAD_VALUE"), ("most=-1", "BAD_VALUE"), ("q=" + "x" * 320, "TOO_LONG"), ("other=1", "UNKNOWN_FIELD")):
        assert desk.get("/matters?" + query).code == code, query
    assert desk.get("/flows/nothing/matters").code == "NO_FLOW"


def test_pages_join_without_gap_or_overlap(hall):
    desk = hall.person("desk")
    for ended in ("false", "true"):
        whole = [m["matter"] for m in desk.get(f"/matters?ended={ended}&most=500").body["matters"]]
        paged, after = [], ""
        while True:
            page = desk.get(f"/matters?ended={ended}&most=3&after={after}").body
            paged += [m["matter"] for m in page["matters"]]
            after = page["after"]
            if not after:
                break
        assert paged == whole and len(whole) > 3 or ended == "true"
    newest = hall.take("desk", registered(hall), "withdraw")
    assert desk.get("/matters?ended=true").body["matters"][0]["matter"] == number(newest)


# ---- masked numbers

def security(hall, kind):
    """Rows of the security log; what is committed after a row says that it is written."""
    registered(hall)
    return [r for r in hall.admin().get("/audit?log=security").body["security"] if r["kind"] == kind]


def test_a_masked_number_is_shown_whole_with_a_reason_and_the_look_is_kept(hall):
    matter = number(registered(hall, phone="138-1111-2222"))
    desk = hall.person("desk")
    whole = desk.post(f"/matters/{matter}/unmask", {"field": "phone", "reason": "回访"})
    assert whole.status == 200 and whole.body == {"field": "phone", "values": ["13811112222"]}
    kept = security(hall, "unmask")
    assert len(kept) == 1 and f"matter {matter} phone: 回访" in json.dumps(kept, ensure_ascii=False) and kept[0]["who"] == "bancheng"
    for body, code in (({"field": "phone"}, "FIELD_MISSING"), ({"field": "phone", "reason": "  \u3000"}, "FIELD_MISSING"), ({"reason": "x"}, "FIELD_MISSING"), ({"field": "summary", "reason": "x"}, "BAD_VALUE"),
                       ({"field": "nothing", "reason": "x"}, "NOT_FOUND"), ({"field": "phone", "reason": "长" * 101}, "TOO_LONG")):
        assert desk.post(f"/matters/{matter}/unmask", body).code == code
    assert hall.person("auditor").post(f"/matters/{matter}/unmask", {"field": "phone", "reason": "x"}).code == "NOT_FOUND"
    assert hall.person("officer").post(f"/matters/{matter}/unmask", {"field": "phone", "reason": "x"}).code == "NO_MATTER"


# ---- by link

def test_the_person_follows_the_own_matter_by_its_link(hall):
    matter = registered(hall, person=PERSON, phone="13800002222")
    somebody, path = hall.nobody(), "/matters/by-token/" + matter["token"]
    hall.take("desk", matter, "triage", cause="attitude")
    view = somebody.get(path).body
    assert view["token"] == matter["token"] and steps(view) == ["withdraw"]
    assert field(view, "summary") and field(view, "phone") is None and field(view, "staff") is None
    hall.take("desk", matter, "solve", answer="已办好")
    assert steps(somebody.get(path).body) == ["close", "reopen"]
    stale = somebody.post(path + "/close", {"seen": "1"})
    assert stale.code == "STALE" and details(stale)["by"] == "user"    # somebody, not who
    done = somebody.post(path + "/close")
    assert done.status == 200 and done.body["card"]["state"] == "closed"
    moved = [e for e in hall.events() if "matter_moved" in e][-1]
    assert moved["actor"]["kind"] == "link" and moved["matter_moved"]["transition"] == "close"
    assert somebody.post(path + "/solve", {"fields": {"answer": "x"}}).code == "WRONG_ROLE"


def test_a_link_that_is_none_opens_nothing(hall):
    one, other = registered(hall), registered(hall)
    mac = one["token"].split("-")[1]
    somebody = hall.nobody()
    for token in (f"{number(other)}-{mac}", f"{number(one)}-{'0' * 32}", number(one), mac, f"{number(one)}-{mac[:-1]}", f"0-{mac}",
                  f"{number(one)}-{mac.upper()}x", "%20", "-" + mac):
        for answer in (somebody.get("/matters/by-token/" + token), somebody.post(f"/matters/by-token/{token}/withdraw"),
                       somebody.get(f"/matters/by-token/{token}/qr.svg")):
            assert (answer.status, answer.code) == (404, "NO_MATTER"), token
    assert somebody.get(f"/matters/{number(one)}").code == "NO_SESSION"


def test_a_person_opens_a_matter_by_the_link_of_a_ticket(hall):
    ticket = hall.client("kiosk").ticket("B").body
    somebody, path = hall.nobody(), f"/tickets/by-token/{ticket['token']}/matters/escalation"
    offers = somebody.get(f"/tickets/by-token/{ticket['token']}/flows").body["kinds"]
    assert {"escalation": ["register", "praise"], "help": ["ask"]}.items() <= {k["flow"]["name"]: k["opens"] for k in offers}.items()
    assert all(k["opens"] and not k["open"] for k in offers)
    assert somebody.get(f"/tickets/by-token/{'0' * 32}/flows").code == "NO_TICKET"
    missing = somebody.post(path, {"fields": {}})
    assert missing.code == "FIELD_MISSING" and details(missing)["value"] == "register praise"
    opened = somebody.post(path, {"transition": "register", "window": 3, "fields": {"summary": "窗口没人"}})
    assert opened.status == 201, opened.body
    assert field(opened.body, "ticket") == [ticket["number"]] and field(opened.body, "item") == ["乙一"] and field(opened.body, "window") is None
    assert opened.body["token"] and somebody.get("/matters/by-token/" + opened.body["token"]).status == 200
    assert somebody.post(f"/tickets/by-token/{ticket['token']}/matters/denial", {}).code == "WRONG_ROLE"
    assert somebody.post(f"/tickets/by-token/{ticket['token']}/matters/nothing", {}).code == "NO_FLOW"
    assert somebody.post(f"/tickets/by-token/{'0' * 32}/matters/escalation", {}).code == "NO_TICKET"


def test_a_ticket_opens_five_matters_and_no_more(hall):
    ticket = hall.client("kiosk").ticket("B").body
    somebody, path = hall.nobody(), f"/tickets/by-token/{ticket['token']}/matters/escalation"
    body = {"transition": "praise", "fields": {"summary": "谢谢"}}
    opened = [somebody.post(path, body, Idempotency_Key=f"thanks-{n}") for n in range(5)]
    assert [a.status for a in opened] == [201] * 5
    again = somebody.post(path, body, Idempotency_Key="thanks-4")
    assert again.status == 201 and number(again.body) == number(opened[4].body)
    many = somebody.post(path, body)
    assert (many.status, many.code) == (429, "USED_UP") and int(many.headers["retry-after"]) > 0


def test_a_storm_of_openings_by_one_link_opens_five(hall):
    ticket = hall.client("kiosk").ticket("B").body
    path = f"/tickets/by-token/{ticket['token']}/matters/escalation"
    body = {"transition": "praise", "fields": {"summary": "谢谢"}}
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        codes = [a.status for a in pool.map(lambda _: hall.nobody().post(path, body), range(60))]
    assert sorted(codes) == [201] * 5 + [429] * 55
    # What was refused was not opened: nothing is left of it that would count.
    other = hall.client("kiosk").ticket("B").body
    path = f"/tickets/by-token/{other['token']}/matters/escalation"
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        assert {a.code for a in pool.map(lambda _: hall.nobody().post(path, {"transition": "praise"}), range(20))} <= {"FIELD_MISSING", "USED_UP"}
    assert [hall.nobody().post(path, body).status for _ in range(6)] == [201] * 5 + [429]


def test_words_are_parted_by_the_wide_blank_of_chinese_input_methods():
    with MatterHall() as hall:
        hall.matter("escalation", transition="register", summary="张三的执照办不下来")
        for asked in ("张三 执照", "张三　执照", "　张三\u00a0执照　"):
            assert hall.person("desk").get("/matters?q=" + urllib.parse.quote(asked)).body["total"] == 1, asked


def test_a_link_moves_no_ticket_but_its_own():
    with MatterHall() as hall:
        kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
        other, mine = kiosk.ticket("A").body, kiosk.ticket("A").body
        for verb, body in (("open", {}), ("next", {}), ("start", {})):
            assert clerk.post(f"/windows/1/{verb}", body).status == 200
        path = f"/tickets/by-token/{mine['token']}/matters"
        given = [("escalation", "register", {"summary": "x", "ticket": other["id"]}), ("escalation", "register", {"summary": "x", "window": 1}),
                 ("escalation", "praise", {"summary": "x", "staff": "chuangkou1"}), ("help", "ask", {"summary": "x", "person": PERSON, "ticket": other["id"]}),
                 ("rating", "give", {"score": 2, "channel": "phone", "clerk": "chuangkou1"})]
        for kind, transition, fields in given:
            answer = hall.nobody().post(f"{path}/{kind}", {"transition": transition, "fields": fields})
            assert answer.code == "FIELD_NOT_ALLOWED", (kind, answer.body)
        assert hall.nobody().get(f"/tickets/by-token/{other['token']}").body["state"] == "serving"
        answer = hall.nobody().post(f"{path}/escalation", {"transition": "register", "fields": {"summary": "x", "ticket": mine["id"]}})
        assert answer.status == 201, answer.body
        for verb, body in (("finish", {"outcome": "handled"}), ("close", {})):
            assert clerk.post(f"/windows/1/{verb}", body).status == 200


def test_nobody_is_told_of_a_matter_by_what_is_wrong_with_their_request(hall):
    """Who may neither read it nor take the step is answered as if there were none, whatever they send."""
    matter = number(hall.matter("escalation", transition="register", summary="不关他的事"))
    stranger = hall.person("officer_b")
    for body in ({}, {"fields": {"x" * 200: "y"}}, {"fields": {}, "window": 99}, {"fields": {}, "window": 1}, {"fields": {"opinion": "z" * 5000}}):
        here, nowhere = stranger.post(f"/matters/{matter}/triage", body), stranger.post("/matters/99999/triage", body)
        assert (here.status, here.code) == (nowhere.status, nowhere.code) == (404, "NO_MATTER"), (body, here.body)


def test_a_search_opens_some_texts_at_a_time_and_goes_on():
    with MatterHall() as hall:
        desk = hall.person("desk")
        for n in range(420):
            body = {"transition": "register", "fields": {"summary": f"第{n}件" + ("，找得到" if n in (3, 415) else "")}}
            assert desk.post("/flows/escalation/matters", body).status == 201
        found, after, parts = [], "", 0
        while True:
            part = desk.get(f"/matters?q=%E6%89%BE%E5%BE%97%E5%88%B0&after={after}").body
            found += [m["title"] for m in part["matters"]]
            after, parts = part["after"], parts + 1
            assert part["partial"] == bool(after)
            if not after:
                break
        assert found == ["第3件，找得到", "第415件，找得到"] and parts == 2
        page = desk.get("/matters?most=500").body
        assert page["total"] == len(page["matters"]) == 420 and not page["partial"]


def test_the_link_can_be_printed_again_and_that_is_kept(hall):
    matter = registered(hall)
    assert hall.person("desk").get(f"/matters/{number(matter)}/slip").body["token"] == matter["token"]
    assert hall.person("clerk").get(f"/matters/{number(matter)}/slip").code == "NO_MATTER"
    assert hall.person("auditor").get(f"/matters/{number(matter)}/slip").code == "WRONG_ROLE"
    kept = security(hall, "slip")
    assert f"matter {number(matter)}" in json.dumps(kept)


# ---- the story

def test_a_matter_tells_its_story(hall):
    matter = registered(hall, person=PERSON, phone="13800004444")
    hall.take("desk", matter, "triage", cause="attitude", department="a")
    hall.take("leader", matter, "help", told="帮办跟进")
    view = hall.person("desk").get(f"/matters/{number(matter)}").body
    story = view["timeline"]
    done = [line for line in story if line["kind"] == "moved"]
    assert [(line["transition"], line["zh"], line["actor"], line["actor_name"]) for line in done] == [
        ("register", "登记", "user:bancheng", "办成"), ("triage", "研判", "user:bancheng", "办成"), ("help", "转帮办", "user:li", "李局长")]
    assert [f["field"] for f in done[0]["fields"]] == ["summary", "person", "phone"] and field(done[0], "phone") == ["138****4444"]
    assert [(line["clock"], line["what"]) for line in story if line["kind"] == "clock_stopped"] == [("triage", "met"), ("first", "met")]
    assert [line["seq"] for line in story] == sorted((line["seq"] for line in story), key=int) and int(view["as_of_seq"]) >= int(story[-1]["seq"])
    assert view["duty"] == "li" and story[-1]["kind"] == "effect" and story[-1]["matter"] == view["links"][0]["matter"]
    helper = hall.person("helper").get(f"/matters/{story[-1]['matter']}").body
    assert helper["links"][0]["matter"] == number(matter) and not helper["links"][0]["reads"]
    assert helper["links"][0]["flow_zh"] and helper["links"][0]["state_zh"] == helper["links"][0]["state_en"] == ""    # that one's own
    auditor = hall.person("auditor").get(f"/matters/{number(matter)}").body["timeline"]
    assert field([line for line in auditor if line["kind"] == "moved"][0], "phone") is None
    theirs = hall.nobody().get("/matters/by-token/" + matter["token"]).body
    assert {line["kind"] for line in theirs["timeline"]} == {"moved", "clock_started"}
    assert "办成" not in json.dumps(theirs, ensure_ascii=False) and "bancheng" not in json.dumps(theirs) and theirs["duty"] == ""


# ---- values in words

KINDS = {
    "words": ("text", {"max": 4000}, "很长" * 2000, ["很长" * 2000]),
    "notes": ("text", {"max": 20, "most": 3}, ["甲", "乙"], ["甲", "乙"]),
    "count": ("number", {"max": 9}, 7, ["7"]),
    "fee": ("money", {"max": 100000}, 12305, ["123.05 元"]),
    "sure": ("bool", {}, True, ["是"]),
    "until": ("date", {}, "2026-12-01", ["2026-12-01"]),
    "colour": ("choice", {"values": [{"name": "red", "zh": "红", "en": "Red"}, {"name": "blue", "zh": "蓝", "en": "Blue"}]}, "blue", ["蓝"]),
    "visitor": ("person", {"keep_days": 90}, {"id": "510101199001011234", "name": "欧阳锋"}, ["欧*"]),
    "phone": ("phone", {"keep_days": 90}, "0512-12345678", None),
    "colleague": ("staff", {}, "li", ["李局长"]),
    "offices": ("department", {"most": 2}, ["a", "b"], ["甲", "乙"]),
    "at": ("window", {}, 20, ["办不成事窗口"]),
    "item": ("item", {}, "a1", ["甲一"]),
    "papers": ("material", {"most": 5}, ["m1", "m2"], ["授权书", "身份证"]),
    "earlier": ("matter", {"of": "everything"}, "1", ["样样都有 1 号"]),
}
EVERYTHING = {
    "name": "everything", "version": 1, "zh": "样样都有", "en": "Everything", "read": ["desk"], "keep_days": 365,
    "fields": [{"name": name, "zh": f"项{name}", "en": name, "type": kind, **more} for name, (kind, more, _, _) in KINDS.items()],
    "states": [{"name": "open", "zh": "在办", "en": "Open"}, {"name": "over", "zh": "办结", "en": "Over", "end": True}],
    "transitions": [{"name": "begin", "zh": "开始", "en": "Begin", "to": "open", "roles": ["desk"], "may": list(KINDS)},
                    {"name": "finish", "zh": "办结", "en": "Finish", "from": ["open"], "to": "over", "roles": ["desk"]}]}


def test_every_type_of_field_is_said_in_words(tmp_path):
    (tmp_path / "everything").mkdir()
    (tmp_path / "everything" / "flow.json").write_text(json.dumps(EVERYTHING), encoding="utf-8")
    with MatterHall(flows=str(tmp_path)) as hall:
        hall.matter("everything")
        view = hall.matter("everything", **{name: value for name, (_, _, value, _) in KINDS.items()})
        said = {f["field"]: [v["zh"] for v in f["values"]] for f in view["fields"]}
        assert {name: words for name, words in said.items() if name != "phone"} == {n: k[3] for n, k in KINDS.items() if k[3]}
        assert "****" in said["phone"][0] and "12345678" not in said["phone"][0]
        given = {f["field"]: [v["value"] for v in f["values"]] for f in view["fields"]}
        assert (given["fee"], given["sure"], given["colour"], given["until"], given["at"]) == (["12305"], ["true"], ["blue"], ["2026-12-01"], ["20"])
        assert given["visitor"] == [""]    # nobody needs the hash
        assert [f["list"] for f in view["fields"] if f["field"] in ("notes", "papers", "count")] == [True, False, True]
        assert view["card"]["title"] == "很长" * 40 and view["card"]["cause"] == "蓝" and view["links"][0]["matter"] == "1"
        first = hall.person("desk").get("/matters/1").body
        assert first["links"][0] == {**first["links"][0], "matter": "2", "field": "earlier", "back": True, "reads": True}
        english = {f["field"]: [v["en"] for v in f["values"]] for f in view["fields"]}
        assert (english["fee"], english["sure"], english["colour"]) == (["¥123.05"], ["yes"], ["Blue"])
        too_long = hall.person("desk").post("/flows/everything/matters", {"fields": {"words": "长" * 4001}})
        assert (too_long.status, too_long.code) == (422, "FIELD_BAD"), too_long.body


# ---- clocks

def at(time):
    return ["--clock-start", f"{TODAY}T{time}:00+08:00", "--clock-rate", "1"]


def test_bars_count_opening_time_and_what_ran_out_while_the_hall_was_down_is_said_late():
    with MatterHall(settings={**SETTINGS, "hours": OFFICE_HOURS}, options=at("11:45")) as hall:
        triage = registered(hall)["card"]["clock"]    # 30 minutes of opening, the lunch break between
        assert triage["due_at"].startswith(f"{TODAY}T14:15:00") and (triage["percent"], triage["marks"]) == (0, [66])
        seen = {}
        for time in ("14:07", "14:20", "16:01"):
            hall.stop()
            hall.options = at(time)
            hall.start()
            view = hall.person("desk").get("/matters/1").body
            clock = view["clocks"][0]
            seen[time] = (view["card"]["color"], clock["card"], clock["percent"], round(clock["left_s"] / 60), clock["expired"])
        assert seen == {"14:07": ("yellow", "yellow", 73, 8, False), "14:20": ("red", "red", 116, -5, True), "16:01": ("red", "red", 453, -106, True)}
        assert [c["left_days"] for c in view["clocks"]] == [0, 0, 5]
        marks = [line for line in view["timeline"] if line["kind"] == "mark"]
        assert [(m["clock"], m["what"]) for m in marks] == [("triage", "yellow"), ("triage", "end"), ("triage", "red"), ("triage", "100%"), ("first", "50%")]
        assert marks[1]["moment_at"].startswith(f"{TODAY}T14:15") and marks[1]["at"].startswith(f"{TODAY}T14:20")    # late, and says so
        told = [line["who"] for line in view["timeline"] if line["kind"] == "notified"]
        assert told == [["duty_leader"], ["duty_leader"]]
        red = hall.person("desk").get("/matters?color=red").body
        assert (red["total"], red["red"], red["matters"][0]["matter"]) == (1, 1, "1")
        assert hall.person("desk").get("/matters?color=yellow").body["total"] == 0


# ---- as it happens

def test_an_inbox_hears_of_what_its_reader_may_read(hall):
    matter = registered(hall)
    someone = hall.person("officer")
    assert someone.get("/me").status == 200
    with listening(hall, "officer") as officer, listening(hall, "leader") as leader:
        counts = leader.next("snapshot")[2]["inbox"]
        assert counts["open"] == hall.person("leader").get("/matters?most=1").body["total"] and counts["mine"] >= 1
        officer.next("snapshot")
        hall.take("desk", matter, "triage", cause="policy")
        hall.take("desk", matter, "route", department="a", told="已转甲局")
        news = officer.next("inbox")[2]
        assert (news["matter"], news["state"], news["mine"], news["told"]) == (number(matter), "routed", True, True)
        while (heard := leader.next("inbox")[2])["state"] != "routed":
            assert heard["matter"] == number(matter)
        assert heard["mine"] and not heard["told"]
        hall.take("desk", matter, "route", department="b", told="改由乙局办")
        news = officer.next("inbox")[2]    # it has gone to others, who are told
        assert (news["matter"], news["state"], news["gone"], news["mine"]) == (number(matter), "", True, False)
    assert Stream(hall, "inbox/").code == "NO_SESSION"
    assert Stream(hall, "inbox/", hall.token("kiosk")).code == "WRONG_ROLE"


def listening(hall, who):
    cookies = hall.person(who).cookies
    return Stream(hall, "inbox/", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})


def test_a_person_hears_of_the_own_matter(hall):
    matter = registered(hall, phone="13800005555")
    with Stream(hall, f"matter/{matter['token']}/") as stream:
        assert stream.next("snapshot")[2]["matters"][0]["card"]["state"] == "registered"
        hall.take("desk", matter, "triage", cause="policy")
        view = stream.next("matter")[2]
        assert view["card"]["state"] == "triaged" and steps(view) == ["withdraw"] and field(view, "phone") is None
    assert Stream(hall, f"matter/{number(matter)}-{'0' * 32}/").code == "NO_MATTER"


# ---- what is left behind

def test_no_word_that_a_person_wrote_is_in_the_journal_or_the_log(hall):
    registered(hall, summary="绝不外传的一句话", phone="13777778888", person={"id": "510101199001019999", "name": "欧阳峰"})
    journal = json.dumps(hall.events(), ensure_ascii=False)
    for word in ("绝不外传", "13777778888", "510101199001019999", "欧阳峰", "材料不全"):
        assert word not in journal and word not in hall.log()


def test_a_restart_answers_alike(hall):
    matter = registered(hall, person=PERSON, phone="13800003333")
    before = hall.person("desk").get("/matters?most=500").body, hall.person("desk").get(f"/matters/{number(matter)}").body
    hall.stop()
    hall.start()
    after = hall.person("desk").get("/matters?most=500").body, hall.person("desk").get(f"/matters/{number(matter)}").body
    assert [m["matter"] for m in before[0]["matters"]] == [m["matter"] for m in after[0]["matters"]]
    assert before[1]["fields"] == after[1]["fields"] and before[1]["steps"] == after[1]["steps"]
    assert hall.nobody().get("/matters/by-token/" + matter["token"]).status == 200


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
