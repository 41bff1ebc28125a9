"""A demo hall and a browser for each test; at its end no page may have complained."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from chromium import AWAY, Browser, demo_hall, pairing_code, user_of    # noqa: E402

# What a page may say about the network, by the marker of the test.
EXPECTED = {"loses_its_hall": AWAY, "sleeps_a_night": ("status of 401",)}


@pytest.fixture(name="hall")
def fixture_hall():
    with demo_hall() as hall:
        yield hall


@pytest.fixture(name="chromium", scope="session")
def fixture_chromium():
    browser = Browser("http://127.0.0.1")
    yield browser
    browser.close()


@pytest.fixture(name="browser")
def fixture_browser(chromium, hall, request):
    browser = chromium.fresh(hall.base)
    yield browser
    expected = [words for marker, words in EXPECTED.items() if request.node.get_closest_marker(marker)]
    complaints = browser.complaints(sum(expected, ()))
    assert not complaints, complaints


@pytest.fixture(name="kiosk")
def fixture_kiosk(hall, browser):
    """The kiosk's page, paired as quickstart's link does it, in the browser's first tab."""
    browser.open("/kiosk/#pair=" + pairing_code(hall, "kiosk-page", "kiosk"), "kiosk")
    browser.wait_for(".k-line")
    return browser.driver.current_window_handle


@pytest.fixture(name="clerk")
def fixture_clerk(hall, browser):
    """Opens a console tab for a clerk at a window; returns its handle."""
    def at(window, name=None):
        handle = browser.tab("/window/")
        browser.log_in(user_of(hall, name or f"chuangkou{window}"))
        browser.wait_for(".win-choose")
        browser.press(*str(window), browser_enter())
        browser.wait_for(".win-keys")
        return handle
    return at


def browser_enter():
    from chromium import KEYS
    return KEYS.ENTER


def pytest_configure(config):
    config.addinivalue_line("markers", "loses_its_hall: the daemon goes away on purpose")
    config.addinivalue_line("markers", "sleeps_a_night: sessions end, and a page left open may ask once before it wants a login")
