#!/usr/bin/python3
"""
The player of flows: every scenario of tests/flows is played, and each of its keys refused, fired, notified, told, moved
and expect is compared. A step without "refused" must not be refused.
"""
import glob
import json
import os
import subprocess
import sys

import pytest

TOP = os.path.join(os.path.dirname(__file__), "..", "..")
BUILD = os.path.abspath(os.environ.get("top_builddir") or os.path.join(TOP, "build"))
SCENARIOS = os.path.join(TOP, "tests", "flows")
FILES = sorted(f for f in glob.glob(os.path.join(SCENARIOS, "*.json")) if not f.endswith("hall.json"))


def play(path, defs=os.path.join(TOP, "plugins"), profile=os.path.join(TOP, "profiles", "national.json")):
    done = subprocess.run([os.path.join(BUILD, "hallsim"), "flow", defs, profile,
                           os.path.join(TOP, "packaging", "calendars"), path], capture_output=True, text=True)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def differs(expected, found, where):
    """The first place where what was found is not what was expected; keys that are not expected do not matter."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                return f"{where}.{key} is missing"
            difference = differs(value, found[key], f"{where}.{key}")
            if difference:
                return difference
        return None
    return None if expected == found else f"{where}: expected {expected}, found {found}"


def compare(step, answer, where):
    problems = [differs(step.get("refused"), answer["refused"], f"{where} refused")]
    problems += [differs(step[k], answer[k], f"{where} {k}") for k in ("fired", "notified", "told", "moved") if k in step]
    return [p for p in problems + [differs(step.get("expect", {}), answer["matters"], f"{where} expect")] if p]


@pytest.mark.parametrize("path", FILES, ids=[os.path.basename(f)[:-5] for f in FILES])
def test_scenario(path):
    with open(path, encoding="utf-8") as f:
        steps = json.load(f)["steps"]
    done, answers = play(path)
    assert done.returncode == 0, done.stderr
    assert len(answers) == len(steps)
    problems = []
    for i, (step, answer) in enumerate(zip(steps, answers)):
        problems += compare(step, answer, f"steps[{i}] {step['do']} {step.get('transition', '')}")
    assert not problems, "\n".join(problems)


def test_a_broken_scenario_is_an_error_with_its_place(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({"hall": {}, "steps": [{"at": "2025-03-03T11:44", "do": "dance"}]}))
    done, answers = play(str(path))
    assert done.returncode == 1 and not answers and "steps[0]" in done.stderr and "dance" in done.stderr
    path.write_text('{"hall": {}}')
    assert play(str(path))[0].returncode == 1
    assert play(str(tmp_path / "nothing.json"))[0].returncode == 1


def test_two_plays_are_equal():
    assert [play(f)[1] for f in FILES] == [play(f)[1] for f in FILES]


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
