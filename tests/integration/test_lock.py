#!/usr/bin/python3
"""A second daemon on the same folder is refused; so are journals of another hall or another kind of clock."""
import os
import subprocess
import sys

import pytest

from hall import HALLD, SOURCE, Hall

USAGE, CONFIG = 64, 78
CLOCK = ("--clock-start", "2026-11-23T08:00:00+08:00", "--clock-rate", "60")


def test_a_second_daemon_is_refused_and_the_first_goes_on():
    with Hall() as first:
        second = Hall(folder=first.dir)
        assert second.refuses_to_start() == CONFIG
        assert str(first.process.pid) in second.log()
        assert first.client("kiosk").ticket().status == 201


def test_another_hall_id_is_refused():
    with Hall() as hall:
        hall.stop()
        hall.config["hall_id"] = "other"
        assert hall.refuses_to_start() == CONFIG
        assert "other" in hall.log()


def test_a_simulation_refuses_a_real_journal():
    with Hall() as hall:
        hall.stop()
        assert hall.refuses_to_start(*CLOCK) == CONFIG


def test_a_daemon_on_the_real_clock_refuses_a_simulated_journal():
    with Hall(options=CLOCK) as hall:
        assert hall.client("screen").get("/board").body["at"].startswith("2026-11-23T08:")
        hall.stop()
        hall.options = []
        assert hall.refuses_to_start() == CONFIG


@pytest.mark.parametrize("args", [[], ["--config"], ["--confg", "x"], ["--config", "x", "--clock-rate", "2"],
                                  ["--config", "x", "--ready-fd", "-1"], ["--config", "x", "--help=yes"],
                                  ["--config", "x", "--restore-last", "7"],
                                  ["--config", "x", "--clock-start", "yesterday", "--clock-rate", "1"]])
def test_a_wrong_command_line_is_told(args):
    done = subprocess.run([HALLD, *args], capture_output=True, text=True, check=False)
    assert done.returncode == USAGE
    assert "halld: " in done.stderr


@pytest.mark.parametrize("change, told", [({"zone": "Mars/Olympus"}, "zone"), ({"hall_id": ""}, "hall_id"),
                                          ({"data_dir": ""}, "data_dir"), ({"colour": "red"}, "colour"),
                                          ({"import_hall": "/nowhere.json"}, "/nowhere.json"),
                                          ({"tls": {"certificate": "x"}}, "tls"), ({"flows_dir": "x"}, "profile")])
def test_a_wrong_config_is_told_and_nothing_is_made(change, told):
    hall = Hall(**change)
    assert hall.refuses_to_start() == CONFIG
    assert told in hall.log()
    hall.kill()


def test_check_config_checks_and_starts_nothing():
    hall = Hall()
    hall.launch("--check-config")
    assert hall.wait() == 0
    assert "ok" in hall.log()


def test_check_config_says_what_is_wrong_with_the_flows_it_names(tmp_path):
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost/flow.json").write_text('{"name": "lost", "colour": 1}')
    for flows, status, told in ((os.path.join(SOURCE, "plugins"), 0, "ok"),
                                (str(tmp_path), 1, 'lost/flow.json: $: UNKNOWN_KEY: no key "colour" here'),
                                (str(tmp_path / "none"), CONFIG, "No such file")):
        hall = Hall(flows_dir=flows, profile=os.path.join(SOURCE, "profiles/national.json"))
        hall.launch("--check-config")
        assert hall.wait() == status
        assert told in hall.log()


def test_version_and_help_need_no_config():
    assert subprocess.run([HALLD, "--version"], capture_output=True, text=True, check=True).stdout.startswith("halld ")
    text = subprocess.run([HALLD, "--help"], capture_output=True, text=True, check=True).stdout
    assert all(f"--{name}" in text for name in ("config", "check-config", "ready-fd", "restore", "clock-start"))


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
