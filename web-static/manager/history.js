/* A day, a week, a month or a year, with the time before for comparison; heat map and bars of it; CSV of it. */
import { fill, h } from "../lib/dom.js";
import { date, weekday } from "../lib/days.js";
import { fields, hallNow } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { byHour, DAY, HOUR, mean, means, midnight, MINUTE, own, quantiles, series, seriesPath, total, waitBuckets } from "./figures.js";
import { dayPictures, loadDay } from "./day.js";
import { LineChart } from "./linechart.js";
import { bars, heat, tableOf, withTable } from "./plain.js";

/** @typedef {import("./page.js").State} State */

const LENGTHS = { day: 1, week: 7, month: 30, year: 365 }, HEAT_WEEKS = 8;
/** @type {Record<string, string>} */ const CSV = { waiting: "waiting", flow: "issued", wait: "wait_ms" };
const choice = { period: "day", back: 0, heat: "issued", bars: "group.finished" };

/** @returns {import("./figures.js").Period} */
function chosen() {
  const today = midnight(hallNow()), days = LENGTHS[/** @type {keyof typeof LENGTHS} */ (choice.period)], from = today - (days - 1) * DAY - choice.back * days * DAY;
  return { from, to: choice.back ? from + days * DAY : 0, step: choice.period === "day" ? 5 * MINUTE : choice.period === "week" ? HOUR : DAY };
}

/** Longer than a day: levels, flows and waits by hours or days, beside the same length before. */
async function loadSpan() {
  const p = chosen(), days = LENGTHS[/** @type {keyof typeof LENGTHS} */ (choice.period)], back = days * DAY, before = { from: p.from - back, to: p.from, step: p.step };
  const all = await Promise.all([p, before].map((q) => Promise.all([series("waiting", q), series("issued", q), series("finished", q), series("wait_ms", q), series("waits", q), waitBuckets(q)])));
  const [now, then] = all, shift = (/** @type {number[]} */ starts) => starts.map((at) => at + back), end = p.from + back, was = t("before", { n: days });
  const rows = (/** @type {any[]} */ of) => of.filter((l) => l.kind !== "usual" || l.values.some((/** @type {number | null} */ v) => v));
  const line = (/** @type {string} */ name, /** @type {string} */ kind, /** @type {import("./figures.js").Series} */ s, values = own(s)) => ({ name, kind, starts: kind === "usual" ? shift(s.starts) : s.starts, values, width: s.step });
  const figure = (/** @type {number | null} */ v) => (v === null ? "–" : v.toFixed(0)), say = t("say.span", { issued: figure(total(own(now[1]))), before: figure(total(own(then[1]))), wait: figure(mean(total(own(now[3])), total(own(now[4])))) });
  return {
    waiting: { from: p.from, to: end, unit: t("people"), digits: 1, say, lines: rows([line(t("this.time"), "main", now[0]), line(was, "usual", then[0])]) },
    flow: { from: p.from, to: end, unit: t("tickets"), say, lines: rows([line(t("issued"), "main", now[1]), line(t("finished"), "thin", now[2]), line(t("issued.then", { then: was }), "usual", then[1])]) },
    wait: { from: p.from, to: end, unit: t("minutes"), digits: 1, say, lines: rows([line(t("mean"), "main", now[3], means(own(now[3]), own(now[4]))), line(t("p90"), "thin", now[5][0], quantiles(now[5], 0.9)), line(t("mean.then", { then: was }), "usual", then[3], means(own(then[3]), own(then[4])))]) },
  };
}

/** @param {string} name @param {string[]} words @param {(word: string) => string} text @param {string} now @param {(word: string) => void} choose */
const choose = (name, words, text, now, choose) => h("span.m-choice", { role: "group", "aria-label": name }, words.map((word) => h("button.btn", { type: "button", "data-choose": word, "aria-pressed": String(word === now), onclick: () => choose(word) }, text(word))));

/** @param {State} s */
function head(s) {
  const p = chosen(), end = p.to ? p.to - DAY : midnight(hallNow());
  const title = choice.period === "day" ? `${date(p.from)} ${weekday(p.from)}` : `${date(p.from)} – ${date(end)}`;
  const turn = (/** @type {number} */ by) => { choice.back = Math.max(0, choice.back + by); s.refresh(); };
  const years = fields(p.from).getUTCFullYear() === fields(hallNow()).getUTCFullYear() ? "" : `${fields(p.from).getUTCFullYear()} `;
  return h("section.m-bar.c12", null, choose(t("period"), Object.keys(LENGTHS), (x) => t(`p.${x}`), choice.period, (x) => { choice.period = x; choice.back = 0; s.refresh(); }),
    h("button.btn", { type: "button", id: "earlier", onclick: () => turn(1) }, t("earlier")), h("strong", null, `${years}${title}`), h("button.btn", { type: "button", id: "later", disabled: !choice.back, onclick: () => turn(-1) }, t("later")),
    h("span.m-csv", null, t("csv"), Object.entries(CSV).map(([id, name]) => [" ", h("a", { href: `/api/v1${seriesPath(name, p, "", "csv")}`, download: `${name}.csv` }, t(`csv.${id}`))]), " ",
      h("a", { href: `/api/v1${seriesPath("finished", p, "group/*", "csv")}`, download: "finished-groups.csv" }, t("csv.groups")), " ", h("a", { href: `/api/v1${seriesPath("finished", p, "window/*", "csv")}`, download: "finished-windows.csv" }, t("csv.windows"))));
}

/** @param {State} s */
async function heatBox(s) {
  const p = { from: midnight(hallNow()) - HEAT_WEEKS * 7 * DAY, to: 0, step: HOUR }, isWait = choice.heat === "wait";
  const [sums, counts] = await Promise.all([series(isWait ? "wait_ms" : "issued", p), isWait ? series("waits", p) : undefined]);
  const { cells, days } = byHour(sums, counts), shown = isWait ? cells.map((row) => row.map((v) => (v === null ? null : v / MINUTE))) : cells;
  const now = { day: (fields(hallNow()).getUTCDay() + 6) % 7, hour: fields(hallNow()).getUTCHours() }, names = Array.from({ length: 7 }, (_, i) => t(`wd.${i}`));
  const { picture, table } = heat(shown, names, now, t(`say.heat.${choice.heat}`, { n: days }));
  return withTable("heat", "c6", choose(t("measure"), ["issued", "wait"], (x) => t(`heat.${x}`), choice.heat, (x) => { choice.heat = x; s.refresh(); }), t(days < 7 ? "heat.few" : "heat.days", { n: days }), picture, table);
}

/** Each measure of a bar chart: of what, and how its value comes from series. @type {Record<string, {of: string, names: string[], value: (v: (number | null)[]) => number | null, text: string}>} */
const MEASURES = {
  "group.finished": { of: "group", names: ["finished"], value: ([n]) => n, text: "tickets.n" },
  "group.wait": { of: "group", names: ["wait_ms", "waits"], value: ([ms, n]) => mean(ms, n), text: "min" },
  "group.service": { of: "group", names: ["service_ms", "finished"], value: ([ms, n]) => mean(ms, n), text: "min" },
  "window.finished": { of: "window", names: ["finished"], value: ([n]) => n, text: "tickets.n" },
  "window.load": { of: "window", names: ["window_busy", "window_open"], value: ([busy, open]) => (open ? (busy || 0) / open * 100 : null), text: "percent" },
};

/** @param {State} s */
async function barBox(s) {
  const m = MEASURES[choice.bars], p = chosen(), wide = { ...p, step: choice.period === "day" ? HOUR : p.step };
  const found = await Promise.all(m.names.map((name) => series(name, wide, `${m.of}/*`)));
  const named = (/** @type {string} */ label) => { const g = s.groups.get(label); return m.of === "window" ? t("window.n", { n: label }) : g ? pick(g.name, g.name_en) : label; };
  let rows = [...found[0].rows.keys()].map((label) => {
    const value = m.value(found.map((f) => total(f.rows.get(label) || [])));
    return { name: named(label), value, text: value === null ? "–" : t(m.text, { n: value < 10 && m.text === "min" ? value.toFixed(1) : Math.round(value) }) };
  });
  if (m.of === "group") rows = rows.filter((r) => r.value).sort((a, b) => (b.value || 0) - (a.value || 0));
  const table = tableOf([t(m.of === "group" ? "group" : "window"), t(`bars.${choice.bars}`)], rows.map((r) => [r.name, r.text]));
  return withTable("bars", "c6", choose(t("measure"), Object.keys(MEASURES), (x) => t(`bars.${x}`), choice.bars, (x) => { choice.bars = x; s.refresh(); }), "", bars(rows, t(`bars.${choice.bars}`)), table);
}

/** The page of the past; the function it returns fills it anew. @param {State} s @param {HTMLElement} el */
export function history(s, el) {
  const charts = { waiting: new LineChart("h-waiting", t("c.waiting"), "c4", false), flow: new LineChart("h-flow", t("c.flow"), "c4", false), wait: new LineChart("h-wait", t("c.wait"), "c4", false) };
  const top = h("div.c12"), left = h("div.m-slot.c6"), right = h("div.m-slot.c6");
  fill(el, top, charts.waiting.el, charts.flow.el, charts.wait.el, left, right);
  let last = 0;
  return async () => {
    const turn = ++last, hadFocus = /** @type {HTMLElement | null} */ (document.activeElement)?.closest("[data-choose], #earlier, #later"), key = hadFocus?.getAttribute("data-choose") || "", id = hadFocus?.id || "";
    fill(top, head(s));
    const pictures = /** @type {Record<string, import("./linechart.js").Picture>} */ (choice.period === "day" ? dayPictures(await loadDay(chosen().from)) : await loadSpan());
    const [a, b] = await Promise.all([heatBox(s), barBox(s)]);
    if (turn !== last) return;      /* another choice came meanwhile */
    for (const [name, chart] of Object.entries(charts)) chart.show(pictures[name]);
    const open = [left, right].map((slot) => slot.querySelector('[aria-expanded="true"]') !== null);
    fill(left, a);
    fill(right, b);
    [left, right].forEach((slot, i) => open[i] && /** @type {HTMLElement} */ (slot.querySelector(".more")).click());
    if (hadFocus) /** @type {HTMLElement | null} */ (el.querySelector(key ? `[data-choose="${key}"]` : `#${id}`))?.focus();
  };
}

