"""The manager's page in a browser: live figures, curves with their tables, alarms by name, the wall, English."""
import pytest
from chromium import user_of

CALLED = 4


def a_morning(hall, queues="AABBCADA", windows=CALLED):
    kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
    for queue in queues:
        assert kiosk.ticket(queue).status == 201
    for n in range(1, windows + 1):
        clerk.post(f"/windows/{n}/open")
        clerk.post(f"/windows/{n}/next")
    for n in (1, 2):
        clerk.post(f"/windows/{n}/start")
    clerk.post("/windows/1/finish", {"outcome": "handled"})
    return clerk


def enter(hall, browser, path="/manager/", size="manager"):
    browser.open(path, size)
    browser.log_in(user_of(hall, "jingli"))
    browser.wait_for("#windows li")
    return browser


def drawn(browser, chart):
    """Has the chart's canvas anything on it?"""
    return browser.driver.execute_script(
        "const c = document.querySelector(`#${arguments[0]} canvas`);"
        "return !!c && c.width > 0 && c.toDataURL().length > 2000", chart)


def fits(browser):
    """Nothing is wider than the screen, and no text leaves its window's tile."""
    return browser.driver.execute_script(
        "return document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('.m-win .no')].every((e) => e.scrollWidth <= e.clientWidth + 1)")


def test_the_first_minute_of_a_hall_is_said_honestly(hall, browser):
    enter(hall, browser)
    browser.wait_text("没有要处理的事", "#alarms").wait_text("没有人在等", "#f-longest").wait_text("还没有上周可比", "#f-today")
    browser.wait_text("–", "#f-wait").wait_text("没开", '#windows [data-window="1"]')


def test_what_happens_is_seen_as_it_happens(hall, browser):
    clerk = a_morning(hall)
    enter(hall, browser)
    browser.wait_text("4 人", "#f-waiting").wait_text("A002", '[data-window="2"]').wait_text("8 号", "#f-today").wait_text("1 号", "#f-done")
    assert browser.text('[data-queue="A"] td.n strong') == "2"
    hall.client("kiosk").ticket("D")
    browser.wait_text("5 人", "#f-waiting").wait_text("2", '[data-queue="D"] td.n strong')
    clerk.post("/windows/5/open")
    clerk.post("/windows/5/next")
    browser.wait_text("4 人", "#f-waiting").wait_text("5 / 14", "#f-windows")
    assert browser.wait_for('[data-window="5"].is-call')
    clerk.post("/windows/6/open")
    clerk.post("/windows/6/break", {"reason": "用餐", "planned_s": 1800})
    browser.wait_text("暂停", '[data-window="6"]')


def test_every_chart_has_its_table(hall, browser):
    a_morning(hall)
    enter(hall, browser)
    for chart in ("c-waiting", "c-flow", "c-wait"):
        browser.wait(lambda c=chart: drawn(browser, c), chart)
        assert browser.of(f"#{chart} [role=img]", "ariaLabel")
        browser.wait(lambda c=chart: browser.all(f"#{c} .m-table tbody tr"), chart)      # for readers, without being asked
    browser.click("#c-flow .more").wait_for("#c-flow table")
    assert browser.text("#c-flow .more") == "看图" and "8" in browser.text("#c-flow tbody")
    browser.click("#c-flow .more").wait(lambda: drawn(browser, "c-flow"))


def test_the_past_by_day_week_month_and_year(hall, browser):
    a_morning(hall)
    enter(hall, browser)
    browser.click('a[href="#past"]').wait_for("#heat rect.cursor")
    browser.wait_text("目前只有 1 天", "#heat").wait_text("区", "#bars")
    browser.click("#heat .more").wait_text("周一", "#heat table")
    browser.click('[data-choose="window.load"]').wait_text("1 号窗口", "#bars").wait_text("%", "#bars")
    browser.click('[data-choose="wait"]').wait_text("周一", "#heat")
    for period in ("week", "month", "year"):
        browser.click(f'[data-choose="{period}"]').wait_for(f'[data-choose="{period}"][aria-pressed="true"]')
        browser.wait(lambda: drawn(browser, "h-flow"), period)
    browser.click('[data-choose="day"]').click("#earlier").wait_text("还没有数据", "#h-waiting")
    link = browser.of(".m-csv a", "href")
    csv = browser.driver.execute_async_script("const done = arguments[1]; fetch(arguments[0]).then((r) => r.text()).then(done)", link)
    assert csv.startswith("start,waiting\r\n")


def test_an_alarm_is_acknowledged_by_name(hall, browser):
    clerk = a_morning(hall)
    clerk.post("/windows/6/open")
    assert clerk.post("/windows/6/suspend", {"reason": "打印机卡纸"}).status == 200
    enter(hall, browser)
    browser.wait_text("打印机卡纸", "#alarms").wait_text("1 件没人管", "#alarms")
    browser.click('[data-alarm="suspended/6"] button').wait_text("jingli", "#alarms").wait_text("0 件没人管", "#alarms")
    assert not browser.all("#alarms button")
    listed = hall.client("clerk").get("/alarms").body["alarms"]
    assert [(a["alarm"], a["acknowledged_by"]) for a in listed] == [("suspended/6", "jingli")]
    clerk.post("/windows/6/resume")
    browser.wait_text("没有要处理的事", "#alarms")


def test_the_wall_fills_full_hd_and_4k(hall, browser):
    clerk = a_morning(hall)
    clerk.post("/windows/6/open")
    assert clerk.post("/windows/6/suspend", {"reason": "打印机卡纸"}).status == 200
    enter(hall, browser)
    for size in ("wall", "wall-4k"):
        browser.open("/manager/?wall", size)
        browser.wait_text("打印机卡纸", "#alarms").wait(lambda: drawn(browser, "c-wait"), size)
        assert not browser.all("button") and not browser.all("a")      # nothing to touch
        assert fits(browser)
        height, inner, least = browser.driver.execute_script(
            "const u = innerHeight / 1080, shown = [...document.querySelectorAll('.m-body *')].filter((e) => e.children.length === 0 && e.textContent.trim() && !e.closest('.sr, svg'));"
            "return [document.querySelector('.page').getBoundingClientRect().bottom, innerHeight, Math.min(...shown.map((e) => parseFloat(getComputedStyle(e).fontSize) / u))]")
        assert abs(height - inner) <= 3 and least >= 23.9, (height, inner, least)


def test_english_at_a_desk_and_on_a_tablet(hall, browser):
    a_morning(hall)
    enter(hall, browser, "/manager/?lang=en")
    browser.wait_text("Nothing needs attention").wait_text("4 people", "#f-waiting").wait(lambda: drawn(browser, "c-wait"))
    assert fits(browser)
    browser.size("tablet").wait(lambda: fits(browser))
    browser.click('a[href="#past"]').wait_for("#heat rect.cursor")
    browser.wait(lambda: fits(browser))


def test_a_clerk_is_told_to_log_in_as_somebody_else(hall, browser):
    browser.open("/manager/", "manager")
    browser.log_in(user_of(hall, "chuangkou1")).wait_text("“chuangkou1”的岗位不能用这一页")


@pytest.mark.loses_its_hall
def test_a_lost_hall_is_said_with_its_time(hall, browser):
    enter(hall, browser)
    browser.wait_text("实时", "#status")
    hall.stop()
    browser.wait_text("以后没有新数据", "#band").wait_text("起断线", "#status")
