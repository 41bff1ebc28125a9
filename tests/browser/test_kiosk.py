"""The kiosk's slips, its printer and its call for help: what the person sees, what the journal and the alarms say."""
import base64

import pytest

from chromium import KEYS, pairing_code, user_of

# A browser without a screen prints nothing and does not say so; with a printer it tells when it has handed the page over.
PRINTS = "window.printed = 0; window.print = () => { window.printed++; dispatchEvent(new Event('afterprint')); }"


@pytest.fixture(name="slips")
def fixture_slips(hall, browser):
    """A kiosk that prints by itself; the client speaks for its printer."""
    device = hall.admin().post("/admin/devices", {"name": "kiosk-page", "role": "kiosk", "place": "大门左边"}).body
    browser.open("/kiosk/?print=auto#pair=" + device["code"], "kiosk")
    browser.wait_for(".k-line")
    yield hall.client_of(device["token"])
    browser.driver.execute_script("localStorage.removeItem('halld.kiosk.print')")


def take(browser, queue="A"):
    return browser.click(f"[data-queue={queue}]").click("[data-class=normal]")


def last(hall, kind):
    return [e for e in hall.events() if kind in e][-1][kind]


def alarms(hall):
    return {a["alarm"]: a["text"] for a in hall.client("clerk").get("/alarms").body["alarms"]}


def slip_text(browser):
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.driver.execute_script("const p = document.querySelector('.paper'); return [p.innerText, p.offsetWidth, document.querySelector('main').offsetWidth, p.querySelector('img').naturalWidth > 0]")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    return shown


def test_a_slip_comes_by_itself_and_is_recorded(hall, browser, slips):
    browser.driver.execute_script(PRINTS)
    hall.client("kiosk").ticket("A")
    take(browser).wait_text("请取走小票")
    assert browser.driver.execute_script("return window.printed") == 1
    text, width, page, has_code = slip_text(browser)
    for part in ("安澜区政务服务中心", "A002", "综合", "前面还有 1 人", "按取号时间叫号；70 岁以上", "取号时间"):
        assert part in text, text
    assert 270 <= width <= 275 and page == 0 and has_code
    browser.wait(lambda: last(hall, "ticket_printed").get("ok"))
    browser.wait(lambda: any(e.get("device_reported", {}).get("printer") == "ok" for e in hall.events()))
    browser.click(".k-print").wait(lambda: browser.driver.execute_script("return window.printed") == 2)


def test_a_slip_is_one_page_of_80_mm(browser, slips):
    browser.driver.execute_script(PRINTS)
    take(browser).wait_text("请取走小票")
    pdf = base64.b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert pdf.count(b"/Type /Page\n") == 1 or pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") == 1


def test_without_an_answer_of_the_printer_number_and_code_stay(hall, browser, slips):
    take(browser).wait_text("正在打小票…").wait_text("号已取好，没有小票").wait_text("A001", ".slip").wait_text("我记下了")
    assert browser.driver.execute_script("return document.querySelector('img.qr').naturalWidth > 0")
    browser.wait(lambda: "printer/kiosk-page" in alarms(hall))
    assert last(hall, "ticket_printed")["reason"] == "no_answer"
    browser.driver.execute_script(PRINTS)
    browser.click_text("我记下了").wait_for(".k-line")
    take(browser).wait_text("请取走小票")
    browser.wait(lambda: "printer/kiosk-page" not in alarms(hall), "the printer is well again")


def test_staff_print_a_slip_again_by_its_number(hall, browser, clerk):
    ticket = hall.client("kiosk").ticket().body
    hall.client("kiosk").post(f"/tickets/{ticket['id']}/printed", {"reason": "paper"})
    clerk(1)
    browser.driver.execute_script(PRINTS)
    browser.press("p").fill("#number", "a002").press(KEYS.ENTER).wait_text("没有这个号", "#trouble")
    browser.fill("#number", "a001").press(KEYS.ENTER).wait(lambda: browser.driver.execute_script("return window.printed") == 1)
    assert "A001" in slip_text(browser)[0]
    browser.wait(lambda: last(hall, "ticket_printed").get("ok") and not browser.all(".win-panel"))


def test_a_clerk_answers_a_call_for_help(hall, browser, clerk):
    hall.client("kiosk").post("/devices/self/status", {})
    hall.client("kiosk").post("/devices/self/help")
    clerk(1)
    browser.wait_text("有人请求帮助", ".win-help").press("h").wait(lambda: not browser.all(".win-help"))
    answered = [e for e in hall.events() if "help_answered" in e][-1]
    assert answered["actor"]["id"] == "chuangkou1"


def test_out_of_paper_nothing_is_printed_that_would_come_out_later(hall, browser, slips):
    browser.driver.execute_script(PRINTS)
    slips.post("/devices/self/status", {"printer": "out"})
    browser.driver.refresh()
    browser.wait_for(".k-help")
    browser.driver.execute_script(PRINTS)
    take(browser).wait_text("打印纸用完了。号一样有效，请记住或扫码。").wait_text("已通知工作人员。")
    assert browser.driver.execute_script("return window.printed") == 0
    browser.wait(lambda: last(hall, "ticket_printed").get("reason") == "paper")
    assert alarms(hall)["paper/kiosk-page"] == "大门左边：打印纸用完了，号只在屏上显示"


def test_somebody_is_called_and_comes(hall, browser, slips):
    browser.click_text("叫人帮忙").wait_text("已经叫了工作人员")
    assert alarms(hall)["help/kiosk-page"] == "大门左边：有人请求帮助"
    hall.client("clerk").post("/devices/kiosk-page/help/answer")
    browser.wait_text("有人过来了").click_text("返回").wait_text("您来办什么？")


def test_whoever_is_called_at_once_is_told_where_to_go(hall, browser, kiosk):
    for step in ("open", "next"):
        hall.client("clerk").post(f"/windows/5/{step}")
    take(browser).wait_text("请现在到 5 号窗口").wait_text("5", ".slip .tile")


def test_a_kiosk_that_staff_opened_calls_nobody(hall, browser):
    browser.open("/window/").log_in(user_of(hall, "chuangkou1")).wait_text("今天在哪个窗口？")
    browser.open("/kiosk/", "kiosk").wait_for(".k-line")
    assert not browser.all(".k-help")


def test_another_code_is_another_device(hall, browser, slips):
    browser.open("/kiosk/#pair=" + pairing_code(hall, "other", "kiosk"), "kiosk").wait_for(".k-help")
    browser.click_text("叫人帮忙").wait_text("已经叫了工作人员")
    assert "help/other" in alarms(hall)


def test_what_the_hall_takes_most_stands_on_the_first_screen(hall, browser):
    for item in ("511F09014005", "511F09014005", "511A0000800001"):
        assert hall.client("kiosk").post("/tickets", {"item": item, "channel": "kiosk"}).status == 201, item
    browser.open("/kiosk/#pair=" + pairing_code(hall, "k", "kiosk"), "kiosk").wait_for(".k-often .btn")
    assert "户口变更" in browser.text(".k-often .btn:first-child")
    browser.click(".k-often .btn:first-child").click("[data-class=normal]").wait_text("户口变更", ".slip")


def test_no_waiting_is_promised_only_where_a_window_is_free(hall, browser, slips):
    line = "[data-queue=A] .t"
    browser.wait_text("窗口还没开", line).wait_text("没有人等", line)
    desk = hall.client("clerk")
    desk.post("/windows/1/open")
    desk.post("/windows/1/next")
    browser.wait_text("马上叫", line).wait_text("不用等", line)
    slips.ticket("A")
    browser.wait_text("没有人等", line)
    assert "马上叫" not in browser.text(line), "the only window is busy"


def test_the_address_with_its_code_works_in_a_page_that_asks_for_it(hall, browser):
    code = pairing_code(hall, "kiosk-late", "kiosk")
    browser.open("/kiosk/", "kiosk").wait_for(".pair-page")
    browser.driver.execute_script("location.hash = arguments[0]", "pair=" + code)
    browser.wait_for(".k-line")
