#!/usr/bin/python3
"""halld(8) and halld's table of options and of settings say the same."""
import os
import re
import shutil
import subprocess
import sys

import pytest

from hall import HALLD, SOURCE

MANUAL = os.path.join(SOURCE, "docs/man/halld.8")


def manual():
    with open(MANUAL, encoding="utf-8") as f:
        return f.read()


def test_every_option_is_documented_and_no_other():
    text = subprocess.run([HALLD, "--help"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"^  --([a-z-]+)", text, re.M))
    assert options
    assert options == set(re.findall(r"^\.It Fl -([a-z-]+)", manual(), re.M))


def test_every_field_of_the_config_is_documented():
    with open(os.path.join(SOURCE, "proto/config.proto"), encoding="utf-8") as f:
        proto = f.read().split("// DIR/demo-credentials.json")[0]
    fields = set(re.findall(r"(?:^|\{)\s*(?:repeated )?\w+ (\w+) = \d+;", re.sub(r"//.*", "", proto), re.M))
    assert {"hall_id", "min_free_mib", "certificate"} <= fields
    missing = [f for f in fields if f not in manual()]
    assert not missing


def test_every_exit_status_is_documented():
    text = subprocess.run([HALLD, "--help"], capture_output=True, text=True, check=True).stdout
    for code in re.findall(r"\b(0|64|75|78)\b(?= [^\s]+ )", text):
        assert re.search(rf"^\.It {code}$", manual(), re.M)


def test_the_manual_is_sound():
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", MANUAL], capture_output=True, text=True, check=False)
    assert not done.stdout, done.stdout


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
