#!/usr/bin/python3
"""Appointments from the hold to the ticket, over HTTP, at hall times that the test sets; numbers of people stay nowhere."""
import json
import os
import stat
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hall import Hall, SMALL_HALL

PHONE, OTHER = "13800001234", "13900005678"
HOURS = [{"weekday": day, "open": ["09:00-12:00", "13:00-17:00"]} for day in range(1, 8)]
SETTINGS = {**SMALL_HALL, "hours": HOURS, "calendars": [{"year": 2026, "off": ["2026-10-01"], "source": "test"}],
            "queues": [{"queue": "A", "name": "综合", "default_item": "a1", "planned_windows": 2},
                       {"queue": "B", "name": "不动产", "default_item": "b1"}],
            "booking": {"slot_minutes": 30, "per_week": 2, "per_month": 5, "days_ahead": 7, "strikes": 1}}
TODAY = "2026-11-23"


def moment(day, time):
    return f"{day}T{time}:00.000+08:00"


class BookingHall(Hall):
    """Its clock stands at a time of the test's until it is started anew at a later one."""

    def __init__(self, time="09:05", day=TODAY, settings=None):
        super().__init__(settings=settings or SETTINGS)
        self.options = self.clock(day, time)

    @staticmethod
    def clock(day, time):
        return ["--clock-start", f"{day}T{time}:00+08:00", "--clock-rate", "1"]

    def move(self, time, day=TODAY):
        assert self.stop() == 0
        self.options = self.clock(day, time)
        return self.start()

    def hold(self, time, day=TODAY, item="a1", **more):
        return self.client().post("/appointments", {"item": item, "slot_at": moment(day, time), **more})

    def book(self, time, day=TODAY, person=PHONE):
        held = self.hold(time, day)
        assert held.status == 201, held.body
        return self.client().post(by_link(held), {"person": person})


def by_link(answer, verb=""):
    return f"/appointments/by-token/{answer.body['token']}{verb}"


def free_at(hall, time, day=TODAY):
    slots = hall.client().get(f"/slots?item=a1&from={day}&to={day}").body["slots"]
    return {s["slot_at"]: s["free"] for s in slots}.get(moment(day, time))


def test_from_the_free_time_to_the_ticket_and_no_number_is_kept():
    with BookingHall() as hall:
        public, kiosk, clerk = hall.client(), hall.client("kiosk"), hall.client("clerk")
        free = free_at(hall, "09:30")
        assert free > 1 and free_at(hall, "09:00") is None, "a time that has begun cannot be booked"
        assert free_at(hall, "12:00") is None, "nor one outside the hours"
        held = hall.hold("09:30", **{"class": "senior"})
        assert (held.status, held.body["state"], held.body["class"]) == (201, "held", "senior")
        assert len(held.body["code"]) == 6 and held.body["due_at"] and free_at(hall, "09:30") == free - 1
        assert kiosk.post("/appointments/check-in", {"code": held.body["code"]}).code == "WRONG_STATE"
        booked = public.post(by_link(held), {"person": PHONE})
        assert (booked.status, booked.body["state"]) == (200, "booked")
        assert booked.body["url"].endswith("/book/" + held.body["token"])
        assert public.get(by_link(held)).body["state"] == "booked"
        with urllib.request.urlopen(f"{hall.base}/api/v1{by_link(held)}/qr.svg") as picture:
            assert picture.headers["Content-Type"] == "image/svg+xml" and b"<svg" in picture.read()
        assert public.get("/appointments/by-token/" + "0" * 32 + "/qr.svg").code == "NO_APPOINTMENT"
        [row] = clerk.get("/appointments?date=" + TODAY).body["appointments"]
        assert row["code"] == held.body["code"] and "token" not in row
        assert public.get("/appointments").status == 401
        [event] = hall.admin().get("/audit?kind=slot_held").body["events"]
        assert event["slot_held"]["date"] and not event["slot_held"].get("token"), "an auditor is not the person"
        ticket = kiosk.post("/appointments/check-in", {"code": held.body["code"]})
        assert (ticket.status, ticket.body["origin"], ticket.body["class"]) == (201, "appointment", "senior")
        seen = public.get(by_link(held)).body
        assert (seen["state"], seen["number"]) == ("checked_in", ticket.body["number"])
        assert public.post(by_link(held, "/cancel")).code == "APPOINTMENT_OVER"
        assert kiosk.post("/appointments/check-in", {"code": held.body["code"]}).code == "APPOINTMENT_OVER"
        key = os.stat(os.path.join(hall.data, "person.key"))
        assert (stat.S_IMODE(key.st_mode), key.st_size) == (0o600, 32)
        hall.stop()
        text = json.dumps(hall.events()) + hall.log()
        assert "slot_booked" in text and PHONE not in text
        for file in (f for f in Path(hall.data).rglob("*") if f.is_file()):
            assert PHONE.encode() not in file.read_bytes(), file


def test_a_strangers_key_does_not_open_anothers_appointment():
    with BookingHall() as hall:
        hall.stop()
        hall.config["trusted_proxy"] = ["127.0.0.1"]
        hall.start()

        def hold(address):
            client = hall.client()
            client.headers = {"X-Forwarded-For": address}
            return client.post("/appointments", {"item": "a1", "slot_at": moment(TODAY, "10:00")}, key="1")
        first, again, other = hold("203.0.113.1"), hold("203.0.113.1"), hold("203.0.113.2")
        assert first.status == again.status == other.status == 201
        assert first.body["token"] == again.body["token"] != other.body["token"]


def test_cancelling_gives_the_time_back():
    with BookingHall() as hall:
        free = free_at(hall, "10:00")
        booked = hall.book("10:00")
        assert free_at(hall, "10:00") == free - 1
        assert hall.client().post(by_link(booked, "/cancel")).body["state"] == "cancelled"
        assert free_at(hall, "10:00") == free
        booked = hall.book("10:00")
        path = f"/appointments/{booked.body['id']}/cancel"
        assert hall.client().post(path, {"reason": "x"}).status == 401
        assert hall.client("clerk").post(path, {}).code == "FIELD_MISSING"
        assert hall.client("clerk").post(path, {"reason": "本人来电"}).body["state"] == "cancelled"


def test_another_time_in_one_step():
    with BookingHall() as hall:
        public, clerk = hall.client(), hall.client("clerk")
        free_ten, free_eleven = free_at(hall, "10:00"), free_at(hall, "11:00")
        first = hall.book("10:00")
        moved = public.post(by_link(first, "/move"), {"slot_at": moment(TODAY, "11:00")})
        assert (moved.status, moved.body["state"], moved.body["slot_at"]) == (200, "booked", moment(TODAY, "11:00"))
        assert moved.body["token"] != first.body["token"] and public.get(by_link(first)).body["state"] == "cancelled"
        assert (free_at(hall, "10:00"), free_at(hall, "11:00")) == (free_ten, free_eleven - 1)
        assert public.post(by_link(moved, "/move"), {"slot_at": moment(TODAY, "11:00")}).code == "ALREADY_BOOKED"
        assert public.post(by_link(first, "/move"), {"slot_at": moment(TODAY, "11:00")}).code == "APPOINTMENT_OVER"
        assert public.post(by_link(moved, "/move"), {"slot_at": moment(TODAY, "12:00")}).code == "SLOT_CLOSED"
        assert public.post(by_link(moved, "/move"), {}).code == "FIELD_MISSING"
        assert public.post(by_link(hall.hold("10:00"), "/move"), {"slot_at": moment(TODAY, "11:30")}).code == "WRONG_STATE"
        path = f"/appointments/{moved.body['id']}/move"
        assert public.post(path, {"slot_at": moment(TODAY, "09:30")}).status == 401
        again = clerk.post(path, {"slot_at": moment("2026-11-24", "09:30")})
        assert (again.status, again.body["slot_at"]) == (200, moment("2026-11-24", "09:30"))
        hall.book("09:30", "2026-11-25")
        limit = public.post(by_link(again, "/move"), {"slot_at": moment("2026-11-26", "09:30")})
        assert limit.status == 200, "a moved one is still one"
        assert public.post(by_link(limit, "/move"), {"slot_at": moment("2026-11-25", "09:30")}).code == "ALREADY_BOOKED"
        assert public.post("/appointments/by-token/" + "0" * 32 + "/move", {"slot_at": moment(TODAY, "11:00")}).code == "NO_APPOINTMENT"


def test_in_the_grace_in_time_and_after_it_a_walk_in():
    with BookingHall() as hall:
        first, second = hall.book("09:30"), hall.book("10:00", person=OTHER)
        hall.move("09:39")
        ticket = hall.client().post(by_link(first, "/check-in"))
        assert (ticket.status, ticket.body["origin"]) == (201, "appointment")
        hall.move("11:30")
        late = hall.client("kiosk").post("/appointments/check-in", {"code": second.body["code"]})
        assert (late.status, late.body["origin"]) == (201, "walk_in")
        assert hall.client().get(by_link(second)).body["state"] == "late"


def test_whoever_does_not_come_has_a_strike():
    with BookingHall() as hall:
        booked, tomorrow = hall.book("09:30"), hall.book("09:30", "2026-11-24", OTHER)
        early = hall.client("kiosk").post("/appointments/check-in", {"code": tomorrow.body["code"]})
        assert (early.code, early.body["error"]["details"]["value"]) == ("NOT_TODAY", "2026-11-24"), "whoever comes a day early is told so"
        assert hall.client().post(by_link(tomorrow, "/check-in")).code == "NOT_TODAY"
        hall.move("09:05", "2026-11-24")
        assert hall.client().get(by_link(booked)).body["state"] == "no_show"
        held = hall.hold("10:00", "2026-11-25")
        assert hall.client().post(by_link(held), {"person": "138-0000 1234"}).code == "BOOKING_BLOCKED"
        assert hall.client().post(by_link(held), {"person": "13700000000"}).body["state"] == "booked"


def test_whoever_brings_the_missing_paper_the_same_day_returns():
    with BookingHall() as hall:
        kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
        first = kiosk.ticket().body
        clerk.post("/windows/1/open")
        assert clerk.post("/windows/1/next").body["ticket"]["number"] == first["number"]
        assert clerk.post("/windows/1/start").status == 200
        assert kiosk.post("/tickets", {"return_token": first["token"]}).status == 422, "it is not done yet"
        assert clerk.post("/windows/1/finish", {"outcome": "supplement", "missing": ["application"]}).status == 200
        again = kiosk.post("/tickets", {"return_token": first["token"]})
        assert (again.status, again.body["origin"], again.body["queue"]) == (201, "return", "A")
        assert again.body["number"] != first["number"]


def finish(hall, ticket, outcome, **more):
    """Called at window 1, served, ended."""
    clerk = hall.client("clerk")
    clerk.post("/windows/1/open")
    assert clerk.post("/windows/1/next").body["ticket"]["number"] == ticket["number"]
    clerk.post("/windows/1/start")
    assert clerk.post("/windows/1/finish", {"outcome": outcome, **more}).status == 200
    clerk.post("/windows/1/close")


def test_back_with_the_missing_paper_by_ones_own_link_in_the_same_class():
    granted = [{"class": "normal", "name": "普通"}, {"class": "disabled", "name": "残疾", "head_start_s": 1800}]
    with BookingHall(settings={**SETTINGS, "classes": granted}) as hall:
        first = hall.client("clerk").post("/tickets", {"queue": "A", "class": "disabled"}).body
        public, link = hall.client(), f"/tickets/by-token/{first['token']}"
        assert public.post(link + "/return").code == "NO_RETURN", "it is not done yet"
        finish(hall, first, "supplement", missing=["application", "身份证复印件"])
        seen = public.get(link).body
        assert (seen["may_return"], seen["missing"]) == (True, ["application", "身份证复印件"])
        assert hall.stop() == 0 and hall.start()
        public = hall.client()
        assert public.get(link).body["missing"] == ["application", "身份证复印件"]
        again = public.post(link + "/return")
        assert (again.status, again.body["origin"], again.body["class"], again.body["channel"]) == (201, "return", "disabled", "phone")
        assert again.body["token"] != first["token"] and not public.get(link).body.get("may_return")
        assert public.post(link + "/return").code == "NO_RETURN", "once"
        other = hall.client("kiosk").ticket().body
        public.post(f"/tickets/by-token/{again.body['token']}/cancel")
        finish(hall, other, "handled")
        assert public.post(f"/tickets/by-token/{other['token']}/return").code == "NO_RETURN"
        assert public.post("/tickets/by-token/" + "0" * 32 + "/return").code == "NO_TICKET"


def test_a_booked_ticket_explains_itself():
    with BookingHall() as hall:
        public, clerk = hall.client(), hall.client("clerk")
        booked = hall.book("09:30")
        ticket = public.post(by_link(booked, "/check-in")).body
        assert public.get(by_link(booked)).body["ticket_token"] == ticket["token"]
        link = f"/tickets/by-token/{ticket['token']}"
        seen = public.get(link).body
        assert (seen["slot_at"], seen["gate_at"]) == (moment(TODAY, "09:30"), moment(TODAY, "09:25")) and "why" not in seen
        clerk.post("/windows/1/open")
        assert clerk.post("/windows/1/next").body["why"]["rule"] == "gate"
        seen = public.get(link).body
        assert "预约时间还没到" in seen["why"] and "before its appointment" in seen["why_en"]


def test_every_day_says_why_it_cannot_be_booked():
    with BookingHall(day="2026-12-22") as hall:
        slots = hall.client().get("/slots?item=a1").body
        assert [d["date"] for d in slots["days"]][0] == "2026-12-22" and len(slots["days"]) == 8
        by_date = {d["date"]: d for d in slots["days"]}
        assert by_date["2026-12-24"]["free"] > 0 and not by_date["2026-12-24"]["code"]
        assert by_date["2026-12-24"]["free"] == sum(s["free"] for s in slots["slots"] if s["slot_at"].startswith("2026-12-24"))
        assert by_date["2026-12-29"]["code"] == "CALENDAR_PROVISIONAL" and "没有公布" in by_date["2026-12-29"]["text"]
        full = hall.client().get("/slots?item=b1&from=2026-12-24&to=2026-12-24").body["days"]
        assert (full[0]["code"], full[0]["text_en"]) == ("SLOT_FULL", "This time is fully booked")
        far = hall.client().get("/slots?item=a1&from=2027-02-01&to=2027-02-01").body["days"]
        assert far[0]["code"] == "SLOT_CLOSED"
        queues = hall.client().get("/catalogue?q=a1").body["queues"]
        assert [q.get("bookable", False) for q in queues] == [True, False]


def test_the_limits_of_a_person():
    with BookingHall() as hall:
        hall.book("10:00")
        again = hall.hold("10:00", "2026-11-24")
        assert hall.client().post(by_link(again), {"person": PHONE}).status == 200
        third = hall.hold("10:00", "2026-11-25")
        assert hall.client().post(by_link(third), {"person": PHONE}).code == "BOOKING_LIMIT"
        same_day = hall.hold("11:00")
        refused = hall.client().post(by_link(same_day), {"person": f" {PHONE} "})
        assert refused.code == "ALREADY_BOOKED" and PHONE not in json.dumps(refused.body)
        for bad in ("", "1234", "9" * 41):
            assert hall.client().post(by_link(same_day), {"person": bad}).code in ("FIELD_MISSING", "BAD_VALUE"), bad


@pytest.mark.parametrize("day, time, code", [
    (TODAY, "09:00", "SLOT_CLOSED"), (TODAY, "12:00", "SLOT_CLOSED"), (TODAY, "09:40", "SLOT_CLOSED"),
    ("2026-11-22", "10:00", "SLOT_CLOSED"), ("2026-12-01", "10:00", "SLOT_CLOSED")])
def test_times_that_cannot_be_booked(day, time, code):
    with BookingHall() as hall:
        assert hall.hold(time, day).code == code


def test_a_year_without_its_calendar_is_not_booked():
    with BookingHall(day="2026-12-22") as hall:
        assert hall.hold("10:00", "2026-12-28").code == "CALENDAR_PROVISIONAL"
        assert hall.hold("10:00", "2026-12-24").status == 201


def test_an_address_holds_three_and_what_is_free_is_never_given_twice():
    with BookingHall() as hall:
        clerk = hall.client("clerk")
        free = free_at(hall, "11:00")

        def book(n):
            body = {"item": "a1", "slot_at": moment(TODAY, "11:00"), "person": f"1360000{n:04}"}
            return hall.client("clerk").post("/appointments", body)

        with ThreadPoolExecutor(8) as many:
            answers = list(many.map(book, range(free + 5)))
        assert sum(a.status == 201 for a in answers) == free
        assert {a.code for a in answers if a.status != 201} == {"SLOT_FULL"}
        assert free_at(hall, "11:00") == 0 and len(clerk.get("/appointments").body["appointments"]) == free
        held = [hall.hold("10:00") for _ in range(3)]
        assert [a.status for a in held] == [201] * 3
        assert hall.hold("10:00").code == "TOO_MANY"
        assert hall.client().post(by_link(held[0], "/cancel")).status == 200
        assert hall.hold("10:00").status == 201, "what was given back does not count"
        for device in ("kiosk", "screen"):
            body = {"item": "a1", "slot_at": moment(TODAY, "10:00")}
            assert hall.client(device).post("/appointments", body).code == "TOO_MANY", f"a {device} that only holds is counted"


def test_holding_and_giving_back_has_its_rate():
    """Each hold is an event that is kept for ever, made by nobody in particular."""
    hall = BookingHall()
    hall.config["limits"] = {"enforce": True, "min_free_mib": 0}
    with hall:
        public, body = hall.client(), {"item": "a1", "slot_at": moment(TODAY, "10:00")}

        def surely(path, what):
            """Past the limit of an address, 20 requests a second, which says to wait for one second; not past another."""
            for _ in range(15):
                if (answer := public.post(path, what)).status != 429:
                    break
                time.sleep(0.1)
            return answer

        held = []
        while (last := surely("/appointments", body)).status == 201 and len(held) < 80:
            held.append(last)
            assert surely(by_link(last, "/cancel"), {}).status == 200
        assert last.code == "TOO_MANY" and 60 <= len(held) <= 62
        assert hall.client("clerk").post("/appointments", {**body, "person": PHONE}).status == 201, "staff are not held up"


def test_a_body_says_no_more_than_it_may():
    with BookingHall() as hall:
        body = {"item": "a1", "slot_at": moment(TODAY, "10:00")}
        public = hall.client()
        for more in ({"date": 20261123}, {"minute": 600}, {"id": "1"}):
            assert public.post("/appointments", {**body, **more}).code == "UNKNOWN_FIELD"
        assert public.post("/appointments", {**body, "person": PHONE}).status == 401
        assert hall.client("kiosk").post("/appointments", {**body, "person": PHONE}).status == 403
        assert public.post("/appointments", {"item": "a1"}).code == "FIELD_MISSING"
        assert public.post("/appointments", {**body, "item": "nothing"}).code == "UNKNOWN_ITEM"
        assert public.post("/appointments", {**body, "item": "b1"}).code == "SLOT_FULL"
        assert public.get("/slots?item=a1&from=2026-13-01").code == "BAD_VALUE"
        assert public.get("/slots?item=nothing").code == "UNKNOWN_ITEM"
        assert public.get("/appointments/by-token/" + "0" * 32).code == "NO_APPOINTMENT"
        assert public.post("/appointments/check-in", {"code": "000000"}).status == 401


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
