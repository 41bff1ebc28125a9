#!/usr/bin/python3
"""Every header compiles alone: it includes what it uses. And it is in a release: a Makefile.inc names it."""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import tree

CC = os.environ.get("CC", "cc").split()
FLAGS = os.environ.get("CHECK_CPPFLAGS", "").split()


def compile_alone(header):
    source = f'#include "{header[len("daemon/"):]}"\n#include "{header[len("daemon/"):]}"\n'
    done = subprocess.run(CC + FLAGS + ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "-"],
                          input=source, text=True, capture_output=True)
    return None if done.returncode == 0 else f"{header} does not compile alone:\n{done.stderr}"


def unnamed(headers):
    lists = "".join(tree.text(f) for f in tree.files("daemon", ends=("Makefile.inc",)))
    return [f"{h} is in no Makefile.inc" for h in headers if h not in lists]


def main():
    headers = tree.files("daemon", ends=(".h",))
    with ThreadPoolExecutor(2) as pool:
        problems = [p for p in pool.map(compile_alone, headers) if p] + unnamed(headers)
    tree.finish(problems, len(headers))


main()
