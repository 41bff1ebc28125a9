"""
A real Chromium for the tests: started fresh, without a network of its own, driven by its own driver. Every page it
shows must keep quiet: an error on its console or a breach of the content policy fails the test that showed it.
"""
import contextlib
import json
import os
import shutil
import sys
import tempfile

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "integration"))
import hall as halls    # noqa: E402

KEYS = Keys
WAIT_S = 20
AWAY = ("net::ERR", "status of 503", "Failed to fetch a worker script")     # what a page says of the network while its hall is away
SIZES = {"tv": (1920, 1080), "tv-portrait": (1080, 1920), "kiosk": (1080, 1920), "console": (1440, 900), "phone": (390, 844), "slip": (300, 640),
         "tv-small": (1366, 768), "tv-4k": (3840, 2160), "tv-4k-portrait": (2160, 3840),
         "manager": (1366, 768), "tablet": (820, 1180), "wall": (1920, 1080), "wall-4k": (3840, 2160), "admin": (1440, 900), "index": (1366, 900), "a4": (660, 1000)}
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
           "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
           "--force-device-scale-factor=1")


# What was asked for is done, but the page never hears of it.
LOSES_THE_FIRST_ANSWER = """
const real = window.fetch;
let lost = false;
window.fetch = async (url, how) => {
  const answer = await real(url, how);
  if (how?.method !== "POST" || lost) return answer;
  lost = true;
  throw new TypeError("lost");
};"""


def demo_hall(**settings):
    """A daemon with the demo hall, of its own; settings replace tables of it."""
    with open(os.path.join(halls.SOURCE, "packaging", "demo", "hall.json"), encoding="utf-8") as f:
        return halls.Hall(settings={**json.load(f), **settings})


class Browser:
    """Tabs of one profile. `quiet` is for pages that lose their hall on purpose: then a failed request is no error."""

    def __init__(self, base):
        self.base, self.profile = base.rstrip("/"), tempfile.mkdtemp(prefix="halld-chromium-")
        options = Options()
        for option in (*OPTIONS, f"--user-data-dir={self.profile}"):
            options.add_argument(option)
        options.binary_location = "/usr/bin/chromium"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.size("console")
        self.said = []

    def fresh(self, base):
        """For the next test: one empty tab, nobody logged in. Another hall is another origin with its own storage."""
        self.base, self.said = base.rstrip("/"), []
        first, *others = self.driver.window_handles
        for handle in others:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(first)
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.hear()
        self.said = []
        return self.size("console")

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    # ---- where

    def size(self, name):
        width, height = SIZES[name]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": name == "phone"})
        return self

    @contextlib.contextmanager
    def before_pages(self, script):
        """Runs in every page before its own scripts."""
        made = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        yield
        self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": made["identifier"]})

    def js(self, script, *args):
        return self.driver.execute_script(script, *args)

    def open(self, path, size=None):
        if size:
            self.size(size)
        self.hear()
        self.driver.get(path if path.startswith("http") else self.base + path)
        return self

    def tab(self, path, size="console"):
        """A new tab; its handle."""
        self.driver.switch_to.new_window("tab")
        self.open(path, size)
        return self.driver.current_window_handle

    def to(self, handle):
        self.driver.switch_to.window(handle)
        return self

    # ---- what stands there

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css="body"):
        """What stands there, without the places where lines may break."""
        found = self.driver.execute_script("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent).join('\\n')", css)
        return found.strip()

    def each(self, css, name="textContent"):
        """Of all that stands there a property, in one look: between two the page may be drawn anew."""
        return self.js("return [...document.querySelectorAll(arguments[0])].map((e) => e[arguments[1]])", css, name)

    def of(self, css, name):
        """A property of the first, once it is there."""
        return self.until(lambda: self.each(css, name) or None, f"{css} is not there")[0]

    def data(self, css, name):
        """What their data-NAME says."""
        return [e[name] for e in self.each(css, "dataset")]

    def wait(self, condition, what=""):
        return self.until(condition, what)

    def until(self, condition, what=""):
        """A page may have changed between the look at an element and its use: then look again."""
        waiting = WebDriverWait(self.driver, WAIT_S, poll_frequency=0.05, ignored_exceptions=[StaleElementReferenceException])
        try:
            return waiting.until(lambda _: condition())
        except TimeoutException:
            raise AssertionError(f"{what} {self.driver.current_url}\n{self.text()[:1500]}") from None

    def wait_for(self, css):
        return self.wait(lambda: next((e for e in self.all(css) if e.is_displayed()), None), f"{css} is not there")

    def wait_text(self, text, css="body"):
        self.until(lambda: text in self.text(css), f"{text!r} does not stand in {css}")
        return self

    # ---- what somebody does

    def click(self, css):
        self.until(lambda: next((e.click() or True for e in self.all(css) if e.is_displayed()), None), f"{css} is not there")
        return self

    def click_text(self, text, css="button"):
        def says(element):
            return text in self.driver.execute_script("return arguments[0].textContent", element)
        self.until(lambda: next((e.click() or True for e in self.all(css) if e.is_displayed() and says(e)), None), f"no {css} says {text!r}")
        return self

    def fill(self, css, text):
        def typed():
            field = next((e for e in self.all(css) if e.is_displayed()), None)
            if field:
                field.clear()
                field.send_keys(text)
            return field
        self.until(typed, f"{css} is not there")
        return self

    def hand(self, css, file):
        """A file, into the field for it."""
        self.until(lambda: next((e.send_keys(str(file)) or True for e in self.all(css)), None), f"{css} is not there")
        return self

    def press(self, *keys):
        """On the keyboard, wherever the focus is."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
        return self

    def chord(self, *keys):
        chain = ActionChains(self.driver)
        for key in keys:
            chain.key_down(key)
        for key in reversed(keys):
            chain.key_up(key)
        chain.perform()
        return self

    def log_in(self, user):
        self.wait_for("form.login")
        self.fill("#name", user["name"]).fill("#password", user["password"])
        self.press(Keys.ENTER)
        return self

    # ---- complaints

    def hear(self):
        with contextlib.suppress(Exception):
            self.said += self.driver.get_log("browser")

    def complaints(self, expected=()):
        """Errors of the pages, without those that have an expected word in them."""
        self.hear()
        found, self.said = self.said, []
        errors = [e["message"] for e in found if e["level"] in ("SEVERE", "WARNING")]
        return [e for e in errors if not any(word in e for word in expected)]


def user_of(hall, name):
    return next(u for u in hall.credentials["users"] if u["name"] == name)


def pairing_code(hall, name, role):
    """As quickstart asks for one."""
    answer = hall.admin().post("/admin/devices", {"name": name, "role": role, "place": "测试"})
    assert answer.status == 200, answer.body
    return answer.body["code"]
