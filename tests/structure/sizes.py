#!/usr/bin/python3
"""No function over 80 lines, no source file over 700, no mark of unfinished work."""
import re

import tree

MAX_FUNCTION, MAX_FILE = 80, 700
SOURCES = (".c", ".h", ".py", ".js", ".mjs", ".css", ".proto", ".sh")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def long_functions(path, lines):
    """By the tree's format a function's braces stand alone in the first column."""
    begin = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin = number
        elif line == "}" and begin is not None:
            if number - begin - 1 > MAX_FUNCTION:
                yield f"{path}:{begin}: a function of {number - begin - 1} lines"
            begin = None


def main():
    problems, looked_at = [], 0
    for path in tree.files("daemon", "proto", "web-static", "tests", "packaging", "plugins", ends=SOURCES):
        looked_at += 1
        lines = tree.text(path).split("\n")
        if len(lines) > MAX_FILE:
            problems.append(f"{path}: {len(lines)} lines")
        if path.endswith((".c", ".h")):
            problems += long_functions(path, lines)
        problems += [f"{path}:{n}: {line.strip()}" for n, line in enumerate(lines, 1) if UNFINISHED.search(line)]
    tree.finish(problems, looked_at)


main()
