#!/usr/bin/python3
"""
hallsim against queueing theory: waits of simulated customers beside the exact values, computed here, with standard
errors from batch means. Nothing is compared with a tolerance set by hand: a value may be four standard errors off.

  theory.py HALLSIM HALL.json [--long]

200,000 customers a case, 2 million with --long. Only the standard library.
"""
import argparse
import collections
import json
import math
import random
import subprocess
import sys
import tempfile

SERVICE_MIN = 6.0
BATCHES = 40
WARM_UP = 0.02      # of the customers: the hall begins empty
MOST_ERRORS = 4


# ---- exact values; rates a minute, times in minutes

def erlang_b(c, a):
    """The share of customers lost with c servers and no room to wait."""
    blocked = 1.0
    for n in range(1, c + 1):
        blocked = a * blocked / (n + a * blocked)
    return blocked


def erlang_c(c, arrivals, service):
    """M/M/c: P(W > 0)."""
    a = arrivals * service
    blocked = erlang_b(c, a)
    return blocked / (1 - a / c * (1 - blocked))


def mmc_mean(c, arrivals, service):
    return erlang_c(c, arrivals, service) / (c / service - arrivals)


def mmc_quantile(c, arrivals, service, p):
    """The wait that a share p of M/M/c customers does not exceed: P(W > t) = C exp(-(c mu - lambda) t)."""
    return max(0.0, math.log(erlang_c(c, arrivals, service) / (1 - p)) / (c / service - arrivals))


def mdc_mean(c, arrivals, service):
    """M/D/c by Crommelin: the Poisson tails are summed until they no longer count."""
    a = arrivals * service
    total, i = 0.0, 0
    while True:
        i += 1
        term = poisson_tail(i * a, i * c) - c / a * poisson_tail(i * a, i * c + 1)
        total += term
        if abs(term) < 1e-12 * total:
            return total * service


def poisson_tail(mean, k):
    """P(N >= k), k above the mean."""
    term = math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1))
    total = 0.0
    while term > 1e-18 * max(total, 1e-300):
        total += term
        k += 1
        term *= mean / k
    return total


def pollaczek_khinchine(arrivals, service, cv):
    """M/G/1: the mean wait by the first two moments of the service time."""
    load = arrivals * service
    return load * service * (1 + cv * cv) / (2 * (1 - load))


ErlangA = collections.namedtuple("ErlangA", "mean delayed left")


def erlang_a(c, arrivals, service, patience):
    """M/M/c with exponential patience: the birth-death chain of the number present. The mean wait is of everybody, those
    who left with what they waited."""
    weight, total, queue, delayed, n = 1.0, 1.0, 0.0, 0.0, 0
    while n < c or weight > 1e-16 * total:
        n += 1
        weight *= arrivals / (min(n, c) / service + max(n - c, 0) / patience)
        total += weight
        queue += max(n - c, 0) * weight
        delayed += weight if n >= c else 0
    mean_queue = queue / total
    return ErlangA(mean_queue / arrivals, delayed / total, mean_queue / patience / arrivals)


# ---- the cases: what comes, and what the theory says of it

class Case:
    """Statistics are means over customers, of a function of (wait, left); so each has a standard error."""

    def __init__(self, name, windows, per_hour, service=None, patience=None, seniors=0.0):
        self.name, self.windows, self.arrivals = name, windows, per_hour / 60
        self.service = service or (lambda chance: chance.expovariate(1 / SERVICE_MIN))
        self.patience, self.seniors, self.exact = patience, seniors, []

    def says(self, statistic, exact, of):
        self.exact.append((statistic, exact, of))
        return self

    def write(self, path, n):
        chance, t0 = random.Random(self.name), 0.0
        with open(path, "w", encoding="ascii") as f:
            f.write("t0,class,item,service,patience\n")
            for _ in range(n):
                t0 += chance.expovariate(self.arrivals)
                patience = chance.expovariate(1 / self.patience) if self.patience else 0
                name = "senior" if chance.random() < self.seniors else "normal"
                f.write(f"{t0:.6f},{name},,{self.service(chance):.6f},{patience:.6f}\n")


def wait_of(wait, _):
    return wait


def waited(wait, _):
    return wait > 0


def left_of(_, left):
    return left


def longer_than(t):
    return lambda wait, _: wait > t


def mmc(name, windows, per_hour, quantiles=(0.9,)):
    case = Case(name, windows, per_hour)
    rate = case.arrivals
    case.says("mean", mmc_mean(windows, rate, SERVICE_MIN), wait_of)
    case.says("P(W>0)", erlang_c(windows, rate, SERVICE_MIN), waited)
    for p in quantiles:
        t = mmc_quantile(windows, rate, SERVICE_MIN, p)
        case.says(f"P(W > P{100 * p:.0f} = {t:.4f})", 1 - p, longer_than(t))
    return case


def lognormal(mean, cv):
    sigma = math.sqrt(math.log(1 + cv * cv))
    return lambda chance: chance.lognormvariate(math.log(mean) - sigma * sigma / 2, sigma)


def cases():
    impatient = erlang_a(12, 126 / 60, SERVICE_MIN, 30)
    return [
        mmc("M/M/12, 102/h", 12, 102, (0.9, 0.99)),
        mmc("M/M/12, 90/h", 12, 90),
        mmc("M/M/1, 8/h", 1, 8),
        Case("M/D/12, 102/h", 12, 102, service=lambda _: SERVICE_MIN)
        .says("mean", mdc_mean(12, 102 / 60, SERVICE_MIN), wait_of),
        Case("M/lognormal(cv .8)/1, 8/h", 1, 8, service=lognormal(SERVICE_MIN, 0.8))
        .says("mean", pollaczek_khinchine(8 / 60, SERVICE_MIN, 0.8), wait_of),
        Case("M/M/12 + patience 30 min, 126/h", 12, 126, patience=30)
        .says("mean", impatient.mean, wait_of).says("P(W>0)", impatient.delayed, waited)
        .says("left", impatient.left, left_of),
        # Whom the order lets go first changes who waits, not how long they wait in all.
        Case("20 % seniors, M/M/12, 102/h", 12, 102, seniors=0.2)
        .says("mean over all", mmc_mean(12, 102 / 60, SERVICE_MIN), wait_of)
        .says("P(W>0)", erlang_c(12, 102 / 60, SERVICE_MIN), waited)]


# ---- simulated ones

Result = collections.namedtuple("Result", "case statistic exact simulated error")


def off_by(result):
    """In standard errors."""
    return (result.simulated - result.exact) / result.error


def batch_means(values):
    """Mean and its standard error: neighbours wait alike, batches hardly do."""
    size = len(values) // BATCHES
    means = [sum(values[i * size:(i + 1) * size]) / size for i in range(BATCHES)]
    mean = sum(means) / BATCHES
    return mean, math.sqrt(sum((m - mean) ** 2 for m in means) / (BATCHES - 1) / BATCHES)


def simulate(hallsim, hall, case, n):
    """(wait, left) of each customer but the first ones."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {**hall, "windows": hall["windows"][:case.windows]}
        with open(folder + "/hall.json", "w", encoding="utf-8") as f:
            json.dump(settings, f)
        case.write(folder + "/customers.csv", n)
        with open(folder + "/out.csv", "w", encoding="ascii") as f:
            subprocess.run([hallsim, folder + "/hall.json", folder + "/customers.csv"], check=True, stdout=f)
        with open(folder + "/out.csv", encoding="ascii") as f:
            f.readline()
            fields = (line.rstrip("\n").split(",") for line in f)
            people = [(float(field[4]), field[6] == "1") for field in fields]
    return people[int(n * WARM_UP):]


def compare(hallsim, hall, case, n):
    people = simulate(hallsim, hall, case, n)
    for statistic, exact, of in case.exact:
        yield Result(case.name, statistic, exact, *batch_means([float(of(*p)) for p in people]))


def main():
    parser = argparse.ArgumentParser(description="hallsim against queueing theory")
    parser.add_argument("hallsim")
    parser.add_argument("hall", metavar="HALL.json", help="with at least 12 windows for everything")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    with open(options.hall, encoding="utf-8") as f:
        hall = json.load(f)
    n, worst = 2000000 if options.long else 200000, 0.0
    print(f"{'case':34} {'statistic':24} {'exact':>9} {'simulated':>9} {'s.e.':>8} {'off by':>7}")
    for case in cases():
        for r in compare(options.hallsim, hall, case, n):
            print(f"{r.case:34} {r.statistic:24} {r.exact:9.5f} {r.simulated:9.5f} {r.error:8.5f} {off_by(r):+7.2f}",
                  flush=True)
            worst = max(worst, abs(off_by(r)))
    sys.exit(f"{worst:.2f} standard errors off" if worst > MOST_ERRORS else 0)


if __name__ == "__main__":
    main()
