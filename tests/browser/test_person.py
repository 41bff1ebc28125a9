"""A person's own matter on a phone: from the ticket's page, in plain words, with what they can do; never a name of the staff."""
import os

import pytest

from chromium import LOSES_THE_FIRST_ANSWER
from flow_hall import FlowHall
from test_contrast import check
from test_files import noise, png


@pytest.fixture(name="hall")
def fixture_hall():
    with FlowHall() as hall:
        yield hall


@pytest.fixture(name="done")
def fixture_done(hall):
    """A ticket that was served at window 2."""
    ticket, clerk = hall.ticket(), hall.client("clerk")
    for step, body in (("open", {}), ("next", {}), ("start", {}), ("finish", {"outcome": "advice"})):
        assert clerk.post(f"/windows/2/{step}", body).status == 200
    return ticket


def test_what_could_not_be_done_is_said_from_the_ticket(hall, browser, done):
    browser.open(f"/t/{done['token']}", "phone").click_text("没办成，或想表扬", "a")
    browser.click_text("事情没办成").fill("#f-summary", "三次来都说缺一张证明").click_text("确定")
    browser.wait_text("我们记下了，正在看怎么办", "h1").wait_text("三次来都说缺一张证明").wait_text("到大厅 14 号窗口问")
    (card,) = hall.matters(flow="escalation")
    assert (card["state"], card["number"]) == ("registered", "A001")
    browser.wait_text("今天 17:00 以前先给您回话", ".m-due").wait_text("11 月 30 日 17:00 以前给您答复", ".m-due")
    browser.wait_text("登记", ".m-story")
    check(browser, "a person's matter")


def test_what_is_answered_can_be_taken_up_again_or_closed(hall, browser, done):
    opened = hall.client().post(f"/tickets/by-token/{done['token']}/matters/escalation", {"transition": "register", "fields": {"summary": "办不了"}}).body
    desk, number = hall.person("bancheng"), opened["card"]["matter"]
    desk.step(number, "triage", cause="materials")
    desk.step(number, "solve", answer="材料可以后补，已经受理")
    browser.open(f"/m/{opened['token']}", "phone").wait_text("当场解决了，您满意吗？", "h1").wait_text("材料可以后补，已经受理")
    assert "何" not in browser.text() and "bancheng" not in browser.text()
    browser.click_text("没解决，请再办").click_text("确定", ".p-sheet button").wait_text("请写：", ".p-sheet")
    browser.fill("#f-reason", "还是要证明").click_text("确定", ".p-sheet button").wait_text("弄清原因了，正在给您想办法", "h1")
    assert hall.matter(number)["card"]["level"] == 2
    desk.step(number, "solve", answer="已办好")
    browser.wait_text("当场解决了，您满意吗？", "h1")
    browser.click_text("满意，可以结束了").click_text("确定", ".p-sheet button").wait_text("这件事办完了，谢谢您", "h1")
    assert not browser.all(".p-foot button")


def test_what_happened_behind_an_open_sheet_is_told_before_it_is_sent(hall, browser, done):
    opened = hall.client().post(f"/tickets/by-token/{done['token']}/matters/escalation", {"transition": "register", "fields": {"summary": "办不了"}}).body
    desk, number = hall.person("bancheng"), opened["card"]["matter"]
    desk.step(number, "triage", cause="materials")
    browser.open(f"/m/{opened['token']}", "phone").click_text("不用办了，撤回").wait_for(".p-sheet")
    desk.step(number, "solve", answer="材料可以后补")
    browser.click_text("确定", ".p-sheet button").wait_text("有人刚刚处理过", ".p-sheet")
    assert hall.matter(number)["card"]["state"] == "solved"
    browser.click_text("返回", ".p-sheet button").wait_text("当场解决了，您满意吗？", "h1")
    assert all("409" in c for c in browser.complaints())


def picked(browser, css, *files):
    """As a person picks: what was picked before is no longer in the field. (WebDriver would add to it.)"""
    found = browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": f"document.querySelector('{css}')"})["result"]
    browser.driver.execute_cdp_cmd("DOM.setFileInputFiles", {"files": [str(f) for f in files], "objectId": found["objectId"]})


def brought_files(hall, matter):
    return [v["value"] for f in hall.matter(matter)["fields"] if f["field"] == "brought" for v in f["values"]]


def corners(browser, address):
    """The size of a picture, and the colour of its middle."""
    return browser.driver.execute_async_script("""const [url, done] = arguments; fetch(url).then((r) => r.blob()).then(createImageBitmap).then((i) => {
      const c = Object.assign(document.createElement("canvas"), { width: i.width, height: i.height }), x = c.getContext("2d"); x.drawImage(i, 0, 0);
      done([i.width, i.height, ...x.getImageData(i.width / 2, i.height / 2, 1, 1).data]); })""", address)


def test_the_missing_paper_is_photographed(hall, browser, tmp_path):
    matter, link = hall.promised()
    photo, page, again = tmp_path / "photo.png", tmp_path / "page.pdf", tmp_path / "again.pdf"
    photo.write_bytes(noise(3000, 1400))      # some 12 MB, as phones make them
    page.write_bytes(b"%PDF-1.4\n%%EOF\n")
    again.write_bytes(b"%PDF-1.4\n% once more\n%%EOF\n")
    assert photo.stat().st_size > 8 << 20
    browser.open(f"/m/{link}", "phone").wait_text("先给您办，请按时补上缺的材料", "h1").wait_text("拍照传来或带到窗口都行", ".m-due")
    browser.click_text("拍照补交").click_text("确定", ".p-sheet button").wait_text("请写：补交材料", ".p-sheet")
    picked(browser, "#f-brought", photo)        # a camera gives one at a time
    picked(browser, "#f-brought", page, again)
    browser.until(lambda: browser.each(".m-files li span") == ["photo.png", "page.pdf", "again.pdf"])
    check(browser, "papers from a phone")
    browser.click(".m-files li:last-child button").click_text("确定", ".p-sheet button").wait_text("材料收到了，正在核对", "h1")
    files = brought_files(hall, matter)
    width, height = corners(browser, f"/api/v1/matters/by-token/{link}/files/{files[0]}")[:2]
    assert len(files) == 2 and width in (2400, 1600, 1000) and round(width / height, 1) == 2.1
    # It is not right: what was brought stays, or is taken off, and the rest comes.
    hall.person("chuangkou2").step(matter, "reject", fault="看不清")
    browser.wait_text("您补的材料不对，请再补一次", "h1").click_text("拍照再补一次").click(".m-files li:first-child button")
    picked(browser, "#f-brought", again)
    browser.click_text("确定", ".p-sheet button").wait_text("又收到材料了，正在核对", "h1")
    assert brought_files(hall, matter)[0] == files[1] and len(brought_files(hall, matter)) == 2


def test_too_many_papers_are_said_before_they_are_sent(hall, browser, tmp_path):
    matter, link = hall.promised()
    pages = [tmp_path / f"{n}.pdf" for n in range(11)]
    for n, page in enumerate(pages):
        page.write_bytes(b"%PDF-1.4\n%%EOF\n" + bytes([n]))
    browser.open(f"/m/{link}", "phone").click_text("拍照补交").wait_for(".m-pick")
    picked(browser, "#f-brought", *pages)
    browser.click_text("确定", ".p-sheet button").wait_text("最多 10 份，请去掉几份", ".p-sheet [role=alert]")
    browser.click(".m-files li:first-child button").click_text("确定", ".p-sheet button").wait_text("材料收到了，正在核对", "h1")
    assert len(brought_files(hall, matter)) == 10


def test_a_scan_without_a_ground_stays_black_on_white(hall, browser, tmp_path):
    matter, link = hall.promised()
    scan = tmp_path / "scan.png"
    scan.write_bytes(png(1200, 900, os.urandom(4 * 1200 * 300) + bytes(4 * 1200 * 600)))       # the lower part is transparent
    browser.open(f"/m/{link}", "phone").click_text("拍照补交").wait_for(".m-pick")
    picked(browser, "#f-brought", scan)
    browser.click_text("确定", ".p-sheet button").wait_text("材料收到了，正在核对", "h1")
    assert corners(browser, f"/api/v1/matters/by-token/{link}/files/{brought_files(hall, matter)[0]}")[2:] == [255, 255, 255, 255]


def test_a_step_stays_in_the_language_that_was_chosen(hall, browser):
    browser.open(f"/m/{hall.promised()[1]}?lang=en", "phone").click_text("中文").click_text("拍照补交").wait_text("拍照，或选文件", ".p-sheet")


def test_a_module_that_is_lost_is_not_the_end(hall, browser):
    """Of a line that comes and goes: the page goes on asking, and what could not be loaded is said and tried again."""
    matter, link = hall.promised()
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/m/live.js*", "*/zh-CN/step.js*"]})
    with browser.before_pages("window.asked = []; const every = setInterval; window.setInterval = (f, ms, ...more) => { window.asked.push(ms); return every(f, ms, ...more); };"):
        browser.open(f"/m/{link}", "phone").wait_text("先给您办", "h1")
        browser.until(lambda: 60000 in browser.js("return window.asked"))
    browser.click_text("拍照补交").wait_text("手机连不上大厅，请再试一次。", "[role=alert]")
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    browser.click_text("拍照补交").wait_for(".p-sheet")
    assert all("ERR_BLOCKED_BY_CLIENT" in c for c in browser.complaints())


def test_praise(hall, browser, done):
    browser.open(f"/m/new?ticket={done['token']}", "phone").click_text("想表扬").fill("#f-summary", "2 号窗口耐心").click_text("确定")
    browser.wait_text("谢谢您的表扬", "h1")
    assert [c["state"] for c in hall.matters(flow="escalation", ended="true")] == ["praised"]


def test_the_language_is_changed_before_it_is_said_and_two_taps_say_it_once(hall, browser, done):
    browser.open(f"/m/new?ticket={done['token']}", "phone").wait_text("您想说什么", "h1")
    browser.click_text("English").wait_text("What would you like to say", "h1").click_text("It could not be done").click_text("中文").wait_text("事情没办成", "h1")
    browser.fill("#f-summary", "三趟")
    browser.js("const send = [...document.querySelectorAll('.m-two .main')].pop(); send.click(); send.click();")
    browser.wait_text("记下", "h1")
    assert len(hall.matters(flow="escalation")) == 1


def test_a_lost_answer_is_no_second_matter(hall, browser, done):
    browser.open(f"/m/new?ticket={done['token']}", "phone").click_text("事情没办成").fill("#f-summary", "三次来都说缺一张证明")
    browser.js(LOSES_THE_FIRST_ANSWER)
    browser.click_text("确定").wait_for("[role=alert]:not([hidden])")
    browser.click_text("确定").wait_text("我们记下了，正在看怎么办", "h1")
    assert len(hall.matters(flow="escalation")) == 1


def test_a_page_in_english(hall, browser, done):
    browser.open(f"/m/new?ticket={done['token']}&lang=en", "phone").click_text("It could not be done").fill("#f-summary", "three visits").click_text("Send")
    browser.wait_text("We have noted it and are looking into it", "h1").wait_text("Ask at window 14")
