#!/usr/bin/python3
"""Server-sent events: what is heard, by whom, and what a listener that was away hears again."""
import socket
import sys
import time

import pytest

from hall import Hall
from web import Person, Raw, Stream, password


@pytest.fixture
def hall():
    with Hall() as h:
        yield h


@pytest.fixture
def clerk(hall):
    client = hall.client("clerk")
    client.post("/windows/7/open")
    return client


def call_one(hall, clerk, n=7):
    ticket = hall.client("kiosk").ticket().body
    body = clerk.post(f"/windows/{n}/next").body
    if not body:
        body = clerk.post(f"/windows/{n}/next", {"outcome": "handled"}).body
    return ticket


def finish(clerk, n=7):
    clerk.post(f"/windows/{n}/finish", {"outcome": "handled"})


def test_a_stream_begins_with_everything_and_goes_on(hall, clerk):
    with Stream(hall, "call/,board/,hall/") as s:
        assert s.answer.getheader("Content-Type") == "text/event-stream"
        assert s.answer.getheader("Cache-Control") == "no-store"
        kind, number, data = s.next()
        assert kind == "snapshot" and number == f"{data['epoch']}-{data['seq']}"
        assert data["board"]["hall"] == data["hall"]["hall"] == "测试大厅" and data["windows"] == []
        ticket = call_one(hall, clerk)
        kind, number, call = s.next("call")
        assert call["number"] == ticket["number"] and call["window"] == 7 and call["repeat"] == 1
        board = s.next("board")[2]
        while not board["calls"]:
            board = s.next("board")[2]
        assert board["calls"][0]["number"] == ticket["number"]
        hall.admin().request("PATCH", "/admin/hall", {"notice": "新的通知"})
        assert s.next("hall")[2]["notice"] == "新的通知"


def test_every_call_is_heard_but_the_board_ten_times_a_second(hall):
    client = hall.client("clerk")
    kiosk = hall.client("kiosk")
    for n in range(1, 9):
        client.post(f"/windows/{n}/open")
    with Stream(hall, "call/,board/") as s:
        s.next("snapshot")
        began, wanted = time.monotonic(), 60
        for i in range(wanted):
            kiosk.ticket()
            n = i % 8 + 1
            client.post(f"/windows/{n}/next", {"outcome": "handled"} if i >= 8 else {})
        took = time.monotonic() - began
        calls, boards = [], 0
        while len(calls) < wanted:
            kind, number, data = s.next()
            if kind == "call":
                calls.append((int(number.split("-")[1]), data["number"]))
            boards += kind == "board"
        assert calls == sorted(calls) and len({number for _, number in calls}) == wanted
        assert boards <= took * 10 + 2


def test_a_listener_that_was_away_hears_the_calls_again(hall, clerk):
    with Stream(hall, "call/,board/") as s:
        s.next("snapshot")
        first = call_one(hall, clerk)
        last = s.next("call")[1]
        finish(clerk)
    missed = []
    for _ in range(3):
        missed.append(call_one(hall, clerk)["number"])
        finish(clerk)
    with Stream(hall, "call/,board/", last=last) as s:
        heard = []
        while len(heard) < 3:
            kind, number, data = s.next()
            assert kind != "snapshot"
            if kind == "call":
                heard.append(data["number"])
        assert heard == missed and first["number"] not in heard
        assert s.next("board")[2]["calls"] == []
    for unknown in ("0000000000000000-1", last.split("-")[0] + "-999999999", "nonsense", last.split("-")[0] + "-1"):
        with Stream(hall, "call/", last=unknown) as s:
            assert s.next()[0] == "snapshot", unknown


def test_after_a_restart_a_listener_that_missed_nothing_goes_on(hall, clerk):
    call_one(hall, clerk)
    finish(clerk)
    with Stream(hall, "call/") as s:
        last = s.next("snapshot")[1]
    hall.stop()
    hall.start()
    with Stream(hall, "call/", last=last) as s:
        clerk = hall.client("clerk")
        call_one(hall, clerk)
        assert s.next()[0] in ("call", "snapshot")


def test_ones_own_ticket_moves_up_and_is_called(hall, clerk):
    kiosk = hall.client("kiosk")
    before, own = kiosk.ticket().body, kiosk.ticket().body
    with Stream(hall, f"ticket/{own['token']}/") as s:
        assert s.next("snapshot")[2]["tickets"][0]["ahead"] == 1
        assert clerk.post("/windows/7/next").body["ticket"]["id"] == before["id"]
        told = iter(lambda: s.next("ticket")[2], None)      # between the two a new forecast may be told
        event = next(e for e in told if e["ahead"] == 0)
        assert event["id"] == own["id"] and event["state"] == "waiting"
        assert clerk.post("/windows/7/next", {"outcome": "handled"}).body["ticket"]["id"] == own["id"]
        event = next(e for e in told if e["state"] == "called")
        assert event["window"] == 7
    assert Stream(hall, "ticket/0000/").code == "NO_TICKET"


def test_staff_topics_are_for_staff(hall, clerk):
    assert Stream(hall, "window/7/").code == "NO_SESSION"
    assert Stream(hall, "windows/", token=hall.token("kiosk")).code == "WRONG_ROLE"
    with Stream(hall, "window/7/,windows/", token=hall.token("clerk")) as s:
        data = s.next("snapshot")[2]
        assert {w["window"]["window"] for w in data["windows"]} == set(range(1, 9))
        ticket = call_one(hall, clerk)
        seen = s.next("window")[2]
        while seen["window"]["state"] != "busy":
            seen = s.next("window")[2]
        assert seen["ticket"]["number"] == ticket["number"] and seen["why"]["text"]


def test_wrong_topics_are_told(hall):
    for topics, status, code in (("", 422, "FIELD_MISSING"), ("boards/", 422, "BAD_VALUE"), ("board", 422, "BAD_VALUE"),
                                 ("call/,,board/", 422, "FIELD_MISSING"), ("board/x/", 422, "BAD_VALUE"),
                                 ("call/" + ",call/" * 40, 422, "TOO_LONG"), ("%ff", 400, "BAD_REQUEST")):
        with Stream(hall, topics) as s:
            assert (s.status, s.code) == (status, code), topics
    for topics, code in (("window/99/", "NO_WINDOW"), ("window/x/", "NO_WINDOW"), ("window/", "BAD_VALUE"), ("window/7", "BAD_VALUE")):
        with Stream(hall, topics, token=hall.token("clerk")) as s:
            assert s.code == code, topics


def test_a_heartbeat_keeps_a_quiet_stream_and_cuts_one_without_rights(hall):
    admin = hall.admin()
    made = admin.post("/admin/devices", {"name": "c9", "role": "clerk"}).body
    with Stream(hall, "windows/", token=made["token"], timeout=25) as revoked, Stream(hall, "call/", timeout=25) as quiet:
        revoked.next("snapshot")
        quiet.next("snapshot")
        began = time.monotonic()
        admin.request("DELETE", "/admin/devices/c9")
        assert quiet.answer.readline() == b":\n"
        assert time.monotonic() - began < 17
        while revoked.answer.readline():
            pass    # events, then the end


def test_a_reader_that_does_not_read_is_dropped_and_can_come_again(hall, clerk):
    slow = Raw(hall.address)
    slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.say("GET /api/v1/stream?topics=board/,call/,windows/ HTTP/1.1\r\nHost: hall\r\n"
             f"Authorization: Bearer {hall.token('clerk')}\r\n\r\n")
    admin = hall.admin()
    # a board so big that a few hundred fill every buffer between us
    for n in range(100, 400, 100):
        rows = [{"window": n + i, "name": "很长的窗口名称" * 12, "all": True} for i in range(100)]
        assert admin.post("/admin/settings", {"put": {"windows": rows}}).status == 200
    kiosk, end = hall.client("kiosk"), time.monotonic() + 40
    while admin.get("/status").body["streams"] == 0:
        assert time.monotonic() < end
    while admin.get("/status").body["streams"] > 0:
        kiosk.ticket()
        assert time.monotonic() < end
    slow.socket.close()
    with Stream(hall, "board/") as s:
        assert s.next()[0] == "snapshot"


def test_streams_have_a_number(tmp_path):
    with Hall(limits={"enforce": False, "min_free_mib": 0, "streams": 3}) as hall:
        streams = [Stream(hall, "call/") for _ in range(3)]
        for s in streams:
            s.next("snapshot")
        with Stream(hall, "call/") as late:
            assert (late.status, late.code) == (429, "TOO_MANY")
        streams[0].connection.close()
        streams[0].answer.close()
        end = time.monotonic() + 5
        while Stream(hall, "call/").status != 200:
            assert time.monotonic() < end


def test_a_page_with_a_session_hears_its_window(hall):
    person = Person(hall)
    person.log_in("chuangkou1", password(hall, "chuangkou1"))
    with Raw(hall.address) as r:
        cookie = "; ".join(f"{k}={v}" for k, v in person.cookies.items())
        r.say(f"GET /api/v1/stream?topics=window/1/ HTTP/1.1\r\nHost: hall\r\nCookie: {cookie}\r\n\r\n")
        heard = b""
        while b"event: snapshot" not in heard:
            heard += r.socket.recv(4096)


def test_stopping_ends_streams_at_once(hall):
    with Stream(hall, "call/,board/") as s:
        s.next("snapshot")
        began = time.monotonic()
        assert hall.stop() == 0
        assert time.monotonic() - began < 4
        while s.answer.readline():
            pass


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
