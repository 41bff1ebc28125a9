"""What pictures.py and its parts share: a page in a language, and its picture once it has come to rest."""
import os
import time

TRIES, PHONE = 20, {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}


class Album:
    def __init__(self, hall, browser, folder, lang):
        self.hall, self.browser, self.folder, self.lang = hall, browser, folder, lang

    def open(self, path, size):
        page, _, place = path.partition("#")
        return self.browser.open(f"{page}?lang={self.lang}{'#' + place if place else ''}", size)

    def keep(self, name):
        """Of a phone the whole page, however long."""
        js, metrics = self.browser.js, {}
        js("document.getAnimations().forEach((a) => a.finish())")
        if js("return innerWidth < 600"):
            metrics = {**PHONE, "height": max(PHONE["height"], js("scrollTo(0, 0); return document.documentElement.scrollHeight"))}
            self.browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        picture = self.at_rest()
        if metrics:
            self.browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        with open(os.path.join(self.folder, f"{name}.png"), "wb") as f:
            f.write(picture)
        print(name)

    def at_rest(self):
        """Two pictures in a row that are one, so that the news of what was just done are drawn; a running clock may go on."""
        picture = self.browser.driver.get_screenshot_as_png()
        for _ in range(TRIES):
            before = picture
            time.sleep(0.1)
            picture = self.browser.driver.get_screenshot_as_png()
            if picture == before:
                break
        return picture
