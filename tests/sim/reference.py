#!/usr/bin/python3
"""
A second simulator of hallsim's semantics (docs/policy.md, "Virtual time"), written apart from the core: plain lists of
people, looked at one by one. Slow and simple.

  reference.py HALL.json CUSTOMERS.csv > OUT.csv
"""
import csv
import heapq
import json
import sys

END, LEAVE = 0, 1


def milliseconds(minutes):
    """The nearest millisecond; halves away from zero."""
    return int(float(minutes) * 60000 + 0.5)


class Person:
    def __init__(self, hall, number, row):
        self.number, self.t0 = number, milliseconds(row["t0"])
        self.service, self.patience = milliseconds(row["service"]), milliseconds(row["patience"])
        self.cls, self.item = row["class"], row["item"] or hall.default_item
        self.group = hall.group_of[self.item]
        self.key = (self.t0 - hall.head_ms[self.cls], self.t0, number)
        self.start = self.window = None
        self.left = False


class Window:
    def __init__(self, number, groups):
        self.number, self.groups, self.ready_since = number, groups, 0


class Hall:
    def __init__(self, settings):
        groups = frozenset(g["group"] for g in settings["groups"])
        self.group_of = {i["item"]: i["group"] for i in settings["items"]}
        self.default_item = settings["queues"][0]["default_item"]
        self.head_ms = {c["class"]: 1000 * c.get("head_start_s", 0) for c in settings["classes"]}
        self.windows = [Window(w["window"], groups if w.get("all") else frozenset(w["groups"]))
                        for w in sorted(settings["windows"], key=lambda w: w["window"])]


class Run:
    def __init__(self, hall):
        self.hall, self.waiting, self.steps = hall, [], []
        self.ready = list(hall.windows)

    def serve(self, person, window, now):
        person.start, person.window = now, window.number
        heapq.heappush(self.steps, (now + person.service, END, window.number, window))

    def arrive(self, person, now):
        able = [w for w in self.ready if person.group in w.groups]
        if able:
            window = min(able, key=lambda w: (len(w.groups), w.ready_since, w.number))
            self.ready.remove(window)
            self.serve(person, window, now)
            return
        self.waiting.append(person)
        if person.patience:
            heapq.heappush(self.steps, (now + person.patience, LEAVE, person.number, person))

    def end(self, window, now):
        able = [p for p in self.waiting if p.group in window.groups]
        if able:
            person = min(able, key=lambda p: p.key)
            self.waiting.remove(person)
            self.serve(person, window, now)
            return
        window.ready_since = now
        self.ready.append(window)

    def leave(self, person):
        if person.start is None:
            person.left = True
            self.waiting.remove(person)

    def steps_until(self, t):
        while self.steps and self.steps[0][0] <= t:
            now, kind, _, who = heapq.heappop(self.steps)
            if kind == END:
                self.end(who, now)
            else:
                self.leave(who)

    def play(self, people):
        for person in people:
            self.steps_until(person.t0)
            self.arrive(person, person.t0)
        self.steps_until(float("inf"))


def simulate(settings, rows):
    """The people, served or gone, in the order of the rows (dictionaries of text)."""
    hall = Hall(settings)
    people = [Person(hall, number, row) for number, row in enumerate(rows)]
    Run(hall).play(people)
    return people


def main(hall, customers):
    with open(hall, encoding="utf-8") as f:
        settings = json.load(f)
    with open(customers, encoding="utf-8", newline="") as f:
        people = simulate(settings, csv.DictReader(f))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["t0", "class", "item", "start", "wait", "window", "left"])
    for p in people:
        wait = p.patience if p.left else p.start - p.t0
        start, window = ("", "") if p.left else (f"{p.start / 60000:.6f}", p.window)
        out.writerow([f"{p.t0 / 60000:.6f}", p.cls, p.item, start, f"{wait / 60000:.6f}", window, int(p.left)])


if __name__ == "__main__":
    main(*sys.argv[1:])
