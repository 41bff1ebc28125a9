#!/usr/bin/python3
"""
Clocks of matters in a running hall whose time the test sets (--clock-start, --clock-rate): down while they run out,
over midnight, over a holiday, over the end of a year whose next calendar is not known.
"""
import datetime
import os
import shutil
import sys

import pytest

from hall import SMALL_HALL, SOURCE
from test_flow_load import FlowHall

CALENDARS = os.path.join(SOURCE, "packaging", "calendars")
PROFILE = {"name": "small", "zh": "小", "en": "Small", "limits": [
    {"key": "kept.wait", "n": 30, "unit": "hall_minutes", "yellow": 5, "source": "local"},
    {"key": "kept.answer", "n": 10, "unit": "working_days", "source": "local"}]}
KEPT = {
    "name": "kept", "version": 1, "zh": "失物", "en": "Kept", "read": ["clerk"], "keep_days": 180,
    "states": [{"name": "here", "zh": "在", "en": "Here"}, {"name": "asked", "zh": "问", "en": "Asked"},
               {"name": "gone", "zh": "走", "en": "Gone", "end": True}],
    "transitions": [
        {"name": "find", "zh": "登记", "en": "Find", "to": "here", "roles": ["clerk"]},
        {"name": "ask", "zh": "问", "en": "Ask", "from": ["here"], "to": "asked", "roles": ["clerk", "clock"]},
        {"name": "give", "zh": "还", "en": "Give", "from": ["here", "asked"], "to": "gone", "roles": ["clerk"]}],
    "clocks": [
        {"name": "wait", "zh": "等", "en": "Wait", "in": ["here"], "limit": "kept.wait",
         "marks": [{"percent": 50, "notify": ["clerk"]}, {"percent": 100, "notify": ["clerk"], "take": "ask"}]},
        {"name": "answer", "zh": "答", "en": "Answer", "in": ["here", "asked"], "limit": "kept.answer",
         "marks": [{"day": -1, "notify": ["clerk"]}, {"percent": 100, "notify": ["clerk"]}]}]}
OFFICE = {**SMALL_HALL, "hours": [{"weekday": day, "open": ["08:30-12:00", "14:00-17:30"]} for day in range(1, 6)]}


class ClockHall(FlowHall):
    """A hall with office hours and these years' calendars that starts when the test says."""

    def __init__(self, tmp_path, *years):
        super().__init__(tmp_path, {"kept": KEPT}, PROFILE, settings=OFFICE)
        self.years = years

    def __enter__(self):
        return self

    def at(self, moment, rate=1):
        """Starts, or goes on after having been down."""
        self.start("--clock-start", moment + "+08:00", "--clock-rate", str(rate))
        if self.years:
            self.learn(*self.years)
        self.years = ()
        return self

    def learn(self, *years):
        folder = self.folder / f"years-{years[0]}"
        folder.mkdir()
        for year in years:
            shutil.copy(os.path.join(CALENDARS, f"{year}.json"), folder)
        self.hallctl("import", "calendar", str(folder))

    def open(self):
        answer = self.client("clerk").post("/flows/kept/matters", {})
        assert answer.status == 201, answer.body
        return answer.body

    def clock(self, name, matter=1):
        return next(k for k in self.client("clerk").get(f"/matters/{matter}").body["clocks"] if k["clock"] == name)

    def marks(self):
        """[clock, what, moment, given, ...] in the order of the journal; the second half of a mark has no name."""
        return [(b["clock"], b.get("what", ""), b["moment_at"], e["at"]) for e in self.events()
                for b in [e.get("mark_given")] if b]


def minutes(mark):
    """How late it was given."""
    moment, given = (datetime.datetime.fromisoformat(t) for t in mark[2:])
    assert given >= moment
    return (given - moment).total_seconds() / 60


def names(marks):
    return [mark[:2] for mark in marks]


# By their own moments; at one moment yellow, end, red, then notices, then taken transitions.
ALL_MARKS = [("wait", "50%"), ("wait", "yellow"), ("wait", "end"), ("wait", "red"), ("wait", "100%"), ("wait", ""),
             ("answer", "yellow"), ("answer", "-1d"), ("answer", "end"), ("answer", "100%"), ("answer", "red")]


@pytest.mark.parametrize("kills", [False, True])
def test_down_while_clocks_run_out_each_mark_comes_once_late_and_says_so(tmp_path, kills):
    with ClockHall(tmp_path, 2026) as hall:
        hall.at("2026-03-09T09:00:00").open()
        if kills:
            hall.kill()
        else:
            hall.stop()
        hall.at("2026-03-25T10:00:00")
        marks = hall.marks()
        assert names(marks) == ALL_MARKS
        assert [m[2] for m in marks] == sorted(m[2] for m in marks)    # in the order of their own moments
        assert marks[0][2].startswith("2026-03-09T09:15:00") and marks[-1][2].startswith("2026-03-24T08:30:00")
        assert all(minutes(m) > 24 * 60 for m in marks)
        taken = [e for e in hall.events() if e.get("matter_moved", {}).get("clock") == "wait"]
        assert [e["matter_moved"]["to"] for e in taken] == ["asked"]
        assert taken[0]["at"].startswith("2026-03-25T10:00")           # what it sets off happens now
        late = [line for line in hall.client("clerk").get("/matters/1").body["timeline"] if line["kind"] == "mark"]
        assert late and all(line["moment_at"] for line in late)
        hall.stop()
        hall.at("2026-03-26T10:00:00")
        assert hall.marks() == marks                                    # and never again


def test_a_mark_on_a_running_hall_comes_at_its_moment(tmp_path):
    with ClockHall(tmp_path, 2026) as hall:
        hall.at("2026-03-09T09:00:00").open()
        hall.stop()
        hall.at("2026-03-09T09:14:59")
        hall.until(hall.marks, "no mark")
        [mark] = hall.marks()
        assert mark[:2] == ("wait", "50%")
        assert minutes(mark) < 0.1


def test_minutes_go_on_the_next_morning_and_the_mark_is_of_that_day(tmp_path):
    """Over midnight with the hall running fast: the day closes and opens, and the clock stands in between."""
    with ClockHall(tmp_path, 2026) as hall:
        view = hall.at("2026-03-09T17:20:00").open()
        assert next(k for k in view["clocks"] if k["clock"] == "wait")["due_at"].startswith("2026-03-10T08:50")
        hall.stop()
        hall.at("2026-03-09T17:28:00", rate=20000)
        hall.until(lambda: ("wait", "end") in names(hall.marks()), "the clock never ended")
        hall.stop()
        events = hall.events()
        ended = next(e for e in events if e.get("mark_given", {}).get("what") == "end")
        assert ended["day"] in (20260310, "2026-03-10")
        kinds = [k for e in events for k in ("day_closed", "day_opened", "mark_given") if k in e]
        assert kinds.index("day_closed") < kinds.index("mark_given")
        assert ended["mark_given"]["moment_at"].startswith("2026-03-10T08:50")


def test_a_holiday_is_jumped_over(tmp_path):
    """Thirty minutes from 17:20 on the last working day before the Spring Festival of 2025 end on the fifth of February."""
    with ClockHall(tmp_path, 2025) as hall:
        hall.at("2025-01-27T17:20:00").open()
        assert hall.clock("wait")["due_at"].startswith("2025-02-05T08:50:00")
        hall.stop()
        hall.at("2025-02-04T12:00:00")                                  # in the midst of it
        assert not [m for m in hall.marks() if m[1] == "end"]
        hall.stop()
        hall.at("2025-02-05T08:49:59")
        hall.until(lambda: ("wait", "end") in names(hall.marks()), "the clock never ended")
        [end] = [m for m in hall.marks() if m[1] == "end"]
        assert minutes(end) < 0.1


def test_over_the_end_of_a_year_whose_next_calendar_is_not_known(tmp_path):
    with ClockHall(tmp_path, 2025) as hall:
        hall.at("2025-12-22T10:00:00").open()
        clock = hall.clock("answer")
        assert clock["due_at"].startswith("2026-01-05T17:30") and clock["provisional"]
        hall.learn(2026)
        clock = hall.clock("answer")
        assert clock["due_at"].startswith("2026-01-06T17:30") and not clock["provisional"]
        moved = [e["clock_moved"] for e in hall.events() if "clock_moved" in e]
        assert [(m["clock"], m["reason"]) for m in moved] == [("answer", "calendar")]
        hall.stop()
        hall.at("2026-01-05T17:31:00")                                  # the provisional deadline is none any more
        assert ("answer", "end") not in names(hall.marks())
        hall.stop()
        hall.at("2026-01-06T17:29:59")
        hall.until(lambda: ("answer", "end") in names(hall.marks()), "the clock never ended")


def test_a_calendar_that_comes_while_the_hall_was_late_moves_no_deadline_that_ran_out(tmp_path):
    with ClockHall(tmp_path, 2025) as hall:
        hall.at("2025-12-22T10:00:00").open()
        hall.stop()
        hall.at("2026-01-05T17:31:00")
        assert ("answer", "end") in names(hall.marks())
        before = len(hall.events())
        hall.learn(2026)
        assert not [e for e in hall.events()[before:] if e.get("clock_moved", {}).get("clock") == "answer"]
        assert hall.clock("answer")["expired"]


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", *sys.argv[1:]]))
