/* A page of matters: who is here, the head with its tabs, three columns, and what the stream says. */
import { $, fill, h } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { calmly } from "../lib/calm.js";
import { wallClock } from "../lib/days.js";
import { hallNow, setHallTime } from "../lib/format.js";
import { followHallTime } from "../lib/hallclock.js";
import { otherLang, pick, setLang, t } from "../lib/i18n.js";
import { logIn, logOut, may, whoAmI } from "../lib/session.js";
import { follow } from "../lib/stream.js";
import { listen, notice, titleOf } from "./attention.js";
import { clockCard } from "./clocks.js";
import { head } from "./head.js";
import { inbox, renewSearch, searchLine } from "./inbox.js";
import { help, onKey, openNew, openings } from "./keys.js";
import { printMatter } from "./print.js";
import { opening, renewDoing, stepsCard } from "./steps.js";
import { timeline } from "./timeline.js";
import { w } from "./work.js";
import { named } from "./words.js";

const NEWS_MS = 150, LOOK_MS = 1000, COUNT_MS = 5000, TICK_MS = 1000, AGAIN_MS = 60000, REASON_MOST = 100;
const main = $("#page");
/** @type {{close: () => void} | null} */ let line = null;
let live = true, stale = false, lookedAt = 0, countedAt = 0;
/** @type {any} */ let newsTimer = 0;
const parts = { head: h("header.m-head"), list: h("nav.d-in"), top: h("div"), rows: h("div.d-rows"), mid: h("article.d-mid"), act: h("aside.d-act"), whole: h("section.d-whole") };
/** What stands there, so that nothing is taken away from under somebody's hands. @type {{layout: string, panel: string, search: Element | null}} */ const stands = { layout: "", panel: "", search: null };

/* ---- what stands there */

const title = () => w.page.title?.(w) || t(`title.${w.page.name}`);

/** @param {import("./work.js").Tab} tab */
function tabLink(tab) {
  const c = w.counts[tab.id], n = c ? ` ${c.total}` : "";
  return h("a", { href: `#${tab.id}`, "aria-current": tab === w.tab ? "page" : null, "data-tab": tab.id }, t(`tab.${tab.id}`) + n, c?.red ? h("span.tag.stop", null, t("red", { n: c.red })) : null);
}

function header() {
  const quiet = (/** @type {string} */ text, /** @type {() => void} */ act, /** @type {any} */ more = {}) => h("button.btn.quiet", { type: "button", onclick: act, ...more }, text);
  const leader = w.hall.duty_leader ? h("span", { id: "leader" }, t("duty.now"), " ", h("strong", null, w.hall.duty_leader)) : h("span.sub", { id: "leader" }, t("duty.none"));
  return [w.me.window ? h("span.tile", null, w.me.window) : null, h("h1", null, title()), h("nav", { "aria-label": t(`title.${w.page.name}`) }, w.page.tabs.map(tabLink)),
    h("span.r", null, live ? leader : h("span.stop", { role: "alert" }, h("span.dot.stop"), " ", t("lost")), openings(w).length ? h("button.btn.quiet", { type: "button", id: "new", onclick: () => openNew(w) }, h("kbd", null, "N"), t("new")) : null,
      h("button.btn.quiet", { type: "button", id: "keys", "aria-label": t("help"), onclick: () => { w.panel = "help"; w.render(); } }, h("kbd", null, "?")), h("span", null, w.me.display || w.me.name), quiet(t("language"), () => setLang(otherLang()).then(w.render), { lang: otherLang() }), quiet(t("logout"), () => logOut().catch(() => {}).then(() => begin())), h("time", null, wallClock(hallNow())))];
}

/** @param {string} title @param {any[]} rows */
const chooser = (title, rows) => h("section.d-panel", { role: "dialog", "aria-label": title }, h("h1", null, title), h("div.d-pick", null, rows), h("p.sub", null, h("kbd", null, "Esc"), " ", t("back")));

/** @param {number} i @param {any} text @param {() => void} act */
const choice = (i, text, act) => h("button.btn", { type: "button", onclick: act }, h("kbd", null, i + 1), text);

function unmaskForm() {
  const reason = /** @type {HTMLInputElement} */ (h("input.field", { id: "reason", required: true, maxlength: REASON_MOST, autocomplete: "off" }));
  return h("form.d-panel", { role: "dialog", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); w.unmask(reason.value).catch(w.failed); } }, h("h1", null, t("unmask.title", { field: named(w.asked) })),
    h("p.note", null, h("span", null, t("unmask.why"))), h("label", { for: "reason" }, t("unmask.reason")), reason, h("p.d-ends", null, h("button.btn", { type: "button", onclick: () => { w.panel = ""; w.render(); } }, t("back")), h("button.btn.main", { type: "submit" }, t("unmask"))));
}

/** @type {Record<string, () => any>} */
const PANELS = {
  help, unmask: unmaskForm,
  print: () => chooser(t("print"), w.view.prints.map((/** @type {string} */ p, /** @type {number} */ i) => choice(i, named(w.view.definition.prints.find((/** @type {any} */ x) => x.name === p)), () => w.print(p)))),
  new: () => chooser(t("new"), openings(w).map((o, i) => choice(i, `${named(o.flow)}　${named(o.flow.transitions.find((/** @type {any} */ x) => x.name === o.transition))}`, () => w.beginNew(o.flow, o.transition)))),
};

function middle() {
  const trouble = w.trouble ? h("p.note.stop", { role: "alert" }, h("span", null, w.trouble)) : null;
  if (w.panel) return [trouble, PANELS[w.panel]()];
  if (w.doing?.kind === "open") return [trouble, opening(w)];
  if (w.view) return [h("a.btn.quiet.d-back", { href: `#${w.tab.id}` }, t("to.list")), trouble, head(w.view, w), timeline(w.view, w)];
  return [trouble, h("p.d-none", null, w.id && !trouble ? t("loading") : t("choose.one"))];
}

function side() {
  if (!w.view || w.doing?.kind === "open") return [];
  return [clockCard(w.view, w), stepsCard(w.view, w)];
}

/** Keeps what has the focus, by its id, and what scrolls. @param {() => void} draw */
function steadily(draw) {
  const active = /** @type {any} */ (document.activeElement), id = active?.id, at = active?.selectionStart, tops = [parts.list, parts.mid, parts.act].map((p) => p.scrollTop);
  draw();
  [parts.list, parts.mid, parts.act].forEach((p, i) => { p.scrollTop = tops[i]; });
  const el = /** @type {any} */ (id ? document.getElementById(id) : null);
  if (!el || el === document.activeElement) return;
  el.focus({ preventScroll: true });
  if (typeof at === "number" && /^(text|search|tel|)$/.test(el.type || "") && el.setSelectionRange) el.setSelectionRange(at, at);
}

function render() {
  if (!line) return;
  layOut();
  document.title = titleOf(w, title());
  document.body.classList.toggle("at-one", Boolean(w.id || w.doing || w.panel));
  document.body.classList.toggle("at-new", w.doing?.kind === "open");
  steadily(() => {
    fill(parts.head, header());
    if (!w.tab.query) return;
    fill(parts.top, w.page.top?.(w));
    if (stands.search) renewSearch(stands.search, w);
    fill(parts.rows, inbox(w));
    if (!(w.panel && w.panel === stands.panel) && !isWritten(parts.mid)) fill(parts.mid, middle());
    stands.panel = w.panel;
    if (isWritten(parts.act)) tick();
    else fill(parts.act, side());
  });
}

/** Is a form in this part being filled in? Then only what is said about it changes. @param {Element} part */
function isWritten(part) {
  const el = w.panel || !w.doing ? null : w.doing.el;
  if (!el || !w.doing || !part.contains(el)) return false;
  renewDoing(w, w.doing);
  return true;
}

/** The parts are put in their places when these are others, or the language is. */
function layOut() {
  const wanted = `${w.tab.query ? "columns" : "whole"} ${otherLang()}`;
  if (wanted === stands.layout) return;
  if (!w.tab.query && stands.layout.startsWith("whole")) w.tab.show?.(parts.whole, w);      /* in the other language */
  Object.assign(stands, { layout: wanted, panel: "", search: searchLine(w) });
  fill(parts.list, parts.top, stands.search, parts.rows).setAttribute("aria-label", t("timeline.list"));
  fill(main, parts.head, w.tab.query ? [parts.list, parts.mid, parts.act] : parts.whole).className = "d-page";
}

/** The current one stays in sight. */
const intoView = () => parts.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });

/* ---- where we are */

async function goTo() {
  const [, tab, id = ""] = /^#([a-z_]*)\/?(\d*)/.exec(location.hash) || ["", "", ""], wanted = w.page.tabs.find((x) => x.id === tab) || w.page.tabs[0];
  if (wanted !== w.tab) {
    Object.assign(w, { tab: wanted, q: "", ended: false, pages: 1, list: { ...w.list, matters: [], after: "" }, doing: null, view: null, id: "" });
    if (wanted.query) await w.lookList().catch(failed);
    else { render(); return wanted.show?.(parts.whole, w); }
  }
  if (!wanted.query) return undefined;
  if (!id && w.id) w.id = "";
  if (!id) w.view = null;
  await (id ? w.open(id) : render());
  return intoView();
}

/** @param {any} e */
function failed(e) {
  if (e.status === 401) return void begin(t("login.again"));
  w.trouble = e.message;
  render();
}

/** What is shown is read again, and shown when no finger is on it. */
async function refresh() {
  stale = false;
  lookedAt = Date.now();
  try {
    await Promise.all([w.lookList(), w.page.look?.(w), w.id && !w.busy ? w.lookMatter(w.id) : null]);
    if (lookedAt - countedAt > COUNT_MS) {
      countedAt = lookedAt;
      await w.lookCounts();
    }
    w.trouble = "";
    notice(w);
  } catch (e) {
    if (/** @type {any} */ (e).status === 401) return failed(e);
  }
  calmly(render);
  return undefined;
}

/** In a busy hall the news of a moment are read together. */
function news() {
  newsTimer = 0;
  if (stale) refresh();
  else calmly(render);
}

/** @param {import("../lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "refused") return failed({ status: 401 });
  if (message.kind === "line") {
    live = message.live;
    stale ||= live;
  } else if (message.name === "hall" || message.name === "snapshot") {
    const hall = message.name === "hall" ? message.data : message.data.hall;
    if (hall) { w.hall = hall; setHallTime(hall.at, hall.simulated); followHallTime(hall); }
  } else if (message.name === "inbox") stale = true;
  newsTimer ||= setTimeout(news, Math.max(NEWS_MS, lookedAt + LOOK_MS - Date.now()));
  return undefined;
}

/* ---- who is here */

async function readHall() {
  const [hall, catalogue, board, people, kinds] = await Promise.all([get("/hall"), get("/catalogue"), get("/board"), get("/people"), get("/flows"), w.page.look?.(w)]);
  Object.assign(w, { hall, catalogue, windows: board.windows, people: new Map(people.users.map((/** @type {any} */ p) => [p.name, p])), kinds: kinds.kinds });
  setHallTime(hall.at, hall.simulated);
  followHallTime(hall);
}

/** Whoever audits looks at any kind, and takes no step. @param {import("../lib/session.js").Me} me */
const mayEnter = (me) => may(me, "clerk") || (w.page.name === "matters" && may(me, "auditor"));

/** @param {string} [why] */
async function begin(why) {
  line?.close();
  line = null;
  main.className = stands.layout = "";
  try {
    w.me = await whoAmI();
    while (!mayEnter(w.me)) w.me = await logIn(main, w.me.kind === "user" ? t("login.role", { name: w.me.name }) : why);
    await readHall();
    line = follow(["hall/", "inbox/"], hear);
    w.tab = { id: "" };
    await goTo();
    notice(w);
    await w.lookCounts();
    render();
  } catch (e) {
    fill(main, h("p.note.stop", null, h("span", null, /** @type {Error} */ (e).message)));
    setTimeout(() => begin(why), 3000);
  }
}

/** Starts a page; its texts are loaded. @param {import("./work.js").Page} page */
export function start(page) {
  Object.assign(w, { page, render, failed, print: (/** @type {string} */ which) => { w.panel = ""; render(); printMatter($("#paper"), w.view, which, w); } });
  if (page.calls) listen();
  fill(main, h("p.sub", null, t(`title.${page.name}`)));      /* something to see while the hall is asked who is here */
  addEventListener("hashchange", goTo);
  addEventListener("keydown", (e) => line && onKey(e, w));
  setInterval(() => line && w.tab.query && !document.hidden && calmly(tick), TICK_MS);
  setInterval(() => line && !document.hidden && refresh(), AGAIN_MS);
  begin();
}

/** Only what the time changes is drawn again. */
function tick() {
  const clock = parts.act.querySelector(".d-clock"), time = parts.head.querySelector("time");
  if (time) fill(time, wallClock(hallNow()));
  if (clock && w.view) clock.replaceWith(clockCard(w.view, w));
}
