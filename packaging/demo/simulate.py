#!/usr/bin/python3
"""
Plays the recorded day (recorded_day.csv) in a running demo hall through its HTTP API, at the pace of the hall's clock:
people take tickets when they came, windows open as they were open, clerks press their keys. Some people do not come
when called, some report back, some leave, some are sent on or wait with a half-filled form; clerks take a break.

  simulate.py --credentials FILE [--state FILE] [--speed N] [--with-parent]

After the last visitor the windows close, and the next morning the day begins again. A stopped player goes on where the
hall is. Window 12 is left to whoever watches. Decisions are drawn from each visitor's own number, so that every run
plays the same day.
"""
import argparse
import csv
import datetime
import json
import os
import random
import signal
import sys
import time

from hall_client import Connection, Refused, Stopped

HERE = os.path.dirname(os.path.abspath(__file__))
MINUTE = 60.0
UNIFIED = range(1, 12)              # 12 is the watcher's
COLLECTION, DESK = 13, 14
LAST_VISITORS_WINDOWS = 3           # stay open towards the day's end until nobody waits, and one more for every two
KIOSK_CLASSES = ("normal", "senior", "infant")
NO_SHOW, REPORTS_BACK, HOLD, SENT_ON = 0.04, 0.5, 0.02, 0.02
REPEAT_AFTER, MISS_AFTER = 55.0, 110.0     # the policy's gaps are 45 and 90 s
HELD_FOR = 5 * MINUTE
BREAK_FROM, BREAK_UNTIL, BREAK_LASTS = 10 * 60 * MINUTE, 15 * 60 * MINUTE, 12 * MINUTE
TURN_S, RESYNC_S = 0.05, 2.0        # of real time
OUTCOMES = ("handled", "handled", "accepted", "accepted", "accepted", "supplement", "advice")


def read_csv(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return list(csv.DictReader(f))


class Clock:
    """The hall's time, between two looks at GET /hall carried on at the speed seen so far. Seconds after midnight."""

    def __init__(self, public, speed):
        self.public, self.speed = public, speed
        self.moment, self.date, self.looked = None, "", 0.0
        self.look()

    def look(self):
        moment = datetime.datetime.fromisoformat(self.public.get("/hall")["at"])
        now = time.monotonic()
        if self.moment and now - self.looked > 1:
            self.speed = max(0.1, (moment - self.moment).total_seconds() / (now - self.looked))
        self.moment, self.looked, self.date = moment, now, moment.date().isoformat()

    def seconds(self):
        """May pass midnight; look() then begins the new day."""
        at = self.moment
        return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6 + \
            (time.monotonic() - self.looked) * self.speed


class Visitor:
    """One row of the day, with what will happen to it."""

    def __init__(self, index, row):
        self.index, self.item, self.person_class = index, row["item"], row["class"]
        self.t0 = float(row["t0"]) * MINUTE
        self.service, self.patience = float(row["service"]) * MINUTE, float(row["patience"]) * MINUTE
        dice = random.Random(index)
        self.walk = dice.uniform(10, 40)
        self.misses = dice.random() < NO_SHOW
        self.reports_back = dice.random() < REPORTS_BACK
        self.holds = dice.random() < HOLD
        self.sent_on = dice.random() < SENT_ON and self.item not in ("desk", "collect")
        self.outcome = dice.choice(OUTCOMES)
        self.missing = []
        self.told_desk = False
        self.ticket = {}
        self.waiting = False


def stranger(number):
    """Somebody who took a ticket by hand: served like everybody."""
    dice = random.Random(number)
    return Visitor(-1, {"item": "", "class": "normal", "t0": 0, "service": dice.uniform(3, 8), "patience": 0})


class Clerk:
    """One window. `due` is when the clerk presses the next key, `press` which one."""

    def __init__(self, number, hall, connection):
        self.number, self.hall, self.connection = number, hall, connection
        self.is_open, self.on_break, self.had_break, self.left_alone = False, False, False, False
        self.visitor, self.ticket = None, ""
        self.due, self.press = None, None
        self.held = []                       # (when to call back, ticket's id)
        self.break_at = random.Random(number).uniform(BREAK_FROM, BREAK_UNTIL)

    def key(self, key, body=None):
        return self.connection.post(f"/windows/{self.number}/{key}", body)

    def plan(self, seconds, press):
        self.due, self.press = self.hall.now + seconds, press

    def idle(self):
        self.visitor, self.ticket, self.due, self.press = None, "", None, None

    def open(self):
        self.key("open")
        self.is_open = True
        self.ask_next({})

    def ask_next(self, body):
        self.idle()
        self.called(self.key("next", body).get("ticket"))

    def called(self, ticket):
        """A ticket stands at the window, or none does yet."""
        if not ticket or not ticket.get("number"):
            return
        self.ticket = ticket["number"]
        self.visitor = self.hall.by_number.get(self.ticket) or stranger(self.ticket)
        self.visitor.waiting = False
        self.visitor.ticket.setdefault("id", ticket.get("id"))
        if self.visitor.misses:
            self.plan(REPEAT_AFTER, self.repeat)
        else:
            self.plan(self.visitor.walk, self.start)

    def repeat(self):
        self.key("repeat")
        self.plan(MISS_AFTER - REPEAT_AFTER, self.miss)

    def miss(self):
        visitor = self.visitor
        self.key("no-show")
        visitor.misses = False
        if visitor.reports_back and visitor.ticket.get("token"):
            self.hall.later(3 * MINUTE, lambda: self.hall.report_back(visitor))
        self.after_visit()

    def start(self):
        self.key("start")
        if self.visitor.holds:
            self.plan(self.visitor.service / 2, self.hold)
        else:
            self.plan(self.visitor.service, self.finish)

    def hold(self):
        self.visitor.holds = False
        self.visitor.service /= 2
        self.key("hold")
        self.held.append((self.hall.now + HELD_FOR, self.visitor.ticket["id"]))
        self.after_visit()

    def finish(self):
        self.tell_once()
        if self.number == DESK and not self.visitor.told_desk and self.hall.installed("escalation"):
            self.visitor.told_desk = True
            self.hall.desk.hear(self.connection, self.visitor)
        if self.sends_on():
            self.visitor.sent_on = False
            self.visitor.service = 2 * MINUTE
            self.key("transfer", {"item": "collect"})
            self.after_visit()
        elif self.wants_break() or self.hall.closes(self):
            self.key("finish", self.outcome())
            self.hall.served += 1
            self.after_visit()
        else:
            self.hall.served += 1
            self.ask_next(self.outcome())

    def sends_on(self):
        return self.visitor.sent_on and self.number != COLLECTION

    def tell_once(self):
        """What is missing is told in writing before the visit ends with it; of an item without papers nothing is missing."""
        visitor = self.visitor
        if visitor.outcome != "supplement" or visitor.missing or self.sends_on():
            return
        papers = self.hall.papers_of(visitor.item)
        if not papers:
            visitor.outcome = "advice"
            return
        visitor.missing = [papers[-1]["name"]]
        if self.hall.installed("notice"):
            self.connection.post("/flows/notice/matters", {"transition": "tell", "window": self.number, "fields": {
                "missing": [papers[-1]["material"]], "text": f"请补{papers[-1]['name']}，备齐后今天回来不用重新排队。"}})

    def outcome(self):
        body = {"outcome": self.visitor.outcome}
        return {**body, "missing": self.visitor.missing} if self.visitor.outcome == "supplement" else body

    def wants_break(self):
        return self.number in UNIFIED and not self.had_break and not self.held and \
            self.break_at < self.hall.now < self.break_at + 60 * MINUTE

    def after_visit(self):
        """The window is open and empty: go on, take a break, or go home."""
        self.idle()
        if self.hall.closes(self) and not self.held:
            self.key("close")
            self.is_open = False
        elif self.wants_break():
            self.key("break", {"reason": "休息", "planned_s": int(BREAK_LASTS)})
            self.had_break = self.on_break = True
            self.plan(BREAK_LASTS, self.resume)
        else:
            self.ask_next({})

    def resume(self):
        self.key("resume")
        self.on_break = False
        self.ask_next({})

    def call_back_held(self):
        """Held people are back when their time is over: they wait for this window before all others."""
        for due, ticket in [h for h in self.held if h[0] <= self.hall.now]:
            self.held.remove((due, ticket))
            self.key("unhold", {"ticket": ticket})

    def see(self, row):
        """What the board says of this window: a call that came while it was ready, or after a restart."""
        state, number = row["state"], row.get("number", "")
        if state == "closed":
            self.is_open = False
            self.idle()
        elif state in ("open", "ready", "busy") and not self.on_break:
            self.is_open = True
            if number and number != self.ticket:
                self.called({"number": number})
            elif not number and (self.ticket or state == "open"):
                self.after_visit()
            elif state == "ready" and (self.hall.closes(self) or self.wants_break()):
                self.after_visit()
        elif state == "break" and not self.on_break:
            self.is_open = self.on_break = True
            self.plan(MINUTE, self.resume)

    def turn(self):
        if not self.is_open or self.left_alone:
            return
        if self.held:
            self.call_back_held()
        if self.due is not None and self.due <= self.hall.now:
            self.press()


class Desk:
    """What could not be done: registered at the desk's window, and dealt with while the person is there; most at once,
    some by a department that answers later. Those stay open for whoever watches."""

    def __init__(self, connection):
        self.connection, self.stories = connection, read_csv("desk_stories.csv")

    def hear(self, window, visitor):
        dice = random.Random(visitor.index * 7 + 1)
        story = dice.choice(self.stories)
        matter = window.post("/flows/escalation/matters", {
            "transition": "register", "window": DESK, "fields": {"summary": story["summary"]}})["card"]["matter"]
        self.step(matter, "triage", cause=story["cause"])
        if story["department"]:
            self.step(matter, "route", department=story["department"], told="已经转给负责的单位，今天先给您回话。")
        else:
            self.step(matter, "solve", answer=story["answer"])

    def step(self, matter, transition, **fields):
        self.connection.post(f"/matters/{matter}/{transition}", {"fields": fields})


class Hall:
    """The whole play: visitors, clerks, and what happens later."""

    def __init__(self, credentials, state, speed, stopped):
        base, tokens = credentials["base_url"], credentials["tokens"]
        passwords = {u["name"]: u["password"] for u in credentials["users"]}
        self.stopped, self.state = stopped, state
        self.public = Connection(base, stopped)
        self.kiosk = Connection(base, stopped, token=tokens["kiosk"])
        self.counter = Connection(base, stopped, token=tokens["clerk"])
        self.clerks = {n: Clerk(n, self, Connection(base, stopped, login=(f"chuangkou{n}", passwords[f"chuangkou{n}"])))
                       for n in [*UNIFIED, COLLECTION, DESK]}
        self.desk = Desk(Connection(base, stopped, login=("bancheng", passwords["bancheng"])))
        self.flows = {k["flow"]["name"] for k in self.counter.get("/flows").get("kinds", [])}
        self.papers = {i["item"]: i.get("materials", []) for i in self.public.get("/catalogue")["items"]}
        self.clock = Clock(self.public, speed)
        self.opening = [(int(r["minute"]) * MINUTE, int(r["open"])) for r in read_csv("windows_day.csv")]
        self.date, self.now, self.told, self.over = "", 0.0, 0, True

    def begin_day(self):
        """Everybody comes afresh; who came before this play began on this day does not come again."""
        self.date, self.now = self.clock.date, self.clock.seconds()
        seen = read_state(self.state)
        begun = seen["from"] if seen.get("date") == self.date else self.now
        if self.state:
            with open(self.state + ".new", "w", encoding="utf-8") as f:
                json.dump({"date": self.date, "from": begun}, f)
            os.replace(self.state + ".new", self.state)
        visitors = [Visitor(i, row) for i, row in enumerate(read_csv("recorded_day.csv"))]
        self.coming = [v for v in visitors if v.t0 >= begun]
        self.by_number, self.plans, self.served, self.came = {}, [], 0, 0
        self.waiting = 0
        for clerk in self.clerks.values():
            clerk.had_break, clerk.held, clerk.left_alone = False, [], False

    def installed(self, flow):
        return flow in self.flows

    def papers_of(self, item):
        return self.papers.get(item, [])

    def later(self, seconds, what):
        self.plans.append((self.now + seconds, what))

    def wanted(self):
        """How many general windows are to be open now."""
        table = [n for at, n in self.opening if at <= self.now]
        last_visitors = LAST_VISITORS_WINDOWS + self.waiting // 2 if self.waiting and table else 0
        return min(len(UNIFIED), max(table[-1] if table else 0, last_visitors))

    def closes(self, clerk):
        if clerk.number in UNIFIED:
            return clerk.number > self.wanted()
        return self.wanted() == 0

    def take_ticket(self, visitor):
        by_kiosk = visitor.person_class in KIOSK_CLASSES
        actor, channel = (self.kiosk, "kiosk") if by_kiosk else (self.counter, "counter")
        body = {"item": visitor.item, "class": visitor.person_class, "channel": channel}
        visitor.ticket = actor.request("POST", "/tickets", body, f"day-{self.date}-{visitor.index}")
        visitor.waiting = visitor.ticket.get("state", "waiting") == "waiting"
        self.by_number[visitor.ticket["number"]] = visitor
        self.came += 1
        if visitor.patience:
            self.later(visitor.patience, lambda: self.leave(visitor))

    def leave(self, visitor):
        if visitor.waiting and visitor.ticket.get("token"):
            visitor.waiting = False
            self.public.post(f"/tickets/by-token/{visitor.ticket['token']}/cancel", {"reason": "等不及了"})

    def report_back(self, visitor):
        self.public.post(f"/tickets/by-token/{visitor.ticket['token']}/report-back")
        visitor.waiting = True

    def attempt(self, what, clerk=None):
        """One step of the play. A refusal is the hall's good right: look at the board and go on."""
        try:
            what()
        except Refused as no:
            if clerk and no.code in ("NOT_YOUR_WINDOW", "CLERK_AT_WINDOW", "BAD_LOGIN", "LOCKED_OUT"):
                clerk.left_alone = True
                print(f"window {clerk.number}: {no}; left to its clerk", flush=True)
            elif clerk:
                clerk.idle()
            if no.status not in (404, 409):
                print(f"refused: {no}", file=sys.stderr, flush=True)

    def turn(self):
        self.now = self.clock.seconds()
        while self.coming and self.coming[0].t0 <= self.now:
            visitor = self.coming.pop(0)
            self.attempt(lambda: self.take_ticket(visitor))
        for plan in [p for p in self.plans if p[0] <= self.now]:
            self.plans.remove(plan)
            self.attempt(plan[1])
        wanted = self.wanted()
        for clerk in self.clerks.values():
            if not clerk.is_open and not clerk.left_alone and wanted and not self.closes(clerk):
                self.attempt(clerk.open, clerk)
            self.attempt(clerk.turn, clerk)

    def look(self):
        self.clock.look()
        if self.clock.date != self.date:
            self.begin_day()
        board = self.public.get("/board")
        self.now = self.clock.seconds()
        self.waiting = sum(q.get("waiting", 0) for q in board.get("queues", []))
        for row in board.get("windows", []):
            clerk = self.clerks.get(row["window"])
            if clerk and not clerk.left_alone:
                self.attempt(lambda: clerk.see(row), clerk)
        if int(self.now // (30 * MINUTE)) != self.told:
            self.told = int(self.now // (30 * MINUTE))
            self.tell()

    def tell(self):
        n = sum(c.is_open for c in self.clerks.values())
        if not n and not self.coming and not self.over:
            print("The day is over; the next one begins at 8 o'clock.", flush=True)
        self.over = not n
        if self.over:
            return
        print(f"{self.date} {int(self.now // 3600):02}:{int(self.now // 60 % 60):02}  {self.came} came, "
              f"{self.served} served, {self.waiting} waiting, {n} windows open", flush=True)

    def play(self):
        self.begin_day()
        print(f"The recorded day plays from {self.date} {int(self.now // 3600):02}:{int(self.now // 60 % 60):02} on. "
              "Window 12 is yours: log in as chuangkou12.", flush=True)
        looked = -RESYNC_S
        while not self.stopped():
            self.turn()
            pace = min(RESYNC_S, max(0.25, 20 / self.clock.speed))
            if time.monotonic() - looked >= pace:
                self.look()
                looked = time.monotonic()
            time.sleep(TURN_S)


def read_state(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError, TypeError):
        return {}


def main():
    parser = argparse.ArgumentParser(description="Plays the recorded day in a running demo hall.")
    parser.add_argument("--credentials", required=True)
    parser.add_argument("--state", default="")
    parser.add_argument("--speed", type=float, default=60.0, help="the hall clock's, until it has been measured")
    parser.add_argument("--with-parent", action="store_true", help="end when the program that started this has ended")
    options = parser.parse_args()
    parent = os.getppid()
    asked = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.append(1))

    def stopped():
        return bool(asked) or (options.with_parent and os.getppid() != parent)

    with open(options.credentials, encoding="utf-8") as f:
        credentials = json.load(f)
    try:
        Hall(credentials, options.state, options.speed, stopped).play()
    except Stopped:
        pass


main()
