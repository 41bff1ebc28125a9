#!/usr/bin/python3
"""
Matters of an older version follow the newest: what it would do is said first, by states and clocks, and changes nothing;
what has been begun goes on in slices, through a kill as well.
"""
import copy
import glob
import sqlite3
import sys

import pytest

from hall import Hall
from test_flow_load import FlowHall

PROFILE = {"name": "small", "zh": "小", "en": "Small", "limits": [
    {"key": "kept.keep", "n": 3, "unit": "working_days", "source": "local"},
    {"key": "kept.look", "n": 30, "unit": "hall_minutes", "source": "local"}]}
KEPT = {
    "name": "kept", "version": 1, "zh": "失物", "en": "Kept", "read": ["clerk"], "keep_days": 180,
    "fields": [{"name": "n", "zh": "数", "en": "Number", "type": "number", "max": 9}],
    "states": [{"name": "here", "zh": "在", "en": "Here"}, {"name": "asked", "zh": "问", "en": "Asked"},
               {"name": "gone", "zh": "走", "en": "Gone", "end": True}],
    "transitions": [
        {"name": "find", "zh": "登记", "en": "Find", "to": "here", "roles": ["clerk"], "may": ["n"]},
        {"name": "ask", "zh": "问", "en": "Ask", "from": ["here"], "to": "asked", "roles": ["clerk"]},
        {"name": "give", "zh": "还", "en": "Give", "from": ["here", "asked"], "to": "gone", "roles": ["clerk"]}],
    "clocks": [{"name": "keep", "zh": "存", "en": "Keep", "in": ["here", "asked"], "limit": "kept.keep",
                "marks": [{"percent": 100, "notify": ["clerk"]}]},
               {"name": "look", "zh": "看", "en": "Look", "in": ["asked"], "limit": "kept.look",
                "marks": [{"percent": 100, "notify": ["clerk"]}]}]}


def version(n, **also):
    """Version 2 calls the first state another name, drops a clock and has a new one."""
    flow = copy.deepcopy(KEPT)
    flow["version"] = n
    if n > 1:
        flow["states"][0]["name"] = "stored"
        flow["transitions"][0]["to"] = "stored"
        flow["transitions"][1]["from"] = ["stored"]
        flow["transitions"][2]["from"] = ["stored", "asked"]
        flow["clocks"][0]["in"] = ["stored", "asked"]
        flow["clocks"][1].update(name="wait", zh="等", en="Wait")
        flow["migrations"] = [{"from_version": 1, "states": [{"old": "here", "new": "stored"}]}]
    flow.update(also)
    return flow


def fill(hall, here, asked, ended=1):
    clerk = hall.client("clerk")
    for i in range(here + asked + ended):
        answer = clerk.post("/flows/kept/matters", {"fields": {"n": 1}})
        assert answer.status == 201, answer.body
        matter = answer.body["card"]["matter"]
        step = None if i < here else "ask" if i < here + asked else "give"
        if step:
            assert clerk.post(f"/matters/{matter}/{step}", {}).status == 200


def count(hall, kind):
    return sum(kind in e for e in hall.events())


MOVES = {"flow": "kept", "version": 2, "matters": 5,
         "moves": [{"version": 1, "from": "here", "to": "stored", "matters": 3},
                   {"version": 1, "from": "asked", "to": "asked", "matters": 2}],
         "clocks": [{"clock": "keep", "kept": 5, "stopped": 0, "dropped": 0, "started": 0},
                    {"clock": "look", "kept": 0, "stopped": 0, "dropped": 2, "started": 0},
                    {"clock": "wait", "kept": 0, "stopped": 0, "dropped": 0, "started": 2}],
         "stays": [], "erases": []}


def test_what_it_would_do_is_what_it_does(tmp_path):
    with FlowHall(tmp_path, {"kept": KEPT}, PROFILE) as hall:
        fill(hall, here=3, asked=2)
        hall.write({"kept": version(2)}, PROFILE)
        assert hall.reload()["loaded"] == [{"flow": "kept", "version": 2}]
        before = len(hall.events())
        answer = hall.admin().get("/flows/kept/migration")
        assert answer.status == 200
        assert answer.body == {**MOVES, "done": False, "seq": str(before)}
        assert len(hall.events()) == before
        lines = hall.hallctl("flow", "migrate", "kept")
        assert lines == ("kept: 5 matters move to version 2\n  version 1 here > stored: 3\n  version 1 asked > asked: 2\n"
                         "  clock keep: 5 kept, 0 stopped, 0 dropped, 0 started\n"
                         "  clock look: 0 kept, 0 stopped, 2 dropped, 0 started\n"
                         "  clock wait: 0 kept, 0 stopped, 0 dropped, 2 started\n"
                         "Nothing was changed; --yes does it.\n")
        assert len(hall.events()) == before
        assert hall.hallctl("flow", "migrate", "kept", "--yes").endswith("\nDone.\n")
        made = hall.events()[before:]
        assert sum("matter_migrated" in e for e in made) == 5
        assert sum("clock_stopped" in e for e in made) == 2 == sum("clock_started" in e for e in made)
        states = [m["state"] for m in hall.client("clerk").get("/flows/kept/matters").body["matters"]]
        assert sorted(states) == ["asked", "asked", "stored", "stored", "stored"]
        again = hall.admin().post("/flows/kept/migrate").body
        assert again["matters"] == 0 and again["done"] and not again["moves"]
        assert count(hall, "migration_begun") == 1


def test_versions_from_which_no_way_leads_stay(tmp_path):
    with FlowHall(tmp_path, {"kept": KEPT}, PROFILE) as hall:
        fill(hall, here=2, asked=1, ended=0)
        hall.write({"kept": version(2, migrations=[])}, PROFILE)
        hall.reload()
        body = hall.admin().post("/flows/kept/migrate").body
        assert body["matters"] == 0
        assert body["stays"] == [{"version": 1, "state": "here", "matters": 2}, {"version": 1, "state": "asked", "matters": 1}]
        assert count(hall, "matter_migrated") == 0
        assert "version 1 here: 2 stay" in hall.hallctl("flow", "migrate", "kept")


def test_many_go_in_slices_and_a_kill_in_between_loses_nothing(tmp_path):
    with FlowHall(tmp_path, {"kept": KEPT}, PROFILE) as hall:
        fill(hall, here=400, asked=0, ended=0)
        hall.write({"kept": version(2)}, PROFILE)
        hall.reload()
        assert hall.admin().get("/flows/kept/migration").body["matters"] == 400
        hall.admin().post("/flows/kept/migrate")
        hall.kill()
        hall.start()
        hall.client("clerk").post("/flows/kept/matters", {"fields": {"n": 1}})    # after the last slice
        events = hall.events()
        assert sum("matter_migrated" in e for e in events) == 400
        slices = [e["matters_checked"] for e in events if "matters_checked" in e]
        assert len(slices) > 2 and slices[-1]["next"] == "0"
        assert {m["version"] for m in hall.client("clerk").get("/flows/kept/matters?most=500").body["matters"]} == {2}
        hall.stop()
        for name in glob.glob(f"{hall.data}/snapshot/*"):
            with open(name, "wb"):    # no snapshot any more
                pass
        hall.start()
        assert len(hall.events()) == len(events)


def test_matters_run_on_while_their_definition_changes(tmp_path):
    """A matter is of its own version until it is migrated: its states, its steps, its clocks."""
    with FlowHall(tmp_path, {"kept": KEPT}, PROFILE) as hall:
        fill(hall, here=1, asked=0, ended=0)
        hall.write({"kept": version(2)}, PROFILE)
        hall.reload()
        clerk = hall.client("clerk")
        assert clerk.post("/matters/1/ask", {}).body["card"]["version"] == 1
        assert clerk.post("/flows/kept/matters", {"fields": {"n": 1}}).body["card"]["state"] == "stored"
        hall.admin().post("/flows/kept/migrate")
        view = clerk.get("/matters/1").body
        assert (view["card"]["version"], view["card"]["state"]) == (2, "asked")
        running = {k["clock"]: k["status"] for k in view["clocks"]}
        assert running["keep"] == running["wait"] == "running"
        assert clerk.post("/matters/1/give", {}).body["card"]["ended"]


def test_what_the_newest_version_has_no_field_for_is_erased_and_said_before(tmp_path):
    """Also where it was given more than once: what was sealed under the field goes with the event, all of it."""
    told = {"name": "told", "zh": "说", "en": "Told", "type": "text", "max": 50}
    kept = copy.deepcopy(KEPT)
    kept["fields"].append(told)
    kept["transitions"][0]["may"].append("told")
    kept["transitions"][1]["may"] = ["told"]
    with FlowHall(tmp_path, {"kept": kept}, PROFILE) as hall:
        clerk = hall.client("clerk")
        clerk.post("/flows/kept/matters", {"fields": {"told": "first"}})
        clerk.post("/flows/kept/matters", {"fields": {"n": 1}})
        assert clerk.post("/matters/1/ask", {"fields": {"told": "second"}}).status == 200
        assert len(sealed(hall)) == 2
        hall.write({"kept": version(2)}, PROFILE)
        hall.reload()
        assert hall.admin().get("/flows/kept/migration").body["erases"] == [{"field": "told", "matters": 1}]
        assert "field told: of 1 it is erased" in hall.hallctl("flow", "migrate", "kept")
        assert len(sealed(hall)) == 2
        hall.hallctl("flow", "migrate", "kept", "--yes")
        assert [e["field_erased"]["field"] for e in hall.events() if "field_erased" in e] == ["told"]
        assert not sealed(hall)
        assert not [f for f in clerk.get("/matters/1").body["fields"] if f["field"] == "told" and f["values"]]


def sealed(hall):
    with sqlite3.connect(f"file:{hall.journal}?mode=ro", uri=True) as db:
        return db.execute("select * from sealed").fetchall()


def test_who_and_what_there_is(tmp_path):
    with FlowHall(tmp_path, {"kept": KEPT}, PROFILE) as hall:
        assert hall.client("clerk").get("/flows/kept/migration").status == 403
        answer = hall.admin().get("/flows/nothing/migration")
        assert (answer.status, answer.code) == (404, "NO_FLOW")
        assert hall.admin().post("/flows/nothing/migrate").code == "NO_FLOW"
        hall.hallctl("flow", "migrate", "nothing", code=1)
    with Hall() as hall:
        assert hall.admin().get("/flows/kept/migration").status == 404


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", *sys.argv[1:]]))
