"""The TV: what a hall hears, notices for a time, every size, and that it may hang for days."""
import datetime

import pytest

# This browser has no voices: one is lent to it that takes a while, notes what it says, and that nobody else speaks.
VOICE = """
window.spoken = []; window.covered = 0; window.speakMs = 150; let speaking = false;
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => window.voices || [{lang: "en-US", localService: true}, {lang: "zh-CN", localService: true}],
  cancel() { speaking = false; },
  speak(words) {
    if (speaking) window.covered++;
    speaking = true;
    window.spoken.push(`${words.lang} ${words.text}`);
    setTimeout(() => { speaking = false; words.onend(); }, window.speakMs);
  }}});
"""
FITS = """
const out = [], tv = document.querySelector("main"), near = 2 + innerWidth / 500;
const name = (e) => `${e.tagName}.${e.className} "${e.textContent.slice(0, 20)}"`;
const inside = (a, b) => a.left >= b.left - near && a.right <= b.right + near && a.top >= b.top - near && a.bottom <= b.bottom + near;
const view = {left: 0, top: 0, right: innerWidth, bottom: innerHeight}, sections = [...tv.children].filter((s) => s.offsetParent);
for (const s of sections) {
  if (!inside(s.getBoundingClientRect(), view)) out.push("outside the screen: " + name(s));
  for (const e of s.querySelectorAll("*")) {
    let box = e.getBoundingClientRect();
    if (getComputedStyle(e).display === "inline") box = e.parentElement.getBoundingClientRect();     /* a line is as high as its block says */
    if (box.width && e.childElementCount === 0 && !inside(box, s.getBoundingClientRect())) out.push(`outside of ${s.className}: ` + name(e));
    if (e.childElementCount === 0 && e.scrollWidth > e.clientWidth + near && getComputedStyle(e).display !== "inline") out.push("cut: " + name(e));
  }
}
sections.forEach((a, i) => sections.slice(i + 1).forEach((b) => {
  const x = a.getBoundingClientRect(), y = b.getBoundingClientRect();
  if (x.left < y.right - near && y.left < x.right - near && x.top < y.bottom - near && y.top < x.bottom - near) out.push(`${name(a)} covers ${name(b)}`);
}));
return out;
"""


def call(hall, window, queue="A"):
    clerk = hall.client("clerk")
    number = hall.client("kiosk").ticket(queue).body["number"]
    clerk.post(f"/windows/{window}/open")
    answer = clerk.post(f"/windows/{window}/next")
    assert answer.body["ticket"]["number"] == number, answer.body
    return number


@pytest.fixture(name="tv")
def fixture_tv(hall, browser):
    """A TV with a voice, and its sound on."""
    with browser.before_pages(VOICE):
        browser.open("/screen/", "tv").click("#sound").wait(lambda: not browser.all("#sound"), "the sound stays off")
        yield browser
        browser.js("localStorage.removeItem('halld.screen.voice'); localStorage.removeItem('halld.screen.one')")


def spoken(browser):
    return browser.js("return window.spoken")


def says(browser, *texts):
    browser.wait(lambda: spoken(browser) == list(texts), f"says {spoken(browser)}, not")


# ---- voice

def test_each_call_is_spoken_once_in_chinese_and_none_covers_another(hall, tv):
    for window in (1, 2, 14):
        call(hall, window, "F" if window == 14 else "A")
    says(tv, "zh-CN 请 A 零零一号，到 一 号窗口", "zh-CN 请 A 零零二号，到 二 号窗口", "zh-CN 请 F 零零一号，到 十四 号窗口")
    hall.admin().request("PATCH", "/admin/policy", {"repeat_after_s": 0})
    hall.client("clerk").post("/windows/2/repeat")
    tv.wait(lambda: len(spoken(tv)) == 4, "a repeated call is spoken again")
    assert spoken(tv)[3] == "zh-CN 请 A 零零二号，到 二 号窗口" and tv.js("return window.covered") == 0


def test_a_call_that_is_over_before_its_turn_is_not_spoken(hall, tv):
    tv.js("window.speakMs = 2500")
    call(hall, 1)
    call(hall, 2)
    hall.client("clerk").post("/windows/2/finish", {"outcome": "handled"})
    call(hall, 3)
    says(tv, "zh-CN 请 A 零零一号，到 一 号窗口", "zh-CN 请 A 零零三号，到 三 号窗口")


def test_calls_in_a_gap_of_the_line_are_spoken_and_old_ones_are_not(hall, browser):
    call(hall, 1)
    with browser.before_pages(VOICE):
        browser.open("/screen/", "tv").click("#sound").wait(lambda: not browser.all("#sound"))
        browser.driver.execute_cdp_cmd("Network.enable", {})
        browser.tab("/", "index")       # another page makes the stream begin anew
        browser.to(browser.driver.window_handles[0])
        call(hall, 2)
        says(browser, "zh-CN 请 A 零零二号，到 二 号窗口")


def test_without_a_chinese_voice_there_is_the_chime_only(hall, tv):
    tv.js("window.voices = [{lang: 'en-US', localService: true}]; window.tones = 0; const make = AudioContext.prototype.createOscillator;"
          "AudioContext.prototype.createOscillator = function () { window.tones++; return make.call(this); }")
    call(hall, 1)
    tv.wait(lambda: tv.js("return window.tones") == 2)
    assert spoken(tv) == []


def test_english_and_yao_are_settings_of_the_machine(hall, browser):
    with browser.before_pages(VOICE):
        browser.open("/screen/?voice=zh,en&one=yao", "tv").open("/screen/").click("#sound").wait(lambda: not browser.all("#sound"))
        call(hall, 1)
        says(browser, "zh-CN 请 A 零零幺号，到 一 号窗口", "en-US Number A 0 0 1, please go to window 1.")
        browser.open("/screen/?voice=off").wait_for(".tv-head")
        assert not browser.all("#sound")
        browser.js("localStorage.removeItem('halld.screen.voice'); localStorage.removeItem('halld.screen.one')")


def test_numbers_are_read_as_halls_read_them(browser):
    browser.open("/screen/", "tv").wait_for(".tv-head")
    read = browser.driver.execute_async_script("const done = arguments[0]; import('/screen/voice.js').then((m) => done([[1, 7, 10, 12, 20, 35, 100, 105, 110, 999].map(m.inChinese), m.sentence({number: 'A1032', window: 23})]))")
    assert read == [["一", "七", "十", "十二", "二十", "三十五", "一百", "一百零五", "一百一十", "九百九十九"], "请 A 一零三二号，到 二十三 号窗口"]


# ---- what stands there

def test_notices_stand_for_their_time_one_after_the_other(hall, browser):
    now = datetime.datetime.now(datetime.timezone.utc)
    put = hall.admin().post
    put("/admin/notices", {"notice": "now", "text": "今天下午停水", "text_en": "No water this afternoon", "to_at": (now + datetime.timedelta(hours=1)).isoformat(timespec="seconds")})
    put("/admin/notices", {"notice": "later", "text": "还没到", "from_at": (now + datetime.timedelta(hours=2)).isoformat(timespec="seconds")})
    call(hall, 1)
    browser.open("/screen/", "tv").wait_text("今天下午停水", ".tv-notice")
    browser.wait(lambda: "今天下午停水" not in browser.text(".tv-notice"), "they take turns")
    assert "还没到" not in browser.text()


def test_a_registered_tv_says_that_it_is_there(hall, browser):
    device = hall.admin().post("/admin/devices", {"name": "tv-east", "role": "screen", "place": "东厅"}).body
    browser.open("/screen/#pair=" + device["code"], "tv").wait_for(".tv-head")
    browser.wait(lambda: any(e.get("device_reported", {}).get("device") == "tv-east" for e in hall.events()))
    assert "heard_at" in next(d for d in hall.admin().get("/admin/devices").body["devices"] if d["name"] == "tv-east")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everything_fits_on_every_screen(hall, browser, lang):
    for window, queue in ((1, "A"), (2, "B"), (13, "E"), (14, "F"), (5, "C"), (7, "D")):
        call(hall, window, queue)
    browser.open(f"/screen/?lang={lang}", "tv").wait_for(".tv-past")
    problems = {}
    for size in ("tv-small", "tv", "tv-4k", "tv-portrait", "tv-4k-portrait"):
        browser.size(size).wait(lambda: True)
        if found := browser.js(FITS):
            problems[size] = found
    assert not problems, problems


def test_it_does_not_grow(hall, browser):
    """A few hundred calls, each served: after them the page holds what it held before."""
    hall.admin().request("PATCH", "/admin/policy", {"repeat_after_s": 0})
    clerk, kiosk = hall.client("clerk"), hall.client("kiosk")
    clerk.post("/windows/1/open")

    def serve(times):
        for _ in range(times):
            kiosk.ticket("A")
            clerk.post("/windows/1/next", {})
            clerk.post("/windows/1/finish", {"outcome": "handled"})
        browser.wait_text("现在不用等")

    def held():
        browser.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        metrics = {m["name"]: m["value"] for m in browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
        return metrics["JSHeapUsedSize"], metrics["Nodes"]

    with browser.before_pages(VOICE):
        browser.open("/screen/", "tv").wait_for(".tv-head")
        browser.driver.execute_cdp_cmd("Performance.enable", {})
        serve(60)
        heap, nodes = held()
        serve(300)
        heap_later, nodes_later = held()
    assert heap_later < heap * 1.1 + 100_000 and nodes_later < nodes * 1.1 + 50, (heap, heap_later, nodes, nodes_later)
