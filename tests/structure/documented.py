#!/usr/bin/python3
"""Every option stands in its program's manual, every event in docs/events.md (every route: test_openapi)."""
import os
import re
import subprocess

import tree

PROGRAMS = {"halld": "docs/man/halld.8", "hallctl": "docs/man/hallctl.1", "halljournal": "docs/man/halljournal.1",
            "hallsim": "docs/man/hallsim.1"}


def run(program, *options):
    done = subprocess.run([os.path.join(tree.BUILD, program), *options], capture_output=True, text=True)
    return done.stdout + done.stderr


def undocumented_options():
    """The options that --help names, against `Fl -name` of the manual."""
    for program, manual in PROGRAMS.items():
        options = set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", run(program, "--help")))
        if not options:
            yield f"{program} --help names no option"
        text = tree.text(manual)
        for option in sorted(options - {"help"}):
            if not re.search(rf"Fl -{option}\b(?!-)", text):
                yield f"{manual} does not tell of --{option}"


def undocumented_events():
    events = re.search(r"message Event {.*?oneof body {(.*?)}", tree.text("proto/event.proto"), re.S).group(1)
    kinds = re.findall(r"^\s*\w+ (\w+) = \d+;", events, re.M)
    rows = re.findall(r"^\| `(\w+)` \|", tree.text("docs/events.md"), re.M)
    if kinds != rows:
        yield "docs/events.md: the rows are not the events in their order: " + \
            ", ".join(sorted(set(kinds) ^ set(rows)) or ["order"])


def main():
    problems = [*undocumented_options(), *undocumented_events()]
    tree.finish(problems, len(PROGRAMS) + 1)


main()
