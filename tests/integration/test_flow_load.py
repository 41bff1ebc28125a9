#!/usr/bin/python3
"""
Definitions of flows in a running hall: loaded at the start, read anew by SIGHUP, by a route and by hallctl. A file with
a fault is kept out with its exact line and an alarm, and what it would replace stays in force. The journal knows every
version: a restart loads nothing twice, and a replay reads no file.
"""
import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from hall import BUILD, SOURCE, Hall, journal_tool
from test_flow_check import HELP, PERMIT, PROFILE, changed, write

HALLCTL = os.path.join(BUILD, "hallctl")
SOON_S = 10


class FlowHall(Hall):
    """A hall with a folder of flows of its own."""

    def __init__(self, tmp_path, flows=None, profile=PROFILE, **config):
        self.folder = tmp_path
        if flows is not None:
            (tmp_path / "flows").mkdir()
            write(tmp_path, flows, profile)
        super().__init__(flows_dir=str(tmp_path / "flows"), profile=str(tmp_path / "small.json"), **config)

    def write(self, flows, profile=PROFILE):
        write(self.folder, flows, profile)

    def reload(self):
        """What is not empty of the answer."""
        answer = self.admin().post("/admin/flows/reload")
        assert answer.status == 200, answer.body
        assert sorted(answer.body) == ["faults", "loaded", "profile", "warnings"]
        return {name: value for name, value in answer.body.items() if value}

    def hallctl(self, *args, code=0):
        done = subprocess.run([HALLCTL, "--socket", os.path.join(self.config["run_dir"], "http.sock"), "--lang", "en", *args],
                              capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done
        return done.stdout

    def alarms(self):
        return [a for a in self.admin().get("/alarms").body.get("alarms", []) if a["alarm"] == "flows"]

    def defined(self):
        """What the journal was told, in order, and by whom."""
        def body(e):
            return e["flow_defined"]["flow"] if "flow_defined" in e else e["profile_set"]["profile"]
        return [(body(e)["name"], body(e).get("version"), e["actor"].get("kind", "engine"))
                for e in self.events() if "flow_defined" in e or "profile_set" in e]

    def until(self, holds, what):
        end = time.monotonic() + SOON_S
        while not holds():
            assert time.monotonic() < end, f"{what}\n{self.log()}"
            time.sleep(0.02)


PERMIT_3 = changed({**PERMIT, "version": 3}, ["zh"], "新许可")
BROKEN = changed(PERMIT_3, ["transitions", 1, "to"], "nowhere")
BROKEN_LINE = 'permit/flow.json: transitions[1].to: UNKNOWN: no state "nowhere"'
AT_START = [("small", None, "engine"), ("help", 1, "engine"), ("permit", 2, "engine")]


def test_a_first_start_has_its_flows_and_a_restart_loads_nothing_twice(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        assert hall.defined() == AT_START
        assert not hall.alarms()
        hall.stop()
        hall.start()
        assert hall.reload() == {}
        assert hall.defined() == AT_START
        hall.kill()
        shutil.rmtree(os.path.join(hall.data, "snapshot"))
        hall.start()
        assert hall.defined() == AT_START


def test_a_hall_without_flows_says_so(tmp_path):
    with Hall() as hall:
        answer = hall.admin().post("/admin/flows/reload")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        hall.process.send_signal(signal.SIGHUP)
        assert hall.admin().get("/hall").status == 200


def test_who_may_not_run_the_hall_may_not_reload(tmp_path):
    with FlowHall(tmp_path, {"help": HELP}) as hall:
        assert hall.client("clerk").post("/admin/flows/reload").status == 403
        assert hall.client().post("/admin/flows/reload").status == 401


def test_a_new_version_comes_by_the_route_in_the_name_of_who_asked(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.write({"permit": PERMIT_3}, changed(PROFILE, ["limits", 0, "n"], 6))
        assert hall.reload() == {"loaded": [{"flow": "permit", "version": 3}], "profile": True}
        assert hall.defined() == AT_START + [("small", None, "peer"), ("permit", 3, "peer")]
        hall.write({"help": changed(HELP, ["version"], 2)})
        assert hall.hallctl("flow", "reload") == "help version 2 is in force\nthe new profile is in force\n"
        assert hall.hallctl("flow", "reload") == "nothing has changed\n"


def test_sighup_reads_the_files_anew(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.write({"permit": PERMIT_3})
        hall.process.send_signal(signal.SIGHUP)
        hall.until(lambda: ("permit", 3, "engine") in hall.defined(), "SIGHUP was not followed")
        assert hall.admin().get("/hall").status == 200


def test_a_faulty_file_is_kept_out_with_its_line_and_an_alarm_until_it_is_sound(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.write({"permit": BROKEN, "help": changed(HELP, ["version"], 2)})
        line = f"{tmp_path}/flows/{BROKEN_LINE}"
        answer = hall.reload()
        assert [": ".join(f[k] for k in ("file", "path", "code", "text")) for f in answer["faults"]] == [line]
        assert answer["loaded"] == [{"flow": "help", "version": 2}]
        assert f"flow: {line}\n" in hall.log()
        [alarm] = hall.alarms()
        assert line in alarm["text"] and line in alarm["text_en"] and alarm["since_at"]
        assert hall.hallctl("flow", "reload", code=1) == line + "\n"
        hall.write({"permit": PERMIT_3})
        assert hall.reload()["loaded"] == [{"flow": "permit", "version": 3}]
        assert not hall.alarms()


def test_a_start_with_a_faulty_file_is_a_start_with_the_old_definitions(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.stop()
        hall.write({"permit": BROKEN})
        hall.start()
        assert hall.alarms()
        assert hall.defined() == AT_START
        hall.stop()
        shutil.rmtree(tmp_path / "flows")
        hall.start()
        assert hall.alarms()[0]["text_en"].endswith(f"{tmp_path}/flows: $: FILE: No such file or directory")


def test_a_first_start_with_a_faulty_file_has_the_others(tmp_path):
    with FlowHall(tmp_path, {"permit": BROKEN, "help": HELP}) as hall:
        assert hall.defined() == [("small", None, "engine"), ("help", 1, "engine")]
        assert hall.alarms()


def test_the_same_version_with_other_content_is_told_from_the_journal(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.write({"permit": changed(PERMIT, ["zh"], "别的")})
        faults = hall.reload()["faults"]
        assert [(f["path"], f["code"], f["text"]) for f in faults] == [
            ("version", "SAME_VERSION", "version 2 is known with other content: raise it")]
        assert hall.defined() == AT_START


def test_a_wrong_profile_stands_alone_and_nothing_changes(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.write({"permit": PERMIT_3}, changed(PROFILE, ["limits", 0, "source"], ""))
        assert [f["code"] for f in hall.reload()["faults"]] == ["SOURCE"]
        assert hall.defined() == AT_START


def test_what_is_kept_out_must_leave_the_rest_in_order(tmp_path):
    """A definition that needs the new version of one with a fault is kept out too; a profile that the kept one could not
    live with is not taken over, and then nothing is."""
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        help_2 = copy.deepcopy(HELP)
        help_2["version"] = 2
        help_2["transitions"].append({"name": "again", "zh": "再", "en": "Again", "from": ["open"], "roles": ["helper"],
                                      "then": ["tell permit hurry"]})
        broken = copy.deepcopy(BROKEN)
        broken["transitions"].append({"name": "hurry", "zh": "催", "en": "Hurry", "from": ["looked"], "roles": ["matter"]})
        hall.write({"permit": broken, "help": help_2})
        faults = hall.reload()["faults"]
        assert [f["code"] for f in faults] == ["UNKNOWN", "UNKNOWN"], faults
        assert {f["text"] for f in faults} == {'no state "nowhere"', 'no transition in permit "hurry"'}
        hall.write({"permit": BROKEN, "help": HELP}, changed(PROFILE, ["limits"], PROFILE["limits"][1:]))
        assert hall.reload()["faults"]
        assert hall.defined() == AT_START


def test_a_journal_is_replayed_without_any_file(tmp_path):
    with FlowHall(tmp_path, {"permit": PERMIT, "help": HELP}) as hall:
        hall.stop()
        shutil.rmtree(tmp_path / "flows")
        os.remove(tmp_path / "small.json")
        journal_tool("verify", hall.journal)
        shutil.rmtree(os.path.join(hall.data, "snapshot"))
        hall.config.update(flows_dir="", profile="")
        hall.start()
        assert not hall.alarms()
        assert hall.defined() == AT_START


def test_the_tree_s_own_flows_load(tmp_path):
    with Hall(flows_dir=os.path.join(SOURCE, "plugins"), profile=os.path.join(SOURCE, "profiles", "national.json")) as hall:
        names = [e["flow_defined"]["flow"]["name"] for e in hall.events() if "flow_defined" in e]
        assert names == sorted(d for d in os.listdir(os.path.join(SOURCE, "plugins"))
                               if os.path.exists(os.path.join(SOURCE, "plugins", d, "flow.json")))
        assert json.dumps(hall.admin().get("/alarms").body).count('"flows"') == 0


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", *sys.argv[1:]]))
