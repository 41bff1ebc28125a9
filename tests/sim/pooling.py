#!/usr/bin/python3
"""
What pooling is worth: 27 special windows against 12 unified ones, the same people through hallsim under each
arrangement. Prints the tables of docs/experiments.md.

  pooling.py HALLSIM DEMO_DIR [--runs 10] [--customers 100000] [--days 400]
"""
import argparse
import collections
import json
import math
import random
import statistics
import subprocess
import tempfile

PER_HOUR, SERVICE_MIN, CV = 102, 6.0, 0.8
GROUPS = 27
UNEVEN = 0.395          # the n-th group is asked for in proportion to n ** -UNEVEN
WARM_UP = 0.1
DAY_SHAPE = (0.6, 1.3, 1.5, 1.2, 0.5, 1.0, 1.2, 0.7)    # of 84 an hour, from hour to hour
DAY_PER_HOUR = 84
# Two-sided 95 % quantiles of Student's t
STUDENT = {9: 2.262, 19: 2.093, 39: 2.023, 99: 1.984, 199: 1.972, 399: 1.966}

Estimate = collections.namedtuple("Estimate", "mean half")


def estimate(values):
    """The mean of independent runs and half the width of its 95 % interval."""
    n = len(values)
    t = STUDENT.get(n - 1, 1.96 + 2.5 / n)
    return Estimate(statistics.fmean(values), t * statistics.stdev(values) / math.sqrt(n))


def shown(e):
    return f"{e.mean:.2f} ± {e.half:.2f}"


def p90(waits):
    return sorted(waits)[math.ceil(0.9 * len(waits)) - 1]


def shares(uneven):
    weights = [n ** -uneven for n in range(1, GROUPS + 1)]
    return [w / sum(weights) for w in weights]


def pollaczek_khinchine(load):
    """Of one window: the mean wait of M/G/1."""
    return load * SERVICE_MIN * (1 + CV * CV) / (2 * (1 - load))


def special_mean(uneven):
    """27 windows that each have their own people: every line is an M/G/1."""
    work = PER_HOUR / 60 * SERVICE_MIN
    return sum(s * pollaczek_khinchine(s * work) for s in shares(uneven))


class Lab:
    def __init__(self, options):
        self.hallsim, self.runs, self.customers, self.days = \
            options.hallsim, options.runs, options.customers, options.days
        self.demo, self.folder = options.demo, tempfile.TemporaryDirectory()
        sigma = math.sqrt(math.log(1 + CV * CV))
        self.service = lambda chance: chance.lognormvariate(math.log(SERVICE_MIN) - sigma * sigma / 2, sigma)

    def path(self, name):
        return self.folder.name + "/" + name

    def hall(self, name, windows=None):
        """A demo hall, or one of that many windows that serve everything."""
        if windows is None:
            return f"{self.demo}/{name}.json"
        with open(f"{self.demo}/{name}.json", encoding="utf-8") as f:
            hall = json.load(f)
        hall["windows"] = [{"window": n, "name": "综合", "all": True} for n in range(1, windows + 1)]
        with open(self.path(f"{name}-{windows}.json"), "w", encoding="utf-8") as f:
            json.dump(hall, f)
        return self.path(f"{name}-{windows}.json")

    def steady(self, uneven, seed):
        """A long run of people: (t0, item, service)."""
        chance, t0, share = random.Random(f"{uneven} {seed}"), 0.0, shares(uneven)
        items = [f"item{n:02}" for n in range(1, GROUPS + 1)]
        for _ in range(self.customers):
            t0 += chance.expovariate(PER_HOUR / 60)
            yield t0, chance.choices(items, share)[0], self.service(chance)

    def day(self, seed):
        """Eight hours; how many come differs from hour to hour."""
        chance, people = random.Random(f"day {seed}"), []
        for hour, weight in enumerate(DAY_SHAPE):
            t0 = hour * 60.0
            while (t0 := t0 + chance.expovariate(DAY_PER_HOUR * weight / 60)) < 60 * (hour + 1):
                people.append((t0, f"item{chance.randrange(GROUPS) + 1:02}", self.service(chance)))
        return people

    def waits(self, hall, people, slower=1.0):
        with open(self.path("customers.csv"), "w", encoding="ascii") as f:
            f.write("t0,class,item,service,patience\n")
            f.writelines(f"{t0:.6f},normal,{item},{service * slower:.6f},0\n" for t0, item, service in people)
        with open(self.path("out.csv"), "w", encoding="ascii") as f:
            subprocess.run([self.hallsim, hall, self.path("customers.csv")], check=True, stdout=f)
        with open(self.path("out.csv"), encoding="ascii") as f:
            f.readline()
            return [float(line.split(",")[4]) for line in f]

    def series(self, hall, uneven, slower=1.0):
        """Mean and P90 of each run."""
        rows = []
        for seed in range(self.runs):
            waits = self.waits(hall, self.steady(uneven, seed), slower)[int(WARM_UP * self.customers):]
            rows.append((statistics.fmean(waits), p90(waits)))
        return list(zip(*rows))


def pooling(lab):
    print(f"102 people an hour, service 6 min on average (lognormal, cv 0.8): {lab.runs} runs of {lab.customers} people;"
          " minutes, 95 % intervals.\n")
    print("| arrangement | mean wait | P90 | exact mean |\n|---|---|---|---|")
    means = {}
    for name, hall, uneven, exact in (
            ("27 special windows, equal demand", lab.hall("special-27"), 0, special_mean(0)),
            ("27 special windows, uneven demand", lab.hall("special-27"), UNEVEN, special_mean(UNEVEN)),
            ("12 unified windows, equal demand", lab.hall("unified-27-groups"), 0, None),
            ("12 unified windows, uneven demand", lab.hall("unified-27-groups"), UNEVEN, None)):
        mean, high = lab.series(hall, uneven)
        means[name] = mean
        print(f"| {name} | {shown(estimate(mean))} | {shown(estimate(high))} | {f'{exact:.2f}' if exact else ''} |",
              flush=True)
    print("\nThe same people under both arrangements, special minus unified, minutes of mean wait:\n")
    for demand in ("equal", "uneven"):
        gain = [a - b for a, b in zip(means[f"27 special windows, {demand} demand"],
                                      means[f"12 unified windows, {demand} demand"])]
        print(f"- {demand} demand: {shown(estimate(gain))}")


def slower(lab):
    print("\n| unified clerks are slower by | mean wait | special (equal demand) minus unified |\n|---|---|---|")
    special = lab.series(lab.hall("special-27"), 0)[0]
    for per_cent in (0, 2, 4, 6, 7, 8, 10):
        mean = lab.series(lab.hall("unified-27-groups"), 0, 1 + per_cent / 100)[0]
        gain = estimate([a - b for a, b in zip(special, mean)])
        print(f"| {per_cent} % | {shown(estimate(mean))} | {shown(gain)} |", flush=True)


def fewer(lab):
    print(f"\n84 people an hour by the hour's shape {DAY_SHAPE}, {lab.days} days of eight hours:\n")
    print("| unified windows | mean wait | P90 of all | share over 30 min |\n|---|---|---|---|")
    for windows in (12, 11, 10, 9):
        means, every = [], []
        for seed in range(lab.days):
            waits = lab.waits(lab.hall("unified-27-groups", windows), lab.day(seed))
            means.append(statistics.fmean(waits))
            every.append(waits)
        high = estimate(batches(every, p90))
        long_waits = estimate(batches(every, lambda waits: 100 * sum(w > 30 for w in waits) / len(waits)))
        print(f"| {windows} | {shown(estimate(means))} | {shown(high)} | {shown(long_waits)} % |", flush=True)


def batches(days, of, n=10):
    """A figure of all waits, of ten independent parts of the days."""
    size = max(1, len(days) // n)
    return [of([w for day in days[i:i + size] for w in day]) for i in range(0, size * n, size)]


def main():
    parser = argparse.ArgumentParser(description="27 special windows against 12 unified ones")
    parser.add_argument("hallsim")
    parser.add_argument("demo", metavar="DEMO_DIR", help="where special-27.json and unified-27-groups.json are")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--customers", type=int, default=100000)
    parser.add_argument("--days", type=int, default=400)
    lab = Lab(parser.parse_args())
    pooling(lab)
    slower(lab)
    fewer(lab)


if __name__ == "__main__":
    main()
