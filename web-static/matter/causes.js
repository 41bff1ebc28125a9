/* What could not be done, and why: one picture of the causes with what is behind each bar, and what the windows' work
   leaves behind beside how much they did. Counts, not shares, where there is little. For the manager's and the desk's
   pages; texts of the part "causes", style/causes.css. */
import { get } from "../lib/api.js";
import { ApiError } from "../lib/ask.js";
import { date } from "../lib/days.js";
import { fill, h, name, svg } from "../lib/dom.js";
import { fields, hallNow, ms, two } from "../lib/format.js";
import { lang, pick, t } from "../lib/i18n.js";

const DAY = 864e5, FLOW = "escalation", LENGTHS = { week: 7, month: 30, quarter: 90, year: 365 };
/* Below so many a share says nothing, and a rate less. */
const SHARES_FROM = 20, RATES_FROM = 100, LISTED = 50, ROWS = 12;
const WAYS = ["solve", "answer", "help_done", "explain", "point_onward", "reopen"], PLACES = ["department", "item", "window"];
const NONE = "-";

/** @typedef {{group: string, zh: string, en: string, opened: number, still_open: number}} Group */
/** @typedef {{figure: string, name?: string, how?: string, title: string, only: Record<string, string>}} Behind a number */

/** @param {number} at */
const day = (at) => { const f = fields(at); return `${f.getUTCFullYear()}-${two(f.getUTCMonth() + 1)}-${two(f.getUTCDate())}`; };
/** @param {{zh: string, en: string}} of */
const named = (of) => pick(of.zh, of.en);
/** How a group is asked for: what has no value is "-". @param {string} value */
const asked = (value) => value || NONE;

/** @param {string} path @param {Record<string, string>} query */
const address = (path, query) => `/reports/${path}?${new URLSearchParams(query)}`;

/** @param {string} label @param {string[]} words @param {(word: string) => string} text @param {string} now @param {(word: string) => void} take */
const choose = (label, words, text, now, take) => h("span.u-choice", { role: "group", "aria-label": label }, words.map((word) =>
  h("button.btn", { type: "button", "data-choose": word, "aria-pressed": String(word === now), onclick: () => take(word) }, text(word))));

/** A number that leads to its matters; nothing behind it is no link. @param {number} n @param {() => void} open @param {string} title */
const number = (n, open, title) => (n ? h("button.u-n", { type: "button", onclick: open, "aria-label": t("u.list.of", { title, n }) }, n) : h("span.u-0", null, "0"));

/** One bar: what is over is full, what is open still is light. @param {Group} g @param {number} most */
const bar = (g, most) => svg("svg", { class: "chart", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
  svg("rect", { class: "over", x: 0, y: 0, width: ((g.opened - g.still_open) / most * 100).toFixed(2), height: 10 }),
  svg("rect", { class: "open", x: ((g.opened - g.still_open) / most * 100).toFixed(2), y: 0, width: (g.still_open / most * 100).toFixed(2), height: 10 }));

/** @param {number} n @param {number} of */
const share = (n, of) => (of >= SHARES_FROM ? h("small", null, t("u.share", { n: Math.round(n / of * 100) })) : null);

/** Fills el; the function it returns reads it anew. @param {HTMLElement} el */
export function causes(el) {
  const choice = { period: "month", back: 0, cause: "", place: "department", pressure: "item", all: false };
  /** @type {Behind | null} */ let behind = null;
  let last = 0;

  const span = () => {
    const days = LENGTHS[/** @type {keyof typeof LENGTHS} */ (choice.period)], to = hallNow() - choice.back * days * DAY;
    return { from: day(to - (days - 1) * DAY), to: day(to), first: to - (days - 1) * DAY, last: to };
  };
  const period = () => { const { from, to } = span(); return { from, to }; };
  /** @returns {Record<string, string>} */ const only = () => (choice.cause ? { cause: choice.cause } : {});
  /** @param {Partial<typeof choice>} change */
  const change = (change) => { Object.assign(choice, change); behind = null; draw(); };
  /** @param {Behind} b */
  const open = (b) => { behind = b; draw().then(() => el.querySelector("#u-behind")?.scrollIntoView({ block: "nearest" })); };

  function head() {
    const { first, last: end, from } = span(), csv = (/** @type {string} */ path, /** @type {Record<string, string>} */ query, /** @type {string} */ key) =>
      h("a", { href: `/api/v1${address(path, { ...period(), ...query, format: "csv" })}`, download: `${key.slice(2)}-${from}.csv` }, t(key));
    return h("div.u-bar", null, choose(t("u.period"), Object.keys(LENGTHS), (x) => t(`u.p.${x}`), choice.period, (x) => change({ period: x, back: 0 })),
      h("button.btn", { type: "button", id: "u-earlier", onclick: () => change({ back: choice.back + 1 }) }, t("u.earlier")), h("strong", null, `${fields(first).getUTCFullYear()}　${date(first)} – ${date(end)}`),
      h("button.btn", { type: "button", id: "u-later", disabled: !choice.back, onclick: () => change({ back: choice.back - 1 }) }, t("u.later")),
      h("span.u-csv", null, t("u.csv"), csv(`flows/${FLOW}`, { by: "cause" }, "u.csv.causes"), csv(`flows/${FLOW}`, { by: "department" }, "u.csv.departments"), csv("pressure", { by: "item" }, "u.csv.items"), csv("pressure", { by: "window" }, "u.csv.windows")));
  }

  /** What it all comes to, in words. @param {any} report @param {any} pressure */
  function sum(report, pressure) {
    const a = report.all, p = pressure.all, overdue = a.red, rate = p.services >= RATES_FROM && p.escalations_per_10000 !== undefined ? t("u.rate", { n: (p.escalations_per_10000 / 10).toFixed(1), services: p.services }) : t("u.no.rate", { services: p.services });
    return h("p.u-sum", null, h("strong", null, t(a.opened === 1 ? "u.sum.one" : "u.sum", { n: a.opened })), " ", rate, " ", h("span", null, t("u.open", { n: a.open })), overdue ? h("span.stop", null, t("u.overdue", { n: overdue })) : null);
  }

  /** The picture: bars by cause. @param {any} report */
  function picture(report) {
    /** @type {Group[]} */ const rows = report.groups.filter((/** @type {Group} */ g) => g.opened).sort((/** @type {Group} */ a, /** @type {Group} */ b) => b.opened - a.opened);
    const most = Math.max(1, ...rows.map((g) => g.opened)), total = report.all.opened;
    const title = (/** @type {Group} */ g) => (g.group ? named(g) : t("u.untriaged"));
    return h("section.u-box.u-causes", { id: "u-causes" }, h("h2", null, t("u.causes"), h("span.u-key", null, h("i.over"), t("u.ended"), h("i.open"), t("u.still"))),
      rows.length ? h("ul.u-bars", null, rows.map((g) => h("li", { class: choice.cause === asked(g.group) ? "is-on" : null },
        h("button.name", { type: "button", "data-cause": asked(g.group), "aria-pressed": String(choice.cause === asked(g.group)), onclick: () => change({ cause: choice.cause === asked(g.group) ? "" : asked(g.group) }) }, title(g)),
        bar(g, most), h("span.value", null, number(g.opened, () => open({ figure: "opened", title: title(g), only: { cause: asked(g.group) } }), title(g)), share(g.opened, total)))))
        : h("p.u-empty", null, t("u.nothing")), h("p.sub", null, t(total < SHARES_FROM ? "u.few" : "u.how")));
  }

  /** Where it comes from: of all, or of the chosen cause. @param {any} report @param {string} of */
  function places(report, of) {
    /** @type {Group[]} */ const found = report.groups.filter((/** @type {Group} */ g) => g.opened).sort((/** @type {Group} */ a, /** @type {Group} */ b) => b.opened - a.opened), rows = choice.all ? found : found.slice(0, ROWS);
    const most = Math.max(1, ...rows.map((g) => g.opened)), title = (/** @type {Group} */ g) => (g.group ? (choice.place === "window" ? t("u.window", { n: g.group }) : named(g)) : t("u.none"));
    return h("section.u-box", { id: "u-places" }, h("h2", null, choose(t("u.where"), PLACES, (x) => t(`u.by.${x}`), choice.place, (x) => change({ place: x })), h("span", null, of)),
      rows.length ? h("ul.u-bars", null, rows.map((g) => h("li", null, h("span.name", null, name(title(g))), bar(g, most),
        h("span.value", null, number(g.opened, () => open({ figure: "opened", title: title(g), only: { ...only(), [choice.place]: asked(g.group) } }), title(g)))))) : h("p.u-empty", null, t("u.nothing")),
      found.length > rows.length ? h("button.more", { type: "button", onclick: () => change({ all: true }) }, t("u.more", { n: found.length - rows.length })) : null);
  }

  /** How it was gone about. @param {any} report @param {string} of */
  function ways(report, of) {
    const rows = WAYS.map((x) => report.all.transitions.find((/** @type {any} */ w) => w.transition === x)).filter((w) => w);
    const clocks = report.all.clocks.filter((/** @type {any} */ c) => c.met + c.late > 0);
    return h("section.u-box", { id: "u-ways" }, h("h2", null, t("u.ways"), h("span", null, of)),
      h("dl.u-ways", null, rows.map((w) => h("div", null, h("dt", null, named(w)), h("dd", null, number(w.matters, () => open({ figure: "taken", name: w.transition, title: named(w), only: only() }), named(w)))))),
      clocks.length ? h("table", null, h("thead", null, h("tr", null, [t("u.clock"), t("u.met"), t("u.late"), t("u.median")].map((x) => h("th", { scope: "col" }, x)))),
        h("tbody", null, clocks.map((/** @type {any} */ c) => h("tr", null, h("th", { scope: "row" }, named(c)), h("td", null, c.met), h("td", { class: c.late ? "stop" : null }, number(c.late, () => open({ figure: "clock", name: c.clock, how: "late", title: `${named(c)} ${t("u.late")}`, only: only() }), named(c))),
          h("td", null, c.ran ? length(Number(c.ran.median_s)) : "–"))))) : null);
  }

  /** Opening time in words. @param {number} s */
  const length = (s) => (s < 3600 ? t("u.min", { n: Math.max(1, Math.round(s / 60)) }) : t("u.hours", { n: (s / 3600).toFixed(1) }));

  /** Beside how much was done. @param {any} report */
  function pressure(report) {
    const rows = report.groups.filter((/** @type {any} */ g) => g.escalations || g.overturned || g.second_notices || g.denials).sort((/** @type {any} */ a, /** @type {any} */ b) => b.escalations + b.overturned + b.second_notices - a.escalations - a.overturned - a.second_notices || b.services - a.services).slice(0, ROWS);
    const title = (/** @type {any} */ g) => (g.group ? (choice.pressure === "window" ? t("u.window", { n: g.group }) : named(g)) : t("u.none"));
    const heads = ["u.services", "u.escalations", "u.per", "u.denials", "u.overturned", "u.notices", "u.second"];
    return h("section.u-box.u-wide", { id: "u-pressure" }, h("h2", null, t("u.pressure"), choose(t("u.by"), ["item", "window", "department"], (x) => t(`u.by.${x}`), choice.pressure, (x) => change({ pressure: x }))),
      rows.length ? h("div.u-scroll", null, h("table", null, h("thead", null, h("tr", null, h("th", { scope: "col" }, t(`u.by.${choice.pressure}`)), heads.map((x) => h("th", { scope: "col" }, t(x))))),
        h("tbody", null, rows.map((/** @type {any} */ g) => h("tr", null, h("th", { scope: "row" }, name(title(g))), h("td", null, g.services),
          h("td", null, number(g.escalations, () => open({ figure: "opened", title: title(g), only: { [choice.pressure]: asked(g.group) } }), title(g))),
          h("td", null, g.services >= RATES_FROM ? (g.escalations_per_10000 / 10).toFixed(1) : "–"), h("td", null, g.denials),
          h("td", { class: g.overturned ? "soon" : null }, g.overturned, " ", g.overturned ? share(g.overturned, g.denials) : null), h("td", null, g.notices), h("td", { class: g.second_notices ? "soon" : null }, g.second_notices)))))) : h("p.u-empty", null, t("u.calm")),
      h("p.sub", null, t("u.per.how", { n: RATES_FROM })));
  }

  /** The matters behind a number. @param {any} list */
  function matters(list) {
    const b = /** @type {Behind} */ (behind);
    return h("section.u-box.u-wide", { id: "u-behind", "aria-live": "polite" }, h("h2", null, t("u.behind", { title: b.title }), h("button.more", { type: "button", onclick: () => { behind = null; draw(); } }, t("u.close"))),
      h("div.u-scroll", null, h("table", null, h("thead", null, h("tr", null, ["u.matter", "u.opened", "u.state", "u.by.department", "u.by.item", "u.by.window"].map((x) => h("th", { scope: "col" }, t(x))))),
        h("tbody", null, list.matters.map((/** @type {any} */ m) => h("tr", null, h("th", { scope: "row" }, h("a", { href: `/desk/?lang=${lang()}#inbox/${m.matter}` }, t("u.no", { n: m.matter }))), h("td", null, date(ms(m.opened_at))),
          h("td", null, pick(m.state_zh, m.state_en)), h("td", null, pick(m.department_zh, m.department_en)), h("td", null, name(pick(m.item_zh, m.item_en))), h("td", null, m.window || "")))))),
      list.after ? h("p.sub", null, t("u.only", { n: LISTED })) : null);
  }

  async function draw() {
    const turn = ++last, query = { ...period(), ...only() };
    const focus = /** @type {HTMLElement | null} */ (el.contains(document.activeElement) ? document.activeElement : null), key = focus?.id ? `#${focus.id}` : ["data-choose", "data-cause"].map((a) => (focus?.hasAttribute(a) ? `${focus.closest("section[id]") ? `#${focus.closest("section[id]")?.id} ` : ".u-bar "}[${a}="${focus.getAttribute(a)}"]` : "")).join("");
    let found;
    try {
      found = await Promise.all([get(address(`flows/${FLOW}`, { ...period(), by: "cause" })), get(address(`flows/${FLOW}`, { ...query, by: choice.place })), get(address("pressure", { ...period(), by: choice.pressure })),
        behind ? get(address(`flows/${FLOW}/matters`, { ...period(), ...behind.only, figure: behind.figure, ...(behind.name ? { name: behind.name } : {}), ...(behind.how ? { how: behind.how } : {}), most: String(LISTED) })) : null]);
    } catch (e) {
      if (e instanceof ApiError && e.code === "NOT_FOUND" && turn === last) return void fill(el, h("p.u-empty", null, t("u.not.there")));
      throw e;
    }
    if (turn !== last) return;      /* another choice came meanwhile */
    const [report, place, pressed, list] = found, cause = choice.cause && report.groups.find((/** @type {Group} */ g) => asked(g.group) === choice.cause);
    const of = choice.cause ? t("u.of", { cause: cause && cause.group ? named(cause) : t("u.untriaged") }) : t("u.of.all");
    fill(el, h("div.u-page", null, head(), sum(report, pressed), picture(report), places(place, of), ways(place, of), list ? matters(list) : null, pressure(pressed)));
    if (key) /** @type {HTMLElement | null} */ (el.querySelector(key))?.focus();
  }

  return draw;
}
