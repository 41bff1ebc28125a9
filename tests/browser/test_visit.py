"""A whole visit, as people live it: take a number, be called by keyboard, see it on the TV and on the phone."""
from chromium import KEYS


def ticket_address(browser):
    link = browser.until(lambda: next(iter(browser.each("img.qr", "src")), None), "there is no number")
    return "/t/" + link.split("/by-token/")[1].split("/")[0]


def take(browser, queue="A", cls="normal"):
    """At the kiosk: two touches and the number."""
    browser.click(f"[data-queue={queue}]").click(f"[data-class={cls}]")
    browser.wait_for("img.qr")
    return browser.text(".slip .plate"), ticket_address(browser)


def test_a_visit_from_the_kiosk_to_the_end(hall, browser, kiosk, clerk):
    number, address = take(browser)
    assert number == "A001"
    phone = browser.tab(address, "phone")
    browser.wait_text("下一位就是您")
    tv = browser.tab("/screen/", "tv")
    browser.wait_text("A综合　等 1 人", ".tv-wait")

    console = clerk(8)
    browser.wait_text("按 Enter 叫下一位")
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state")
    assert browser.text(".win-who .plate") == "A001"
    browser.wait_text("是本窗口能办的人里最早的；没有人因此被越过。", ".win-why")

    browser.to(tv).wait_text("请 A001 到 8 号窗口", ".tv-now")
    assert browser.text(".strip .is-call .who") == "A001"
    browser.to(phone).wait_text("8 号窗口", ".is-called")
    assert browser.driver.title == "轮到您了，请到 8 号窗口"

    browser.to(console).press(KEYS.ENTER).wait_text("办理中", "#state")
    browser.to(phone).wait_text("正在 8 号窗口办理")
    browser.to(console).press(KEYS.ENTER).wait_text("办得怎么样？", ".win-panel")
    browser.press(KEYS.ENTER).wait_text("已就绪", "#state")
    browser.wait_text("办完1 位", ".win-me")
    browser.to(phone).wait_text("办完了").wait_text("已办好")
    browser.to(tv).wait_text("现在不用等")
    said = [e for e in hall.events() if "ticket_finished" in e]
    assert [e["ticket_finished"]["outcome"] for e in said] == ["handled"]


def test_the_kiosk_goes_back_by_itself(browser, kiosk):
    take(browser, "C", "senior")
    assert "70 岁及以上，算早到 20 分钟" in browser.text(".slip")
    browser.wait_text("您来办什么？")
    assert browser.text("[data-queue=C] .t").startswith("等 1 人")


def test_a_ready_window_is_given_whoever_comes(browser, kiosk, clerk):
    console = clerk(3)
    browser.press(KEYS.ENTER).wait_text("没有人在等，窗口已就绪")
    browser.to(kiosk)
    number, _ = take(browser)
    browser.to(console).wait_text("已叫号", "#state")
    assert browser.text(".win-who .plate") == number
