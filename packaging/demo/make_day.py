#!/usr/bin/python3
"""
Makes recorded_day.csv and windows_day.csv from the queue boards of a municipal hall (README.md says whose).

  ./make_day.py INTERVALS.csv.gz [OFFICE DATE]

INTERVALS.csv.gz has one row for each queue and poll, about every five minutes: office,date,queue_id,from,to,
arrivals_net,called,waiting_end,open_windows. What the boards do not say is inferred, the same way on every run:

- arrivals: the people of an interval are spread evenly over it, each somewhere in his own part (seeded);
- service: where people were waiting at both ends of an interval its windows were never idle, so the open window
  minutes per call of those intervals are a queue's mean; each visit is drawn around it (lognormal, cv 0.6, seeded);
- class and patience are not recorded: shares below. Nearly everybody stays, as the boards show (nobody left without
  a call on that day);
- the recorded hall had some 40 windows for single matters, the demo hall has 12 for everything: seven visitors
  of ten are kept (a pooled hall does with fewer windows), and the number of open windows is brought to 12 at its highest.

recorded_day.csv has the columns of hallsim's customers: t0,class,item,service,patience in minutes (t0 from midnight).
"""
import csv
import gzip
import math
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20200116
KEPT, OF = 7, 10
UNIFIED_WINDOWS = 12
CV = 0.6
HALF_HOUR = 30
SHORTEST_MIN, LONGEST_MIN = 1.0, 45.0
LONGEST_MEAN_MIN, COLLECTION_MEAN_MIN = 12.0, 4.0      # idle windows make some means too long
CLASSES = [("senior", 0.14), ("infant", 0.04), ("disabled", 0.02), ("service", 0.01)]
IMPATIENT = 0.05            # these leave after 20 to 60 minutes
DESK_EVERY = 60             # each sixtieth visitor of a general window has a matter for the could-not-be-done desk

# queue of the office -> the demo hall's items that stand in for it, in turn
ITEMS = {
    "547": ["realestate"],                                                     # perpetual usufruct
    "549": ["511A0074300005", "511A0074300011", "511A0074300009"],             # business
    "551": ["513A0011200068", "513A0011200077", "513A0011200078"],             # passports: applications
    "553": ["collect_identity"],                                               # passports: collection
    "555": ["general"],                                                        # nursery voucher
    "557": ["512B0103400001", "512B0110100006", "51201500600004", "512B0110100007", "realestate"],  # land and buildings
    "559": ["general"],                                                        # filing point
    "565": ["512B0070200006", "512B0070200003", "512B0070200005", "social"],   # vehicles
    "567": ["512B0070200010", "512B0070200008"],                               # driving licences
    "569": ["511F09014002", "512B0011200070", "511A0147300000", "511F09014005", "513A0011200066"],  # registration, ID
    "571": ["collect", "collect_licence", "collect_property"],                 # collection of plates and documents
    "573": ["51203001100005", "511Z3000500007"],                               # waste charges
    "575": ["512B0070200003"],                                                 # city card, large families
    "577": ["512036007002"], "583": ["512036007002"],                          # child benefit
    "579": ["512036005001"],                                                   # seniors
    "581": ["512036007002", "512036008004", "social"],                         # family benefits
    "585": ["51203001100005", "511Z3000500004", "taxes"],                      # infrastructure, environment, premises
}


def minutes(clock):
    return int(clock[:2]) * 60 + int(clock[3:5])


def read_day(path, office, date):
    """Intervals by queue, in order: (from, to, arrivals, called, waiting_end, open_windows)."""
    day = {}
    with gzip.open(path, "rt", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            if (row["office"], row["date"]) == (office, date):
                day.setdefault(row["queue_id"], []).append(
                    (minutes(row["from"]), minutes(row["to"]), int(row["arrivals_net"]), int(row["called"]),
                     int(row["waiting_end"]), int(float(row["open_windows"] or 0))))
    if not day:
        sys.exit(f"no rows of {office} on {date}")
    return day


def mean_service(intervals):
    """Open window minutes per call where people waited all the time; None where that never happened."""
    busy, calls, waiting = 0, 0, 0
    for begin, end, _, called, waiting_end, windows in intervals:
        if waiting > 0 and waiting_end > 0 and windows:
            busy, calls = busy + windows * (end - begin), calls + called
        waiting = waiting_end
    return busy / calls if calls >= 5 else None


def draw_service(mean, dice):
    sigma = math.sqrt(math.log(1 + CV * CV))
    return min(LONGEST_MIN, max(SHORTEST_MIN, dice.lognormvariate(math.log(mean) - sigma * sigma / 2, sigma)))


def draw_class(dice):
    at = dice.random()
    for name, share in CLASSES:
        if at < share:
            return name
        at -= share
    return "normal"


def arrivals(intervals, dice):
    """Moments at which somebody took a number. Who waited before the first poll came just before it."""
    for begin, end, came, called, waiting_end, _ in intervals:
        for i in range(max(came, 0)):
            yield begin + (end - begin) * (i + dice.random()) / came


def visitors(day, dice):
    everybody = []
    for queue_id, intervals in sorted(day.items()):
        means = mean_service(intervals)
        longest = COLLECTION_MEAN_MIN if ITEMS[queue_id][0].startswith("collect") else LONGEST_MEAN_MIN
        mean = min(longest, means if means else 6.0)
        for i, t0 in enumerate(list(arrivals(intervals, dice))):
            items = ITEMS[queue_id]
            patience = dice.uniform(20, 60) if dice.random() < IMPATIENT else 0
            everybody.append([t0, draw_class(dice), items[i % len(items)], draw_service(mean, dice), patience])
    everybody.sort()
    kept = [v for i, v in enumerate(everybody) if i * KEPT // OF != (i + 1) * KEPT // OF]
    for visitor in kept[DESK_EVERY // 2::DESK_EVERY]:
        visitor[2], visitor[3] = "desk", max(visitor[3], 10.0)
    return kept


def windows_at(day, minute):
    return sum(windows for intervals in day.values() for begin, end, _, _, _, windows in intervals if begin <= minute < end)


def windows_over_the_day(day):
    """(minute, open unified windows) at every change: the median of each half hour, brought to 12 at its highest."""
    first = min(intervals[0][0] for intervals in day.values()) // HALF_HOUR * HALF_HOUR
    medians = {m: sorted(windows_at(day, m + i) for i in range(HALF_HOUR))[HALF_HOUR // 2]
               for m in range(first, 24 * 60, HALF_HOUR)}
    rows, last = [], 0
    for minute, windows in medians.items():
        n = -(-windows * UNIFIED_WINDOWS // max(medians.values()))
        if n != last:
            rows.append((minute, n))
        last = n
    return rows


def main():
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    office, date = sys.argv[2:] or ("UD_Bemowo", "2020-01-16")
    day = read_day(sys.argv[1], office, date)
    dice = random.Random(SEED)
    with open(os.path.join(HERE, "recorded_day.csv"), "w", encoding="utf-8") as f:
        f.write("t0,class,item,service,patience\n")
        f.writelines("%.2f,%s,%s,%.2f,%.1f\n" % tuple(v) for v in visitors(day, dice))
    with open(os.path.join(HERE, "windows_day.csv"), "w", encoding="utf-8") as f:
        f.write("minute,open\n")
        f.writelines("%d,%d\n" % row for row in windows_over_the_day(day))


main()
