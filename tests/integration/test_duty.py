#!/usr/bin/python3
"""The leaders' rota: who leads today stands on the board, gaps of a week are alarms, the duty is handed over."""
import datetime
import sys

import pytest

from hall import SMALL_HALL, Hall
from matters import MatterHall
from web import Person, at_once, password

TODAY = "2026-11-23"    # a Monday
START = ("--clock-start", f"{TODAY}T09:00:00+08:00", "--clock-rate", "1")
LEADERS = {**SMALL_HALL, "users": [*SMALL_HALL["users"], {"name": "li", "role": "clerk", "display": "李局长", "groups": ["duty_leader"]},
                                   {"name": "wu", "role": "clerk", "groups": ["duty_leader"]}],
           "hours": [{"weekday": day, "open": ["00:00-24:00"]} for day in range(1, 6)]}


def date(days):
    return (datetime.date.fromisoformat(TODAY) + datetime.timedelta(days)).isoformat()


@pytest.fixture(scope="module", name="hall")
def one_hall():
    hall = Hall(options=START, settings=LEADERS)
    with hall:
        yield hall


def gaps(hall):
    return [a["alarm"] for a in hall.client("clerk").get("/alarms").body["alarms"] if a["alarm"].startswith("duty/")]


def leader(hall):
    board, view = hall.client().get("/board").body, hall.client().get("/hall").body
    assert board["duty_leader"] == view["duty_leader"]
    return board["duty_leader"]


def test_a_hall_without_a_rota_has_no_gaps(hall):
    assert gaps(hall) == [] and leader(hall) == ""


def test_flows_that_count_on_a_leader_miss_the_rota():
    """Only while there is none: one row, and the gaps are told instead."""
    settings = {**LEADERS, "duty": []}
    with MatterHall(settings=settings) as with_flows:
        def alarms():
            return [a["alarm"] for a in with_flows.client("clerk").get("/alarms").body["alarms"] if a["alarm"].startswith("duty")]
        assert alarms() == ["duty"]
        assert with_flows.admin().post("/admin/duty", {"date": TODAY, "leader": "li"}).status == 200
        assert "duty" not in alarms() and alarms()


def test_the_leader_of_today_stands_on_the_board_and_gaps_of_a_week_are_alarms(hall):
    admin = hall.admin()
    put = admin.post("/admin/duty", {"date": TODAY, "leader": "li", "substitutes": ["wu"]})
    assert put.status == 200, put.body
    assert leader(hall) == "李局长"
    # the days ahead but the weekend, on which the hall is closed
    assert gaps(hall) == [f"duty/{date(n)}" for n in (1, 2, 3, 4, 7)]
    for n in (1, 2, 3):
        admin.post("/admin/duty", {"date": date(n), "leader": "wu"})
    alarms = hall.client("clerk").get("/alarms").body["alarms"]
    assert [a["text"] for a in alarms] == [f"{date(n)} 没有值班领导" for n in (4, 7)]


def test_all_staff_see_four_weeks_of_the_rota_with_its_gaps(hall):
    clerk = hall.client("clerk")
    days = clerk.get("/duty").body["days"]
    assert [d["date"] for d in days] == [date(n) for n in range(28)]
    assert days[0] == {"date": TODAY, "leader": "li", "leader_name": "李局长", "substitutes": ["wu"], "stands_in": "", "reason": "",
                       "leads": "li", "leads_name": "李局长", "open": True, "gap": False}
    assert [d["gap"] for d in days[3:8]] == [False, True, False, False, True]    # a closed day is no gap
    assert [d["open"] for d in days[4:7]] == [True, False, False]
    people = {p["name"]: p for p in clerk.get("/people").body["users"]}
    assert people["li"]["display"] == "李局长" and people["li"]["groups"] == ["duty_leader"]
    assert hall.client().get("/duty").status == 401 and hall.client("kiosk").get("/people").code == "WRONG_ROLE"


def test_a_rota_names_people_who_are_there(hall):
    admin = hall.admin()
    for row, field in (({"leader": "nobody"}, "duty.leader"), ({"leader": "li", "substitutes": ["nobody"]}, "duty.substitutes"),
                       ({"leader": "li", "stands_in": "nobody"}, "duty.stands_in")):
        refused = admin.post("/admin/duty", {"date": date(4), **row})
        assert refused.code == "BAD_VALUE" and refused.body["error"]["details"]["field"] == field
    assert admin.post("/admin/duty", {"date": date(4)}).code == "FIELD_MISSING"
    assert admin.post("/admin/duty", {"date": "2026-11-31", "leader": "li"}).code == "BAD_VALUE"
    assert hall.client("clerk").post("/admin/duty", {"date": date(4), "leader": "li"}).code == "WRONG_ROLE"


def test_the_duty_is_handed_over_by_whoever_has_it(hall):
    li, wu, clerk = (Person(hall) for _ in range(3))
    li.log_in("li", password(hall, "li"))
    wu.log_in("wu", password(hall, "wu"))
    clerk.log_in("chuangkou1", password(hall, "chuangkou1"))
    take = {"to": "wu", "reason": "开会"}
    assert clerk.request("POST", "/duty/hand-over", take).code == "WRONG_ROLE"
    assert hall.client("clerk").post("/duty/hand-over", take).code == "WRONG_ROLE"
    assert li.request("POST", "/duty/hand-over", {"to": "nobody"}).code == "BAD_VALUE"
    assert li.request("POST", "/duty/hand-over", take).status == 200
    assert leader(hall) == "wu"
    changed = [e["settings_changed"] for e in hall.events() if "settings_changed" in e][-1]
    assert changed["put"]["duty"] == [{"date": TODAY, "leader": "li", "substitutes": ["wu"], "stands_in": "wu", "reason": "开会"}]
    assert wu.request("POST", "/duty/hand-over", {"to": ""}).status == 200     # and gives it back
    assert leader(hall) == "李局长"
    assert wu.request("POST", "/duty/hand-over", {"to": "wu"}).code == "WRONG_ROLE"


def test_a_substitute_stands_in_for_one_who_is_no_longer_there(hall):
    admin = hall.admin()
    assert admin.request("PATCH", "/admin/users/li", {"disabled": True}).status == 200
    assert leader(hall) == "wu"
    assert admin.request("PATCH", f"/admin/duty/{TODAY}", {"substitutes": []}).code == "BAD_VALUE"    # li is not there
    assert admin.request("PATCH", "/admin/users/wu", {"disabled": True}).status == 200
    assert leader(hall) == "" and f"duty/{TODAY}" in gaps(hall)
    assert admin.post("/admin/notices", {"notice": "x", "text": "照常"}).status == 200    # old rows keep nothing else
    for user in ("li", "wu"):
        assert admin.request("PATCH", f"/admin/users/{user}", {"disabled": False}).status == 200


def test_without_a_row_for_today_there_is_nothing_to_hand_over(hall):
    admin = hall.admin()
    assert admin.request("DELETE", f"/admin/duty/{TODAY}").status == 200
    assert admin.post("/duty/hand-over", {"to": "wu"}).code == "NOT_FOUND"
    assert gaps(hall)[0] == f"duty/{TODAY}"


def test_a_duty_that_is_handed_over_while_the_rota_changes_keeps_both(hall):
    admin = hall.admin()
    assert admin.post("/admin/duty", {"date": TODAY, "leader": "li"}).status == 200
    for n in range(30):
        reason, substitutes = f"开会{n}", (["wu"], [])[n % 2]
        at_once(hall, [("PATCH", f"/admin/duty/{TODAY}", {"substitutes": substitutes}),
                       ("POST", "/duty/hand-over", {"to": "wu", "reason": reason})])
        [row] = [r for r in admin.get("/admin/duty").body["settings"]["duty"] if r["date"] == TODAY]
        assert (row["substitutes"], row["stands_in"], row["reason"]) == (substitutes, "wu", reason), n


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
