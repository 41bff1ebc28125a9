"""Administration in a browser: a window's skill, a person, a device with its code, a table's row, the journal."""
import re

from chromium import KEYS, user_of


def enter(hall, browser, name="guanli"):
    browser.open("/admin/", "admin")
    browser.log_in(user_of(hall, name))
    browser.wait_for(".m-head")


def window_of(hall, number):
    rows = hall.admin().get("/admin/windows").body["settings"]["windows"]
    return next(w for w in rows if w["window"] == number)


def test_a_window_loses_a_skill_by_keyboard(hall, browser):
    enter(hall, browser)
    cell = '[data-window="11"][data-what="D"]'
    assert browser.of(cell, "ariaChecked") == "true" and "tax" in window_of(hall, 11)["groups"]
    browser.driver.execute_script("document.querySelector('[data-at=\"0,0\"]').focus()")
    browser.press(*[KEYS.ARROW_DOWN] * 10, *[KEYS.ARROW_RIGHT] * 3, " ")
    browser.wait_text("1 个窗口没保存").chord(KEYS.CONTROL, "s").wait_text("已保存", "#said")
    assert browser.of(cell, "ariaChecked") == "false"
    groups = window_of(hall, 11)["groups"]
    assert "tax" not in groups and "police" in groups
    changed = [e for e in hall.events() if "settings_changed" in e]
    assert [w["window"] for w in changed[-1]["settings_changed"]["put"]["windows"]] == [11]
    assert changed[-1]["actor"]["id"] == "guanli"


def test_a_new_person_gets_a_password_once_and_can_log_in(hall, browser):
    enter(hall, browser)
    browser.click('a[href="#users"]').fill("#name", "xinren").fill("#display", "新*").click_text("新增人员", "form button")
    browser.wait_text("只显示这一次")
    password = browser.text(".a-once dd:last-of-type")
    browser.click_text("记好了").wait_text("xinren", ".a-list")
    browser.wait(lambda: password not in browser.text())
    browser.click_text("退出登录")
    browser.open("/window/", "console").log_in({"name": "xinren", "password": password}).wait_text("今天在哪个窗口？")
    browser.wait_text("xinren")


def test_a_new_device_is_paired_by_its_code(hall, browser):
    enter(hall, browser)
    browser.click('a[href="#devices"]').fill("#name", "dongmen").click_text("新增设备", "form button").wait_text("只显示这一次")
    code = re.sub(r"\D", "", browser.text(".a-once dd:first-of-type"))
    assert len(code) == 8
    browser.click_text("记好了").click_text("退出登录")
    browser.open("/kiosk/", "kiosk").wait_text("请输入 8 位配对码")
    browser.press(*code).wait_text("您来办什么？")


def test_rows_of_a_table_are_added_changed_and_removed(hall, browser):
    enter(hall, browser, "jingli")
    browser.click('a[href="#special"]').click_text("新增").fill("#f-date", "2031-05-01").fill("#f-reason", "停电").click_text("保存")
    browser.click('tr[data-row="2031-05-01"]').fill("#f-open", "09:00-12:00").click_text("保存").wait_text("09:00-12:00", ".a-list")
    rows = hall.admin().get("/admin/special").body["settings"]["special"]
    assert rows == [{"date": "2031-05-01", "open": ["09:00-12:00"], "reason": "停电"}]
    browser.click('tr[data-row="2031-05-01"]').click_text("删除").click_text("再按一次").wait_for(".a-list")
    browser.wait(lambda: not browser.all("tr[data-row]"))
    assert not hall.admin().get("/admin/special").body["settings"].get("special")


def test_what_the_hall_refuses_is_said_where_it_stands(hall, browser):
    enter(hall, browser)
    browser.click('a[href="#queues"]').click_text("新增").fill("#f-queue", "AB").fill("#f-name", "错的").click_text("保存")
    browser.wait_text("字段的值不能接受", ".note.stop")
    browser.complaints()    # the browser notes every 422


def test_the_auditor_reads_the_journal_and_nothing_else(hall, browser):
    hall.client("kiosk").ticket("A")
    hall.client().post("/session", {"name": "guanli", "password": "falsch-falsch-falsch"})
    enter(hall, browser, "shenji")
    browser.wait_text("ticket_issued", ".a-log").wait_text("A001", ".a-log")
    assert browser.each(".m-head nav a") == ["日志"]
    browser.click_text("安全记录").wait_text("bad_login", ".a-log")


def test_a_clerk_is_told_to_log_in_as_somebody_else(hall, browser):
    browser.open("/admin/", "admin")
    browser.log_in(user_of(hall, "chuangkou1")).wait_text("“chuangkou1”的岗位不能用这一页")


def test_a_notice_is_made_with_its_time(hall, browser):
    enter(hall, browser, "jingli")
    browser.click('a[href="#notices"]').click_text("新增").fill("#f-notice", "water").fill("#f-text", "今天下午停水")
    browser.driver.execute_script("document.querySelector('#f-to_at').value = '2031-05-01T17:30'")
    browser.click_text("保存").wait_text("2031-05-01 17:30", ".a-list")
    notice = hall.admin().get("/admin/notices").body["settings"]["notices"][0]
    assert notice["text"] == "今天下午停水" and notice["to_at"].startswith("2031-05-01T17:30:00")
    browser.click('tr[data-row="water"]').click_text("删除").click_text("再按一次").wait(lambda: not browser.all('tr[data-row="water"]'))


def test_devices_say_how_they_are_and_help_is_answered(hall, browser):
    kiosk = hall.client("kiosk")
    kiosk.post("/devices/self/status", {"printer": "out"})
    kiosk.post("/devices/self/help")
    enter(hall, browser)
    browser.wait_for(".a-grid")
    browser.wait_text("有人请求帮助", ".a-dev").click_text("我去").wait(lambda: "有人请求帮助" not in browser.text(".a-dev"))
    browser.wait_text("打印纸用完了", ".a-dev").click('a[href="#devices"]').wait_text("没有纸", '[data-device="kiosk"]')
    assert browser.data("tr[data-device]", "device")[0] == "kiosk"


def test_the_leaders_rota_is_entered_and_stands_on_the_board(hall, browser):
    today = hall.client().get("/hall").body["date"]
    enter(hall, browser, "jingli")
    browser.click('a[href="#duty"]').click_text("新增").fill("#f-date", today).fill("#f-leader", "jingli")
    browser.fill("#f-substitutes", "guanli\nchuangkou1").click_text("保存").wait_text(today, ".a-list")
    row = hall.admin().get("/admin/duty").body["settings"]["duty"][0]
    assert (row["leader"], row["substitutes"]) == ("jingli", ["guanli", "chuangkou1"])
    assert hall.client().get("/board").body["duty_leader"] == "高*"
    browser.click(f'tr[data-row="{today}"]').fill("#f-stands_in", "guanli").fill("#f-reason", "开会").click_text("保存").wait_text("开会", ".a-list")
    assert hall.client().get("/board").body["duty_leader"] == "林*"
    browser.click(f'tr[data-row="{today}"]').click_text("删除").click_text("再按一次").wait(lambda: not browser.all("tr[data-row]"))


def test_a_manager_prints_a_slip_again(hall, browser):
    hall.client("kiosk").ticket("A")
    enter(hall, browser, "jingli")
    browser.js("window.print = () => { window.printed = document.querySelector('.paper').textContent; dispatchEvent(new Event('afterprint')); }")
    browser.fill("#reprint", "a009").press(KEYS.ENTER).wait_text("没有这个号")
    browser.fill("#reprint", "a001").press(KEYS.ENTER).wait(lambda: "A001" in (browser.js("return window.printed") or ""))
    browser.wait(lambda: any(e.get("ticket_printed", {}).get("ok") for e in hall.events()))
