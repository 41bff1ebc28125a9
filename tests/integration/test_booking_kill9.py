#!/usr/bin/python3
"""
kill -9 while people book from all sides: what was said to be booked is booked, no time is given away twice, a request
sent again gets the appointment it made, and the state is what a replay makes of it.
"""
import http.client
import json
import os
import random
import sys
import threading
import time
import uuid
from collections import Counter

import pytest

from hall import LONG, journal_tool
from test_appointments import SETTINGS, TODAY, BookingHall, moment

RUNS = int(os.environ.get("RUNS") or (100 if LONG else 8))
CLIENTS, TIMES = 8, [f"{hour:02}:{minute:02}" for hour in (10, 11, 13, 14, 15, 16) for minute in (0, 30)]
ROOM = {**SETTINGS, "booking": {**SETTINGS["booking"], "per_week": 100, "per_month": 400}}


class Booker(threading.Thread):
    """Staff who book, move and call off until the daemon is gone; `said`: {id: slot} that it acknowledged last."""

    def __init__(self, hall, seed):
        super().__init__()
        self.dice, self.client = random.Random(seed), hall.client("clerk")
        self.said, self.faults, self.unsure, self.seed = {}, [], None, seed

    def act(self):
        at, key = moment(TODAY, self.dice.choice(TIMES)), str(uuid.uuid4())
        if self.said and self.dice.random() < 0.4:
            old = self.dice.choice(list(self.said))
            move = self.dice.random() < 0.7
            path = f"/appointments/{old}/" + ("move" if move else "cancel")
            body = {"slot_at": at} if move else {"reason": "test"}
        else:
            old, path = None, "/appointments"
            body = {"item": "a1", "slot_at": at, "person": f"13{self.seed % 10}{self.dice.randrange(10 ** 8):08}"}
        self.unsure = (path, body, key, old)
        self.hear(self.client.post(path, body, key))
        self.unsure = None

    def hear(self, answer):
        path, _, _, old = self.unsure
        if answer.status in (200, 201):
            self.said.pop(old, None)
            if answer.body["state"] == "booked":
                self.said[answer.body["id"]] = answer.body["slot_at"]
        elif answer.code not in ("SLOT_FULL", "ALREADY_BOOKED", "SLOT_CLOSED"):
            self.faults.append((path, answer.status, answer.body))

    def run(self):
        try:
            while True:
                self.act()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass    # killed

    def ask_again(self, hall):
        """Whether the last one was done nobody knows: the same key finds out, or does it now."""
        self.client = hall.client("clerk")
        if self.unsure:
            path, body, key, _ = self.unsure
            first, second = self.client.post(path, body, key), self.client.post(path, body, key)
            assert (first.status, first.body) == (second.status, second.body)
            self.hear(first)


def check(hall, bookers, most):
    rows = {a["id"]: a for a in hall.client("clerk").get("/appointments?date=" + TODAY).body["appointments"]}
    booked = {i: a["slot_at"] for i, a in rows.items() if a["state"] == "booked"}
    said = {i: at for b in bookers for i, at in b.said.items()}
    assert booked == said
    assert max(Counter(booked.values()).values()) <= most
    codes = [a["code"] for a in rows.values()]
    assert len(codes) == len(set(codes))


def test_what_was_booked_stays_booked():
    with BookingHall("08:00", settings=ROOM) as hall:
        most = max(s["free"] for s in hall.client().get(f"/slots?item=a1&from={TODAY}&to={TODAY}").body["slots"])
        bookers, dice = [], random.Random(11)
        for run in range(RUNS):
            now = [Booker(hall, run * CLIENTS + n) for n in range(CLIENTS)]
            for booker in now:
                booker.start()
            time.sleep(dice.uniform(0.05, 0.3))    # the moment is what is being tried
            hall.kill()
            for booker in now:
                booker.join()
            hall.start()
            for booker in now:
                booker.ask_again(hall)
                assert not booker.faults, booker.faults[:3]
            bookers += now
            check(hall, bookers, most)
        hall.kill()
        journal_tool("verify", hall.journal)
        journal_tool("replay", "--check", "500", hall.journal)


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
