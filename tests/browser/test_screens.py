"""The kiosk, the TV and the phone in the states they must be able to say; both languages."""
import datetime

import pytest

from chromium import demo_hall, pairing_code, user_of


def called(hall, window=1, queue="A"):
    """A ticket, called to a window; its view with the link."""
    ticket = hall.client("kiosk").ticket(queue).body
    clerk = hall.client("clerk")
    clerk.post(f"/windows/{window}/open")
    assert clerk.post(f"/windows/{window}/next").body["ticket"]["number"] == ticket["number"]
    return ticket


def address(ticket):
    return "/t/" + ticket["token"]


# ---- TV

@pytest.mark.loses_its_hall
def test_a_tv_without_its_hall_shows_no_stale_calls(hall, browser):
    called(hall)
    browser.open("/screen/", "tv").wait_text("请 A001 到 1 号窗口", ".tv-now")
    hall.config["listen"] = hall.address
    hall.stop()
    browser.wait_text("起断线", "h2").wait_text("您的号有效，排队继续。").wait_text("Your number is still valid.")
    assert "A001" not in browser.text()
    hall.start()
    browser.wait_text("请 A001 到 1 号窗口", ".tv-now")


def test_a_call_that_is_over_goes_away(hall, browser):
    called(hall)
    browser.open("/screen/", "tv").wait_text("A001", ".tv-now")
    hall.client("clerk").post("/windows/1/finish", {"outcome": "handled"})
    browser.wait_text("现在不用等")
    assert "A001" not in browser.text()


def test_the_newest_call_stands_first(hall, browser):
    for window in (1, 2, 3):
        called(hall, window)
    browser.open("/screen/", "tv").wait_text("请 A003 到 3 号窗口", ".tv-now")
    assert [c.replace("\n", "") for c in browser.text(".tv-past .plate").split("\n")] == ["A002", "A001"]
    browser.size("tv-portrait")
    assert browser.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(name="closed_hall")
def fixture_closed_hall():
    """Closed today, open tomorrow from 9:00."""
    tomorrow = (datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) + datetime.timedelta(days=1)).isoweekday()
    with demo_hall(hours=[{"weekday": tomorrow, "open": ["09:00-12:00", "13:30-17:00"]}]) as hall:
        yield hall


def test_a_closed_hall_says_when_it_opens(closed_hall, browser):
    browser.fresh(closed_hall.base)
    browser.open("/screen/", "tv").wait_text("今天已下班", "h2").wait_text("明天星期").wait_text("9:00 开门").wait_text("Closed. We open again tomorrow, ")
    browser.open("/kiosk/#pair=" + pairing_code(closed_hall, "k", "kiosk"), "kiosk").wait_text("今天已下班").wait_text("9:00 起取号")
    browser.open("/", "index").wait_text("现在没有开门")


def test_a_call_on_the_tv_is_not_disturbed_by_who_else_comes(hall, browser):
    called(hall)
    browser.open("/screen/", "tv").wait_for(".tv-now .plate.called")
    browser.driver.execute_script("window.before = document.querySelector('.tv-now')")
    hall.client("kiosk").ticket("B")
    browser.wait_text("不动产　等 1 人", ".tv-wait")
    assert browser.driver.execute_script("return window.before === document.querySelector('.tv-now')")


def test_an_unregistered_tv_shows_the_calls_and_can_be_registered(hall, browser):
    called(hall)
    browser.open("/screen/", "tv").wait_text("A001", ".tv-now")
    browser.click_text("这块屏还没登记").wait_text("请输入 8 位配对码")
    browser.press(*pairing_code(hall, "tv1", "screen")).wait(lambda: not browser.all(".tv-register"))
    assert "还没登记" not in browser.text()
    assert hall.client("screen").get("/me").body["role"] == "screen"


# ---- kiosk

def test_search_by_initials_and_kinds_of_one_item(hall, browser, kiosk):
    browser.click(".k-find").press(*"hkbg").wait_text("户口变更", ".k-hits")
    browser.click('[data-item="511F09014005"]').click("[data-class=normal]").wait_text("户口变更", ".slip")
    browser.click(".k-done").click(".k-find").press(*"yczmls").wait_text("延续", ".kinds")
    browser.click_text("延续", ".kinds button").click("[data-class=normal]").wait_text("烟草专卖零售许可证延续", ".slip")


def test_the_kiosk_says_its_rule_and_grants_only_what_it_may(browser, kiosk):
    browser.click("[data-queue=A]").wait_text("按取号时间叫号；70 岁以上、孕妇和带婴儿的算早到 20 分钟，残疾人、军人和消防员算早到 30 分钟。")
    assert sorted(browser.data("[data-class]", "class")) == ["infant", "normal", "senior"]
    browser.wait_text("残疾人、军人、消防员：请到咨询台取号")


def test_no_numbers_left_keeps_the_line_and_says_so(hall, browser, kiosk):
    hall.admin().request("PATCH", "/admin/queues/B", {"max_tickets": 1})
    hall.client("kiosk").ticket("B")
    browser.click("[data-queue=B]").click("[data-class=normal]").wait_text("今天没号了", "[data-queue=B]")
    browser.wait_text("“不动产”今天的号已取完")
    browser.complaints()    # the browser notes the 409


def test_large_type_contrast_and_english_are_for_one_visit(browser, kiosk):
    browser.click_text("大字").click_text("高对比").click_text("English").wait_text("What are you here for?")
    assert {"large", "contrast"} <= set(browser.of("main", "className").split())
    browser.click("[data-queue=A]").click("[data-class=normal]").wait_text("Ahead of you").wait_text("您来办什么？")
    assert "large" not in browser.of("main", "className")


def test_a_page_that_is_no_kiosk_asks_for_its_code(hall, browser):
    browser.open("/kiosk/", "kiosk").wait_text("请输入 8 位配对码").press(*"00000000").wait_text("不对", ".note.stop")
    browser.complaints()
    browser.press(*pairing_code(hall, "k2", "kiosk")).wait_text("您来办什么？")


@pytest.mark.loses_its_hall
def test_a_kiosk_without_its_hall(hall, browser, kiosk):
    hall.config["listen"] = hall.address
    hall.stop()
    browser.wait_text("取号机连不上大厅")
    hall.start()
    browser.wait_text("您来办什么？")


# ---- phone

def test_missed_and_back(hall, browser):
    hall.admin().request("PATCH", "/admin/policy", {"miss_after_s": 0})
    ticket = called(hall)
    browser.open(address(ticket), "phone").wait_text("轮到您了，请到")
    hall.client("clerk").post("/windows/1/no-show")
    browser.wait_text("刚才叫了您 1 遍，没等到您。号还有效，到 ").click_text("我回来了").wait_text("下一位就是您")


def test_cancelling_asks_once(hall, browser):
    ticket = hall.client("kiosk").ticket("A").body
    browser.open(address(ticket), "phone").click_text("不办了").click_text("继续等").wait_text("下一位就是您")
    browser.click_text("不办了").click_text("取消这个号").wait_text("您已取消这个号")


def test_the_holder_of_a_link_is_the_ticket_whoever_is_logged_in(hall, browser):
    browser.open("/window/").log_in(user_of(hall, "chuangkou1")).wait_text("今天在哪个窗口？")
    ticket = hall.client("kiosk").ticket("A").body
    browser.open(address(ticket), "phone").click_text("不办了").click_text("取消这个号").wait_text("您已取消这个号")
    cancelled = [e for e in hall.events() if "ticket_cancelled" in e][-1]
    assert cancelled["actor"]["kind"] == "link"


def test_what_to_bring_is_marked_as_an_example(hall, browser):
    ticket = hall.client("kiosk").post("/tickets", {"item": "511F09014005", "channel": "kiosk"}).body
    browser.open(address(ticket), "phone").click_text("要带什么").wait_text("有效身份证件", ".p-sheet").wait_text("示例", ".p-sheet")


def test_no_such_ticket(browser):
    browser.open("/t/00000000000000000000000000000000", "phone").wait_text("没有这个号")
    browser.complaints()    # the browser notes the 404


@pytest.mark.loses_its_hall
def test_a_phone_without_its_hall(hall, browser):
    hall.client("kiosk").ticket("A")
    ticket = hall.client("kiosk").ticket("A").body
    browser.open(address(ticket), "phone").wait_text("前面还有1人")
    hall.config["listen"] = hall.address
    hall.stop()
    browser.wait_text("手机连不上大厅。号有效，请看大厅的叫号屏。")
    hall.start()
    browser.wait_text("前面还有1人")


# ---- languages

@pytest.mark.parametrize("path, zh, en", [
    ("/", "取号", "Take a number"), ("/screen/", "现在不用等", "No waiting now"), ("/window/", "请登录", "Please log in"), ("/admin/", "请登录", "Please log in")])
def test_chinese_first_and_english_remembered(browser, path, zh, en):
    browser.open(path).wait_text(zh)
    assert browser.driver.execute_script("return document.documentElement.lang") == "zh-CN"
    browser.open(path + "?lang=en").wait_text(en)
    browser.open(path).wait_text(en)
    assert browser.driver.execute_script("return document.documentElement.lang") == "en"


def test_a_ticket_in_english(hall, browser):
    ticket = hall.client("kiosk").ticket("A").body
    browser.open(address(ticket), "phone").click_text("English").wait_text("You are next").wait_text("General: not sure which")


def test_every_page_obeys_the_policy_and_nothing_is_dead(hall, browser):
    """Every link of the index leads somewhere; complaints are looked at by the fixture."""
    browser.open("/", "index").wait_text("取号")
    links = browser.driver.execute_script("return [...document.querySelectorAll('a[href]')].map((a) => a.href)")
    assert len(links) >= 5
    for link in links:
        if link.endswith(".json"):      # not a page: a browser would ask for its icon as well
            assert hall.client().get(link.split("/api/v1")[1]).status == 200
            continue
        browser.open(link)
        browser.wait(lambda: len(browser.text()) > 5, link)


# ---- what they share

def test_the_pages_of_a_browser_share_one_stream(hall, browser, kiosk, clerk):
    browser.tab("/screen/", "tv")
    browser.wait_for(".tv-head")
    browser.tab("/", "index")
    browser.wait_text("取号")
    clerk(5)
    browser.wait_text("已连接", ".win-head")
    browser.wait(lambda: hall.admin().get("/status").body["streams"] == 1)


def test_a_slip_is_printed_80_mm_wide(browser, kiosk):
    browser.driver.execute_script("window.printed = 0; window.print = () => window.printed++")
    browser.click("[data-queue=A]").click("[data-class=normal]").click_text("打小票")
    browser.wait(lambda: browser.driver.execute_script("return window.printed") == 1)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.driver.execute_script("const p = document.querySelector('.paper'); return [p.textContent, p.offsetWidth, document.querySelector('main').offsetWidth, p.querySelector('img').naturalWidth > 0]")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert "A001" in shown[0] and "按取号时间叫号" in shown[0]
    assert 270 <= shown[1] <= 275 and shown[2] == 0 and shown[3]


def test_a_simulated_hall_shows_its_own_time(browser):
    hall = demo_hall()
    hall.options = ["--clock-start", "2026-11-24T08:58:00.000+08:00", "--clock-rate", "60"]
    with hall:
        browser.fresh(hall.base)
        browser.open("/", "index").wait_text("模拟的大厅时间 0")
        browser.open("/screen/", "tv").wait_text("11 月 24 日")
        browser.wait_text("09:", ".clock")
        before = browser.text(".clock")
        browser.wait(lambda: browser.text(".clock") != before, "the clock stands still")


def test_a_phone_shows_a_time_line_and_trembles_when_called(hall, browser):
    ticket = hall.client("kiosk").ticket("A").body
    for window in (1, 2):
        hall.client("clerk").post(f"/windows/{window}/open")
    with browser.before_pages("window.trembled = []; navigator.vibrate = (pattern) => window.trembled.push(pattern.length)"):
        browser.open(address(ticket), "phone").wait_text("大约等").wait_text("现在", ".p-line")
        assert len(browser.all(".p-line b")) == 3
        browser.click_text("要带什么").click(".p-sheet")      # a browser lets only a touched page tremble
        browser.click_text("知道了")
        hall.client("clerk").post("/windows/1/next")
        browser.wait_text("轮到您了，请到")
        browser.wait(lambda: browser.js("return window.trembled.length") == 1)
