#!/usr/bin/python3
"""
How good predicted waits are: a hall of 12 windows and 27 items of different lengths, 90 people an hour whose number
changes from hour to hour, 20 % seniors. Each day is predicted after ten earlier ones; beside it the roll-out that knows
the true law, and what a hall could say without one. Prints the table of docs/forecast.md.

  forecast.py HALLSIM HALL.json [--days 400]
"""
import argparse
import bisect
import collections
import csv
import io
import math
import random
import statistics
import subprocess
import tempfile

ITEMS, WINDOWS, PER_HOUR, SERVICE_MIN, CV, SENIORS = 27, 12, 90, 6.0, 0.8, 0.2
DAY_SHAPE = (0.6, 1.3, 1.5, 1.2, 0.5, 1.0, 1.2, 0.7)    # of 90 an hour, from hour to hour
EARLIER = 10                                            # days that teach

Person = collections.namedtuple("Person", "t0 p50 p90 wait")
Figures = collections.namedtuple("Figures", "n wait mae bias p50 p90")


def means():
    """Of the items: from 2 to 10 minutes, 6 on average."""
    return [2 + n * 7 % ITEMS * 8 / (ITEMS - 1) for n in range(ITEMS)]


def day(seed):
    """(t0, class, item, service) of a day's customers."""
    chance, sigma, people = random.Random(f"forecast {seed}"), math.sqrt(math.log(1 + CV * CV)), []
    mean = means()
    for hour, weight in enumerate(DAY_SHAPE):
        t0 = hour * 60.0
        while (t0 := t0 + chance.expovariate(PER_HOUR * weight / 60)) < 60 * (hour + 1):
            item = chance.randrange(ITEMS)
            service = chance.lognormvariate(math.log(mean[item]) - sigma * sigma / 2, sigma)
            people.append((t0, "senior" if chance.random() < SENIORS else "normal", f"item{item + 1:02}", service))
    return people


def graded(rows):
    """Those who found no window free and were served: a prediction that a free window makes cannot miss."""
    return [p for p in rows if p.p50 is not None and (p.p90 > 0 or p.wait >= 1)]


def figures(people):
    """Minutes; bias in per cent of the mean wait, coverage in per cent."""
    n, wait = len(people), statistics.fmean(p.wait for p in people)
    return Figures(n, wait, statistics.fmean(abs(p.p50 - p.wait) for p in people),
                   100 * statistics.fmean(p.p50 - p.wait for p in people) / wait,
                   100 * sum(p.wait <= p.p50 for p in people) / n, 100 * sum(p.wait <= p.p90 for p in people) / n)


def spread(of_days, figure):
    """Half the width of a 95 % interval of a figure over days, the days left out one at a time (jackknife)."""
    n = len(of_days)
    if n < 2:
        return math.inf
    part = []
    blocks = [of_days[i::min(n, 20)] for i in range(min(n, 20))]
    for left_out in range(len(blocks)):
        rest = [p for i, b in enumerate(blocks) if i != left_out for d in b for p in d]
        part.append(getattr(figures(rest), figure))
    m, mean = len(part), statistics.fmean(part)
    return 2.09 * math.sqrt((m - 1) / m * sum((x - mean) ** 2 for x in part))


def with_naive(people, naive):
    """The same people, told something else."""
    told = naive(people)
    return [p._replace(p50=t, p90=t) for p, t in zip(people, told)]


def last_waits(people, how_many=1):
    """What a board says that shows how long the last ones called have waited (their mean)."""
    calls = sorted((p.t0 + p.wait, p.wait) for p in people)
    times = [c[0] for c in calls]
    told = []
    for p in people:
        n = bisect.bisect_left(times, p.t0)
        last = [wait for _, wait in calls[max(n - how_many, 0):n]]
        told.append(statistics.fmean(last) if last else 0)
    return told


def by_position(people):
    """Everybody who waits and oneself, times the mean service, over the windows."""
    starts, told = sorted(p.t0 + p.wait for p in people), []
    for i, p in enumerate(people):
        waiting = i - bisect.bisect_right(starts, p.t0)
        told.append((max(waiting, 0) + 1) * SERVICE_MIN / WINDOWS)
    return told


class Lab:
    def __init__(self, hallsim, hall):
        self.hallsim, self.hall, self.folder = hallsim, hall, tempfile.TemporaryDirectory()
        self.written = set()
        with open(self.path("law.csv"), "w", encoding="ascii") as f:
            f.write("item,mean,cv\n")
            f.writelines(f"item{n + 1:02},{mean:.6f},{CV}\n" for n, mean in enumerate(means()))

    def path(self, name):
        return f"{self.folder.name}/{name}"

    def day(self, seed):
        name = self.path(f"day{seed}.csv")
        if seed not in self.written:
            self.written.add(seed)
            with open(name, "w", encoding="ascii") as f:
                f.write("t0,class,item,service,patience\n")
                f.writelines(f"{t0:.6f},{who},{item},{service:.6f},0\n" for t0, who, item, service in day(seed))
        return name

    def predicted(self, seed, *options):
        """Everybody of that day, learned from the ten before it."""
        learn = [x for earlier in range(seed - EARLIER, seed) for x in ("--learn", self.day(earlier))]
        done = subprocess.run([self.hallsim, "--rollout", "--seed", str(seed), *options, *learn, self.hall, self.day(seed)],
                              check=True, capture_output=True, text=True)
        return [Person(float(r["t0"]), float(r["p50"]) if r["p50"] else None, float(r["p90"]) if r["p90"] else None,
                       float(r["wait"])) for r in csv.DictReader(io.StringIO(done.stdout))]

    def days(self, n):
        """Of each of n days: who was told what by the daemon, by the one who knows, and by simpler means."""
        told = collections.defaultdict(list)
        for seed in range(EARLIER, EARLIER + n):
            people = self.predicted(seed)
            asked = [i for i, p in enumerate(people) if p.p50 is not None and (p.p90 > 0 or p.wait >= 1)]
            others = {"rollout": people, "true law": self.predicted(seed, "--true-law", self.path("law.csv")),
                      "last wait": with_naive(people, last_waits),
                      "last ten": with_naive(people, lambda p: last_waits(p, 10)),
                      "position": with_naive(people, by_position)}
            for name, answers in others.items():
                told[name].append([answers[i] for i in asked])
        return told


NAMES = {"rollout": "learned from ten days", "true law": "the true law known", "last wait": "the last person's wait",
         "last ten": "the mean of the last ten", "position": "position times mean over windows"}


def main():
    parser = argparse.ArgumentParser(description="predicted waits, graded")
    parser.add_argument("hallsim")
    parser.add_argument("hall", help="packaging/demo/unified-27-groups.json")
    parser.add_argument("--days", type=int, default=400)
    options = parser.parse_args()
    told = Lab(options.hallsim, options.hall).days(options.days)
    print("| | MAE (min) | bias | waits under P50 | under P90 |\n|---|---|---|---|---|")
    for name, days in told.items():
        f = figures([p for d in days for p in d])
        print(f"| {NAMES[name]} | {f.mae:.2f} | {f.bias:+.1f} % ± {spread(days, 'bias'):.1f} | "
              f"{f.p50:.1f} % ± {spread(days, 'p50'):.1f} | "
              + (f"{f.p90:.1f} % ± {spread(days, 'p90'):.1f} |" if name in ("rollout", "true law") else "– |"))
    print(f"\n{f.n} waits of {options.days} days, {f.wait:.2f} min on average")


if __name__ == "__main__":
    main()
