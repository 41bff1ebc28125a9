/* What is now: figures, windows, queues and what needs somebody, from the views that the stream brings. */
import { fill, h, svg } from "../lib/dom.js";
import { wallClock } from "../lib/days.js";
import { hallNow, minutes, ms, two } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { spark } from "./plain.js";

/** @typedef {import("./page.js").State} State */

const LONG_MS = 30 * 6e4, FRESH_MS = 20e3;
/** @type {Record<string, string>} */ const OFF = { closed: "w.closed", break: "w.break", suspended: "w.suspended", open: "w.open" };

/** "4 分", "1 小时 12 分" @param {number} span @param {boolean} [short] for a window's tile */
export function spanText(span, short) {
  const n = Math.max(0, Math.floor(span / 6e4));
  return n < 60 ? t(short ? "min.short" : "min", { n }) : t(short ? "hours.short" : "hours.min", { h: Math.floor(n / 60), n: short ? two(n % 60) : n % 60 });
}

/** @param {number | null | undefined} value */
const whole = (value) => (value === null || value === undefined ? "–" : String(Math.round(value)));

/** People waiting since when, the longest first. @param {State} s @param {string} [queue] */
const longest = (s, queue) => s.waiting.filter((x) => !queue || x.queue === queue).sort((a, b) => ms(a.issued_at) - ms(b.issued_at))[0];

/** @param {State} s */
function countWindows(s) {
  const rows = s.board.windows, is = (/** @type {string[]} */ ...states) => rows.filter((/** @type {any} */ w) => states.includes(w.state)).length;
  return { all: rows.length, open: rows.length - is("closed", "suspended"), busy: is("busy"), pause: is("break", "suspended") };
}

/** @param {State} s */
function inHall(s) {
  const waiting = s.board.queues.reduce((/** @type {number} */ n, /** @type {any} */ q) => n + q.waiting, 0);
  const here = s.windows.reduce((n, w) => n + (w.ticket ? 1 : 0) + (w.held || []).length, 0);
  return { waiting, here: waiting + here };
}

/** @param {string} id @param {string} term @param {any} value @param {any} as */
const figure = (id, term, value, as) => h("div", { id }, h("dt", null, term), h("dd", null, value), h("dd.as", null, as));

/** @param {State} s */
export function figures(s) {
  const w = countWindows(s), people = inHall(s), first = people.waiting ? longest(s) : undefined, d = s.day;
  const usual = (/** @type {string} */ key, /** @type {any} */ args) => (d?.hasBefore ? t(key, args) : t("as.first"));
  const small = (/** @type {string} */ text) => h("small", null, text);
  return h("dl.m-figs", null,
    figure("f-waiting", t("f.waiting"), [people.waiting, " ", small(t("people"))], usual("as.waiting", { day: s.before, n: whole(d?.waitingBefore) })),
    figure("f-longest", t("f.longest"), first ? [Math.max(0, Math.floor((hallNow() - ms(first.issued_at)) / 6e4)), " ", small(`${t("minutes")}　${first.number}`)] : "–", first ? t("as.since", { time: wallClock(ms(first.issued_at)) }) : t("as.nobody")),
    figure("f-wait", t("f.wait"), d && d.p50 !== null ? [small(t("median")), " ", whole(d.p50), " ", small(t("p90")), " ", whole(d.p90), " ", small(t("minutes"))] : "–", d && d.p50Before !== null ? t("as.wait", { day: s.before, a: whole(d.p50Before), b: whole(d.p90Before) }) : t("as.first")),
    figure("f-windows", t("f.windows"), [w.open, " ", small(`/ ${w.all}`)], t("as.windows", { busy: w.busy, pause: w.pause })),
    figure("f-today", t("f.today"), [whole(d?.issued), " ", small(t("tickets"))], usual("as.issued", { day: s.before, n: whole(d?.issuedBefore) })),
    figure("f-done", t("f.done"), [whole(d?.finished), " ", small(t("tickets"))], t("as.left", { here: people.here, left: whole(d?.left) })));
}

/** @param {State} s @param {any} w @param {any} detail */
function windowCell(s, w, detail) {
  const load = s.day?.loads.get(String(w.window)), since = hallNow() - ms(w.since_at), isFresh = s.board.calls.some((/** @type {any} */ c) => c.window === w.window && c.number === w.number && hallNow() - ms(c.called_at) < FRESH_MS * s.rate);
  const off = OFF[w.state], isLong = w.number && since > LONG_MS, planned = detail?.planned_s && w.state === "break" ? ms(w.since_at) + detail.planned_s * 1000 : 0;
  const word = w.number || t(off || (w.state === "draining" ? "w.draining" : "w.ready"));
  const span = w.state === "closed" || !w.since_at ? "" : isFresh ? t("just.called") : planned ? wallClock(planned) : spanText(since, true);
  return h(off ? "li.is-off" : isFresh ? "li.is-call" : isLong ? "li.is-long" : "li", { "data-window": w.window, "data-state": w.state },
    h("span.no", null, h("b", null, w.window), h("span", null, span)), h("span.who", null, word),
    load === undefined || load === null ? svg("svg", { class: "chart", "aria-hidden": "true", viewBox: "0 0 100 5", preserveAspectRatio: "none" }) : svg("svg", { class: "chart", viewBox: "0 0 100 5", preserveAspectRatio: "none", role: "img", "aria-label": t("load", { n: Math.round(load * 100) }) },
      svg("path", { class: "track", d: "M0 0h100v5H0z" }), svg("path", { class: "bar", d: `M0 0h${Math.round(load * 100)}v5H0z` })));
}

/** @param {State} s */
export function windows(s) {
  const details = new Map(s.windows.map((d) => [d.window.window, d])), rows = s.board.windows;
  const list = h("ol.m-win", null, rows.map((/** @type {any} */ w) => windowCell(s, w, details.get(w.window))));
  list.style.setProperty("--windows", String(rows.length > 20 ? Math.ceil(rows.length / Math.ceil(rows.length / 20)) : Math.max(1, rows.length)));
  return h("section.m-box.c12", { id: "windows" }, h("h2", null, t("windows"), h("span", null, t("windows.note"))), list);
}

/** @param {State} s */
export function queues(s) {
  const most = Math.max(4, ...[...(s.day?.byQueue.values() || [])].flat().map((v) => v || 0));
  const row = (/** @type {any} */ q) => {
    const first = q.waiting ? longest(s, q.queue) : undefined, open = s.board.windows.filter((/** @type {any} */ w) => w.queues.includes(q.queue) && !["closed", "suspended"].includes(w.state)).length;
    const range = q.wait_p50_s === undefined ? "–" : q.waiting === 0 && q.wait_p50_s < 60 ? t("no.wait") : t("about", { a: minutes(q.wait_p50_s), b: minutes(q.wait_p90_s) });
    return h("tr", { "data-queue": q.queue }, h("th", { scope: "row" }, h("b", null, q.queue), ` ${pick(q.name, q.name_en)}`), h("td.n", null, h("strong", null, q.waiting)),
      h("td", null, first ? `${spanText(hallNow() - ms(first.issued_at))}　${first.number}` : "–"), h("td", null, range),
      h(open || !q.waiting ? "td.n" : "td.n.stop", null, open), h("td.sp", null, spark(s.day?.byQueue.get(q.queue) || [], s.day?.slots || 1, most)));
  };
  return h("section.m-box.c8", { id: "queues" }, h("h2", null, t("queues"), h("span", null, t("queues.note"))),
    h("table.m-queues", null, h("thead", null, h("tr", null, ["q.queue", "q.waiting", "q.longest", "q.wait", "q.windows", "q.today"].map((key) => h("th", { scope: "col" }, t(key))))), h("tbody", null, s.board.queues.map(row))));
}

/* The machine's own troubles and whoever nobody serves are past a limit; the rest is near one. */
const WORST = /^(read_only|disk|clock|series|unserved|help|printer|suspended)/;

/** @param {State} s @param {(alarm: string) => void} [acknowledge] */
export function alarms(s, acknowledge) {
  const item = (/** @type {any} */ a) => h("li", { "data-alarm": a.alarm }, h(`span.dot.${a.acknowledged_by ? "off" : WORST.test(a.alarm) ? "stop" : "soon"}`), h("span", null, h("strong", null, pick(a.text, a.text_en)),
    h("span.sub", null, [ms(a.since_at) ? t("since", { time: wallClock(ms(a.since_at)) }) : "", a.acknowledged_by ? t("seen.by", { name: a.acknowledged_by, time: wallClock(ms(a.acknowledged_at)) }) : ""].filter((x) => x).join("　"))),
  a.acknowledged_by || !acknowledge ? null : h("button.btn", { type: "button", onclick: () => acknowledge(a.alarm) }, t("acknowledge")));
  const todo = s.alarms.filter((a) => !a.acknowledged_by), seen = s.alarms.filter((a) => a.acknowledged_by);
  return h("section.m-box.c4", { id: "alarms", "aria-live": "polite" }, h("h2", null, t("alarms"), h("span", null, s.alarms.length ? t("alarms.n", { n: todo.length }) : "")),
    s.alarms.length ? h("ul.m-todo.rowed", null, [...todo, ...seen].map(item)) : h("p.m-empty", null, h("span.dot"), " ", t("alarms.none")));
}

/** Puts a section anew only if it says something else; the focus stays where it was. @param {Element} old @param {Element} fresh */
export function renew(old, fresh) {
  if (old.outerHTML === fresh.outerHTML) return old;
  const focus = old.contains(document.activeElement) ? [...old.querySelectorAll("button, a")].indexOf(/** @type {any} */ (document.activeElement)) : -1, top = old.scrollTop;
  old.replaceWith(fresh);
  fresh.scrollTop = top;
  if (focus >= 0) /** @type {HTMLElement | undefined} */ (fresh.querySelectorAll("button, a")[focus])?.focus();
  return fresh;
}

/** @param {string} text */
export const empty = (text) => fill(h("p.m-empty"), text);
