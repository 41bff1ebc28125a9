"""The pages of matters in a browser: the desk's day by keyboard, whoever was slower, the approver, the duty leader, a kind
without a page of its own, sheets on paper, search, English."""
import pytest
from chromium import KEYS, LOSES_THE_FIRST_ANSWER, user_of
from matter_hall import MatterDemo, day, filing

# No stream: neither worker nor source.
DEAF = "delete window.SharedWorker; window.EventSource = class { addEventListener() {} close() {} };"
COUNT_PRINTS = "window.printed = 0; window.print = () => { window.printed++; };"
# The next list comes when let_go() is called; most: how many rows have stood there since.
HOLDS_A_LIST = """
const real = window.fetch;
const going = new Promise((go) => { window.let_go = () => {
  const count = () => { window.most = Math.max(window.most || 0, document.querySelectorAll(".d-rows > a").length); };
  new MutationObserver(count).observe(document.querySelector(".d-rows"), { childList: true });
  go();
}; });
window.fetch = async (url, how) => {
  if (window.held || !/matters[?].*flow=escalation.*most=100/.test(url)) return real(url, how);
  window.held = true;
  const answer = await real(url, how);
  await going;
  return answer;
};"""
SUMMARY = "家里的抵押解不掉，银行和登记处各让找对方"


@pytest.fixture(name="hall")
def fixture_hall():
    with MatterDemo() as hall:
        yield hall


def enter(hall, browser, path, name, size="manager"):
    browser.open(path, size)
    browser.log_in(user_of(hall, name))
    browser.wait_for(".m-head nav a")
    return browser


def state(browser, wanted):
    browser.until(lambda: browser.js("return document.querySelector('#state')?.dataset.state") == wanted, f"not {wanted}")


def current(browser):
    return browser.js("return document.querySelector('.d-in a[aria-current]')?.dataset.matter || ''")


def step(browser, name):
    """By its figure on the keyboard."""
    browser.wait_for(f".d-steps [data-step={name}]")
    browser.press(browser.text(f".d-steps [data-step={name}] kbd")).wait_for(f"[data-doing={name}]")
    return browser


def send(browser):
    return browser.chord(KEYS.CONTROL, KEYS.ENTER)


def timeline(browser):
    return [line.replace("\u3000", " ") for line in browser.text(".d-line li > div").split("\n")]


def registered(hall, **fields):
    return hall.opened("bancheng", "escalation", "register", **{"summary": SUMMARY, **fields})


def refused(browser):
    """A refusal was wanted: what the browser says of it is no complaint."""
    browser.hear()
    browser.said = [e for e in browser.said if "status of 4" not in e["message"]]


# ---- the desk

def test_a_lost_answer_is_no_second_matter(hall, browser):
    enter(hall, browser, "/desk/", "bancheng")
    browser.press("n").wait_for(".d-pick .btn")
    browser.press("1").wait_for("[data-doing=register]")
    browser.press("家里的抵押解不掉，跑了三趟").js(LOSES_THE_FIRST_ANSWER)
    send(browser).wait_for(".d-trouble:not([hidden])")
    send(browser)
    state(browser, "registered")
    assert len(browser.all(".d-in a[data-matter]")) == 1


def test_the_desk_works_a_day_by_keyboard_alone(hall, browser):
    enter(hall, browser, "/desk/", "bancheng")
    browser.wait_text("现在没有人来反映", ".d-in")
    browser.press("n").wait_for(".d-pick .btn")
    browser.press("1").wait_for("[data-doing=register]")
    browser.press("家里的抵押解不掉，跑了三趟")      # the first field has the focus
    send(browser)
    state(browser, "registered")
    assert current(browser) == browser.js("return location.hash").split("/")[1]
    assert "已登记" in browser.text(".d-steps [role=status]")
    browser.wait_text("登记", ".d-line")
    step(browser, "triage")
    browser.js("document.querySelector('#f-cause [role=radio]').focus()")
    browser.press(KEYS.ARROW_RIGHT, KEYS.ARROW_RIGHT)
    send(browser)
    state(browser, "triaged")
    step(browser, "route")
    browser.js("document.querySelector('#f-department').focus()")
    browser.press("区人社局", KEYS.TAB)
    browser.press("已转人社局，今天给您电话")
    send(browser)
    state(browser, "routed")
    browser.until(lambda: any("转办" in line and "区人社局" in line for line in timeline(browser)), "the story lacks the routing")
    matter = hall.matter("bancheng", current(browser))
    assert [f["values"][0]["value"] for f in matter["fields"] if f["field"] in ("cause", "department")] == ["system", "social_security"]
    browser.press("?").wait_for(".d-keys")
    browser.press(KEYS.ESCAPE).wait(lambda: not browser.all(".d-keys"))


def test_the_inbox_stands_by_its_clocks_and_arrows_walk_it(hall, browser):
    first, second = registered(hall), registered(hall, summary="社保卡在外省激活不了")
    hall.take("bancheng", second, "triage", cause="system")
    hall.take("bancheng", second, "route", department="social_security", told="已转")
    enter(hall, browser, "/desk/", "bancheng")
    browser.until(lambda: len(browser.all(".d-rows > a")) == 2)
    assert browser.js("return [...document.querySelectorAll('.d-rows > a')].map((a) => [a.dataset.matter, a.dataset.group])") == [[first, "today"], [second, "later"]]
    assert "今天到期" in browser.text(".d-in h2.soon") and "剩 5 天" in browser.text(f"[data-matter='{second}'] .left")
    for key, at in ((KEYS.ARROW_DOWN, first), ("j", second), ("k", first), (KEYS.ARROW_DOWN, second)):
        browser.press(key).until(lambda wanted=at: current(browser) == wanted, f"not at {at}")
    browser.wait_text("5 个工作日", ".d-clock")
    assert len(browser.all(".d-clock .clockbar")) == 1


def test_news_of_a_colleague_arrive_by_themselves(hall, browser):
    enter(hall, browser, "/desk/", "bancheng")
    browser.wait_text("现在没有人来反映", ".d-in")
    matter = registered(hall)
    browser.wait_for(f".d-in [data-matter='{matter}']")


def test_what_is_being_typed_stays_where_it_is_while_news_come(hall, browser):
    matter = registered(hall)
    enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
    step(browser, "point_onward")
    browser.press("请到区")
    browser.js("window.typing = document.activeElement; window.leaves = 0; window.typing.addEventListener('blur', () => { window.leaves++; })")
    other = registered(hall, summary="另一件")
    browser.wait_for(f".d-rows [data-matter='{other}']")
    browser.press("法院")
    assert browser.js("return window.typing === document.activeElement && window.leaves === 0 && window.typing.value === '请到区法院'")
    browser.press(KEYS.ESCAPE).wait(lambda: not browser.all(".d-do"))
    browser.press("/", "另")
    third = registered(hall, summary="又一件")
    browser.wait_for(f".d-rows [data-matter='{third}']")
    browser.press("一", KEYS.ENTER).until(lambda: browser.data(".d-rows > a", "matter") == [other])


def test_whoever_was_slower_is_told_and_keeps_the_text(hall, browser):
    matter = registered(hall)
    enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
    step(browser, "point_onward")
    browser.press("请到区法院立案庭")
    hall.take("zhiban1", matter, "triage", cause="policy")
    browser.wait_text("别人刚处理过", ".d-do [role=alert]")
    assert browser.js("return document.querySelector('#f-pointed_to').value") == "请到区法院立案庭"
    browser.wait_text("蒋*", ".d-do [role=alert]").wait_text("看过了，还是指引", "#send")
    send(browser)
    state(browser, "pointed")


def test_a_page_that_hears_nothing_learns_it_from_the_refusal(hall, browser):
    matter = registered(hall)
    with browser.before_pages(DEAF):
        enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
        step(browser, "point_onward")
        browser.press("请到区法院立案庭")
        hall.take("zhiban1", matter, "triage", cause="policy")
        send(browser)
        browser.wait_text("别人刚处理过", ".d-do [role=alert]").wait_text("蒋* 研判", ".d-do [role=alert]")
        assert browser.js("return document.querySelector('#f-pointed_to').value") == "请到区法院立案庭"
        send(browser)
        state(browser, "pointed")
        refused(browser)


def test_a_step_that_is_gone_keeps_the_text_for_another(hall, browser):
    matter = registered(hall)
    hall.take("bancheng", matter, "triage", cause="policy")
    enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
    step(browser, "solve")
    browser.press("当场就办好了")
    hall.take("bancheng", matter, "route", department="tax", told="已转税务")
    browser.wait_text("这一步现在不能办了", ".d-do [role=alert]")
    assert browser.js("return document.querySelector('#send').getAttribute('aria-disabled')") == "true"
    browser.press(KEYS.ESCAPE).wait(lambda: not browser.all(".d-do"))
    state(browser, "routed")


def test_what_is_refused_is_said_at_its_field_in_words(hall, browser):
    matter = registered(hall)
    hall.take("bancheng", matter, "triage", cause="policy")
    hall.take("bancheng", matter, "solve", answer="办好了")
    enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
    step(browser, "close_unreached")
    send(browser)
    browser.wait_text("这一项要填", "[data-field=attempts] .d-wrong")
    browser.fill("#f-attempts", "2")
    send(browser)
    browser.wait_text("“联系次数”至少 3，才能“回访未联系上”", "[data-field=attempts] .d-wrong")
    browser.fill("#f-attempts", "3")
    send(browser)
    state(browser, "closed")
    refused(browser)


def test_a_text_counts_its_characters_and_a_person_is_only_a_mark(hall, browser):
    enter(hall, browser, "/desk/", "bancheng")
    browser.press("n").wait_for(".d-pick .btn")
    browser.press("1").wait_for("[data-doing=register]")
    browser.fill("#f-summary", "𠮷林").wait_text("2 / 500", "[data-field=summary] .d-count")
    browser.fill("#f-person-name", "张三丰").fill("#f-person", "510101199001011234").fill("#f-phone", "13812342047").fill("#f-item", "cbwlsd")
    browser.click(".d-hits [data-item='511A0000800001']")
    send(browser)
    state(browser, "registered")
    assert browser.text("[data-field=person]") == "张*" and browser.text("[data-field=phone]").startswith("138****2047")
    assert "出版物零售单位" in browser.text("dd[data-field=item]")
    browser.click("[data-unmask=phone]").fill("#reason", "回电话").press(KEYS.ENTER)
    browser.wait_text("13812342047", "[data-field=phone]")


def test_words_and_numbers_are_found(hall, browser):
    first, second = registered(hall), registered(hall, summary="社保卡在外省激活不了")
    enter(hall, browser, "/desk/", "bancheng")
    browser.until(lambda: len(browser.all(".d-rows > a")) == 2)
    browser.press("/", "社保卡", KEYS.ENTER)
    browser.until(lambda: browser.data(".d-rows > a", "matter") == [second])
    assert "找到 1 件“社保卡”" in browser.text(".d-found")
    browser.press(KEYS.ESCAPE).until(lambda: len(browser.all(".d-rows > a")) == 2)
    browser.press("/", first, KEYS.ENTER)
    browser.until(lambda: first in browser.data(".d-rows > a", "matter"))
    hall.take("bancheng", second, "withdraw")
    browser.press(KEYS.ESCAPE).until(lambda: browser.data(".d-rows > a", "matter") == [first])
    browser.click("#ended").until(lambda: browser.data(".d-rows > a", "matter") == [second])


def rows(browser):
    return len(browser.all(".d-rows > a"))


def test_more_of_a_list_stays_when_news_come(hall, browser):
    for n in range(510):      # more than the hall gives at once
        registered(hall, summary=f"第 {n} 件")
    enter(hall, browser, "/desk/", "bancheng")
    for shown in (100, 200, 300, 400, 500):
        browser.until(lambda wanted=shown: rows(browser) == wanted, f"not {shown}")
        browser.click_text("再看一些")
    browser.until(lambda: rows(browser) == 510, "not all are shown")
    registered(hall, summary="新来一件")
    browser.until(lambda: rows(browser) == 511, "what was asked for has gone again")
    browser.press("/", "7", KEYS.ENTER).until(lambda: rows(browser) == 1)
    browser.press(KEYS.ESCAPE).until(lambda: rows(browser) == 100, "another question begins at its beginning")


def test_a_long_search_goes_on_and_stays_where_it_is(hall, browser):
    first = registered(hall, summary="丢了一把黑伞")
    for n in range(400):      # as many texts as the hall looks through at once
        registered(hall, summary=f"第 {n} 件")
    last = registered(hall, summary="黑伞找到了")
    enter(hall, browser, "/desk/", "bancheng")
    browser.until(lambda: rows(browser) == 100)
    browser.press("/", "黑伞", KEYS.ENTER).wait_text("只查了一部分", ".d-found")
    assert browser.data(".d-rows > a", "matter") == [first]
    browser.click_text("再看一些").until(lambda: browser.data(".d-rows > a", "matter") == [first, last], "it does not go on")
    other = registered(hall, summary="又一把黑伞")
    browser.until(lambda: browser.data(".d-rows > a", "matter") == [first, last, other], "what was found has gone again")


def test_a_late_list_does_not_take_the_place_of_what_was_found(hall, browser):
    for n in range(4):
        registered(hall, summary=f"第 {n} 件")
    found = registered(hall, summary="抵押解不掉")
    enter(hall, browser, "/desk/", "bancheng")
    browser.until(lambda: rows(browser) == 5)
    browser.js(HOLDS_A_LIST)
    registered(hall, summary="新来一件")
    browser.until(lambda: browser.js("return window.held"), "no list is asked for")
    browser.press("/", "抵押", KEYS.ENTER).until(lambda: browser.data(".d-rows > a", "matter") == [found])
    browser.js("window.let_go()")
    again = registered(hall, summary="又是抵押")
    browser.until(lambda: browser.data(".d-rows > a", "matter") == [found, again])
    assert browser.js("return window.most") == 2


# ---- paper

def test_sheets_stand_on_paper_with_the_link_only_where_the_person_gets_it(hall, browser):
    matter = registered(hall, item="511A0000800001")
    enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
    browser.wait_for("[data-print=receipt]")
    browser.js(COUNT_PRINTS)
    browser.press("p").until(lambda: browser.js("return window.printed") == 1)
    sheet = browser.text("#paper")
    assert all(x in sheet for x in ("安澜区政务服务中心", "受理单", f"编号 {matter}", SUMMARY, "出版物零售单位", "办不成事窗口（签字）", "2026 年 11 月 23 日", "扫码看进展"))
    assert browser.js("return document.querySelector('#paper img').naturalWidth > 0")
    hall.take("bancheng", matter, "triage", cause="cross_department")
    hall.take("bancheng", matter, "route", department="tax", told="已转税务")
    state(browser, "routed")
    browser.click("[data-print=order]").until(lambda: browser.js("return window.printed") == 2)
    assert "督办单" in browser.text("#paper") and "值班领导（签字）" in browser.text("#paper") and not browser.all("#paper img")


def test_a_promise_goes_from_the_offer_to_paper(hall, browser, tmp_path):
    person = {"id": "510101199001011234", "name": "张三"}
    case = hall.opened("chuangkou7", "case", "receive", item="511A0000800001", person=person)
    enter(hall, browser, "/desk/#deficiency", "bancheng")
    browser.press("n").wait_for("[data-doing=offer]")
    browser.until(lambda: browser.all(f"#f-case option[value='{case}']"), "the case is not offered")
    browser.js("const e = document.querySelector('#f-case'); e.value = arguments[0]; e.dispatchEvent(new Event('change', {bubbles: true}))", case)
    browser.wait_for("#f-missing [value=authorisation]")      # the item came with its case
    assert browser.js("return document.querySelector('#f-missing [value=application]').disabled")
    browser.click("#f-missing [value=authorisation]").fill("#f-person-name", "张三").fill("#f-person", person["id"])
    send(browser)
    state(browser, "offered")
    step(browser, "check")
    browser.click("#f-identity [data-value=true]").click("#f-credit [data-value=bad]")
    send(browser)
    browser.wait_text("“信用核查”是“良好”时才能“核查”", "[data-field=credit] .d-wrong")
    browser.click("#f-credit [data-value=good]")
    send(browser)
    state(browser, "checked")
    browser.js(COUNT_PRINTS)
    browser.press("p").until(lambda: browser.js("return window.printed") == 1)
    assert all(x in browser.text("#paper") for x in ("容缺受理承诺书", "授权委托书", "本人承诺在上述期限内补齐材料；", "申请人（签字）", "扫码看进展"))
    step(browser, "promise")
    signed = tmp_path / "promise.pdf"
    signed.write_bytes(b"%PDF-1.4\n%%EOF\n")
    browser.js("document.querySelector('#f-deadline').value = arguments[0]", day(4))
    browser.hand("#f-promise", signed)
    send(browser)
    state(browser, "promised")
    browser.wait_text("约定的日期", ".d-clock")
    refused(browser)


# ---- the approver

def test_an_approver_hears_of_a_filing_and_decides_while_the_person_waits(hall, browser):
    kiosk, clerk = hall.client("kiosk"), hall.person("chuangkou7")
    ticket = kiosk.ticket("A").body["id"]
    for verb in ("open", "next", "start"):
        assert clerk.request("POST", f"/windows/7/{verb}", {}).status == 200
    enter(hall, browser, "/approver/", "shenpi")
    browser.wait_text("现在没有等您批的报备", ".d-in")
    matter = filing(hall, ticket=ticket)
    browser.wait_text("新来一件等您", ".d-new[role=alert]")
    assert browser.js("return document.title").startswith("（1）")
    browser.click_text("去看", ".d-new .btn")
    state(browser, "submitted")
    browser.wait_text("办法第七条第二款", ".d-texts").wait_text("窗口等候", ".d-clock")
    before = browser.text(".d-clock .over")
    browser.until(lambda: browser.text(".d-clock .over") != before, "the live clock stands still")
    assert clerk.request("POST", "/windows/7/finish", {"outcome": "denied"}).code == "TICKET_HELD"
    step(browser, "approve")
    browser.press("同意，请把别的办法讲清楚")
    send(browser)
    state(browser, "approved")
    assert hall.matter("chuangkou7", matter)["card"]["state"] == "approved"
    assert clerk.request("POST", "/windows/7/finish", {"outcome": "denied"}).status == 200


def test_an_approver_overturns_asks_for_more_and_refers(hall, browser):
    overturned, asked, referred = (filing(hall, facts=f"情况{n}") for n in "一二三")
    enter(hall, browser, "/approver/", "shenpi")
    browser.until(lambda: len(browser.all(".d-rows > a")) == 3)
    for matter, name, to in ((overturned, "overturn", "overturned"), (asked, "ask_more", "need_more"), (referred, "refer", "referred")):
        browser.click(f".d-in [data-matter='{matter}']").until(lambda wanted=matter: current(browser) == wanted)
        step(browser, name)
        if name == "overturn":
            browser.fill("#f-opinion", "可以容缺").click("#f-direction [data-value=deficiency]").fill("#f-guidance", "请回窗口签承诺书")
        else:
            browser.fill("#f-question", "请补租赁合同")
        send(browser)
        state(browser, to)


# ---- the duty leader

def test_the_leader_sees_the_rota_its_gap_and_hands_the_duty_over(hall, browser):
    matter = registered(hall)
    enter(hall, browser, "/leader/", "zhiban1")
    browser.wait_for(f".d-in [data-matter='{matter}']")
    assert "是您" in browser.text(".l-band") and "11 月 26 日" in browser.text(".l-band .note")
    browser.click("[data-tab=duty]").wait_for(".l-rota tr")
    assert len(browser.all(".l-rota tr")) == 28 and "缺人" in browser.text(f"[data-date='{day(3)}']") and "不开门" in browser.text(f"[data-date='{day(5)}']")
    browser.js("document.querySelector('#to').value = 'zhiban2'")
    browser.fill("#reason", "下午开会").press(KEYS.ENTER)
    browser.wait_text("现在由沈*值班", ".l-today")
    browser.wait_text("代蒋*（下午开会）", f"[data-date='{day(0)}']").wait_text("沈*", "#leader")
    browser.click("#take-back").wait_text("现在由蒋*值班", ".l-today")


def test_the_leader_s_page_fits_a_phone_and_decides_there(hall, browser):
    matter = registered(hall)
    hall.take("bancheng", matter, "triage", cause="cross_department")
    enter(hall, browser, "/leader/", "zhiban1", "phone")
    browser.click(f".d-in [data-matter='{matter}']")
    state(browser, "triaged")
    assert browser.js("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.of(".d-act", "offsetHeight") > 0 and not any(browser.each(".d-in a", "offsetHeight"))      # one at a time
    browser.click("[data-step=cannot]").fill("#f-ground", "没有法律依据").click("#send")
    state(browser, "cannot")
    browser.click(".d-back").wait(lambda: browser.all(".d-rows > a")[0].is_displayed())


def test_a_list_is_added_to_and_taken_from(hall, browser):
    matter = registered(hall)
    hall.take("bancheng", matter, "triage", cause="cross_department")
    enter(hall, browser, f"/leader/#mine/{matter}", "zhiban1")
    step(browser, "route_joint")
    for css, value in (("#f-department", "housing"), ("#f-partners", "tax"), ("#f-partners", "market"), ("#f-partners", "police")):
        browser.js("document.querySelector(arguments[0]).value = arguments[1]", css, value)
        if css == "#f-partners":
            browser.click("[data-field=partners] .d-add .btn")
    browser.until(lambda: len(browser.all("[data-field=partners] .d-chips li")) == 3)
    assert "区税务局" in browser.text("[data-field=partners] .d-chips")
    browser.click("[data-field=partners] .d-chips li:nth-child(2) .btn").fill("#f-told", "几家一起办")
    send(browser)
    state(browser, "routed")
    assert browser.text("dd[data-field=partners]") == "区税务局、区公安分局"
    browser.wait_text("10 个工作日", ".d-clock")


# ---- a kind without a page of its own

def test_a_flow_of_one_file_appears_on_the_general_page(hall, browser):
    browser.open("/matters/", "manager").log_in(user_of(hall, "bancheng"))
    browser.click("[data-flow=lost_item]")
    browser.wait_for(".m-head nav a")
    browser.wait_text("失物", ".m-head h1")
    browser.press("n").wait_for("[data-doing=find]")
    first = browser.js("return document.querySelector('.d-form .d-field').dataset.field")
    browser.fill(f"#f-{first}", "一把黑伞")
    for field in browser.js("return [...document.querySelectorAll('.d-form .d-field')].map((e) => e.dataset.field).slice(1)"):
        if browser.all(f"#f-{field} [role=radio]"):
            browser.click(f"#f-{field} [role=radio]")
    send(browser)
    state(browser, "kept")
    assert "一把黑伞" in browser.text(".d-head h1") and "30 天" in browser.text(".d-clock")
    browser.press("1").wait_for(".d-do")


def test_an_auditor_looks_and_takes_no_step(hall, browser):
    matter = registered(hall)
    enter(hall, browser, f"/matters/?flow=escalation#all/{matter}", "shenji")
    state(browser, "registered")
    browser.wait_text("这一步不由您办", ".d-steps").wait_text(SUMMARY, ".d-head")
    assert not browser.all(".d-steps [data-step]") and not browser.all("#new")


# ---- English

def test_english_says_the_same(hall, browser):
    matter = registered(hall)
    enter(hall, browser, f"/desk/?lang=en#inbox/{matter}", "bancheng")
    state(browser, "registered")
    browser.wait_text("Register", ".d-line").wait_text("You can now", ".d-steps").wait_text("Due today", ".d-in")
    browser.wait_text("Triage", ".d-steps .btn")
    browser.js("localStorage.clear()")
