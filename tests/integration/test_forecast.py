#!/usr/bin/python3
"""Predicted waits of the running daemon: on the board, in the issue, on a person's own ticket; learned again at a start."""
import datetime
import sys
import time

import pytest

from hall import SMALL_HALL, Hall
from web import Stream

WITHIN_S = 20


def until(what, seconds=WITHIN_S):
    """What the function returns once that is something; it is asked again, since a roll-out takes its turn."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "nothing was forecast"
        time.sleep(0.05)
    return found


def queue_a(hall):
    return next(q for q in hall.client().get("/board").body["queues"] if q["queue"] == "A")


def reckons_with(hall, ticket):
    """A table may be a second old: this one knows of that ticket. Before, its page shows what was said at issue."""
    said = datetime.timedelta(seconds=ticket.get("wait_p50_s", 0))

    def known():
        view = hall.client().get(f"/tickets/by-token/{ticket['token']}").body
        at, issued = (datetime.datetime.fromisoformat(view.get(k, view["issued_at"])) for k in ("start_p50_at", "issued_at"))
        return "start_p50_at" in view and at - issued != said
    until(known)


@pytest.fixture
def busy():
    """Two windows are busy, three people wait."""
    with Hall() as hall:
        clerk = hall.client("clerk")
        for n in (1, 2):
            clerk.post(f"/windows/{n}/open")
            clerk.post(f"/windows/{n}/next")
            hall.client("kiosk").ticket()
            assert clerk.post(f"/windows/{n}/start").status == 200
        hall.waiting = [hall.client("kiosk").ticket().body for _ in range(3)]
        yield hall


def test_the_board_and_the_next_ticket_say_how_long(busy):
    reckons_with(busy, busy.waiting[2])
    board = until(lambda: (q := queue_a(busy)) and q.get("wait_p50_s") and q)
    assert board["wait_p50_s"] % 60 == board["wait_p90_s"] % 60 == 0
    assert 0 < board["wait_p50_s"] < board["wait_p90_s"] < 3 * 3600
    ticket = busy.client("kiosk").ticket().body
    assert 0 < ticket["wait_p50_s"] < ticket["wait_p90_s"]
    assert abs(ticket["wait_p50_s"] - board["wait_p50_s"]) < 400
    issued = [e["ticket_issued"] for e in busy.events() if e.get("ticket_issued", {}).get("number") == ticket["number"]]
    assert issued[0]["wait_p50_s"] == ticket["wait_p50_s"] and issued[0]["wait_p90_s"] == ticket["wait_p90_s"]


def test_a_senior_is_promised_less(busy):
    reckons_with(busy, busy.waiting[2])
    kiosk = busy.client("kiosk")
    normal = kiosk.post("/tickets", {"queue": "A", "class": "normal"}).body
    senior = kiosk.post("/tickets", {"queue": "A", "class": "senior"}).body
    assert senior["wait_p50_s"] < normal["wait_p50_s"]


def test_ones_own_ticket_says_when_its_turn_will_be(busy):
    mine = busy.waiting[2]

    def own():
        view = busy.client().get(f"/tickets/by-token/{mine['token']}").body
        return view.get("start_p90_at") and view
    view = until(own)
    assert view["issued_at"] < view["start_p50_at"] < view["start_p90_at"]
    with Stream(busy, f"ticket/{mine['token']}/") as stream:
        shown = stream.next()[2]["tickets"][0]
        assert shown["start_p50_at"] >= view["issued_at"]


def test_it_says_why_it_has_become_later(busy):
    mine, clerk = busy.waiting[2], busy.client("clerk")

    def own():
        return busy.client().get(f"/tickets/by-token/{mine['token']}").body
    reckons_with(busy, mine)
    assert clerk.post("/windows/2/drain").status == 200
    view = until(lambda: (v := own()).get("worse") and v)
    assert "窗口" in view["worse"] and "fewer windows" in view["worse_en"]


def test_a_free_window_is_no_wait_and_closed_ones_are_no_promise():
    with Hall() as hall:
        clerk = hall.client("clerk")
        assert "wait_p50_s" not in queue_a(hall)
        clerk.post("/windows/1/open")
        clerk.post("/windows/1/next")
        assert until(lambda: "wait_p50_s" in queue_a(hall) and queue_a(hall))["wait_p90_s"] == 0
        clerk.post("/windows/1/close")
        until(lambda: "wait_p50_s" not in queue_a(hall))


def test_the_booked_and_the_returning_are_told_at_issue_too():
    """Two windows are busy and two people wait: whoever checks in, or brings a missing paper, is before them."""
    hours = [{"weekday": day, "open": ["09:00-17:00"]} for day in range(1, 8)]
    settings = {**SMALL_HALL, "hours": hours, "calendars": [{"year": 2026, "off": ["2026-10-01"], "source": "test"}],
                "queues": [{**q, "planned_windows": 2} for q in SMALL_HALL["queues"]]}
    with Hall(settings=settings, options=["--clock-start", "2026-11-23T09:20:00+08:00", "--clock-rate", "1"]) as hall:
        clerk, kiosk, public = hall.client("clerk"), hall.client("kiosk"), hall.client()
        held = public.post("/appointments", {"item": "a1", "slot_at": "2026-11-23T09:30:00.000+08:00"}).body
        assert public.post(f"/appointments/by-token/{held['token']}", {"person": "13800001234"}).status == 200
        kiosk.ticket()
        clerk.post("/windows/1/open")
        first = clerk.post("/windows/1/next").body["ticket"]
        clerk.post("/windows/1/start")
        clerk.post("/windows/1/finish", {"outcome": "supplement", "missing": ["照片"]})
        for n in (1, 2):
            clerk.post(f"/windows/{n}/open")
            kiosk.ticket()
            clerk.post(f"/windows/{n}/next")
            assert clerk.post(f"/windows/{n}/start").status == 200
        last = [kiosk.ticket().body for _ in range(2)][-1]
        reckons_with(hall, last)
        booked = public.post(f"/appointments/by-token/{held['token']}/check-in").body
        assert booked["origin"] == "appointment" and 0 < booked["wait_p50_s"] <= booked["wait_p90_s"]
        back = clerk.post("/tickets", {"return_id": first["id"]})
        assert back.status == 201 and back.body["origin"] == "return", back.body
        walk_in = kiosk.ticket().body
        assert 0 < back.body["wait_p50_s"] <= walk_in["wait_p50_s"]     # it counts as some seconds earlier


def test_what_was_learned_is_learned_again_from_the_journal():
    """Items are configured to take an hour; the hall's take moments, and after a restart it still knows."""
    settings = {**SMALL_HALL, "items": [{**i, "mean_service_s": 3600} for i in SMALL_HALL["items"]]}
    with Hall(settings=settings) as hall:
        clerk, kiosk = hall.client("clerk"), hall.client("kiosk")
        clerk.post("/windows/1/open")
        clerk.post("/windows/1/next")
        for _ in range(150):
            kiosk.ticket()
            clerk.post("/windows/1/start")
            clerk.post("/windows/1/finish", {"outcome": "handled"})
            clerk.post("/windows/1/next")
        kiosk.ticket()
        clerk.post("/windows/1/start")
        for _ in range(2):
            kiosk.ticket()
        until(lambda: 0 < queue_a(hall).get("wait_p90_s", 0) < 1800)    # the first tables still reckoned with an hour each
        hall.stop()
        hall.start()
        assert until(lambda: (q := queue_a(hall)).get("wait_p90_s") and q)["wait_p90_s"] < 1800


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
