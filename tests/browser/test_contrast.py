"""What is read can be read: every text that stands on a page against what is behind it, as the browser paints it. WCAG AA
everywhere; 7:1 on the TV and the kiosk."""
import pytest

from chromium import KEYS, user_of
from matter_hall import MatterDemo, filing

# Each text with its own colour and the nearest ground below it; what is disabled or crossed out by its state may be paler.
MEASURE = """
const least = arguments[0], out = new Map();
const parse = (c) => { const p = c.match(/[\\d.]+/g).map(Number); return {r: p[0], g: p[1], b: p[2], a: p[3] === undefined ? 1 : p[3]}; };
const over = (top, below) => ({r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1});
const light = (c) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b); };
function ground(e) {
  const layers = [];
  for (let at = e; at; at = at.parentElement) {
    const style = getComputedStyle(at), colour = parse(style.backgroundColor);
    if (style.backgroundImage.includes("gradient") && colour.a === 0) return null;
    layers.push(colour);
    if (colour.a === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), {r: 255, g: 255, b: 255, a: 1});
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const e = node.parentElement, text = node.textContent.trim();
  if (!text || !e.offsetParent || e.closest("[aria-disabled='true'], .sr, script, .paper, .plate.gone, .plate.done")) continue;
  const style = getComputedStyle(e), size = parseFloat(style.fontSize), back = ground(e);
  if (!back || style.visibility === "hidden" || !size) continue;
  const a = light(over(parse(style.color), back)), b = light(back), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const isLarge = size >= 24 || (size >= 18.7 && Number(style.fontWeight) >= 700);
  const needs = least > 4.5 ? least : isLarge ? 3 : least;
  if (ratio < needs - 0.05) out.set(`${e.tagName}.${e.className} ${style.color} on ${Math.round(back.r)},${Math.round(back.g)},${Math.round(back.b)}`, `${ratio.toFixed(1)} needs ${needs}: ${text.slice(0, 20)}`);
}
return [...out].map(([where, what]) => `${where} ${what}`);
"""


def check(browser, where, least=4.5):
    browser.js("document.getAnimations().forEach((a) => { try { a.finish(); } catch { a.cancel(); } })")
    pale = browser.js(MEASURE, least)
    assert not pale, f"{where}: {pale}"


@pytest.fixture(name="busy")
def fixture_busy(hall):
    """Calls, waiting people, a break."""
    kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
    for queue in "AABCDAE":
        kiosk.ticket(queue)
    for window in (1, 2, 13):
        clerk.post(f"/windows/{window}/open")
        clerk.post(f"/windows/{window}/next")
    clerk.post("/windows/6/open")
    clerk.post("/windows/6/break", {"reason": "用餐", "planned_s": 600})
    return hall


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_tv_is_seven_to_one(busy, browser, lang):
    browser.open(f"/screen/?lang={lang}", "tv").wait_for(".tv-now .plate")
    check(browser, "live", 7)
    for window in (1, 2, 13):
        busy.client("clerk").post(f"/windows/{window}/finish", {"outcome": "handled"})
    browser.wait(lambda: not browser.all(".tv-past li"))
    check(browser, "without calls", 7)


def test_the_kiosk_is_seven_to_one(browser, kiosk):
    check(browser, "home", 7)
    browser.click("[data-queue=A]").wait_for("[data-class=normal]")
    check(browser, "who", 7)
    browser.click("[data-class=normal]").wait_for(".slip")
    check(browser, "ticket", 7)
    browser.click(".k-done").click(".k-find").press(*"yczmls").wait_for(".kinds")
    check(browser, "search", 7)
    browser.open("/kiosk/", "kiosk").click_text("高对比").wait_for("main.contrast")
    check(browser, "contrast", 7)
    browser.click_text("叫人帮忙").wait_text("已经叫了工作人员")
    check(browser, "help", 7)


def test_the_phone(hall, browser):
    hall.admin().request("PATCH", "/admin/policy", {"miss_after_s": 0})
    ticket = hall.client("kiosk").ticket("A").body
    browser.open("/t/" + ticket["token"], "phone").wait_for(".plate")
    check(browser, "waiting")
    clerk = hall.client("clerk")
    clerk.post("/windows/1/open")
    clerk.post("/windows/1/next")
    browser.wait_for(".is-called")
    check(browser, "called")
    clerk.post("/windows/1/no-show")
    browser.wait_for(".plate.missed")
    check(browser, "missed")


def test_the_console(busy, browser, clerk):
    browser.open("/window/").wait_for("form.login")
    check(browser, "login")
    clerk(3)
    check(browser, "idle")
    browser.press(KEYS.ENTER).wait_for(".plate.called")
    check(browser, "called")
    browser.press(KEYS.ENTER).wait_for(".plate.serving")
    check(browser, "serving")
    for key in (KEYS.ENTER, "4", "6", "0", "p", "?"):
        browser.press(key).wait_for(".win-panel")
        check(browser, f"panel {key}")
        browser.press(KEYS.ESCAPE).wait(lambda: not browser.all(".win-panel"))


def test_the_pages_of_matters(browser):
    with MatterDemo() as hall:
        browser.fresh(hall.base)
        matter = hall.opened("bancheng", "escalation", "register", summary="跑了三趟", phone="13812342047")
        waiting = filing(hall)
        browser.open(f"/desk/#inbox/{matter}", "manager").log_in(user_of(hall, "bancheng")).wait_for(".d-line li")
        check(browser, "desk")
        browser.press("1").wait_for(".d-do")
        check(browser, "a step")
        browser.press(KEYS.ESCAPE, "?").wait_for(".d-keys")
        check(browser, "keys")
        browser.driver.delete_all_cookies()
        browser.open("/").open(f"/leader/#mine/{waiting}", "phone").log_in(user_of(hall, "zhiban1")).wait_for(".d-line li")
        check(browser, "leader")
        browser.click("[data-tab=duty]").wait_for(".l-rota")
        check(browser, "rota")
        browser.open("/matters/", "manager").wait_for(".d-kinds a")
        check(browser, "kinds")


def test_the_office(busy, browser):
    browser.open("/", "index").wait_text("取号")
    check(browser, "index")
    browser.open("/admin/", "admin").log_in(user_of(busy, "guanli")).wait_for(".a-grid")
    check(browser, "windows")
    for tab in ("items", "notices", "policy", "users", "devices", "log"):
        browser.click(f'a[href="#{tab}"]').wait_for(".a-box")
        check(browser, tab)
