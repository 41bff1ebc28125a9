#!/usr/bin/python3
"""The demo hall is a Settings message whose rows refer to rows that exist, and the recorded day is of that hall."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import tree

DEMO = os.path.join(tree.TOP, "packaging", "demo")


def parse_strictly(settings):
    """By an independent protobuf implementation: unknown fields and wrong types are problems."""
    if not shutil.which("protoc"):
        return ["protoc not found (Debian: protobuf-compiler)"]
    with tempfile.TemporaryDirectory() as folder:
        proto = os.path.join(tree.TOP, "proto")
        subprocess.run(["protoc", f"-I{proto}", f"--python_out={folder}", os.path.join(proto, "words.proto"),
                        os.path.join(proto, "settings.proto")], check=True)
        sys.path.insert(0, folder)
        from google.protobuf import json_format
        import settings_pb2
    try:
        json_format.ParseDict(settings, settings_pb2.Settings())
    except json_format.ParseError as error:
        return [f"hall.json is no Settings: {error}"]
    return []


def keys(hall, table, field):
    return [row[field] for row in hall[table]]


def repeated(values, what):
    return [f"{what} {v} stands twice" for v in sorted({v for v in values if values.count(v) > 1})]


def check_rows(hall):
    queues, groups, items = keys(hall, "queues", "queue"), keys(hall, "groups", "group"), keys(hall, "items", "item")
    problems = repeated(queues, "queue") + repeated(groups, "group") + repeated(items, "item")
    problems += repeated(keys(hall, "items", "name"), "item name") + repeated(keys(hall, "users", "name"), "user")
    problems += [f"queue letter {q}" for q in queues if not re.fullmatch("[A-HJ-NPR-Y]", q)]
    problems += [f"group {g}" for g in groups if not re.fullmatch("[a-z0-9_]{1,32}", g)]
    problems += [f"{q['queue']}: default item {q['default_item']}" for q in hall["queues"] if q["default_item"] not in items]
    for item in hall["items"]:
        if item["queue"] not in queues or item["group"] not in groups:
            problems.append(f"{item['item']}: unknown queue or group")
        if not re.fullmatch("[!-~]{1,80}", item["item"]) or not re.fullmatch("[a-z0-9]{1,64}", item["initials"]):
            problems.append(f"{item['item']}: code or initials")
        if ("statutory" in item or "materials" in item) and not item.get("example"):
            problems.append(f"{item['item']}: limits that are not marked as an example")
    served = {g for w in hall["windows"] for g in w.get("groups", [])}
    return problems + [f"no window serves group {g}" for g in groups if g not in served]


def check_day(hall):
    with open(os.path.join(DEMO, "recorded_day.csv"), encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    items, classes, last, problems = keys(hall, "items", "item"), keys(hall, "classes", "class"), 0.0, []
    for number, row in enumerate(rows, 2):
        if row["item"] not in items or row["class"] not in classes or float(row["t0"]) < last:
            problems.append(f"recorded_day.csv:{number}: {row}")
        last = float(row["t0"])
    return problems if rows else ["recorded_day.csv is empty"]


def main():
    with open(os.path.join(DEMO, "hall.json"), encoding="utf-8") as f:
        hall = json.load(f)
    problems = parse_strictly(hall) + check_rows(hall) + check_day(hall)
    if len(hall["items"]) < 400:
        problems.append("fewer than 400 items")
    tree.finish(problems, len(hall["items"]))


main()
