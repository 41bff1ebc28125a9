#!/usr/bin/python3
"""
Predicted waits against two real offices (warsaw/README.md), beside what those offices published themselves: their
estimate of one service times the people waiting. Prints the second table of docs/forecast.md.

  offices.py HALLSIM [--from-day 6]

The boards were polled every five minutes, so single waits are inferred: between two polls people come, and are called,
at equal distances; the first who came is called first; whoever left without a call was the last who had come; a day
begins with the first calls. Each queue has as many windows as were open at the middle one of its calls, and services
last as long as keeps them busy while anybody waits, so that playing the day again gives exactly the inferred waits.
"""
import argparse
import collections
import csv
import gzip
import io
import json
import os
import statistics
import subprocess
import tempfile

import forecast

HERE = os.path.dirname(os.path.abspath(__file__))
OFFICES = {"UD Bemowo": "bemowo.csv.gz", "UD Ochota": "ochota.csv.gz"}
JUST_MIN = 0.01         # a leaver is gone so long before the window is free
USUAL_MIN = 5.0         # a service of a queue in which nobody ever waited


class Visit:
    def __init__(self, queue, t0, printed):
        self.queue, self.t0, self.printed = queue, t0, printed
        self.start = self.left = None
        self.service = 0.0


def spread_over(row, n):
    return [row.begin + (row.end - row.begin) * (i + 0.5) / n for i in range(n)]


Row = collections.namedtuple("Row", "begin end came called minutes windows")


def infer(queue, rows):
    """The visits of a queue's day, in the order of their coming."""
    visits, line = [], collections.deque()
    for row in rows:
        steps = sorted([(t, 0) for t in spread_over(row, max(row.came, 0))] + [(t, 1) for t in spread_over(row, row.called)])
        owed = 0        # calls before the one who was called is known to have come
        for t, call in steps:
            if not call:
                visits.append(Visit(queue, t, row.minutes * len(line)))
                line.append(visits[-1])
            owed += call
            while owed and line:
                line.popleft().start = t
                owed -= 1
        for _ in range(min(-row.came, len(line))):
            line.pop().left = row.end - 2 * JUST_MIN
    for v in line:
        v.left = rows[-1].end + 1
    return visits


def open_late(visits, windows):
    """Simulated windows are open from the start: a day begins with the first call of each, and whoever came before the
    last of these comes with it."""
    served = sorted((v for v in visits if v.start is not None), key=lambda v: v.start)
    opens = served[min(windows, len(served)) - 1].start if served else 0
    for v in visits:
        v.t0 = max(v.t0, opens)
    for v in served[:windows]:
        v.t0 = v.start
    return [v for v in visits if v.left is None or v.left > v.t0]


def give_services(visits, windows):
    """While somebody waits, also in vain, every window is busy: a service lasts until its window's next call, or until
    nobody waits any more; where nobody waited no longer than is usual."""
    leavers = [v for v in visits if v.start is None]
    served = sorted((v for v in visits if v.start is not None), key=lambda v: v.start)
    never = max([v.start for v in served] + [x.left for x in leavers] + [0]) + 1
    until = []      # of each: when its window calls again, and how long it must be busy
    for k, v in enumerate(served):
        then = served[k + windows].start if k + windows < len(served) else never
        waited = [w.start for w in served[k + 1:k + windows + 1] if w.t0 < w.start]
        waited += [min(x.left + JUST_MIN, then) for x in leavers if x.left > v.start and x.t0 < then]
        until.append((then, max(waited, default=v.start)))
    busy = [end - v.start for v, (then, end) in zip(served, until) if end == then != never]
    usual = statistics.median(busy) if busy else USUAL_MIN * windows
    for v, (then, end) in zip(served, until):
        v.service = max(end - v.start, min(then - v.start, usual))


def windows_of(rows):
    """Of each queue: how many were open at the middle one of all calls."""
    at_calls = collections.defaultdict(list)
    for (_, queue), of_queue in rows.items():
        at_calls[queue] += [r.windows for r in of_queue for _ in range(r.called)]
    return {q: max(1, round(statistics.median(w))) if w else 1 for q, w in at_calls.items()}


def read(name):
    """The visits of each day, by the time of coming, and the windows of each queue."""
    rows = collections.defaultdict(list)
    with gzip.open(os.path.join(HERE, "warsaw", name), "rt", encoding="ascii") as f:
        for r in csv.DictReader(f):
            rows[r["day"], r["queue"]].append(Row(*(int(r[c]) for c in ("from", "to", "came", "called", "minutes", "windows"))))
    days = collections.defaultdict(list)
    windows = windows_of(rows)
    for (day, queue), of_queue in sorted(rows.items()):
        visits = open_late(infer(queue, of_queue), windows[queue])
        give_services(visits, windows[queue])
        days[day] += visits
    return [sorted(visits, key=lambda v: v.t0) for _, visits in sorted(days.items())], windows


def hall(windows):
    queues = sorted(windows)
    at = [q for q in queues for _ in range(windows[q])]
    letters = dict(zip(queues, "ABCDEFGHJKLMNPRSTUVWXY"))     # those that look like no digit
    return {"hall": {"name": "office"}, "classes": [{"class": "normal", "name": "普通"}],
            "groups": [{"group": f"g{q}", "name": q} for q in queues],
            "queues": [{"queue": letters[q], "name": q, "default_item": f"q{q}"} for q in queues],
            "items": [{"item": f"q{q}", "name": q, "queue": letters[q], "group": f"g{q}", "kind": "instant",
                       "mean_service_s": 600} for q in queues],
            "windows": [{"window": n + 1, "name": q, "groups": [f"g{q}"]} for n, q in enumerate(at)]}


def predict(hallsim, days, windows):
    """Everybody of every day as hallsim plays it, one list a day."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        with open(folder + "/hall.json", "w", encoding="utf-8") as f:
            json.dump(hall(windows), f)
        for n, visits in enumerate(days):
            names.append(f"{folder}/day{n}.csv")
            with open(names[-1], "w", encoding="ascii") as f:
                f.write("t0,class,item,service,patience\n")
                f.writelines(f"{v.t0:.6f},normal,q{v.queue},{v.service:.6f},{0 if v.left is None else v.left - v.t0:.6f}\n"
                             for v in visits)
        learn = [x for name in names[:-1] for x in ("--learn", name)]
        out = subprocess.run([hallsim, "--rollout", "--all-days", *learn, folder + "/hall.json", names[-1]], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    rows = iter(csv.DictReader(io.StringIO(out)))
    return [[next(rows) for _ in visits] for visits in days]


def graded(days, predicted, from_day):
    """Whoever was told to wait, and did not leave: by the roll-out, by the office, by the last wait of the queue."""
    told = collections.defaultdict(list)
    for visits, rows in list(zip(days, predicted))[from_day - 1:]:
        last = {}
        calls = collections.deque(sorted((v.start, v.start - v.t0, v.queue) for v in visits if v.start is not None))
        for v, r in zip(visits, rows):
            while calls and calls[0][0] <= v.t0:
                _, wait, queue = calls.popleft()
                last[queue] = wait
            if v.start is None or not r["p50"] or float(r["p90"]) <= 0:
                continue
            person = forecast.Person(v.t0, float(r["p50"]), float(r["p90"]), float(r["wait"]))
            told["rollout"].append(person)
            told["printed"].append(person._replace(p50=v.printed))
            told["last wait"].append(person._replace(p50=last.get(v.queue, 0.0)))
    return {name: forecast.figures(people) for name, people in told.items()}


def main():
    parser = argparse.ArgumentParser(description="predicted waits at two real offices")
    parser.add_argument("hallsim")
    parser.add_argument("--from-day", type=int, default=6, help="the first that is graded")
    options = parser.parse_args()
    print("| office | waits | mean wait | | MAE (min) | bias | under P50 | under P90 |\n|---|---|---|---|---|---|---|---|")
    for office, name in OFFICES.items():
        days, windows = read(name)
        told = graded(days, predict(options.hallsim, days, windows), options.from_day)
        for who, text in (("rollout", "roll-out"), ("printed", "the office's own"), ("last wait", "the last person's wait")):
            f = told[who]
            print(f"| {office} | {f.n} | {f.wait:.1f} | {text} | {f.mae:.1f} | {f.bias:+.0f} % | {f.p50:.0f} % | "
                  + (f"{f.p90:.0f} % |" if who == "rollout" else "– |"))


if __name__ == "__main__":
    main()
