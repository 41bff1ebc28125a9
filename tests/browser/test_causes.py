"""What could not be done, in figures: the manager's page and the desk's, the picture with what is behind it, CSV, English."""
import csv
import io

import pytest
from chromium import user_of
from flow_hall import FlowHall, LICENCE

# cause, department, window, how far it went
TOLD = [("cross_department", "natural_resources", 5, "solve"), ("cross_department", "housing", 5, "close"), ("cross_department", "natural_resources", 3, "route"),
        ("passed_around", "natural_resources", 5, "close"), ("passed_around", "tax", 2, "route"), ("materials", "police", 1, "close"),
        ("materials", "police", 4, "close"), ("materials", "social_security", 1, "cannot"), ("materials", "police", 1, "solve"),
        ("policy", "social_security", 3, "explain"), ("system", "social_security", 2, "close"), ("system", "medical_insurance", 2, "route"),
        ("attitude", "tax", 4, "close"), ("legacy", "housing", 5, "point")]


def tell(hall):
    """Fourteen that were looked at, and one that was not yet."""
    desk, leader = hall.person("bancheng"), hall.person("zhiban1")
    for cause, department, window, how in TOLD:
        opened = desk.request("POST", "/flows/escalation/matters", {"transition": "register", "fields": {
            "summary": f"{cause} {department}", "item": LICENCE, "window": str(window)}})
        assert opened.status == 201, opened.body
        matter = opened.body["card"]["matter"]
        if how == "point":
            desk.step(matter, "point_onward", pointed_to="信访局")
            continue
        desk.step(matter, "triage", cause=cause, department=department)
        if how in ("cannot", "explain"):
            leader.step(matter, "cannot", ground="没有依据")
        if how == "explain":
            desk.step(matter, "explain", explanation="已当面说明")
        if how == "route":
            desk.step(matter, "route", department=department, told="已联系")
        if how in ("solve", "close"):
            desk.step(matter, "solve", answer="办好了")
        if how == "close":
            desk.step(matter, "close")
    return desk.request("POST", "/flows/escalation/matters", {"transition": "register", "fields": {"summary": "刚来的"}}).body["card"]["matter"]


@pytest.fixture(name="hall")
def fixture_hall():
    with FlowHall() as hall:
        hall.at("10:02")
        hall.latest = tell(hall)
        serve(hall)
        yield hall


def serve(hall):
    clerk = hall.client("clerk")
    for window in (1, 2):
        clerk.post(f"/windows/{window}/open")
        for _ in range(2):
            hall.ticket()
            clerk.post(f"/windows/{window}/next")
            clerk.post(f"/windows/{window}/start")
            clerk.post(f"/windows/{window}/finish", {"outcome": "handled"})


def enter(hall, browser, path="/manager/#causes", name="jingli", size="manager"):
    browser.open(path, size)
    browser.log_in(user_of(hall, name)).wait_for("#u-causes li")
    return browser


def test_the_picture_counts_what_there_is(hall, browser):
    enter(hall, browser)
    browser.wait_text("15 件办不成的事", ".u-sum").wait_text("同期办理 4 件", ".u-sum")
    bars = list(zip(browser.each("#u-causes li .name"), browser.each("#u-causes li .value")))
    assert bars[0] == ("材料", "4") and ("没有分类", "2") in bars and ("跨部门", "3") in bars
    assert "%" not in browser.text("#u-causes") and "只说几件" in browser.text("#u-causes")
    browser.click('#u-pressure [data-choose="window"]').wait_text("1 号窗口", "#u-pressure")
    assert "–" in browser.text("#u-pressure")      # of four services no rate is made


def test_from_a_cause_to_its_departments_and_matters(hall, browser):
    enter(hall, browser)
    browser.click('[data-cause="materials"]').wait_text("原因：材料", "#u-places")
    assert browser.each("#u-places li .value") == ["3", "1"]
    assert browser.data(":focus", "cause") == ["materials"]
    browser.click("#u-places li:first-child .u-n").wait_for("#u-behind tbody tr")
    assert len(browser.all("#u-behind tbody tr")) == 3
    browser.click("#u-behind tbody tr:last-child a").wait_text("materials police", ".d-mid")


def test_every_period_place_and_file(hall, browser):
    enter(hall, browser)
    for place in ("item", "window", "department"):
        browser.click(f'#u-places [data-choose="{place}"]').wait(lambda p=place: browser.all(f'#u-places [data-choose="{p}"][aria-pressed="true"]') and browser.all("#u-places li"))
    browser.click('[data-choose="week"]').wait_for('[data-choose="week"][aria-pressed="true"]')
    browser.click("#u-earlier").wait_text("0 件办不成的事", ".u-sum").wait_text("这段时间没有", "#u-causes")
    browser.click("#u-later").wait_text("15 件办不成的事", ".u-sum")
    for link in browser.each(".u-csv a", "href"):
        text = browser.js("return fetch(arguments[0]).then((r) => r.text())", link)
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
        assert len(rows) > 1 and all(len(r) == len(rows[0]) for r in rows)


def test_the_desk_has_it_as_well(hall, browser):
    enter(hall, browser, "/desk/#causes", "bancheng", "console")
    browser.wait_text("15 件办不成的事", ".u-sum")
    browser.click('[data-cause="-"]').wait_text("没有分类", "#u-places")
    browser.click('a[href="#inbox"]').wait_for(".d-in a")


def test_in_english_and_on_a_small_screen(hall, browser):
    enter(hall, browser, "/manager/?lang=en#causes", size="tablet")
    browser.wait_text("15 things could not be done", ".u-sum").wait_text("Several departments", "#u-causes")
    assert browser.js("return document.documentElement.scrollWidth <= innerWidth")
