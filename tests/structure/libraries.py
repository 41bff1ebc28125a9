#!/usr/bin/python3
"""Each library stands behind one folder (architecture, Libraries)."""
import re

import tree

# the header as included, and the places under daemon/ that may include it
LIBRARIES = [
    (r"event2/|event\.h|evhttp\.h", ["base/loop", "net/"]),
    (r"openssl/", ["net/"]),
    (r"zmq\.h", ["bus/", "plug/"]),
    (r"rrd", ["metrics/"]),
    (r"sqlite3", ["store/"]),
    (r"jansson", ["codec/"]),
    (r"sodium", ["store/", "auth/"]),
    (r"qrencode", ["net/"]),
    (r"systemd/", ["app.c", "app/", "tools/"]),
    (r"curl/", ["tools/"]),
    (r"check\.h", []),
]


def main():
    problems, looked_at = [], 0
    for path in tree.files("daemon", ends=(".c", ".h")):
        inside = path[len("daemon/"):]
        for line in re.finditer(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', tree.text(path), re.M):
            looked_at += 1
            for pattern, places in LIBRARIES:
                if re.match(pattern, line.group(1)) and not inside.startswith(tuple(places)):
                    problems.append(f"{path}: <{line.group(1)}> belongs behind {' and '.join(places) or 'tests'}")
    tree.finish(problems, looked_at)


main()
