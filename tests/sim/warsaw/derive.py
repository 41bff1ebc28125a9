#!/usr/bin/python3
"""
Makes the two office files here from the polled boards: derive.py FOLDER, where snapshots.csv.gz and
intervals_derived.csv.gz are. One row for each interval between two polls of one queue in which anybody came, was called
or left: day,queue,from,to (minutes of the day),came (negative: left without a call),called,minutes (the office's own
estimate for one person, as of the poll before),windows (open).
"""
import csv
import gzip
import os
import sys

OFFICES = {"UD_Bemowo": "bemowo.csv.gz", "UD_Ochota": "ochota.csv.gz"}


def minute(text):
    return 60 * int(text[:2]) + int(text[3:])


def rows(folder, name):
    with gzip.open(os.path.join(folder, name), "rt", encoding="utf-8") as f:
        yield from (r for r in csv.DictReader(f) if r["office"] in OFFICES)


def read(folder):
    estimate = {(r["office"], r["date"], r["queue_id"], r["time"]): int(r["svc_min"] or 0)
                for r in rows(folder, "snapshots.csv.gz")}
    last = {}
    for r in rows(folder, "intervals_derived.csv.gz"):
        key, came, called = (r["office"], r["date"], r["queue_id"]), int(r["arrivals_net"]), int(r["called"])
        if key not in last:     # whoever waited at the first poll has come by then
            waiting = int(r["waiting_end"]) - came + called
            if waiting > 0:
                yield *key, max(minute(r["from"]) - 1, 0), minute(r["from"]), waiting, 0, estimate.get((*key, r["from"]), 0), r["open_windows"]
        last[key] = True
        if came or called:
            yield *key, minute(r["from"]), minute(r["to"]), came, called, estimate.get((*key, r["from"]), 0), r["open_windows"]


def main():
    here, found = os.path.dirname(os.path.abspath(__file__)), list(read(sys.argv[1]))
    for office, name in OFFICES.items():
        lines = "".join(",".join(map(str, r[1:])) + "\n" for r in found if r[0] == office)
        with open(os.path.join(here, name), "wb") as raw, \
                gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as f:
            f.write(("day,queue,from,to,came,called,minutes,windows\n" + lines).encode())


if __name__ == "__main__":
    main()
