#!/usr/bin/python3
"""A folder includes only folders to its left, never a sibling in the same braces (architecture, Layout)."""
import os
import re

import tree

ORDER = [["proto"], ["base"], ["codec", "core"], ["port"], ["store"], ["view", "forecast", "auth"],
         ["bus", "metrics", "plug"], ["engine"], ["net"], ["app", "tools"], ["main"]]
RANK = {name: i for i, names in enumerate(ORDER) for name in names}


def folder_of(path):
    """The architecture's word for where a file under daemon/ stands: its folder, or app and main."""
    parts = path.split("/")
    return parts[0] if len(parts) > 1 else os.path.splitext(parts[0])[0]


def main():
    problems, looked_at = [], 0
    for path in tree.files("daemon", ends=(".c", ".h")):
        inside = path[len("daemon/"):]
        me = folder_of(inside)
        if me not in RANK:
            problems.append(f"{path}: folder {me} has no place in the order")
            continue
        for line in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', tree.text(path), re.M):
            looked_at += 1
            other = folder_of(line.group(1))
            if "/" not in line.group(1) and other not in ("app", "main"):
                problems.append(f'{path}: "{line.group(1)}" must be named by its folder')
            elif other not in RANK:
                problems.append(f'{path}: "{line.group(1)}": folder {other} has no place in the order')
            elif other != me and RANK[other] >= RANK[me]:
                problems.append(f'{path}: {me} must not include {other} ("{line.group(1)}")')
            if inside.startswith("core/queue/line.") and line.group(1).endswith(".pb-c.h"):
                problems.append(f"{path}: line knows no protobuf")
    tree.finish(problems, looked_at)


main()
