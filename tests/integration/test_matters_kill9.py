#!/usr/bin/python3
"""
kill -9 while matters are opened and moved from all sides: of every matter that was acknowledged each text opens after the
restart, a request sent again is the one it was, and no event is without its text.
"""
import http.client
import json
import os
import random
import sys
import threading
import time
import uuid

import pytest

from hall import LONG, journal_tool
from matters import MatterHall, field, number
from test_sealed import PDF, bring, rows, show

RUNS = int(os.environ.get("RUNS") or (50 if LONG else 5))
DESKS = 4


class Desk(threading.Thread):
    """Opens matters and takes steps until the daemon is gone; `said`: {matter: {field: text}} that was acknowledged."""

    def __init__(self, hall, n, seed):
        super().__init__()
        self.n, self.dice, self.person = n, random.Random(seed), hall.someone[n]
        self.said, self.files, self.faults, self.unsure = {}, {}, [], None

    def act(self):
        key, text = str(uuid.uuid4()), f"第 {self.n} 席：{uuid.uuid4()}"
        routed = [m for m, said in self.said.items() if "told" not in said]
        if routed and self.dice.random() < 0.4:
            matter = self.dice.choice(routed)
            path, fields = f"/matters/{matter}/help", {"told": text}    # opens another matter
            if "cause" not in self.said[matter]:
                path, fields = f"/matters/{matter}/triage", {"cause": "policy", "phone": f"139{self.dice.randrange(10 ** 8):08}"}
        elif self.dice.random() < 0.2:
            return self.bring_file()
        else:
            matter, path = None, "/flows/escalation/matters"
            fields = {"summary": text, "phone": f"138{self.dice.randrange(10 ** 8):08}",
                      "person": {"id": f"{self.dice.randrange(10 ** 18):018}", "name": "张三"}}
        self.unsure = (matter, path, fields, key)
        self.hear(self.ask(self.person))
        self.unsure = None
        return None

    def ask(self, person):
        matter, path, fields, key = self.unsure
        body = {"fields": fields, **({} if matter else {"transition": "register"})}
        return person.post(path, body, Idempotency_Key=key)

    def hear(self, answer):
        matter, path, fields, _ = self.unsure
        if answer.status in (200, 201):
            self.said.setdefault(matter or number(answer.body), {}).update(fields)
        elif answer.status != 503:
            self.faults.append((path, answer.status, answer.body))

    def bring_file(self):
        data = PDF + uuid.uuid4().bytes
        status, body = bring(self.person, data)
        if status == 201:
            self.files[body["file"]] = data

    def run(self):
        try:
            while True:
                self.act()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass    # killed

    def ask_again(self, person):
        """Whether the last one was done nobody knows: the same key finds out, or does it now."""
        if self.unsure:
            first, second = self.ask(person), self.ask(person)
            assert first.status in (200, 201) and second.status in (200, 201), (first.body, second.body)
            assert number(first.body) == number(second.body)
            self.hear(first)


def masked(text):
    return text[:3] + "****" + text[-4:]


def check(person, desks):
    for desk in desks:
        assert not desk.faults, desk.faults[:3]
        for matter, said in desk.said.items():
            view = person.get(f"/matters/{matter}").body
            for name in ("summary", "told"):
                if name in said:
                    assert field(view, name) == [said[name]], (matter, name)
            assert field(view, "phone") == [masked(said["phone"])] and field(view, "person") == ["张*"]


def references(hall):
    """What the journal's events name of texts, and what lies sealed."""
    named = {text for e in hall.events() if "matter_moved" in e for f in e["matter_moved"]["fields"]
             if f["field"] in ("summary", "phone", "told", "person") for text in f["texts"]}
    return named, {value for value, in rows(hall, "SELECT DISTINCT field FROM sealed WHERE expires_at > 9e18")}


def log_in(hall):
    hall.someone = [hall.nobody() for _ in range(DESKS)]
    word = next(u["password"] for u in hall.credentials["users"] if u["name"] == "bancheng")
    for person in hall.someone:
        assert person.log_in("bancheng", word).status == 200


def test_of_what_was_acknowledged_every_text_opens():
    desks, dice = [], random.Random(7)
    with MatterHall() as hall:
        for run in range(RUNS):
            log_in(hall)
            now = [Desk(hall, n, run * DESKS + n) for n in range(DESKS)]
            for desk in now:
                desk.start()
            time.sleep(dice.uniform(0.1, 0.4))    # the moment is what is being tried
            hall.kill()
            for desk in now:
                desk.join()
            hall.start()
            log_in(hall)
            for desk, person in zip(now, hall.someone):
                desk.ask_again(person)
            desks += now
            check(hall.someone[0], desks)
            name_a_file(hall, now)
        assert sum(len(d.said) for d in desks) > RUNS
        hall.kill()
        named, sealed = references(hall)
        assert named <= sealed
        journal_tool("verify", hall.journal)
        journal_tool("replay", "--check", "500", hall.journal)


def name_a_file(hall, desks):
    """What was brought before the kill can be named after it."""
    files = {name: data for desk in desks for name, data in desk.files.items()}
    if files:
        name, data = random.Random(len(files)).choice(sorted(files.items()))
        draft = {"item": "a1", "facts": "一", "ground": "二", "proposed": "三", "alternatives": "四", "attachments": [name]}
        matter = number(hall.matter("denial", "clerk", "draft", **draft))
        assert show(hall.person("clerk"), f"/matters/{matter}/files/{name}")[1] == data


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
