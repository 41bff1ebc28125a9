/* What stands on the console: who is in front of me, why, what next, the hall, my day, the keys. Views only. */
import { h, name, plate, svg, tile } from "../lib/dom.js";
import { clockSeconds, stretch } from "../lib/days.js";
import { clock, hallNow, minutes, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { keys, mode } from "./keys.js";
import { tickMatters } from "./matter_cards.js";

/** @typedef {import("./page.js").Console} Console */

const LONG_NAME = 40, BAR = 92, USUAL_WIDTH = 168, USUAL_SHOWN = 1.25, SOON_MS = 3600e3, KEYS_PLAIN = 11;

/** @param {Console} c @param {string} code */
export const itemOf = (c, code) => c.catalogue.items.find((/** @type {any} */ i) => i.item === code);
/** @param {Console} c @param {any} ticket */
export function itemName(c, ticket) {
  const item = itemOf(c, ticket.item);
  return item ? pick(item.name, item.name_en) : ticket.item_name;
}

/** "70 岁及以上　算早到 20 分" @param {Console} c @param {any} ticket */
export function className(c, ticket) {
  const cls = c.catalogue.classes.find((/** @type {any} */ x) => x.class === ticket.class);
  if (!cls) return ticket.class;
  return cls.head_start_s ? t("class.head", { name: pick(cls.name, cls.name_en), n: minutes(cls.head_start_s) }) : pick(cls.name, cls.name_en);
}

/** How long somebody has waited, or did; who booked does not wait before the time. @param {any} ticket */
const waited = (ticket) => {
  const from = ticket.origin === "appointment" ? Math.max(ms(ticket.issued_at), ms(ticket.slot_at)) : ms(ticket.issued_at);
  return t("waited", { n: Math.max(0, Math.round(((ms(ticket.called_at) || hallNow()) - from) / 60000)) });
};

/** @param {Console} c */
export function head(c) {
  const at = mode(c), { window } = c.detail;
  const line = c.live ? h("span", null, h("span.dot"), ` ${t("connected")}`) : h("span.tag.stop", { id: "lost-for" }, t("lost.tag", { time: stretch(hallNow() - c.lostAt) }));
  return h("header.win-head", null, tile(window.window), h("strong", null, pick(window.name, window.name_en)),
    h(at === "called" || at === "ready" ? "span.tag.now" : "span.tag", { id: "state" }, t(`state.${at === "serving" ? "busy" : at}`)),
    h("span.sub", null, `${c.me.display || ""}　${c.me.name}`),
    h("span.r", null, line, h("button.btn.quiet", { type: "button", onclick: () => c.openHelp() }, h("kbd", null, "?"), ` ${t("all.keys")}`),
      h("button.btn.quiet", { type: "button", onclick: () => c.otherLanguage() }, t("language")),
      h("button.btn.quiet", { type: "button", onclick: () => c.logOut() }, t("logout")), h("time", { id: "clock" }, clockSeconds(hallNow()))));
}

/** Came by appointment, late, or back with a paper. @param {any} ticket */
function slotTag(ticket) {
  if (ticket.origin === "return") return h("span.tag", null, t("origin.return"));
  return ticket.slot_at ? h("span.tag", null, t(ticket.origin === "appointment" ? "origin.booked" : "origin.late", { time: clock(ms(ticket.slot_at)) })) : null;
}

/** @param {Console} c */
function meta(c) {
  const { ticket } = c.detail, item = itemOf(c, ticket.item), group = item && c.catalogue.groups.find((/** @type {any} */ g) => g.group === item.group);
  return h("p.meta", null, h("span", null, className(c, ticket)), h("span", null, t(`channel.${ticket.channel}`, { time: clock(ms(ticket.issued_at)) })),
    h("span", null, waited(ticket)), group ? h("span", null, pick(group.name, group.name_en)) : null,
    item ? h("span.tag", null, t(`kind.${item.kind}`)) : null,
    item && item.promised_days ? h("span", null, t("limit", { n: item.promised_days }), item.example ? [" ", h("span.tag.soon", null, t("example"))] : null) : null,
    ticket.leg ? h("span.tag", null, t("leg")) : null, slotTag(ticket));
}

/** The person in front of me. @param {Console} c */
export function who(c) {
  const { ticket } = c.detail, text = itemName(c, ticket);
  return h("section.card.win-who", null, plate(ticket.number, mode(c)), h(text.length > LONG_NAME ? "h1.name.long" : "h1.name", null, name(text)),
    h("p.win-time", null, h("strong", { id: "timer" }, ""), h("span.sub", null, t(`timer.${mode(c)}`))), meta(c), usual(c));
}

/** The item's usual time below the timer: half and nine tenths of such services. @param {Console} c */
function usual(c) {
  const { usual_p50_s: half, usual_p90_s: most } = c.detail;
  if (!most || mode(c) !== "serving") return null;
  const x = (/** @type {number} */ s) => Math.round((USUAL_WIDTH * Math.min(s, most * USUAL_SHOWN)) / (most * USUAL_SHOWN));
  return h("p.win-usual", { id: "usual" }, svg("svg", { width: USUAL_WIDTH, height: 16, "aria-hidden": "true" }, svg("path", { class: "rail", d: `M0 6h${USUAL_WIDTH}v4H0z` }),
    svg("path", { class: "done", id: "usual-done", d: "" }), svg("path", { class: "tick", d: `M${x(half)} 0v16M${x(most)} 0v16` })), h("span", null, t("usual", { p50: minutes(half), p90: minutes(most) })));
}

/** @param {Console} c @param {number} ms */
function tickUsual(c, ms) {
  const box = document.getElementById("usual"), done = document.getElementById("usual-done"), most = c.detail.usual_p90_s;
  if (!box || !done) return;
  done.setAttribute("d", `M0 5h${Math.min(USUAL_WIDTH, Math.round((USUAL_WIDTH * ms) / (most * USUAL_SHOWN * 1000)))}v6H0z`);
  box.classList.toggle("over", ms > most * 1000);
}

/** What has happened to this ticket before, where it has been elsewhere. @param {Console} c */
export function story(c) {
  const { ticket } = c.detail;
  if (!c.story.lines.length || c.story.id !== ticket.id) return null;
  return h("section.card.win-story", null, h("h2", null, t("story")), h("ol", null, c.story.lines.map((/** @type {any} */ x) =>
    h("li", null, h("span.sub", null, clock(ms(x.happened_at))), h("span", null, pick(x.text, x.text_en))))));
}

/** @param {Console} c */
export function callsText(c) {
  const left = Math.ceil((ms(c.detail.miss_from_at) - hallNow()) / 1000);
  return `${t("why.calls.n", { n: c.detail.ticket.repeat || 1 })}；${left > 0 ? t("why.miss.in", { n: left }) : t("why.miss.now")}`;
}

/** @param {Console} c */
export function why(c) {
  const { why } = c.detail;
  return h("section.card", null, h("dl.win-why", null,
    mode(c) === "called" ? [h("dt", null, t("why.calls")), h("dd", { id: "calls" }, callsText(c))] : null,
    why ? [h("dt", null, t("why.why")), h("dd", null, pick(why.text, why.text_en))] : null,
    h("dt", null, t("why.wait")), h("dd", null, waited(c.detail.ticket))));
}

/** @param {Console} c */
export function materials(c) {
  const item = itemOf(c, c.detail.ticket.item), list = item ? item.materials : [];
  return h("div.card", null, h("h2", null, h("span", null, t("materials"), item && item.example && list.length ? [" ", h("span.tag.soon", null, t("example"))] : null),
    h("span", null, list.length ? t("materials.n", { n: list.length }) : "")),
  list.length ? h("ul.rowed", null, list.map((/** @type {any} */ m, /** @type {number} */ i) => h("li.win-case", null, h("span.sub", null, i + 1), h("span", null, name(pick(m.name, m.name_en))),
    m.may_follow ? h("span.tag", null, t("may.follow")) : null))) : h("p.sub", null, t("materials.none")));
}

/** Nobody at the window: what it waits for. @param {Console} c */
export function idle(c) {
  const at = mode(c), { detail } = c, since = { time: stretch(hallNow() - ms(detail.window.since_at)) };
  /** @type {Record<string, () => [string, string]>} */
  const words = {
    open: () => [t("idle.title"), detail.waiting ? t("idle.text", { n: detail.waiting }) : t("idle.none")],
    ready: () => [t("ready.title"), t("ready.text")],
    break: () => [t("break.title", { reason: detail.reason || "" }), detail.planned_s ? t("break.text", { ...since, n: minutes(detail.planned_s) }) : t("break.plain", since)],
    suspended: () => [t("suspended.title", { reason: detail.reason || "" }), t("suspended.text")],
    draining: () => [t("draining.title"), t("draining.text")],
  };
  const [title, text] = (words[at] || words.draining)();
  return h("section.card.win-idle", null, h("strong", null, title), h("p", { id: "idle-text" }, text), at === "ready" ? h("p.sub", { id: "idle-since" }, t("ready.since", since)) : null);
}

/** How many who booked for the next hour, and whom this window can serve, are still to come. @param {Console} c */
export function expected(c) {
  const queues = c.board.windows.find((/** @type {any} */ w) => w.window === c.n)?.queues || [], from = hallNow() - SOON_MS / 4, to = hallNow() + SOON_MS;
  return c.booked.filter((a) => a.state === "booked" && queues.includes(a.queue) && ms(a.slot_at) > from && ms(a.slot_at) < to).length;
}

/** @param {Console} c */
export function next(c) {
  const [first, ...more] = c.detail.next;
  const body = !c.live ? h("p.sub", null, t("next.lost")) : !first ? h("p.sub", null, t("next.none")) : [
    h("div.win-next", null, plate(first.number), h("p", null, h("strong", null, name(itemName(c, first))), h("br"), h("span.sub", null, `${waited(first)}　${className(c, first)}`))),
    more.map((/** @type {any} */ x) => h("p.win-then", null, h("b", null, x.number), h("span", null, name(itemName(c, x))), h("span", null, waited(x))))];
  const n = expected(c), booked = h("a.win-booked", { href: "/appointments/", target: "_blank" }, n ? t("booked.soon", { n }) : t("booked"));
  return h("section.card", null, h("h2", null, h("span", null, t("next")), booked), body);
}

/** @type {Record<string, string>} */
const OFF = { closed: "off", break: "break", suspended: "suspended" };

/** @param {Console} c @param {any} w */
function windowCell(c, w) {
  const mine = w.window === c.n ? ".is-mine" : "", called = w.window === c.n && mode(c) === "called" ? ".is-call" : "";
  return h(`li${OFF[w.state] ? ".is-off" : ""}${mine}${called}`, null, h("span.no", null, w.window),
    h("span.who", null, w.number || t(OFF[w.state] || (w.state === "draining" ? "draining" : "free"))));
}

/** @param {Console} c */
export function hall(c) {
  const { queues, windows } = c.board, most = Math.max(1, ...queues.map((/** @type {any} */ q) => q.waiting));
  const all = queues.reduce((/** @type {number} */ n, /** @type {any} */ q) => n + q.waiting, 0);
  const bar = (/** @type {number} */ n) => svg("svg", { class: "chart", width: BAR, height: 12, "aria-hidden": "true" }, svg("path", { class: "bar2", d: `M0 1h${Math.round((n / most) * BAR)}v10H0z` }));
  return h("section.card", null, h("h2", null, h("span", null, t("hall")), h("span", null, c.live ? t("hall.waiting", { n: all }) : t("hall.lost", { time: clockSeconds(c.lostAt) }))),
    h("table.win-load", null, h("tbody", null, queues.map((/** @type {any} */ q) => h("tr", null, h("td", null, q.queue), h("td", null, pick(q.name, q.name_en)), h("td.bar", null, bar(q.waiting)), h("td", null, t("people", { n: q.waiting })))))),
    h("ol.strip", { "aria-label": t("title") }, windows.map((/** @type {any} */ w) => windowCell(c, w))));
}

/** @param {Console} c */
export function myDay(c) {
  const { detail } = c, pair = (/** @type {string} */ term, /** @type {any} */ value) => h("div", null, h("dt", null, term), h("dd", null, value));
  return h("section.card", null, h("h2", null, t("me")), h("dl.win-me", null, pair(t("me.done"), t("me.done.n", { n: detail.served_today })), pair(t("me.waiting"), t("people", { n: detail.waiting })),
    pair(t("me.held"), detail.held.map((/** @type {any} */ x) => x.number).join(" ") || t("me.none"))));
}

/** @param {Console} c */
export function keyboard(c) {
  const all = keys(c);
  return h(all.length > KEYS_PLAIN ? "nav.win-keys.more" : "nav.win-keys", { "aria-label": t("all.keys") }, all.map((k, i) => h(i ? "button.btn" : "button.btn.main", {
    type: "button", "data-key": k.cap, "aria-disabled": k.off ? "true" : null, onclick: () => c.press(k),
  }, i ? h("kbd", null, k.cap) : null, h("span", null, k.label, h("small", null, k.small)), i ? null : h("kbd", null, k.cap))));
}

/** @param {Console} c */
export function lostBand(c) {
  return c.live ? null : h("section.note.stop", null, h("strong", null, t("lost.1", { time: clockSeconds(c.lostAt) })), h("span", null, t("lost.2")));
}

/** Figures that move with the clock; the rest stays as it is. @param {Console} c */
export function tick(c) {
  const put = (/** @type {string} */ id, /** @type {string} */ text) => { const el = document.getElementById(id); if (el && el.textContent !== text) el.textContent = text; };
  const { ticket, window } = c.detail, now = hallNow();
  put("clock", clockSeconds(now));
  if (ticket) put("timer", stretch(now - (ms(ticket.started_at) || ms(ticket.called_at))));
  if (ticket?.started_at) tickUsual(c, now - ms(ticket.started_at));
  if (mode(c) === "called") put("calls", callsText(c));
  put("idle-since", t("ready.since", { time: stretch(now - ms(window.since_at)) }));
  tickMatters(c);
  if (!c.live) put("lost-for", t("lost.tag", { time: stretch(now - c.lostAt) }));
  for (const k of keys(c)) {
    const el = document.querySelector(`[data-key="${k.cap}"]`), small = el?.querySelector("small");
    if (!el || !small || c.panel) continue;
    if (small.textContent !== k.small) small.textContent = k.small;
    if (k.off) el.setAttribute("aria-disabled", "true");
    else el.removeAttribute("aria-disabled");
  }
}
