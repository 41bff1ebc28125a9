"""The console without a mouse: every key that exists, what it says when it does not work, and a line that breaks."""
import pytest

from chromium import KEYS, user_of


def quick(hall):
    """No waiting for repeats and no-shows."""
    assert hall.admin().request("PATCH", "/admin/policy", {"repeat_after_s": 0, "miss_after_s": 0}).status == 200


def last(hall, kind):
    return [e[kind] for e in hall.events() if kind in e][-1]


def state(browser):
    return browser.text("#state")


def test_repeat_and_no_show(hall, browser, clerk):
    quick(hall)
    hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state")
    browser.press("1").wait_text("2 遍", "#calls")
    browser.press("2").wait_text("没有叫号", "#state")
    assert last(hall, "ticket_missed")["misses"] == 1


def test_a_key_that_does_not_work_says_why(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    clerk(2)
    assert "窗口上没有人" in browser.text('[data-key="3"]')
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state")
    browser.wait_text("秒后可按", '[data-key="2"]')
    browser.press("2")
    assert state(browser) == "已叫号"


def test_hold_take_the_next_and_go_back(hall, browser, clerk):
    for _ in range(2):
        hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("A001", ".win-who")
    browser.press(KEYS.ENTER).wait_text("办理中", "#state")
    browser.press("3").wait_text("没有叫号", "#state")
    browser.wait_text("A001", ".win-me")
    browser.press("3").wait_text("取回哪一位？").press(KEYS.ENTER).wait_text("挂起–", ".win-me")
    browser.press(KEYS.ENTER).wait_text("A001", ".win-who")


def test_transfer_by_initials_and_to_a_window(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    hall.client("clerk").post("/windows/4/open")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("A001", ".win-who")
    browser.press("4").wait_for("#typed")
    browser.press(*"hkbg").wait_text("户口变更", "#rows .on")
    browser.press(KEYS.ENTER).wait_text("没有叫号", "#state")
    assert last(hall, "ticket_transferred")["item"] == "511F09014005"
    browser.press(KEYS.ENTER).wait_text("户口变更", ".win-who")
    browser.press("4").wait_for("#typed")
    browser.press("4").wait_text("4 号窗口", "#rows .on")
    browser.press(KEYS.ENTER).wait_text("没有叫号", "#state")
    assert last(hall, "ticket_transferred")["window"] == 4


def test_papers_that_are_missing_are_told_once(hall, browser, clerk):
    hall.client("kiosk").post("/tickets", {"item": "511F09014005", "channel": "kiosk"})
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state").press(KEYS.ENTER).wait_text("办理中", "#state")
    assert "示例" in browser.text(".win-work")
    browser.press("6").wait_text("缺什么材料？").press(KEYS.ENTER).wait_text("请至少写明一样缺的材料")
    browser.press("2").press(KEYS.ENTER).wait_text("已就绪", "#state")
    assert last(hall, "ticket_finished")["missing"] == ["申请表"]


def test_denied_is_locked_and_the_desk_takes_the_number(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    hall.client("clerk").post("/windows/14/open")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state").press(KEYS.ENTER).wait_text("办理中", "#state")
    browser.press(KEYS.ENTER).wait_text("办得怎么样？").press("4")
    assert "不予办理" not in browser.text("#rows .on")
    browser.press("5").wait_text("去办不成事", "#rows .on").press(KEYS.ENTER).wait_text("没有叫号", "#state")
    assert last(hall, "ticket_transferred")["queue"] == "F"


def test_without_a_desk_nobody_is_sent_there(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state").press(KEYS.ENTER).wait_text("办理中", "#state")
    browser.press(KEYS.ENTER).wait_text("去办不成事", "#rows").wait_text("没有开这个窗口", "#rows")
    assert "到 号窗口" not in browser.text("#rows")


def test_a_break_and_the_way_back(hall, browser, clerk):
    clerk(2)
    browser.press("0").wait_text("暂停还是收工？").press("2", KEYS.ENTER).wait_text("暂停：用餐")
    assert last(hall, "window_break")["planned_s"] == 3600
    browser.press(KEYS.ENTER).wait_text("没有叫号", "#state")


def test_the_window_is_closed_and_another_chosen(hall, browser, clerk):
    clerk(2)
    browser.press("0").wait_text("暂停还是收工？").press("8", KEYS.ENTER).wait_text("今天在哪个窗口？")
    browser.press("3", KEYS.ENTER).wait_text("按 Enter", ".win-idle")
    assert browser.text(".win-head .tile") == "3"


def test_a_named_number_needs_a_reason(hall, browser, clerk):
    for _ in range(2):
        hall.client("kiosk").ticket("A")
    clerk(2)
    browser.chord(KEYS.CONTROL, KEYS.SHIFT, "k").wait_text("指定叫哪个号？")
    browser.press(*"a002", KEYS.ENTER).wait_text("号码和原因都要写")
    browser.press(KEYS.TAB, *"lift", KEYS.ENTER).wait_text("A002", ".win-who")
    assert last(hall, "ticket_called")["reason"] == "lift"


def test_a_claim_is_corrected(hall, browser, clerk):
    hall.client("kiosk").post("/tickets", {"queue": "A", "class": "senior", "channel": "kiosk"})
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("算早到 20 分", ".win-who")
    browser.press("c").wait_text("改成哪一类？")
    browser.fill("#reason", "65").press(KEYS.ENTER).wait_text("普通", ".win-who")
    assert last(hall, "class_changed")["class"] == "normal"


def test_notes_stay_on_this_computer(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state")
    browser.press("/", *"abc 1", KEYS.ESCAPE, KEYS.ENTER).wait_text("办理中", "#state")
    browser.open("/window/").wait_text("办理中", "#state")
    assert browser.of("#notes", "value") == "abc 1"


def test_a_manager_takes_a_window_over(hall, browser, clerk):
    clerk(2)
    browser.click_text("退出登录")
    browser.log_in(user_of(hall, "jingli")).wait_text("chuangkou2 在用")
    browser.press("2", KEYS.ENTER).wait_text("接管 2 号窗口").press(*"sick", KEYS.ENTER).wait_text("没有叫号", "#state")
    assert last(hall, "window_taken_over")["from"]["id"] == "chuangkou2"


def test_all_keys_are_listed(browser, clerk):
    clerk(2)
    browser.press("?").wait_text("Ctrl+Shift+K", ".win-panel").press(KEYS.ESCAPE)
    assert not browser.all(".win-panel")


@pytest.mark.loses_its_hall
def test_a_line_that_breaks_and_comes_back(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state")
    hall.config["listen"] = hall.address
    hall.stop()
    browser.wait_text("起连不上大厅。", ".note.stop").wait_text("等待连接", ".win-keys")
    browser.press(KEYS.ENTER)
    assert state(browser) == "已叫号"
    hall.start()
    browser.wait_text("已连接", ".win-head").press(KEYS.ENTER).wait_text("办理中", "#state")


def test_the_usual_time_of_the_item_stands_beside_the_timer(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state")
    hall.client("kiosk").ticket("A")      # the forecast knows the laws once it has played
    browser.press(KEYS.ENTER).wait_text("办理中", "#state")
    browser.wait(lambda: "usual_p90_s" in hall.client("clerk").get("/windows/2").body)
    hall.client("kiosk").ticket("A")
    browser.driver.refresh()
    browser.wait_text("这类事一般", ".win-usual")
    browser.wait(lambda: browser.js("return document.querySelector('#usual-done')?.getAttribute('d')"))


def test_a_transferred_ticket_brings_its_story(hall, browser, clerk):
    other = hall.client("clerk")
    hall.client("kiosk").ticket("A")
    for step, body in (("open", {}), ("next", {}), ("start", {}), ("transfer", {"queue": "B"})):
        assert other.post(f"/windows/4/{step}", body).status == 200
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("今天的经过", ".win-story").wait_text("4 号窗口开始办理", ".win-story").wait_text("转办", ".win-story")


def test_one_login_works_one_window_in_every_tab(hall, browser, clerk):
    """A second tab goes to the window that is open already; another window must be asked for there."""
    clerk(2)
    browser.tab("/window/")
    browser.wait_for(".win-keys")
    assert browser.text(".win-head .tile") == "2"


@pytest.mark.loses_its_hall
def test_what_was_typed_survives_a_lost_line(hall, browser, clerk):
    hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state").press(KEYS.ENTER).wait_text("办理中", "#state")
    browser.press("6").fill("#more", "身份证复印件")
    hall.config["listen"] = hall.address
    hall.stop()
    browser.wait_text("断线", ".win-head")
    hall.start()
    browser.wait_text("已连接", ".win-head")
    assert browser.of("#more", "value") == "身份证复印件"
    browser.chord(KEYS.CONTROL, KEYS.ENTER).wait_text("已就绪", "#state")
    assert last(hall, "ticket_finished")["missing"] == ["身份证复印件"]


def test_a_small_screen_shows_every_window(hall, browser, clerk):
    for _ in range(3):
        hall.client("kiosk").ticket("A")
    clerk(2)
    browser.press(KEYS.ENTER).wait_text("A001", ".win-who")
    browser.size("manager")    # 1366 by 768
    browser.wait_for(".win-side .strip")
    assert browser.js("return [...document.querySelectorAll('.win-side .card')].filter((e) => e.scrollHeight > e.clientHeight + 1).length") == 0
