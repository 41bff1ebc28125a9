#!/usr/bin/python3
"""The API as clients meet it: shapes, refusals, languages, idempotency, settings."""
import json
import sys

import pytest

from hall import Hall
from web import Person, Raw, get, post


@pytest.fixture(scope="module")
def hall():
    with Hall() as h:
        yield h


@pytest.fixture
def kiosk(hall):
    return hall.client("kiosk")


@pytest.fixture
def clerk(hall):
    return hall.client("clerk")


def raw_post(hall, path, body, *headers, token="kiosk"):
    with Raw(hall.address) as r:
        return r.say(post("/api/v1" + path, body, f"Authorization: Bearer {hall.token(token)}", *headers)).answer()


def test_a_visit_from_the_kiosk_to_the_end(hall, kiosk, clerk):
    assert clerk.post("/windows/7/open").status == 200
    ticket = kiosk.post("/tickets", {"item": "a1", "class": "senior", "channel": "kiosk"})
    assert ticket.status == 201
    assert ticket.body["number"].startswith("A") and ticket.body["state"] == "waiting"
    assert ticket.body["url"] == f"{hall.base}/t/{ticket.body['token']}"
    called = clerk.post("/windows/7/next").body
    assert called["ticket"]["id"] == ticket.body["id"] and called["ticket"]["window"] == 7
    assert called["why"]["text"] and called["why"]["text_en"]
    own = hall.client().get(f"/tickets/by-token/{ticket.body['token']}")
    assert own.status == 200 and own.body["state"] == "called" and own.body["window"] == 7
    assert [c["number"] for c in hall.client().get("/board").body["calls"]] == [ticket.body["number"]]
    assert clerk.post("/windows/7/start").status == 200
    assert clerk.post("/windows/7/next").code == "OUTCOME_NEEDED"
    assert clerk.post("/windows/7/next", {"outcome": "handled"}).body == {}
    assert clerk.post("/windows/7/close").status == 200
    history = clerk.get(f"/tickets/{ticket.body['id']}").body
    assert history["ticket"]["outcome"] == "handled" and len(history["history"]) >= 4
    why = clerk.get(f"/tickets/{ticket.body['id']}/why").body
    assert why["calls"][0]["window"] == 7


def test_what_the_public_may_see(hall):
    public = hall.client()
    assert public.get("/hall").body["hall"] == "测试大厅"
    catalogue = public.get("/catalogue").body
    assert [q["queue"] for q in catalogue["queues"]] == ["A", "B"]
    assert [i["item"] for i in public.get("/catalogue?q=%E4%B9%99").body["items"]] == ["b1"]
    board = public.get("/board").body
    assert board["epoch"] and board["seq"].isdigit() and len(board["windows"]) == 8
    me = public.get("/me").body
    assert me["role"] == "public" and "csrf" not in me
    for path in ("/windows", "/windows/1", "/tickets", "/tickets/1", "/alarms", "/status", "/audit", "/admin/windows"):
        assert (public.get(path).status, public.get(path).code) == (401, "NO_SESSION"), path


BAD_BODIES = [
    (b"", 422, "FIELD_MISSING"),
    (b"{", 400, "BAD_JSON"),
    (b"[]", 400, "WRONG_TYPE"),
    (b'{"queue":"A"}{}', 400, "BAD_JSON"),
    (b'{"queue":"A","queue":"B"}', 400, "BAD_JSON"),
    (b'{"queue":"A","priority":1}', 400, "UNKNOWN_FIELD"),
    (b'{"queue":7}', 400, "WRONG_TYPE"),
    (b'{"queue":["A"]}', 400, "WRONG_TYPE"),
    (b'{"queue":"A\xff"}', 400, "BAD_UTF8"),
    (b'{"queue":"A\\u0000"}', 400, "BAD_UTF8"),
    (b'{"queue":"A","channel":"post"}', 422, "BAD_VALUE"),
    (b'{"item":"' + b"x" * 5000 + b'"}', 422, "TOO_LONG"),
    (b"[" * 100 + b"]" * 100, 400, "TOO_DEEP"),
    (b'{"queue":"Z"}', 422, "UNKNOWN_QUEUE"),
    (b'{"item":"nothing"}', 422, "UNKNOWN_ITEM"),
    (b'{"queue":"A","class":"king"}', 422, "UNKNOWN_CLASS"),
    (b'{"item":"a1","queue":"B"}', 422, "BAD_VALUE"),
    (b'{"queue":"A","t0_at":"yesterday"}', 422, "BAD_VALUE"),
    (b" " * 70000, 413, "TOO_LARGE"),
]


@pytest.mark.parametrize("body,status,code", BAD_BODIES, ids=[c + str(i) for i, (_, _, c) in enumerate(BAD_BODIES)])
def test_a_bad_body_is_refused_and_changes_nothing(hall, body, status, code):
    before = hall.client().get("/board").body["seq"]
    answer = raw_post(hall, "/tickets", body)
    assert (answer.status, answer.code) == (status, code), answer.body
    assert answer.body["error"]["message"]
    assert hall.client().get("/board").body["seq"] == before


def test_a_refusal_speaks_the_callers_language(hall):
    body = '{"queue":"Z"}'
    zh = raw_post(hall, "/tickets", body).body["error"]
    assert zh["message"] == "没有这个业务队列"
    assert zh["details"] == {"field": "queue", "value": "Z"}
    for wanted in ("en", "en-GB,en;q=0.9,zh;q=0.2"):
        assert raw_post(hall, "/tickets", body, f"Accept-Language: {wanted}").body["error"]["message"] == "There is no such queue"
    for wanted in ("zh-CN", "fr", "zh,en;q=0.9", ";;;"):
        assert raw_post(hall, "/tickets", body, f"Accept-Language: {wanted}").body["error"] == zh


def test_a_wrong_role_is_refused(hall, kiosk, clerk):
    for client, path in ((kiosk, "/windows/1/open"), (clerk, "/admin/settings"), (clerk, "/admin/users"),
                         (hall.client("screen"), "/tickets")):
        answer = client.post(path, {})
        assert (answer.status, answer.code) == (403, "WRONG_ROLE"), path
    assert hall.client().post("/tickets", {"queue": "A"}).code == "NO_SESSION"


def test_a_key_makes_a_repeat_the_same_ticket(kiosk):
    first, again = kiosk.ticket(key="k-1"), kiosk.ticket(key="k-1")
    assert first.status == again.status == 201
    assert first.body == again.body
    other = kiosk.ticket(queue="B", key="k-1")
    assert (other.status, other.code) == (422, "KEY_REUSED")
    assert kiosk.ticket().body["id"] != first.body["id"]


def test_a_key_must_be_printable_and_short(hall, kiosk):
    assert kiosk.ticket(key="k" * 128).status == 201
    assert kiosk.ticket(key="k" * 129).code == "BAD_REQUEST"
    assert raw_post(hall, "/tickets", '{"queue":"A"}', "Idempotency-Key: a b").code == "BAD_REQUEST"


def test_paths_and_methods(hall, clerk):
    with Raw(hall.address) as r:
        r.say("DELETE /api/v1/board HTTP/1.1\r\nHost: hall\r\n\r\n")
        assert r.answer().code == "BAD_METHOD"
        r.say("BREW /api/v1/board HTTP/1.1\r\nHost: hall\r\n\r\n")
        assert r.answer().code == "BAD_METHOD"
        r.say(get("/api/v1/nothing"))
        assert r.answer().code == "NOT_FOUND"
        r.say("GET /api/v1/board?x=1 HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n")
        assert r.answer().status == 200
    assert clerk.get("/windows/99").code == "NO_WINDOW"
    assert clerk.get("/windows/x").status in (404, 422)
    assert clerk.get("/tickets/999999").code == "NO_TICKET"
    assert clerk.get("/tickets/by-token/nonsense").code == "NO_TICKET"
    assert clerk.post("/windows/7/next/").status == 404
    assert clerk.post("/windows/1/open", {"n": 2}).code == "UNKNOWN_FIELD"
    assert clerk.get("/catalogue?q=%ff").code == "BAD_REQUEST"
    assert clerk.get("/tickets?colour=red").code == "UNKNOWN_FIELD"
    assert clerk.get("/tickets?most=x").code in ("BAD_VALUE", "WRONG_TYPE")


def test_a_head_is_a_get_without_its_body(hall):
    with Raw(hall.address) as r:
        text = r.say("HEAD /api/v1/hall HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n").hear()
    head, _, body = text.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200") and body == ""
    assert int(head.split("Content-Length: ")[1].split("\r\n")[0]) > 100


def test_answers_are_not_kept_and_not_guessed(hall):
    answer = Person(hall).request("GET", "/board")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/json"
    assert "access-control-allow-origin" not in answer.headers


def test_health_is_public(hall):
    for path in ("/healthz", "/readyz"):
        answer = Person(hall).request("GET", path, api="")
        assert answer.status == 200 and answer.body["ready"] is True and answer.body["version"]


def test_ones_own_ticket_by_its_link(hall, kiosk):
    public = hall.client()
    ticket = kiosk.ticket().body
    link = f"/tickets/by-token/{ticket['token']}"
    with Raw(hall.address) as r:
        svg = r.say(get(f"/api/v1{link}/qr.svg", "Connection: close")).hear()
    assert "image/svg+xml" in svg and "<svg" in svg and "script" not in svg
    assert public.post(f"{link}/report-back").code in ("TICKET_NOT_WAITING", "WRONG_STATE")
    assert public.post(f"{link}/cancel").body["state"] == "cancelled"
    assert public.post(f"{link}/cancel").status == 409
    assert public.get(link).body["state"] == "cancelled"
    events = [e for e in hall.events() if "ticket_cancelled" in e]
    assert events[-1]["actor"]["kind"] == "link" and events[-1]["actor"]["id"] == ticket["id"]


def test_corrections_by_staff_say_why(kiosk, clerk):
    ticket = kiosk.post("/tickets", {"queue": "A", "class": "senior", "channel": "kiosk"}).body
    assert clerk.post(f"/tickets/{ticket['id']}/class", {"class": "normal"}).code == "FIELD_MISSING"
    assert clerk.post(f"/tickets/{ticket['id']}/class", {"class": "normal", "reason": "看错"}).body["class"] == "normal"
    assert clerk.post(f"/tickets/{ticket['id']}/cancel", {"reason": "走了"}).body["state"] == "cancelled"
    found = clerk.get(f"/tickets?number={ticket['number']}&state=cancelled").body
    assert [t["id"] for t in found["tickets"]] == [ticket["id"]]


def test_settings_change_row_by_row(hall):
    admin = hall.admin()
    assert admin.post("/admin/windows", {"window": 20, "name": "新", "all": True}).status == 200
    assert admin.request("PATCH", "/admin/windows", {"window": 20, "name_en": "New"}).status == 200
    assert admin.request("PATCH", "/admin/windows/20", {"role": "issue"}).status == 200
    rows = admin.get("/admin/windows").body["settings"]["windows"]
    assert {"window": 20, "name": "新", "name_en": "New", "role": "issue", "all": True, "groups": []} in rows
    assert admin.request("PATCH", "/admin/windows/20", {"window": 21}).code == "BAD_VALUE"
    assert admin.request("PATCH", "/admin/windows/21", {"name": "x"}).code == "NOT_FOUND"
    assert admin.request("PATCH", "/admin/windows/20", {"nome": "x"}).code == "UNKNOWN_FIELD"
    assert admin.request("DELETE", "/admin/windows/20").status == 200
    assert admin.request("DELETE", "/admin/windows/20").status in (404, 422)
    assert admin.request("PATCH", "/admin/policy", {"miss_after_s": 60}).status == 200
    assert admin.get("/admin/policy").body["settings"]["policy"]["miss_after_s"] == 60
    assert admin.request("PATCH", "/admin/hall", {"notice": "今天早些关门"}).status == 200
    assert hall.client().get("/hall").body["notice"] == "今天早些关门"
    assert admin.request("DELETE", "/admin/groups/a").status == 422
    assert admin.post("/admin/items", {"item": "c1", "name": "x", "queue": "Z", "group": "a"}).code == "UNKNOWN_QUEUE"
    assert admin.post("/admin/settings", {"put": {"users": [{"name": "x", "role": "admin"}]}}).code == "BAD_VALUE"
    both = {"put": {"groups": [{"group": "c", "name": "丙"}]}, "remove": []}
    assert admin.post("/admin/settings", both).status == 200
    assert admin.request("PATCH", "/admin/items/a1", {"mean_service_s": 90}).status == 200


def test_a_row_is_removed_only_by_its_own_key(hall, clerk):
    admin = hall.admin()
    assert clerk.post("/windows/8/open").status == 200
    for key in ("8x", "%208", "08", "+8", "4294967304", "18446744073709551624"):
        assert admin.request("DELETE", "/admin/windows/" + key).code == "NOT_FOUND", key
    assert admin.request("DELETE", "/admin/windows/8").code == "IN_USE"
    assert any(w["window"] == 8 for w in admin.get("/admin/windows").body["settings"]["windows"])


def test_more_groups_than_a_hall_may_have_are_refused():
    with Hall() as hall:
        admin = hall.admin()
        for first in range(2, 256, 127):
            rows = [{"group": f"g{n}", "name": "x"} for n in range(first, first + 127)]
            assert admin.post("/admin/settings", {"put": {"groups": rows}}).status == 200
        assert admin.post("/admin/groups", {"group": "z", "name": "x"}).code == "BAD_VALUE"
        rows = [{"group": f"h{n}", "name": "x"} for n in range(1000)]
        assert admin.post("/admin/settings", {"put": {"groups": rows}}).code == "BAD_VALUE"
        assert len(admin.get("/admin/groups").body["settings"]["groups"]) == 256


def test_no_answer_shows_a_secret(hall):
    admin = hall.admin()
    text = json.dumps([admin.get("/admin/settings").body, admin.get("/audit?most=500&log=journal").body])
    for device in hall.credentials["tokens"].values():
        assert device not in text
    for user in admin.get("/admin/settings").body["settings"]["users"]:
        assert not user.get("secret")
    for device in admin.get("/admin/settings").body["settings"]["devices"]:
        assert not device.get("token_hash")


def test_the_audit_finds_its_events(hall, kiosk):
    admin = hall.admin()
    ticket = kiosk.ticket().body
    kiosk.request("POST", "/windows/1/open", {})
    found = admin.get(f"/audit?log=journal&ticket={ticket['id']}").body["events"]
    assert [e["seq"] for e in found] == [ticket["id"]] and found[0]["actor"]["id"] == "kiosk"
    assert all("ticket_issued" in e for e in admin.get("/audit?log=journal&kind=ticket_issued").body["events"])
    page = admin.get("/audit?log=journal&most=2").body
    assert [e["seq"] for e in page["events"]] == ["1", "2"] and page["next_seq"] == "3"
    assert admin.get("/audit?log=journal&from=3&to=3").body["events"][0]["seq"] == "3"
    assert admin.get("/audit?log=journal&day=19990101").body["events"] == []
    assert admin.get("/audit?kind=nothing").body == {"events": [], "security": [], "next_seq": "0"}
    assert hall.client("clerk").get("/audit").code == "WRONG_ROLE"


def test_a_days_trace_is_a_table(hall, kiosk):
    kiosk.ticket()
    person = Person(hall, headers={"Authorization": "Bearer " + hall.token("clerk")})
    assert person.request("GET", "/trace/today").code == "WRONG_ROLE"
    admin = hall.admin()
    admin.http.request("GET", "/api/v1/trace/today")
    answer = admin.http.getresponse()
    text = answer.read().decode()
    assert answer.status == 200 and text.startswith("t_ms,seq,event,")
    assert hall.admin().get("/trace/yesterday").code == "BAD_VALUE"
    assert hall.admin().get("/trace/1999-01-01").status == 404


def test_the_description_is_served(hall):
    doc = hall.client().get("/openapi.json").body
    assert doc["openapi"].startswith("3.1") and "/api/v1/tickets" in doc["paths"]
    assert doc["paths"]["/api/v1/windows/{n}/next"]["post"]["x-roles"] == ["clerk"]


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
