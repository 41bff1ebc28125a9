#!/usr/bin/python3
"""Lines of daemon/ that the tests have run, folder by folder: `make coverage` in a build with --enable-coverage."""
import collections
import glob
import json
import os
import subprocess
import sys


def covered_lines(build):
    """(source, line) -> was it run? of everything that was compiled with instrumentation and run."""
    lines = {}
    data = [os.path.abspath(p) for p in glob.glob(os.path.join(build, "daemon", "**", "*.gcda"), recursive=True)]
    if not data:
        sys.exit("nothing was measured: configure with --enable-coverage, then make check")
    done = subprocess.run(["gcov", "--json-format", "--stdout", *data], cwd=build, capture_output=True, text=True, check=True)
    for report in done.stdout.splitlines():
        for file in json.loads(report)["files"]:
            source = os.path.relpath(os.path.join(build, file["file"]), build)
            for line in file["lines"]:
                key = (source, line["line_number"])
                lines[key] = lines.get(key, False) or line["count"] > 0
    return lines


def main():
    folders = collections.defaultdict(lambda: [0, 0])
    for (source, _), run in covered_lines(sys.argv[1] if len(sys.argv) > 1 else ".").items():
        if "daemon/" not in source:
            continue
        for folder in (os.path.dirname(source[source.index("daemon/"):]), "all"):
            folders[folder][0] += run
            folders[folder][1] += 1
    for folder, (run, total) in sorted(folders.items()):
        print(f"{folder:<24}{run:6} of {total:6} lines  {100 * run / total:5.1f} %")


main()
