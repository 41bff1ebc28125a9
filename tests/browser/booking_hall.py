"""The demo hall with office hours and a clock that stands where one puts it: what can be booked is known beforehand."""
import json
import os

from chromium import halls

MONDAY, SATURDAY, PHONE = "2026-11-23", "2026-11-28", "13800001234"
HOURS = [{"weekday": day, "open": ["09:00-12:00", "13:00-17:00"]} for day in range(1, 6)]


class BookingHall(halls.Hall):
    def __init__(self, **settings):
        with open(os.path.join(halls.SOURCE, "packaging", "demo", "hall.json"), encoding="utf-8") as f:
            super().__init__(settings={**json.load(f), "hours": HOURS, **settings})
        self.at("09:05")

    def at(self, time, day=MONDAY):
        self.options = ["--clock-start", f"{day}T{time}:00+08:00", "--clock-rate", "1"]
        return self

    def move(self, time, day=MONDAY):
        self.config["listen"] = self.address
        assert self.stop() == 0
        return self.at(time, day).start()

    def hold(self, time, day=MONDAY, item="general"):
        return self.client().post("/appointments", {"item": item, "slot_at": moment(time, day)}).body

    def book(self, time, day=MONDAY, person=PHONE):
        return self.client().post(f"/appointments/by-token/{self.hold(time, day)['token']}", {"person": person}).body


def moment(time, day=MONDAY):
    return f"{day}T{time}:00.000+08:00"


def slot(time, day=MONDAY):
    """The button of a time."""
    return f'[data-at="{moment(time, day)}"]'
