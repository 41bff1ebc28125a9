#!/usr/bin/python3
"""Tables are complete and in the vocabulary's order: every command is decided, every event applied."""
import re

import tree


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


def main():
    commands, events = cases("proto/command.proto", "Command"), cases("proto/event.proto", "Event")
    problems = compare("decide_table", commands, rows("daemon/core/hall.c", "COMMAND"))
    problems += compare("apply_table", events, rows("daemon/core/hall.c", "EVENT"))
    tree.finish(problems, len(commands) + len(events))


main()
