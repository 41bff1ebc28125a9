#!/usr/bin/python3
"""The wall clock stepping forward or back never repeats a number, makes a wait negative, or moves the hall's day."""
import os
import re
import sys
import time

import pytest

from hall import Hall, journal_tool, preload

HOUR_MS, DAY_MS = 3600_000, 86400_000


class ShiftedHall(Hall):
    """A hall on a machine whose wall clock the test sets."""

    def __init__(self, **config):
        super().__init__(**config)
        self.shift_file = os.path.join(self.root, "shift")
        self.shift(0)

    def shift(self, ms):
        with open(self.shift_file + ".new", "w", encoding="ascii") as f:
            f.write(str(ms))
        os.replace(self.shift_file + ".new", self.shift_file)

    def start(self, *options, **how):
        return super().start(*options, preload=[preload("shiftclock.so")], env={"SHIFTCLOCK_FILE": self.shift_file}, **how)


def check_times(hall):
    """Event times never decrease; nobody waited less than nothing; no number stands twice on one day."""
    hall.stop()
    journal_tool("verify", hall.journal)
    events = hall.events()
    issued, numbers, last = {}, set(), ""
    for event in events:
        assert event["at"] >= last
        last = event["at"]
        if "ticket_issued" in event:
            name = (event["day"], event["ticket_issued"]["number"])
            assert name not in numbers
            numbers.add(name)
            issued[event["seq"]] = event["at"]
        if "ticket_called" in event:
            assert event["at"] >= issued[event["ticket_called"]["ticket"]]
    return events


@pytest.mark.parametrize("step", [DAY_MS, HOUR_MS, 40 * DAY_MS, -HOUR_MS, -DAY_MS, -400 * DAY_MS])
def test_a_step_while_running_is_not_followed(step):
    with ShiftedHall() as hall:
        kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
        assert clerk.post("/windows/1/open").status == 200
        kiosk.ticket()
        before = kiosk.get("/board").body["at"]
        hall.shift(step)
        kiosk.ticket()
        assert clerk.post("/windows/1/next").body["ticket"]["number"] == "A001"
        hall.shift(0)
        kiosk.ticket()
        hall.shift(-step)
        assert kiosk.ticket().body["number"] == "A004"
        assert kiosk.get("/board").body["at"][:10] == before[:10]
        days = {e["day"] for e in check_times(hall) if "ticket_issued" in e}
        assert len(days) == 1


def test_a_step_is_told_as_an_alarm():
    with ShiftedHall() as hall:
        hall.shift(3 * HOUR_MS)
        end = time.monotonic() + 10
        while "stepped" not in hall.log():
            assert time.monotonic() < end
            time.sleep(0.05)
        hall.shift(0)
        check_times(hall)


@pytest.mark.parametrize("step", [-HOUR_MS, -10 * DAY_MS])
def test_a_start_before_the_last_event_is_read_only_until_the_clock_is_accepted(step):
    with ShiftedHall() as hall:
        number = hall.client("kiosk").ticket().body["number"]
        hall.kill()
        hall.shift(step)
        hall.start()
        kiosk = hall.client("kiosk")
        answer = kiosk.ticket()
        assert (answer.status, answer.code) == (409, "CLOCK_DOUBTFUL")
        assert kiosk.get("/board").status == 200
        assert hall.admin().post("/admin/clock/accept", {"reason": "compared with the tower"}).status == 200
        assert (number, kiosk.ticket().body["number"]) == ("A001", "A002")
        assert any("clock_accepted" in e for e in check_times(hall))


def test_a_clock_that_is_accepted_at_every_start_is_never_doubted():
    with ShiftedHall(clock={"accept_at_start": True}) as hall:
        hall.client("kiosk").ticket()
        hall.kill()
        hall.shift(-HOUR_MS)
        hall.start()
        assert hall.client("kiosk").ticket().body["number"] == "A002"
        check_times(hall)


def test_the_next_day_begins_with_new_numbers():
    with ShiftedHall(clock={"accept_at_start": True}) as hall:
        hall.client("kiosk").ticket()
        hall.kill()
        hall.shift(DAY_MS)
        hall.start()
        assert hall.client("kiosk").ticket().body["number"] == "A001"
        told = re.search(r"is closed at event (\d+), head ([0-9a-f]{64})", hall.log())
        events = check_times(hall)
        assert "day_closed" in next(e for e in events if e["seq"] == told[1])
        journal_tool("verify", "--head", told[2], hall.journal)
        assert [e["ticket_expired"]["reason"] for e in events if "ticket_expired" in e] == ["closing"]


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
