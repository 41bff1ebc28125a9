#!/usr/bin/python3
"""
The flow that docs/flows.md teaches, put into a running hall as one file and one row of the profile: API, inbox, reports,
series and the Prometheus text have it at once. (The pages have it too: tests/browser/test_desk.py.)
"""
import json
import os
import shutil
import sys

import pytest

from hall import SOURCE, write_json
from matters import TODAY, MatterHall, number, steps, taught

LINES_MOST = 120


class TaughtHall(MatterHall):
    def __init__(self, folder):
        self.flows, self.profile_file = str(folder / "plugins"), str(folder / "local.json")
        shutil.copytree(os.path.join(SOURCE, "plugins"), self.flows)
        shutil.copy(os.path.join(SOURCE, "profiles", "national.json"), self.profile_file)
        super().__init__(flows=self.flows, profile=self.profile_file)

    def teach(self):
        text, limit = taught()
        with open(self.profile_file, encoding="utf-8") as f:
            profile = json.load(f)
        write_json(self.profile_file, {**profile, "limits": [*profile["limits"], limit]})
        os.mkdir(os.path.join(self.flows, "lost_item"))
        with open(os.path.join(self.flows, "lost_item", "flow.json"), "w", encoding="utf-8") as f:
            f.write(text)
        return self.admin().post("/admin/flows/reload").body

    def kinds(self):
        return [k["flow"]["name"] for k in self.person("desk").get("/flows").body["kinds"]]


@pytest.fixture(scope="module", name="hall")
def hall_without_it(tmp_path_factory):
    with TaughtHall(tmp_path_factory.mktemp("taught")) as hall:
        yield hall


def test_it_is_one_short_file():
    assert taught()[0].count("\n") < LINES_MOST


def test_it_is_loaded_while_the_hall_runs(hall):
    assert "lost_item" not in hall.kinds()
    assert hall.person("desk").post("/flows/lost_item/matters", {"fields": {"what": "伞"}}).status == 404
    said = hall.teach()
    assert said["loaded"] == [{"flow": "lost_item", "version": 1}] and said["faults"] == []
    assert "lost_item" in hall.kinds()


def test_its_matters_are_worked_on_like_all_others(hall):
    found = hall.matter("lost_item", "desk", "find", what="黑色雨伞", found_at="3")
    assert steps(found) == ["return", "hand_on"] and [c["clock"] for c in found["clocks"]] == ["keep"]
    inbox = hall.person("desk").get("/flows/lost_item/matters").body
    assert [m["title"] for m in inbox["matters"]] == ["黑色雨伞"]
    missing = hall.person("desk").post(f"/matters/{number(found)}/return", {})
    assert missing.code == "FIELD_MISSING"
    back = hall.take("desk", found, "return", owner={"id": "13800001111", "name": "李明"})
    assert back["card"]["ended"] and back["card"]["state"] == "returned"
    hall.matter("lost_item", "desk", "find", what="钥匙")


def test_its_figures_are_counted(hall):
    manager = hall.person("manager")
    report = manager.get(f"/reports/flows/lost_item?from={TODAY}&to={TODAY}").body
    assert "lost_item" in json.dumps(manager.get(f"/reports/flows?from={TODAY}&to={TODAY}").body)
    text = json.dumps(report)
    assert '"returned"' in text and '"kept"' in text


def test_it_has_series(hall):
    manager = hall.person("manager")
    listed = manager.get("/series").body
    assert "lost_item" in json.dumps(listed) and "失物" in json.dumps(listed, ensure_ascii=False)
    assert manager.get("/series/matters_opened?label=flow/lost_item").body["unit"] == "matters"
    admin = hall.admin()
    admin.http.request("GET", "/metrics", None, admin.headers)
    lines = admin.http.getresponse().read().decode().splitlines()
    assert 'halld_matters_opened_by_flow_total{flow="lost_item"} 2' in lines
    assert 'halld_matters_ended_by_flow_total{flow="lost_item"} 1' in lines



if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
