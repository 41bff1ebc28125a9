"""The console in a hall with flows: a key for each matter that a clerk may open, what the number waits for, what it unlocks."""
import pytest

from booking_hall import MONDAY
from chromium import KEYS
from flow_hall import LICENCE, FlowHall
from test_contrast import check

FILING = {"facts": "没有授权委托书", "ground": "行政许可法第二十九条", "proposed": "不予受理", "alternatives": "请本人来办"}


@pytest.fixture(name="hall")
def fixture_hall(request):
    """On a day that a test may choose."""
    with FlowHall(getattr(request, "param", MONDAY)) as hall:
        yield hall


@pytest.fixture(name="serving")
def fixture_serving(hall, browser, clerk):
    """A person at window 2, being served."""
    hall.ticket()
    console = clerk(2)
    browser.press(KEYS.ENTER).wait_text("已叫号", "#state").press(KEYS.ENTER).wait_text("办理中", "#state")
    return console


def last(hall, kind):
    return [e[kind] for e in hall.events() if kind in e][-1:]


def confirm(browser):
    return browser.chord(KEYS.CONTROL, KEYS.ENTER)


def file_denial(browser):
    """Key 8, the form, and the person waits."""
    browser.press("8").wait_text("否定报备", ".win-panel h1")
    for field, text in FILING.items():
        browser.fill(f"#f-{field}", text)
    confirm(browser).wait_text("草拟", ".win-panel h1").wait_text("报批（群众等候）", "#rows .on")
    browser.press(KEYS.ENTER).wait(lambda: not browser.all(".win-panel"))
    browser.wait_text("待批（群众等候）", ".win-matter")


def decide(hall, step, **fields):
    """The approver does."""
    (card,) = hall.matters(flow="denial")
    hall.person("shenpi").step(card["matter"], step, **fields)
    return card["matter"]


def test_a_key_for_each_matter(browser, serving):
    for cap, word in (("5", "办件"), ("6", "补正告知"), ("7", "容缺受理"), ("8", "否定报备"), ("9", "办不成事"), ("J", "帮办代办")):
        assert word in browser.text(f'[data-key="{cap}"]')


def test_the_number_waits_for_its_filing_and_enter_does_nothing_by_habit(hall, browser, serving):
    file_denial(browser)
    browser.wait_text("没定以前这个号不能办结。", ".win-matter").wait_text("剩 29", ".win-matter").wait_text("在等否定报备", '[data-key="Enter"]')
    browser.press(KEYS.ENTER).wait_text("这个号还不能办结", ".win-panel").press(KEYS.ENTER).wait(lambda: not browser.all(".win-panel"))
    assert not last(hall, "ticket_finished") and hall.matters(flow="denial")[0]["state"] == "submitted"
    check(browser, "a filing waits")


def test_denied_without_a_filing_leads_to_it(hall, browser, serving):
    browser.press(KEYS.ENTER).wait_text("办得怎么样？").press("4").wait_text("先报备", "#rows .on").press(KEYS.ENTER)
    browser.wait_text("情况", ".win-panel .d-form")
    confirm(browser).wait_text("这一项要填", ".is-wrong")
    browser.press(KEYS.ESCAPE).wait(lambda: not browser.all(".win-panel"))
    assert not last(hall, "ticket_finished")


def test_a_question_is_answered_and_what_is_approved_is_told_in_writing(hall, browser, serving):
    file_denial(browser)
    decide(hall, "ask_more", question="问过本人没有？")
    browser.wait_text("问过本人没有？", ".win-matter").press("m").wait_text("问过本人没有？", ".win-panel").press("1").press(KEYS.ENTER)
    browser.fill("#f-reply", "问过，本人在外地")
    confirm(browser).wait_text("问过，本人在外地", ".win-matter")
    matter = decide(hall, "approve", opinion="同意")
    browser.wait_text("现在可以选“不予办理”。", ".win-matter").js("window.print = () => { window.printed = document.querySelector('#sheet').textContent; }")
    browser.press(KEYS.ENTER).wait_text("办得怎么样？").press("4").wait_text("已批准", "#rows .on").press(KEYS.ENTER)
    browser.fill("#f-guidance", "请本人来办").click('[data-value="by_hand"]')
    confirm(browser).wait_text("已就绪", "#state")
    assert "不予办理告知书" in browser.js("return window.printed") and "请本人来办" in browser.js("return window.printed")
    assert [f["outcome"] for f in last(hall, "ticket_finished")] == ["denied"]
    assert hall.matter(matter)["card"]["state"] == "notified"


def test_what_is_overturned_says_how_the_service_goes_on(hall, browser, serving):
    file_denial(browser)
    decide(hall, "overturn", opinion="可以后补", direction="deficiency", guidance="委托书五天内补交")
    browser.wait_text("委托书五天内补交", ".win-matter").wait_text("接着办：按 7，容缺受理。", ".win-matter")
    browser.press("7").wait_text("要先有“办件”：按 Esc，再按 5。", ".win-panel")


def test_the_person_has_left(hall, browser, serving):
    file_denial(browser)
    browser.press("m").wait_text("群众已离开", ".win-panel").press("1").press(KEYS.ENTER).wait_for(".win-matter [data-state=pending]")
    browser.press(KEYS.ENTER).wait_text("办得怎么样？").wait_text("还没批", "#rows")
    assert hall.matters(flow="denial")[0]["state"] == "pending"


def test_what_is_missing_becomes_the_notice_in_one_go(hall, browser, serving):
    browser.js("window.print = () => { window.printed = document.querySelector('#sheet').textContent; }")
    browser.press("6").wait_text("一次性告知书", ".win-panel").fill("#more", "户口簿").press(KEYS.ESCAPE)
    browser.press("6").press("5").fill("#more", "户口簿")
    confirm(browser).wait_text("已就绪", "#state")
    assert last(hall, "ticket_finished")[0]["missing"] == ["授权委托书", "户口簿"]
    (notice,) = hall.matters(flow="notice")
    assert (notice["state"], notice["number"]) == ("told", "A001")
    assert "授权委托书" in browser.js("return window.printed")


def test_what_stands_in_no_list_can_be_missing_too(hall, browser, serving):
    browser.press("6").fill("#more", "户口簿")
    confirm(browser).wait_text("已就绪", "#state")
    (notice,) = hall.matters(flow="notice")
    assert (notice["state"], notice["title"]) == ("told", "户口簿")


def test_the_number_walks_to_the_desk(hall, browser, serving):
    hall.client("clerk").post("/windows/14/open")
    browser.wait_text("带号去 14 号窗", '[data-key="9"]').press("9").fill("#f-summary", "三次来都说缺一张证明")
    confirm(browser).wait_text("没有叫号", "#state")
    (card,) = hall.matters(flow="escalation")
    assert (card["state"], card["number"]) == ("registered", "A001")
    assert last(hall, "ticket_transferred")[0]["window"] == 14


def test_the_matters_of_a_ticket_are_there_after_a_reload(hall, browser, serving):
    file_denial(browser)
    decide(hall, "overturn", opinion="可以后补", direction="escalation", guidance="去 14 号窗口")
    browser.open("/window/").wait_text("去 14 号窗口", ".win-matter")


def test_two_who_act_at_once(hall, browser, serving):
    file_denial(browser)
    browser.press("m").wait_text("撤回", ".win-panel").press("2")
    hall.client("clerk").post(f"/matters/{hall.matters(flow='denial')[0]['matter']}/person_left")
    browser.wait_text("待批", ".win-panel h1")


def test_a_matter_of_another_day_is_found_by_its_number(hall, browser, clerk):
    number = hall.person("chuangkou3").request("POST", "/flows/notice/matters", {"fields": {"item": LICENCE, "missing": ["plan"], "text": "缺方案"}}).body["card"]["matter"]
    clerk(2)
    browser.press("f").wait_for("#number")
    browser.press(*"Z99", KEYS.ENTER).wait_text("没有找到", ".win-panel [role=alert]")
    browser.fill("#number", number).press(KEYS.ENTER).wait_text("已告知", ".win-panel h1").wait_text("再次告知", "#rows")
    check(browser, "a matter")
    browser.click_text("再次告知", "#rows li").press(KEYS.ENTER).wait_for("#f-text")
    browser.click(".d-ticks input[value=authorisation]").fill("#f-text", "还缺委托书")
    confirm(browser).wait_text("还缺委托书", ".win-panel").press(KEYS.ESCAPE).wait(lambda: not browser.all(".win-panel"))


def test_what_was_opened_elsewhere_for_the_number_is_shown_when_it_stands_in_the_way(hall, browser, serving):
    (ticket,) = hall.client("clerk").get("/tickets?number=A001").body["tickets"]
    other = hall.person("chuangkou3")
    opened = other.request("POST", "/flows/denial/matters", {"fields": {**FILING, "item": LICENCE, "ticket": ticket["id"]}}).body
    other.step(opened["card"]["matter"], "submit")
    browser.press(KEYS.ENTER).wait_text("办得怎么样？").press(KEYS.ENTER).wait_text("还在等待审批", ".win-panel [role=alert]")
    browser.press(KEYS.ESCAPE).wait_text("没定以前这个号不能办结。", ".win-matter")
    assert not last(hall, "ticket_finished") and all("409" in c for c in browser.complaints())


@pytest.mark.parametrize("hall", ["2026-09-24"], indirect=True)
def test_the_last_day_of_a_promise_is_the_hall_s_to_say(hall, browser, clerk, tmp_path):
    """Seven working days that two holidays interrupt; a Saturday that is worked instead counts."""
    matter, _ = hall.checked()
    paper = tmp_path / "promise.pdf"
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
    clerk(2)
    browser.press("f").fill("#number", matter).press(KEYS.ENTER).wait_text("已核查", ".win-panel h1")
    browser.click_text("签承诺书", "#rows li").press(KEYS.ENTER).hand("#f-promise", paper)
    assert choose_day(browser, "#f-deadline", "2026-10-13")
    confirm(browser).wait_text("“补交期限”要在今天和允许的最后一天之间", "[data-field=deadline] .d-wrong")
    assert choose_day(browser, "#f-deadline", "2026-10-12")
    confirm(browser).wait_text("已承诺", ".win-panel h1")
    assert all("409" in c for c in browser.complaints())


def choose_day(browser, css, day):
    """Does the page let it be chosen?"""
    return browser.js("const e = document.querySelector(arguments[0]); e.value = arguments[1]; return e.validity.valid", css, day)
