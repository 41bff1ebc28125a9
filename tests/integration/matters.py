"""A hall with the eleven flows, its people, and what tests of matters do again and again."""
import json
import os
import re

from hall import SMALL_HALL, SOURCE, Hall
from web import Person, password

TODAY = "2026-11-23"    # a Monday
START = ("--clock-start", f"{TODAY}T09:00:00+08:00", "--clock-rate", "1")
OFFICE_HOURS = [{"weekday": day, "open": ["09:00-12:00", "14:00-17:30"]} for day in range(1, 6)]
PEOPLE = [{"name": "bancheng", "role": "desk", "display": "办成"}, {"name": "shenpi", "role": "clerk", "groups": ["approver"]},
          {"name": "li", "role": "clerk", "display": "李局长", "groups": ["duty_leader"]},
          {"name": "zhou", "role": "clerk", "display": "周科长", "groups": ["officer", "a"]},
          {"name": "wu", "role": "clerk", "groups": ["officer", "b"]}, {"name": "ju", "role": "clerk", "groups": ["bureau_head"]},
          {"name": "shenji", "role": "auditor"}, {"name": "chuangkou2", "role": "clerk"},
          {"name": "bangban", "role": "clerk", "groups": ["helper"]}]
SETTINGS = {**SMALL_HALL, "users": [*SMALL_HALL["users"], *PEOPLE],
            "windows": [*SMALL_HALL["windows"], {"window": 20, "name": "办不成事窗口", "role": "desk", "all": True}],
            "items": [{**SMALL_HALL["items"][0], "materials": [{"material": "m1", "name": "授权书", "may_follow": True},
                                                               {"material": "m2", "name": "身份证"}]}, SMALL_HALL["items"][1]],
            "duty": [{"date": TODAY, "leader": "li"}]}
NAMES = {"admin": "guanli", "manager": "jingli", "clerk": "chuangkou1", "clerk2": "chuangkou2", "desk": "bancheng", "approver": "shenpi",
         "leader": "li", "officer": "zhou", "officer_b": "wu", "head": "ju", "auditor": "shenji", "helper": "bangban"}


def taught():
    """The flow that docs/flows.md teaches, as it is printed there, and the limit that it needs."""
    with open(os.path.join(SOURCE, "docs", "flows.md"), encoding="utf-8") as f:
        blocks = re.findall(r"```json\n(.*?)```", f.read(), re.S)
    return (next(b for b in blocks if '"name": "lost_item"' in b),
            json.loads(next(b for b in blocks if '"key": "lost_item.keep"' in b)))


class MatterHall(Hall):
    def __init__(self, flows=os.path.join(SOURCE, "plugins"), settings=SETTINGS, **config):
        self.known = {}
        super().__init__(settings=settings, options=config.pop("options", START), flows_dir=flows,
                         profile=config.pop("profile", os.path.join(SOURCE, "profiles", "national.json")), **config)

    def start(self, *options, **how):
        self.known = {}    # the port is another one
        return super().start(*options, **how)

    def person(self, who):
        """Somebody who is logged in."""
        if who not in self.known:
            self.known[who] = Someone(self)
            assert self.known[who].log_in(NAMES[who], password(self, NAMES[who])).status == 200
        return self.known[who]

    def nobody(self):
        return Someone(self)

    def matter(self, kind, who="desk", transition=None, **fields):
        """The view of a new one."""
        body = {"fields": fields, **({"transition": transition} if transition else {})}
        answer = self.person(who).post(f"/flows/{kind}/matters", body)
        assert answer.status == 201, answer.body
        return answer.body

    def take(self, who, matter, transition, **fields):
        answer = self.person(who).post(f"/matters/{number(matter)}/{transition}", {"fields": fields})
        assert answer.status == 200, answer.body
        return answer.body


class Someone(Person):
    def post(self, path, body=None, **headers):
        return self.request("POST", path, {} if body is None else body, **headers)

    def get(self, path):
        return self.request("GET", path)


def number(matter):
    return matter["card"]["matter"] if isinstance(matter, dict) else matter


def field(view, name):
    """What people read of a field; None if it is not there."""
    found = [f for f in view["fields"] if f["field"] == name]
    return [v["zh"] for v in found[0]["values"]] if found else None


def steps(view):
    return [s["transition"] for s in view["steps"]]


def details(answer):
    return answer.body["error"]["details"]
