"""The demo hall on a Monday morning of office hours, with the eleven flows, one more that the documentation teaches, and a
rota with a gap; and what tests of the pages of matters do again and again."""
import datetime
import json
import os
import shutil

import hall as halls
from matters import taught
from web import Person, password

TODAY = "2026-11-23"    # a Monday
START = ("--clock-start", f"{TODAY}T09:00:00+08:00", "--clock-rate", "1")
HOURS = [{"weekday": day, "open": ["09:00-12:00", "13:30-17:30"]} for day in range(1, 6)]


def day(n):
    return (datetime.date.fromisoformat(TODAY) + datetime.timedelta(n)).isoformat()


def settings():
    with open(os.path.join(halls.SOURCE, "packaging", "demo", "hall.json"), encoding="utf-8") as f:
        demo = json.load(f)
    rota = [{"date": day(n), "leader": f"zhiban{1 + n % 2}", "substitutes": ["jingli"]} for n in range(-10, 12) if n != 3]
    return {**demo, "hours": HOURS, "duty": rota}


class MatterDemo(halls.Hall):
    """With lost_item as one more file."""

    def __init__(self, **config):
        super().__init__(settings=settings(), options=START, **config)
        self.known = {}
        flows = os.path.join(self.root, "plugins")
        shutil.copytree(os.path.join(halls.SOURCE, "plugins"), flows)
        flow, limit = taught()
        with open(os.path.join(halls.SOURCE, "profiles", "national.json"), encoding="utf-8") as f:
            profile = json.load(f)
        profile["limits"].append(limit)
        os.mkdir(os.path.join(flows, "lost_item"))
        with open(os.path.join(flows, "lost_item", "flow.json"), "w", encoding="utf-8") as f:
            f.write(flow)
        halls.write_json(os.path.join(self.root, "local.json"), profile)
        self.config.update(flows_dir=flows, profile=os.path.join(self.root, "local.json"))

    def person(self, name):
        """Somebody who is logged in."""
        if name not in self.known:
            self.known[name] = Person(self)
            assert self.known[name].log_in(name, password(self, name)).status == 200
        return self.known[name]

    def opened(self, name, kind, transition, **fields):
        """A new matter's id."""
        answer = self.person(name).request("POST", f"/flows/{kind}/matters", {"transition": transition, "fields": fields})
        assert answer.status == 201, answer.body
        return answer.body["card"]["matter"]

    def take(self, name, matter, transition, **fields):
        answer = self.person(name).request("POST", f"/matters/{matter}/{transition}", {"fields": fields})
        assert answer.status == 200, answer.body
        return answer.body

    def matter(self, name, matter):
        return self.person(name).request("GET", f"/matters/{matter}").body


def filing(hall, item="511A0000800001", ticket=None, clerk="chuangkou7", facts="申请人名下已有一处补贴住房，不符合条件。"):
    """A clerk wants to say no, and the person waits: the matter's id."""
    fields = {"item": item, "facts": facts, "ground": "办法第七条第二款。", "proposed": "不予受理。", "alternatives": "补登退租记录后再来。"}
    if ticket:
        fields["ticket"] = ticket
    matter = hall.opened(clerk, "denial", "draft", **fields)
    hall.take(clerk, matter, "submit" if ticket else "submit_later")
    return matter
