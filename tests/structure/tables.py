#!/usr/bin/python3
"""
Tables are complete and in the vocabulary's order: every command is decided, every event applied. Every command is
given and every event happens in a golden trace.
"""
import re

import tree

SHORT = {"day": "open_day", "settings": "put_settings"}     # lines of a golden trace that stand for a command


def cases(proto, message):
    """The names of a message's oneof body, in the order of the file."""
    text = re.search(rf"message {message} {{.*?oneof body {{(.*?)}}", tree.text(proto), re.S).group(1)
    return re.findall(r"^\s*\w+ (\w+) = \d+;", text, re.M)


def rows(path, macro):
    return [name.lower() for name in re.findall(rf"\[{macro}\((\w+)\)\]\s*=", tree.text(path))]


def compare(what, wanted, found):
    problems = [f"{what}: no row for {name}" for name in wanted if name not in found]
    problems += [f"{what}: {name} is not in the vocabulary" for name in found if name not in wanted]
    if not problems and found != wanted:
        problems.append(f"{what}: the rows do not stand in the vocabulary's order")
    return problems


def in_golden_traces():
    """The commands given and the events that happened: "09:01:00 li@clerk next_ticket {...}", "  window_ready ..."."""
    commands, events = set(), set()
    for path in tree.files("tests/golden", ends=(".trace",)):
        text = tree.text(path)
        commands |= set(re.findall(r"^[\d:.]+ \S+ (\w+) \{", text, re.M))
        commands |= {name for word, name in SHORT.items() if re.search(rf"^{word} ", text, re.M)}
        events |= set(re.findall(r"^  (\w+)", text, re.M))
    return commands, events


def main():
    commands, events = cases("proto/command.proto", "Command"), cases("proto/event.proto", "Event")
    problems = compare("decide_table", commands, rows("daemon/core/hall.c", "COMMAND"))
    problems += compare("apply_table", events, rows("daemon/core/hall.c", "EVENT"))
    given, happened = in_golden_traces()
    problems += [f"no golden trace gives the command {c}" for c in commands if c not in given]
    problems += [f"in no golden trace the event {e} happens" for e in events if e not in happened]
    tree.finish(problems, len(commands) + len(events))


main()
