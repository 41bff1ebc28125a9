"""The demo hall with its flows, office hours and a clock that one moves: days pass between two restarts."""
import json
import os

from booking_hall import HOURS, MONDAY
from chromium import halls
from test_sealed import brought
from web import Person, password

LICENCE = "511A0000800001"      # a promised item; of its papers three may follow, the letter of authorisation among them
DEMO = os.path.join(halls.SOURCE, "packaging", "demo", "hall.json")


class FlowHall(halls.Hall):
    def __init__(self, day=MONDAY, **settings):
        with open(DEMO, encoding="utf-8") as f:
            demo = json.load(f)
        duty = [{"date": f"2026-{month}-{n:02}", "leader": "zhiban1", "substitutes": ["zhiban2"]}
                for month, days in (("11", range(1, 31)), ("12", range(1, 32))) for n in days]
        super().__init__(settings={**demo, "hours": HOURS, "duty": duty, **settings}, flows_dir=os.path.join(halls.SOURCE, "plugins"),
                         profile=os.path.join(halls.SOURCE, "profiles", "national.json"), clock={"accept_at_start": True})
        self.reader = None
        self.at("09:05", day)

    def at(self, time, day=MONDAY):
        self.options = ["--clock-start", f"{day}T{time}:00+08:00", "--clock-rate", "1"]
        return self

    def move(self, time, day):
        """The night passes, or several."""
        self.config["listen"] = self.address
        assert self.stop() == 0
        self.reader = None      # nobody is logged in overnight
        return self.at(time, day).start()

    def ticket(self, item=LICENCE):
        return self.client("kiosk").post("/tickets", {"item": item, "channel": "kiosk"}).body

    def matters(self, **query):
        asked = "&".join(f"{k}={v}" for k, v in query.items())
        return self.auditor().request("GET", f"/matters?{asked}").body["matters"]

    def matter(self, number):
        return self.auditor().request("GET", f"/matters/{number}").body

    def auditor(self):
        """Reads every matter."""
        self.reader = self.reader or self.person("shenji")
        return self.reader

    def checked(self):
        """A promise that is to be signed: the matter and its link."""
        clerk, who = self.person("chuangkou2"), {"id": "511602199001011234", "name": "张三"}
        case = clerk.request("POST", "/flows/case/matters", {"fields": {"item": LICENCE, "person": who}}).body["card"]["matter"]
        fields = {"case": case, "item": LICENCE, "person": who, "missing": ["authorisation"]}
        opened = clerk.request("POST", "/flows/deficiency/matters", {"fields": fields}).body
        matter = opened["card"]["matter"]
        clerk.step(matter, "check", identity=True, credit="good")
        return matter, opened["token"]

    def promised(self):
        """A promise without its paper: the matter and its link."""
        clerk, (matter, token) = self.person("chuangkou2"), self.checked()
        clerk.step(matter, "promise", deadline="2026-11-27", promise=brought(clerk, b"%PDF-1.4\n%%EOF\n"))
        return matter, token

    def person(self, name):
        """Somebody who logs in elsewhere."""
        return Somebody(self, name)


class Somebody(Person):
    def __init__(self, hall, name):
        super().__init__(hall)
        assert self.log_in(name, password(hall, name)).status == 200

    def step(self, matter, transition, **fields):
        answer = self.request("POST", f"/matters/{matter}/{transition}", {"fields": fields})
        assert answer.status == 200, answer.body
        return answer.body
