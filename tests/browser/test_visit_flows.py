"""
Two visits as people live them, with everybody at a screen of their own: one is refused at the window, the refusal is overturned,
the permit is accepted against a promise, the reminders and the paper come, praise is left; the other truly cannot be done: it is
escalated, explained, filed and revisited. Afterwards all of it explains itself from the journal.
"""
import pytest
from chromium import KEYS, user_of
from flow_hall import FlowHall

PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HEAR_PRINTS = "window.printed = []; window.print = () => { window.printed.push(document.querySelector('.a4').innerHTML); };"


@pytest.fixture(name="hall")
def fixture_hall():
    with FlowHall() as hall:
        yield hall


class People:
    """Everybody has a tab and, by a host name of their own, a session of their own."""

    def __init__(self, hall, browser):
        self.hall, self.browser, self.tabs = hall, browser, {}

    def enter(self, who, path, size="console", user=None):
        port = self.hall.base.rstrip("/").rsplit(":", 1)[1]
        self.tabs[who] = self.browser.tab(f"http://{who}.localhost:{port}{path}", size)
        if user:
            self.browser.log_in(user_of(self.hall, user))
        return self.browser

    def at_window(self, who, window, user):
        self.enter(who, "/window/", user=user).wait_for(".win-choose")
        self.browser.press(*str(window), KEYS.ENTER).wait_for(".win-keys")
        self.browser.js(HEAR_PRINTS)

    def at_page(self, who, path, user):
        self.enter(who, path, "manager", user).wait_for(".m-head nav a")

    def to(self, who):
        return self.browser.to(self.tabs[who])

    def logged_out(self, *names):
        """Whoever left a page open overnight is asked to log in, in words."""
        for who in names:
            self.to(who).wait_text("登录已过期，请再登录一次。", "form.login")

    def go(self, who, path, user=None):
        """In the same tab to another page; the next morning one logs in again."""
        port = self.hall.base.rstrip("/").rsplit(":", 1)[1]
        self.to(who).open(f"http://{who}.localhost:{port}{path}")
        return self.browser.log_in(user_of(self.hall, user)) if user else self.browser


def confirm(browser):
    return browser.chord(KEYS.CONTROL, KEYS.ENTER)


def serve(browser):
    """At a window: the next, and begin."""
    return browser.press(KEYS.ENTER).wait_text("已叫号", "#state").press(KEYS.ENTER).wait_text("办理中", "#state")


def fill(browser, **fields):
    for field, text in fields.items():
        browser.fill(f"#f-{field}", text)
    return browser


def step(browser, name):
    """On a page of matters: a step by its figure."""
    browser.wait_for(f".d-steps [data-step={name}]")
    return browser.press(browser.text(f".d-steps [data-step={name}] kbd")).wait_for(f"[data-doing={name}]")


def state(browser, wanted):
    browser.until(lambda: browser.js("return document.querySelector('#state')?.dataset.state") == wanted, f"not {wanted}")


def moves(hall, number):
    """What was done in a matter, as its timeline tells it, once the timeline is as far as the journal."""
    return [line["transition"] for line in hall.matter(number)["timeline"] if line["kind"] == "moved"]


def marks(hall, number):
    return [line["what"] for line in hall.matter(number)["timeline"] if line["kind"] == "mark"]


def one(hall, **query):
    (card,) = hall.matters(**query)
    return card["matter"]


def refuse(people):
    """The clerk wants to say no, files it, and the person waits."""
    browser = people.to("clerk")
    serve(browser).press("8").wait_for("#f-facts")
    fill(browser, facts="来办的人没有授权委托书", ground="行政许可法第二十九条", proposed="不予受理", alternatives="请本人来")
    confirm(browser).wait_text("草拟", ".win-panel h1").press(KEYS.ENTER).wait_text("待批", ".win-matter")


def overturn(people):
    browser = people.to("approver")
    matter = one(people.hall, flow="denial")
    browser.click(f".d-in [data-matter='{matter}']")
    step(browser, "overturn")
    fill(browser, opinion="委托书可以后补，不能不收").click('[data-value="deficiency"]')
    fill(browser, guidance="容缺受理，星期五前补交委托书")
    confirm(browser)
    state(browser, "overturned")
    return matter


def accept_against_a_promise(people, tmp_path):
    """What the overturned filing said: the case, the promise, its print; then the ticket is accepted."""
    browser = people.to("clerk")
    browser.wait_text("接着办：按 7，容缺受理。", ".win-matter").press("5").wait_for("#f-person")
    browser.fill("#f-person-name", "张三").fill("#f-person", "511602199001011234")
    confirm(browser).wait_text("收件", ".win-panel h1").press(KEYS.ESCAPE)
    browser.press("7").wait_for(".d-ticks")
    assert browser.js("return document.querySelector('#f-person').value") == "511602199001011234"
    assert browser.js("return [...document.querySelectorAll('.d-ticks input')].map((e) => e.disabled)") == [True, True, False, False, False]
    browser.click(".d-ticks input[value=authorisation]")
    confirm(browser).wait_text("可容缺", ".win-panel h1").press("1").press(KEYS.ENTER)
    browser.click('#f-identity [data-value="true"]').click('#f-credit [data-value="good"]')
    confirm(browser).wait_text("已核查", ".win-panel h1").wait_text("容缺受理承诺书", "#rows")
    paper = tmp_path / "promise.pdf"
    paper.write_bytes(PAPER)
    browser.press("1").press(KEYS.ENTER).wait_for("#f-deadline")
    assert browser.of("#f-deadline", "max") == ""      # the hall says which day is too late
    browser.js("document.querySelector('#f-deadline').value = '2026-11-27'")
    browser.click("#f-deadline").chord(KEYS.CONTROL, "p")
    promise = browser.until(lambda: next(iter(browser.js("return window.printed")), None), "the promise is not printed")
    assert "容缺受理承诺书" in promise and "2026-11-27" in promise and "逾期未补的" in promise
    browser.hand("#f-promise", paper)
    confirm(browser).wait_text("已承诺", ".win-panel h1")
    browser.click_text("容缺受理通知书", "#rows li").press(KEYS.ENTER)
    sheet = browser.until(lambda: next((p for p in browser.js("return window.printed") if "容缺受理通知书" in p), None), "nothing was printed")
    assert "授权委托书" in sheet and "2026-11-27" in sheet
    browser.press(KEYS.ESCAPE).press(KEYS.ENTER).wait_text("办得怎么样？").press(KEYS.ENTER).wait_text("已就绪", "#state")
    return sheet.split("by-token/")[1].split("/")[0], one(people.hall, flow="deficiency"), one(people.hall, flow="case")


def days_pass(people, deficiency):
    """Three working days before, one before, and on the day: a reminder each."""
    for day, told in (("2026-11-24", ["-3d"]), ("2026-11-26", ["-3d", "-1d"]), ("2026-11-27", ["-3d", "-1d", "+0d"])):
        people.hall.move("09:10", day)
        people.browser.until(lambda wanted=told: [m for m in marks(people.hall, deficiency) if m.endswith("d")] == wanted, f"not {told}")
    people.logged_out("approver", "clerk")


def bring_the_paper(people, deficiency, tmp_path):
    """At the same clerk's, on the page of promises; then it is checked."""
    paper = tmp_path / "authorisation.pdf"
    paper.write_bytes(PAPER)
    browser = people.go("clerk", f"/matters/?flow=deficiency#all/{deficiency}", "chuangkou2")
    step(browser, "supplement")
    browser.hand("#f-brought", paper)
    confirm(browser)
    state(browser, "supplemented")
    step(browser, "verify")
    confirm(browser)
    state(browser, "verified")


def decide(hall, case):
    """The back office and the issuing window."""
    for who, name, fields in (("chuangkou2", "assign", {"department": "approval"}), ("chengban1", "decide", {"result": "granted"}), ("chengban1", "make", {}),
                              ("chuangkou13", "shelve", {"shelf": "3-12"}), ("chuangkou13", "hand", {}), ("chengban1", "archive", {})):
        hall.person(who).step(case, name, **fields)


def praise(people):
    """From the phone, by the link of the number of that day."""
    hall, clerk = people.hall, people.hall.client("clerk")
    ticket = hall.ticket("collect")
    for name, body in (("open", {}), ("next", {}), ("start", {}), ("finish", {"outcome": "handled"})):
        assert clerk.post(f"/windows/13/{name}", body).status == 200
    browser = people.go("phone", f"/t/{ticket['token']}")
    browser.click_text("没办成，或想表扬", "a").click_text("想表扬").fill("#f-summary", "2 号窗口没让我白跑").click_text("确定")
    browser.wait_text("谢谢您的表扬", "h1")


def tells(lines, *wanted):
    """In this order, other lines between them."""
    at = iter(lines)
    assert all(w in at for w in wanted), (lines, wanted)


@pytest.mark.loses_its_hall
@pytest.mark.sleeps_a_night
def test_refused_overturned_promised_kept_and_praised(hall, browser, tmp_path):
    people = People(hall, browser)
    ticket = hall.ticket()
    people.enter("phone", f"/t/{ticket['token']}", "phone").wait_text("下一位就是您")
    people.at_page("approver", "/approver/", "shenpi")
    people.at_window("clerk", 2, "chuangkou2")
    refuse(people)
    denial = overturn(people)
    token, deficiency, case = accept_against_a_promise(people, tmp_path)
    people.to("phone").wait_text("已受理")
    history = [line["text"] for line in hall.auditor().request("GET", f"/tickets/{ticket['id']}").body["history"]]
    tells(history, "2 号窗口叫号", "2 号窗口开始办理", "2 号窗口办结：已受理")
    people.go("phone", f"/m/{token}").wait_text("先给您办，请按时补上缺的材料", "h1").wait_text("11 月 27 日 17:00", ".m-due")
    days_pass(people, deficiency)
    people.to("phone").wait_text("今天 17:00", ".m-due")
    bring_the_paper(people, deficiency, tmp_path)
    people.go("phone", f"/m/{token}").wait_text("材料齐了，谢谢您守约", "h1")
    decide(hall, case)
    praise(people)
    browser.until(lambda: hall.matter(case)["timeline"][-1]["transition"] == "archive", "the timeline is not there")
    assert moves(hall, denial) == ["draft", "submit", "overturn"]
    assert moves(hall, deficiency) == ["offer", "check", "promise", "supplement", "verify"]
    tells(moves(hall, case), "receive", "accept_conditional", "promise_kept", "assign", "decide", "archive")
    assert [c["title"] for c in hall.matters(flow="escalation", state="praised", ended="true")] == ["2 号窗口没让我白跑"]
    explains_itself(hall, denial, deficiency, case)


def explains_itself(hall, denial, deficiency, case):
    """Who did it, at which window, under which duty leader; and nothing that a person said stands in an event."""
    by = {line["transition"]: line for number in (denial, deficiency, case) for line in hall.matter(number)["timeline"] if line["kind"] == "moved"}
    assert by["overturn"]["actor"] == "user:shenpi" and by["overturn"]["duty"] == "zhiban1" and by["promise"]["window"] == 2
    assert [v["zh"] for f in by["overturn"]["fields"] if f["field"] == "direction" for v in f["values"]] == ["容缺受理"]
    events = [e for e in hall.events() if any(k.startswith("matter_") for k in e)]
    said = str(events)
    assert len(events) > 12 and all(word not in said for word in ("委托书", "张三", "511602199001011234", "白跑"))


@pytest.mark.loses_its_hall
@pytest.mark.sleeps_a_night
def test_what_truly_cannot_be_done_is_explained_filed_and_revisited(hall, browser):
    people = People(hall, browser)
    ticket = hall.ticket()
    people.enter("phone", f"/t/{ticket['token']}", "phone").wait_text("下一位就是您")
    people.enter("tv", "/screen/", "tv")
    people.at_window("desk", 14, "bancheng")
    people.at_window("clerk", 2, "chuangkou2")
    serve(browser).wait_text("带号去 14 号窗", '[data-key="9"]').press("9").wait_for("#f-summary")
    browser.fill("#f-summary", "父亲名下的摊位要过户，人已去世十年")
    confirm(browser).wait_text("没有叫号", "#state")
    matter = one(hall, flow="escalation")
    serve(people.to("desk")).wait_text("已登记", ".win-matter")
    people.to("tv").wait_text("A001", ".tv-now").wait_text("14 号窗口", ".tv-now")
    people.to("desk").press(KEYS.ENTER).wait_text("这个号还不能办结", ".win-panel").press(KEYS.ESCAPE)
    decided_at_the_desk(people, matter)
    people.go("desk", "/window/").wait_for(".win-matter")
    browser.press(KEYS.ENTER).wait_text("办得怎么样？").click_text("咨询", "#rows li").press(KEYS.ENTER).wait_text("已就绪", "#state")
    calls_explain_themselves(hall, ticket)
    token = hall.person("bancheng").request("GET", f"/matters/{matter}/slip").body["token"]
    people.go("phone", f"/m/{token}").wait_text("为什么办不了，已经跟您解释过了", "h1").wait_text("摊位是租用的")
    revisited(people, matter)
    people.to("phone").wait_text("这件事办完了，谢谢您", "h1")
    tells(moves(hall, matter), "register", "triage", "cannot", "explain", "close")
    assert hall.matter(matter)["card"]["state"] == "closed"


def decided_at_the_desk(people, matter):
    browser = people.browser
    people.go("desk", f"/desk/#inbox/{matter}").wait_for(".d-steps")
    step(browser, "triage")
    browser.click('[data-value="legacy"]')
    confirm(browser)
    state(browser, "triaged")
    people.at_page("leader", "/leader/", "zhiban1")
    browser.click(f".d-in [data-matter='{matter}']")
    step(browser, "cannot")
    fill(browser, ground="摊位是租用的，租约不能继承")
    confirm(browser)
    state(browser, "cannot")
    people.to("desk").wait_for(".d-steps [data-step=explain]")
    step(browser, "explain")
    fill(browser, explanation="当面说明，给了新租约的申请表")
    confirm(browser)
    state(browser, "explained")


def revisited(people, matter):
    people.hall.move("10:00", "2026-11-25")
    people.logged_out("leader", "desk", "clerk")
    browser = people.go("desk", f"/desk/#inbox/{matter}", "bancheng")
    step(browser, "close")
    confirm(browser)
    state(browser, "closed")


def calls_explain_themselves(hall, ticket):
    """Of the ticket, on its day: each call with its reason, and the way from the window to the desk."""
    reader = hall.auditor()
    calls = reader.request("GET", f"/tickets/{ticket['id']}/why").body["calls"]
    assert [(c["window"], c["rule"], c["overtook"]) for c in calls] == [(2, "order", 0), (14, "named", 0)]
    history = [(line["text"], line["actor"]) for line in reader.request("GET", f"/tickets/{ticket['id']}").body["history"]]
    tells(history, ("转到 14 号窗口：办不成事反映", "user:chuangkou2"), ("14 号窗口叫号", "user:bancheng"), ("14 号窗口办结：咨询", "user:bancheng"))
