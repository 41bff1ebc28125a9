"""Booking as people do it: on a phone in both languages, checked in at the kiosk, called and served; and every refusal."""
import json

import pytest

from selenium.webdriver.common.action_chains import ActionChains

from booking_hall import MONDAY, PHONE, SATURDAY, BookingHall, slot
from chromium import AWAY, KEYS, user_of


@pytest.fixture(name="hall")
def fixture_hall(request):
    with BookingHall(**getattr(request, "param", {})) as hall:
        yield hall


def choose(browser, day=MONDAY):
    browser.open("/book/?item=general", "phone").click(f'[data-day="{day}"]')
    return browser


def give(browser, person=PHONE):
    browser.fill("#person", person).click("#confirm")
    return browser


def only_refusals(browser):
    """The browser notes every refused request; nothing else may be on its console."""
    found = browser.complaints(AWAY)
    assert found and all("the server responded with a status of 4" in c for c in found), found


WORDS = {
    "zh-CN": {"what": "预约办什么？", "left": "这个时间给您留着", "booked": "约好了", "checked": "已签到", "go": "看前面还有几人", "slot": "预约 9:30", "call": "轮到您了"},
    "en": {"what": "What do you need?", "left": "This time is kept for you", "booked": "You are booked", "checked": "Checked in", "go": "How many are ahead?", "slot": "Your time is 9:30", "call": "It is your turn"},
}


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_from_the_phone_to_the_window(hall, browser, clerk, lang):
    say = WORDS[lang]
    browser.open("/book/?lang=" + lang, "phone").wait_text(say["what"])
    phone = browser.driver.current_window_handle
    browser.fill("#typed", "yczmls").click(".b-kinds .btn:nth-child(2)").wait_for(slot("09:30"))
    browser.click(slot("09:30")).wait_text(say["left"])
    assert browser.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    give(browser).wait_text(say["booked"]).wait_for(".b-code img")
    assert browser.wait(lambda: browser.driver.execute_script("return document.querySelector('.b-code img').naturalWidth > 0"))
    browser.wait_for(".b-papers li")
    browser.click("#check-in").wait_text(say["slot"])
    console = clerk(8)
    browser.press(KEYS.ENTER).wait_for(".plate.called")
    browser.wait_text("booked for 9:30" if lang == "en" else "预约 9:30", ".win-who .meta")
    why = browser.text(".win-why")
    assert ("before its appointment" if lang == "en" else "预约时间还没到，本窗口没有别人在等，提前叫号") in why
    browser.to(phone).wait_text(say["call"], "h1").wait_text("nobody was overtaken" if lang == "en" else "没有人因此被越过")
    browser.to(console).press(KEYS.ENTER).wait_for(".plate.serving")
    browser.press(KEYS.ENTER).wait_for(".win-panel")
    browser.press(KEYS.ENTER).wait(lambda: not browser.all(".plate.serving"))
    assert hall.client("clerk").get("/appointments?date=" + MONDAY).body["appointments"][0]["state"] == "checked_in"
    assert PHONE not in json.dumps(hall.events()) + hall.log()


def test_cancelling_asks_once_and_the_time_is_free_again(hall, browser):
    choose(browser).click(slot("10:00"))
    give(browser).wait_text("约好了").click_text("取消预约").wait_text("真的取消预约吗？")
    browser.click_text("不取消").wait(lambda: not browser.all(".p-sheet"))
    browser.click_text("取消预约").click("#cancel-yes").wait_text("这个预约已取消")
    browser.click_text("再约一次").wait_for(slot("10:00"))
    assert browser.text(slot("10:00") + " small") == "余 15"


def test_another_time_on_the_phone(hall, browser):
    booked = hall.book("10:00")
    browser.open("/book/" + booked["token"], "phone").click("#move").wait_text("改到哪天？")
    browser.click(slot("11:00")).wait_text("11:00", ".b-when")
    assert booked["token"] not in browser.driver.current_url and hall.client().get("/appointments/by-token/" + booked["token"]).body["state"] == "cancelled"
    browser.driver.back()
    browser.wait_text("这个预约已取消")


def test_staff_book_move_check_in_and_cancel_for_others(hall, browser):
    browser.open("/appointments/", "console").log_in(user_of(hall, "chuangkou1")).wait_text("这一天还没有预约")
    browser.fill("#typed", "yczmls").click(".ap-items .btn").click(slot("10:00"))
    browser.click("#book").wait_text("请填手机号或证件号", ".note.stop")
    browser.fill("#person", PHONE).click("#book").wait_text("约好了", ".ap-told")
    code = browser.text("#told-code").replace(" ", "")
    browser.click_text("已告诉本人").wait_text("已约", f'[data-code="{code}"]')
    browser.fill("#typed", "yczmls").click(".ap-items .btn").click(slot("11:00"))
    browser.fill("#person", PHONE).click("#book").wait_text("您这一天已约过这件事", ".note.stop")
    only_refusals(browser)
    browser.click_text("返回").click_text("改时间", ".ap-do .btn").click(slot("09:30")).click("#book").wait_text("约好了", ".ap-told")
    moved = browser.text("#told-code").replace(" ", "")
    assert moved != code
    browser.click_text("已告诉本人").wait_text("快到了", f'[data-code="{moved}"]').click_text("签到", ".ap-do .btn")
    browser.wait_text("已签到，号是 A001").wait_text("已签到 A001", f'[data-code="{moved}"]')
    hall.book("15:00", person="13900000000")
    browser.wait_text("15:00", ".ap-rows").click_text("取消", ".ap-do .btn").click_text("取消这个预约").wait_text("已取消 2 个")
    reasons = [e["appointment_cancelled"]["reason"] for e in hall.events() if "appointment_cancelled" in e]
    assert reasons == ["moved", "本人来电取消"]
    browser.click("#after").wait_text("11 月 24 日").wait_text("这一天还没有预约")


def test_the_console_says_who_has_booked(hall, browser, clerk):
    hall.book("09:30")
    hall.book("16:00", person="13900000000")
    clerk(8)
    browser.wait_text("一小时内有 1 个预约", ".win-booked")


def test_in_its_time_it_is_called_before_who_came_earlier(hall, browser, clerk):
    hall.move("09:29")
    earlier = hall.client("kiosk").ticket().body
    hall.client("kiosk").post("/appointments/check-in", {"code": hall.book("09:30")["code"]})
    clerk(8)
    browser.press(KEYS.ENTER).wait_for(".plate.called")
    assert browser.text(".win-who .plate") == "A002" and earlier["number"] == "A001"
    browser.wait_text("有预约，当作 8:30 就来排队；越过 1 位，等得最久的是 A001。", ".win-why")
    browser.tab("/t/" + earlier["token"], "phone")
    browser.wait_text("下一位就是您")


def test_the_limits_are_set_on_the_admins_page(hall, browser):
    browser.open("/admin/#booking", "admin").log_in(user_of(hall, "guanli"))
    browser.click('a[href="#booking"]').wait_text("不填就是 30", ".a-form")
    browser.fill("#f-days_ahead", "2").click_text("保存", ".a-form button")
    browser.wait(lambda: len(hall.client().get("/slots?item=general").body["days"]) == 3)
    assert "per_week" not in hall.admin().get("/admin/booking").body["settings"]["booking"]


def test_a_time_that_is_only_held_is_given_back_on_the_way_back(hall, browser):
    choose(browser).click(slot("10:00")).wait_for("#person")
    assert hall.client("clerk").get("/appointments").body["appointments"][0]["state"] == "held"
    browser.driver.back()
    browser.wait_for(slot("10:00"))
    assert hall.client("clerk").get("/appointments").body["appointments"][0]["state"] == "cancelled"
    assert browser.text(slot("10:00") + " small") == "余 15"


def test_a_reload_loses_nothing_and_time_runs_out(hall, browser):
    choose(browser).click(slot("10:00")).wait_for("#person")
    browser.driver.refresh()
    browser.wait_text("最后一步").wait_for("#person")
    hall.move("09:12")
    browser.wait_text("还没有约上").wait_text("请再选一次")


SMALL = {"queues": [{"queue": "A", "name": "综合", "name_en": "General", "default_item": "general", "planned_windows": 1},
                    *[{"queue": q, "name": q, "default_item": i} for q, i in
                      (("B", "realestate"), ("C", "social"), ("D", "taxes"), ("E", "collect"), ("F", "desk"))]]}


@pytest.mark.parametrize("hall", [{**SMALL, "hours": [{"weekday": 1, "open": ["09:00-10:00"]}, {"weekday": 2, "open": ["09:00-10:00"]}]}], indirect=True)
def test_a_full_time_a_full_day_and_a_clash(hall, browser):
    choose(browser).wait_for(slot("09:30"))
    staff, body = hall.client("clerk"), {"item": "general", "slot_at": f"{MONDAY}T09:30:00.000+08:00"}
    n = 0
    while staff.post("/appointments", {**body, "person": f"1390000{n:04}"}).status == 201:
        n += 1
    assert n > 1
    browser.click(slot("09:30")).wait_text("这个时段已约满", ".note.stop")
    assert "约满" in browser.text(f'[data-day="{MONDAY}"]')
    browser.click(f'[data-day="{MONDAY}"]').wait_text("这一天都约满了", "#why-not")
    assert browser.of(slot("09:30"), "disabled")
    only_refusals(browser)


def test_days_that_cannot_be_booked_say_why(hall, browser):
    choose(browser, SATURDAY).wait_text("这一天不开门", "#why-not")
    hall.move("09:05", "2026-12-22")
    choose(browser, "2026-12-28").wait_text("这一天的放假安排还没有公布，暂不能预约", "#why-not")
    hall.move("16:40", "2026-12-22")
    choose(browser, "2026-12-22").wait_text("今天能约的时间已经过了", "#why-not")


@pytest.mark.parametrize("hall", [{"booking": {"per_week": 2, "strikes": 1, "hold_s": 300}}], indirect=True)
@pytest.mark.loses_its_hall
def test_booking_twice_too_often_and_after_not_coming(hall, browser):
    hall.book("10:00")
    choose(browser).click(slot("11:00"))
    give(browser).wait_text("您这一天已约过这件事", ".note.stop")
    hall.book("10:00", "2026-11-24")
    choose(browser, "2026-11-25").click(slot("10:00", "2026-11-25"))
    give(browser, "138-0000 1234").wait_text("已到预约次数上限", ".note.stop")
    give(browser, "12").wait_text("号码太短了", ".note.stop")
    hall.move("09:05", "2026-12-02")
    choose(browser, "2026-12-03").click(slot("10:00", "2026-12-03"))
    give(browser).wait_text("多次预约未到，暂时不能预约", ".note.stop")
    only_refusals(browser)


@pytest.mark.loses_its_hall
def test_without_its_hall_the_appointment_stands_and_says_so(hall, browser):
    browser.open("/book/" + hall.book("10:00")["token"], "phone").wait_for(".b-code")
    hall.config["listen"] = hall.address
    hall.stop()
    browser.wait_text("连不上大厅", ".note.stop").wait_for(".b-code")
    hall.start()
    browser.wait(lambda: not browser.all(".note.stop"))
    browser.wait_for(".b-code")


def test_what_became_of_it(hall, browser):
    booked, missed = hall.book("09:30"), hall.book("16:30", person="13900000000")
    browser.open("/book/" + booked["token"], "phone").wait_text("9:40 以后签到就按普通号排队")
    hall.move("09:41")
    browser.open("/book/" + booked["token"]).wait_text("已经过了 9:40")
    browser.click("#check-in").wait_for(".plate")
    browser.open("/book/" + booked["token"]).wait_text("来晚了，这是您的普通号")
    hall.move("09:05", "2026-11-24")
    browser.open("/book/" + missed["token"]).wait_text("这次约了没有来")


def test_the_page_is_small_for_a_phone(hall, browser):
    browser.open("/book/" + hall.book("10:00")["token"], "phone").wait_for(".b-code img")
    loaded = browser.driver.execute_script("return performance.getEntriesByType('resource').map((e) => [e.name, e.decodedBodySize])")
    assert sum(size for name, size in loaded if "/api/" not in name) < 40 * 1024, sum(size for _, size in loaded)


def test_back_with_the_missing_paper(hall, browser, clerk):
    first = hall.client("kiosk").ticket().body
    clerk(8)
    browser.press(KEYS.ENTER).wait_for(".plate.called")
    browser.press(KEYS.ENTER).wait_for(".plate.serving")
    browser.press("6").wait_for(".win-panel")
    browser.fill("#more", "身份证复印件")
    browser.chord(KEYS.CONTROL, KEYS.ENTER).wait(lambda: not browser.all(".plate.serving"))
    browser.tab("/t/" + first["token"], "phone")
    browser.wait_text("材料不齐").wait_text("身份证复印件", ".p-lacks").click_text("材料补齐了，我回来了").wait(lambda: first["token"] not in browser.driver.current_url)
    browser.wait_for(".plate")
    assert browser.text(".plate") == "A002"
    assert [t["origin"] for t in hall.client("clerk").get("/tickets?number=A002").body["tickets"]] == ["return"]


def scan(browser, link):
    """As a scanner does it: the keys of the link, and Enter."""
    ActionChains(browser.driver).send_keys(link).send_keys(KEYS.ENTER).perform()
    return browser


def test_whoever_comes_on_another_day_is_told_which(hall, browser, kiosk):
    code = hall.book("10:00", "2026-11-24")["code"]
    browser.click(".k-own").wait_text("请输入 6 位预约码").press(*code).wait_text("您约的是 星期二 11 月 24 日", ".note.stop")
    only_refusals(browser)


def test_the_code_is_typed_at_the_kiosk(hall, browser, kiosk):
    code = hall.book("09:30")["code"]
    browser.click(".k-own").wait_text("请输入 6 位预约码")
    wrong = "000000" if code != "000000" else "000001"
    for digit in wrong:
        browser.click_text(digit, ".k-digits .btn")
    browser.wait_text(f"今天没有预约码 {wrong}", ".note.stop")
    only_refusals(browser)
    browser.press(*code).wait_for("img.qr")
    browser.wait_text("您预约了 9:30", ".slip")
    browser.driver.execute_script("window.print = () => dispatchEvent(new Event('afterprint'))")
    browser.click(".k-print").wait_text("预约 9:30，到时候优先叫您", "#paper")
    assert browser.text(".slip .plate") == "A001"
    browser.click(".k-done").wait_for(".k-line")
    [ticket] = hall.client("clerk").get("/tickets?number=A001").body["tickets"]
    assert (ticket["origin"], ticket["channel"]) == ("appointment", "kiosk")


def test_the_phone_is_scanned_at_the_kiosk_on_any_screen(hall, browser, kiosk):
    booked, other = hall.book("09:30"), hall.book("10:00", person="13900000000")
    scan(browser, booked["url"]).wait_text("A001", ".slip")
    browser.click(".k-done").wait_for(".k-line")
    scan(browser, booked["url"]).wait_text("A001", ".slip")
    only_refusals(browser)
    browser.click(".k-done").click(".k-find").wait_for("#typed")
    scan(browser, other["url"].upper()).wait_text("A002", ".slip")
    assert len(hall.client("clerk").get("/tickets").body["tickets"]) == 2
    browser.click(".k-done").wait_for(".k-line")
    scan(browser, hall.base + "/book/" + "0" * 32).wait_text("没有这个预约")
    only_refusals(browser)


def test_the_first_slip_is_scanned_by_whoever_comes_back(hall, browser, kiosk):
    first, staff = hall.client("kiosk").ticket().body, hall.client("clerk")
    scan(browser, first["url"]).wait_text("A001", ".slip")
    browser.click(".k-done").wait_for(".k-line")
    staff.post("/windows/1/open")
    staff.post("/windows/1/next")
    staff.post("/windows/1/start")
    assert staff.post("/windows/1/finish", {"outcome": "supplement", "missing": ["身份证复印件"]}).status == 200
    scan(browser, first["url"]).wait_text("A002", ".slip")
    browser.click(".k-done").wait_for(".k-line")
    staff.post("/windows/1/next")
    staff.post("/windows/1/finish", {"outcome": "handled"})
    scan(browser, first["url"]).wait_text("这个号不能当天再来")
    only_refusals(browser)


def test_a_link_that_is_none(hall, browser):
    browser.open("/book/" + "0" * 32, "phone").wait_text("没有这个预约")
    only_refusals(browser)


