/* Booking on a phone. The address says where one is: /book/ what for, ?item= when, /book/TOKEN one's own appointment;
 * so the phone's own way back works, and a reload loses nothing. */
import { $, fill, h } from "../lib/dom.js";
import { ask } from "../lib/ask.js";
import { setHallTime } from "../lib/format.js";
import { loadTexts, otherLang, pick, setLang, t } from "../lib/i18n.js";

/** @typedef {{enter: (p: Page) => Promise<void>, body: (p: Page) => any[], foot: (p: Page) => any[], title: () => string, tick?: (p: Page) => void, leave?: (p: Page) => Promise<void>}} Step */

const page = {
  /** @type {any} */ hall: {},
  token: "", item: "", move: "", trouble: "", sheet: "", live: true,
  /** @type {Step | null} */ step: null,
  render,
  /** To another address of this page. @param {string} path @param {boolean} [instead] of this one */
  go(path, instead = false) {
    if (instead) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
    return route();
  },
  /** @param {string} what */ open(what) {
    page.sheet = what;
    render();
    if (what) $(".p-sheet button").focus();
  },
  /** A request whose refusal is shown; undefined if there was one. @param {string} method @param {string} path @param {unknown} [body] */
  async ask(method, path, body) {
    page.trouble = "";
    try {
      const answer = await ask(method, path, body);
      page.live = true;
      return answer;
    } catch (e) {
      page.trouble = /** @type {Error} */ (e).message;
      page.live = /** @type {any} */ (e).code !== "OFFLINE";
      return undefined;
    }
  },
};
/** @typedef {typeof page} Page */

let said = "";

function header() {
  const other = h("button.btn.quiet", { type: "button", lang: otherLang(), onclick: () => setLang(otherLang()).then(render) }, t("language"));
  return h("header", null, h("strong", null, pick(page.hall.hall || "", page.hall.name_en)), other);
}

function render() {
  const { step } = page;
  if (!step) return;
  document.title = step.title();
  const focus = document.activeElement?.id, body = step.body(page);
  fill($("#page"), header(), h("section.b-body", null, body, page.trouble && h("div.note.stop", { role: "alert" }, page.trouble)),
    h("footer.p-foot", null, page.sheet ? [] : step.foot(page)), page.sheet && h("section.p-sheet", { role: "dialog", "aria-modal": "true" }, sheet()));
  if (focus) document.getElementById(focus)?.focus();
  if (page.trouble && page.trouble !== said) $(".note.stop").scrollIntoView({ block: "center" });
  said = page.trouble;
}

/** Asks once more before an appointment is given up. */
function sheet() {
  const close = () => page.open("");
  return [h("h1", null, t("cancel.ask")), h("p", null, t("cancel.lose")), h("p.p-foot", null, h("button.btn", { type: "button", onclick: close }, t("cancel.no")),
    h("button.btn.no", { type: "button", id: "cancel-yes", onclick: async () => {
      page.sheet = "";
      await page.ask("POST", `/appointments/by-token/${page.token}/cancel`, {});
      const { trouble } = page;
      await page.step?.enter(page);
      page.trouble = trouble;
      render();
    } }, t("cancel.yes")))];
}

let turn = 0;
/** What the address asks for. */
async function route() {
  const mine = ++turn;
  await page.step?.leave?.(page);
  page.token = decodeURIComponent(location.pathname.split("/")[2] || "");
  const asked = new URLSearchParams(location.search);
  page.item = asked.get("item") || "";
  page.move = asked.get("move") || "";
  page.trouble = page.sheet = "";
  const step = page.token ? (await import("./own.js")).mine : page.item ? (await import("./time.js")).time : (await import("./what.js")).what;
  if (mine !== turn) return;
  await step.enter(page);
  if (mine !== turn) return;
  page.step = step;
  scrollTo(0, 0);
  render();
}

async function begin() {
  const hall = await page.ask("GET", "/hall");
  if (hall) {
    page.hall = hall;
    setHallTime(hall.at, hall.simulated);
    return route();
  }
  fill($("#page"), header(), h("section.b-body", null, h("div.note.stop", { role: "alert" }, t("offline"))),
    h("footer.p-foot", null, h("button.btn.main", { type: "button", onclick: begin }, t("retry"))));
}

await loadTexts("common", "days", "book");
addEventListener("popstate", route);
setInterval(() => page.step?.tick?.(page), 1000);
begin();
