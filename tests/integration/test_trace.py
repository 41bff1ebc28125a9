#!/usr/bin/python3
"""The trace of a day suffices to check every call by the policy: of a simulated day, and of a real one at random."""
import json
import os
import random
import subprocess
import sys

import pytest

from hall import BUILD, SMALL_HALL, SOURCE, Hall

sys.path.insert(0, os.path.join(SOURCE, "tests/sim"))
import policy_check  # noqa: E402

CLASSES = ["normal"] * 7 + ["senior"] * 3
# What a clerk may try in each state of a window.
VERBS = {"closed": ["open"], "open": ["next"] * 6 + ["unhold"] * 3 + ["call", "break", "drain"], "break": ["resume"],
         "ready": ["next", "unhold", "call", "break", "drain"], "suspended": ["resume"], "draining": ["unhold", "next"],
         "busy": ["next"] * 4 + ["start"] * 5 + ["hold"] * 2 + ["no-show", "transfer", "finish", "drain"]}


def checked_calls(settings, lines):
    """How many calls the trace has; none may break the policy."""
    day = policy_check.check(policy_check.Hall(settings), policy_check.rows_of(lines))
    assert not day.violations, day.violations[:5]
    return day.counts["event call"]


def test_a_simulated_day(tmp_path):
    demo = os.path.join(SOURCE, "packaging/demo/hall.json")
    with open(demo, encoding="utf-8") as f:
        settings = json.load(f)
    items = [item["item"] for item in settings["items"]]
    chance, t0 = random.Random(7), 0.0
    with open(tmp_path / "customers.csv", "w", encoding="utf-8") as f:
        f.write("t0,class,item,service,patience\n")
        for _ in range(2000):
            t0 += chance.expovariate(1.7)
            f.write(f"{t0:.4f},{chance.choice(CLASSES)},{chance.choice(items)},{chance.expovariate(0.18):.4f},"
                    f"{chance.choice([0, 0, 15])}\n")
    subprocess.run([os.path.join(BUILD, "hallsim"), "--trace", tmp_path / "trace.csv", demo, tmp_path / "customers.csv"],
                   stdout=subprocess.DEVNULL, check=True)
    with open(tmp_path / "trace.csv", encoding="utf-8", newline="") as f:
        assert checked_calls(settings, f) > 1500


class Player:
    """Does what people and clerks may do, in no order; the hall refuses what it must."""

    def __init__(self, hall, seed):
        self.chance = random.Random(seed)
        self.kiosk, self.clerk = hall.client("kiosk"), hall.client("clerk")
        self.done = 0

    def step(self):
        chance = self.chance
        if chance.random() < 0.35:
            self.count(self.kiosk.post("/tickets", {"queue": chance.choice("AB"), "class": chance.choice(CLASSES)}))
        elif chance.random() < 0.1:
            verb = chance.choice(["cancel", "report-back", "report-back", "class"])
            body = {"cancel": {"reason": "x"}, "class": {"class": "normal", "reason": "x"}}.get(verb, {})
            ticket = self.some("missed" if verb == "report-back" else "waiting")
            self.count(self.clerk.post(f"/tickets/{ticket}/{verb}", body))
        else:
            n = chance.randint(1, 4)
            window = self.clerk.get(f"/windows/{n}").body
            verb = chance.choice(VERBS[window["window"]["state"]])
            self.count(self.clerk.post(f"/windows/{n}/{verb}", self.body(verb, window)))

    def some(self, state):
        found = self.clerk.get(f"/tickets?state={state}").body["tickets"]
        return self.chance.choice(found)["id"] if found else "1"

    def body(self, verb, window):
        held = self.chance.choice(window["held"])["id"] if window["held"] else "1"
        to = [{"queue": "A"}, {"queue": "B"}, {"queue": "B", "window": self.chance.randint(1, 4)}]
        return {"next": {"outcome": "handled"} if "ticket" in window else {}, "unhold": {"ticket": held},
                "transfer": self.chance.choice(to), "finish": {"outcome": "advice"},
                "break": {"reason": "x", "planned_s": 60},
                "call": {"ticket": self.some("waiting"), "reason": "x"}}.get(verb, {})

    def count(self, answer):
        assert answer.status in (200, 201, 404, 409, 422), answer.body
        self.done += answer.status < 300


@pytest.mark.parametrize("seed", range(3))
def test_a_day_at_random(seed):
    windows = [{"window": 1, "name": "1", "all": True}, {"window": 2, "name": "2", "groups": ["a"]},
               {"window": 3, "name": "3", "groups": ["b"]}, {"window": 4, "name": "4", "groups": ["a", "b"]}]
    settings = {**SMALL_HALL, "windows": windows, "policy": {"repeat_after_s": 0, "miss_after_s": 0, "max_misses": 9}}
    with Hall(settings=settings) as hall:
        player = Player(hall, seed)
        for _ in range(1200):
            player.step()
        assert player.done > 800
        trace = hall.admin().http
        trace.request("GET", "/api/v1/trace/today")
        lines = trace.getresponse().read().decode().splitlines()
    assert checked_calls(settings, lines) > 150


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
