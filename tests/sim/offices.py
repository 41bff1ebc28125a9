#!/usr/bin/python3
"""
Predicted waits against two real offices (warsaw/README.md), beside what those offices published themselves: their
estimate of one service times the people waiting. Prints the second table of docs/forecast.md.

  offices.py HALLSIM [--from-day 6]

The boards were polled every five minutes, so single waits are inferred: between two polls people come, and are called,
at equal distances; the first who came is called first; whoever left without a call was the last who had come; a day
begins with the first call. Each
queue is one window whose services last from one call to the next, so that playing the day again gives exactly the
inferred waits: what the forecast has to learn is how fast a queue moves, however many clerks make it move.
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
USUAL_MIN = 5.0         # a service of a queue in which nobody ever waited


class Visit:
    def __init__(self, queue, t0, printed):
        self.queue, self.t0, self.printed = queue, t0, printed
        self.start = self.left = None
        self.service = 0.0


def spread_over(row, n):
    return [row.begin + (row.end - row.begin) * (i + 0.5) / n for i in range(n)]


Row = collections.namedtuple("Row", "begin end came called minutes")


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
            line.pop().left = row.end
    for v in line:
        v.left = rows[-1].end + 1
    return open_late(visits)


def open_late(visits):
    """A simulated window is open from the start: whoever came before the queue's first call comes with it."""
    opens = min((v.start for v in visits if v.start is not None), default=0)
    for v in visits:
        v.t0 = max(v.t0, opens)
    return [v for v in visits if v.left is None or v.left > v.t0]


def give_services(visits):
    """From call to call where somebody waited, also in vain; else no longer than is usual."""
    leavers = [v for v in visits if v.start is None]
    served = sorted((v for v in visits if v.start is not None), key=lambda v: v.start)
    pairs = list(zip(served, served[1:]))
    busy = [after.start - v.start for v, after in pairs if after.t0 < after.start]
    usual = statistics.median(busy) if busy else USUAL_MIN
    for v, after in pairs:
        gap = after.start - v.start
        waited = after.t0 < after.start or any(x.t0 < after.start and x.left > v.start for x in leavers)
        v.service = gap if waited else min(gap, usual)
    if served:
        served[-1].service = max([usual] + [x.left - served[-1].start + 1 for x in leavers])


def read(name):
    """The visits of each day, by the time of coming."""
    rows = collections.defaultdict(list)
    with gzip.open(os.path.join(HERE, "warsaw", name), "rt", encoding="ascii") as f:
        for r in csv.DictReader(f):
            rows[r["day"], r["queue"]].append(Row(*(int(r[c]) for c in ("from", "to", "came", "called", "minutes"))))
    days = collections.defaultdict(list)
    for (day, queue), of_queue in sorted(rows.items()):
        visits = infer(queue, of_queue)
        give_services(visits)
        days[day] += visits
    return [sorted(visits, key=lambda v: v.t0) for _, visits in sorted(days.items())]


def hall(days):
    queues = sorted({v.queue for visits in days for v in visits})
    letters = dict(zip(queues, "ABCDEFGHJKLMNPRSTUVWXY"))     # those that look like no digit
    return {"hall": {"name": "office"}, "classes": [{"class": "normal", "name": "普通"}],
            "groups": [{"group": f"g{q}", "name": q} for q in queues],
            "queues": [{"queue": letters[q], "name": q, "default_item": f"q{q}"} for q in queues],
            "items": [{"item": f"q{q}", "name": q, "queue": letters[q], "group": f"g{q}", "kind": "instant",
                       "mean_service_s": 600} for q in queues],
            "windows": [{"window": n + 1, "name": q, "groups": [f"g{q}"]} for n, q in enumerate(queues)]}


def predict(hallsim, days):
    """Everybody of every day as hallsim plays it, one list a day."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        with open(folder + "/hall.json", "w", encoding="utf-8") as f:
            json.dump(hall(days), f)
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
        days = read(name)
        told = graded(days, predict(options.hallsim, days), options.from_day)
        for who, text in (("rollout", "roll-out"), ("printed", "the office's own"), ("last wait", "the last person's wait")):
            f = told[who]
            print(f"| {office} | {f.n} | {f.wait:.1f} | {text} | {f.mae:.1f} | {f.bias:+.0f} % | {f.p50:.0f} % | "
                  + (f"{f.p90:.0f} % |" if who == "rollout" else "– |"))


if __name__ == "__main__":
    main()
