"""The forms that definitions make, in a browser: what may be typed and chosen, and a refusal at its field."""
import json
import os
import sys

import pytest
from chromium import KEYS, user_of
from matter_hall import TODAY, MatterDemo

from test_sealed import brought

LICENCE, PERSON, PAPER = "511A0000800001", {"id": "510101199001011234", "name": "张三"}, b"%PDF-1.4\n%%EOF\n"

# How many files went to the hall, and how many at once.
COUNTS_UPLOADS = """
const real = window.fetch;
let now = 0;
window.brought = window.at_once = 0;
window.fetch = async (url, how) => {
  if (!String(url).endsWith("/files")) return real(url, how);
  window.at_once = Math.max(window.at_once, ++now);
  const answer = await real(url, how);
  now--;
  window.brought += answer.ok;
  return answer;
};"""


class DatedDemo(MatterDemo):
    """The taught flow also asks when the thing was lost; nothing is due then."""

    def __init__(self, **config):
        super().__init__(**config)
        path = os.path.join(self.root, "plugins", "lost_item", "flow.json")
        with open(path, encoding="utf-8") as f:
            flow = json.load(f)
        flow["fields"].append({"name": "lost_on", "zh": "丢失日期", "en": "Lost on", "type": "date"})
        next(x for x in flow["transitions"] if x["name"] == "find")["may"].append("lost_on")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(flow, f)


@pytest.fixture(name="hall")
def fixture_hall():
    with DatedDemo() as hall:
        yield hall


def enter(hall, browser, path, name):
    browser.open(path, "manager")
    browser.log_in(user_of(hall, name))
    browser.wait_for(".m-head nav a")
    return browser


def step(browser, name):
    return browser.click(f".d-steps [data-step={name}]").wait_for(f"[data-doing={name}]")


def send(browser):
    return browser.chord(KEYS.CONTROL, KEYS.ENTER)


def state(browser, wanted):
    browser.until(lambda: browser.js("return document.querySelector('#state')?.dataset.state") == wanted, f"not {wanted}")


def checked(hall):
    """A promise that is to be signed."""
    case = hall.opened("chuangkou7", "case", "receive", item=LICENCE, person=PERSON)
    matter = hall.opened("chuangkou7", "deficiency", "offer", case=case, item=LICENCE, person=PERSON, missing=["authorisation"])
    hall.take("chuangkou7", matter, "check", identity=True, credit="good")
    return matter


# ---- dates

def test_a_day_that_is_past_can_be_given_where_nothing_is_due_then(hall, browser):
    enter(hall, browser, "/matters/?flow=lost_item", "bancheng")
    browser.press("n").wait_for("[data-doing=find]")
    browser.fill("#f-what", "一把黑伞").js("document.querySelector('#f-lost_on').value = '2026-11-20'")
    browser.click("#send")
    state(browser, "kept")
    assert "2026-11-20" in browser.text("dd[data-field=lost_on]")


def test_a_day_by_which_something_is_due_is_not_past(hall, browser):
    matter = checked(hall)
    enter(hall, browser, f"/desk/#deficiency/{matter}", "bancheng")
    step(browser, "promise")
    assert browser.of("#f-deadline", "min") == TODAY      # a guard says so
    hall.take("chuangkou7", matter, "promise", deadline="2026-11-25", promise=brought(hall.person("chuangkou7"), PAPER))
    browser.fresh(hall.base)
    enter(hall, browser, f"/matters/?flow=deficiency#all/{matter}", "jingli")
    step(browser, "extend")
    assert browser.of("#f-deadline", "min") == TODAY      # its clock does


# ---- a reason, and files

def test_a_reason_is_no_longer_than_the_hall_takes(hall, browser):
    matter = hall.opened("bancheng", "escalation", "register", summary="解押", phone="13812342047")
    enter(hall, browser, f"/desk/#inbox/{matter}", "bancheng")
    browser.click("[data-unmask=phone]").fill("#reason", "因" * 120).press(KEYS.ENTER)
    browser.wait_text("13812342047", "[data-field=phone]")
    hall.opened("bancheng", "escalation", "register", summary="另一件")      # the log is written before what comes after it
    (look,) = [r for r in hall.admin().get("/audit?log=security").body["security"] if r["kind"] == "unmask"]
    assert "因" * 100 in look["what"] and "因" * 101 not in look["what"]


def test_files_are_brought_one_after_another(hall, browser, tmp_path):
    files = [tmp_path / f"{n}.pdf" for n in range(4)]      # one more than the hall reads at once from one address
    for n, file in enumerate(files):
        file.write_bytes(PAPER + bytes([n]) * 300000)
    enter(hall, browser, "/matters/?flow=denial", "chuangkou7")
    browser.press("n").wait_for("[data-doing=draft]")
    for field in ("facts", "ground", "proposed", "alternatives"):
        browser.fill(f"#f-{field}", "一句话")
    browser.fill("#f-item", "cbwlsd").click(f".d-hits [data-item='{LICENCE}']")
    browser.hand("#f-attachments", "\n".join(map(str, files))).js(COUNTS_UPLOADS)
    send(browser)
    state(browser, "drafted")
    assert browser.js("return [window.brought, window.at_once]") == [4, 1]


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
