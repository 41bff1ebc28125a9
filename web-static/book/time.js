/* When: the days that can be booked and why others cannot, then the times of one. A touch holds the time. */
import { h, name } from "../lib/dom.js";
import { date, dayWord, noon, weekday } from "../lib/days.js";
import { clock, fields, ms } from "../lib/format.js";
import { isEnglish, pick, t } from "../lib/i18n.js";

/** @typedef {import("./page.js").Page} Page */

const AGAIN_S = 30, FEW = 10;
/** Hour from which a part of the day begins. @type {[string, number][]} */
const PARTS = [["evening", 18], ["afternoon", 12], ["morning", 6], ["night", 0]];
/** @type {any} */ let item = null;
/** @type {any} */ let list = null;
let day = "", of = "", seconds = 0, busy = false;

/** @param {number} at */
const partOf = (at) => PARTS.find(([, from]) => fields(at).getUTCHours() >= from)?.[0] || "night";

/** "24 November" as "24 Nov", "Tuesday" as "Tue": a day's button is narrow. @param {string} text */
const short = (text) => (isEnglish() ? text.replace(/([A-Z][a-z]{2})[a-z]*/, "$1") : text);
/** One word for why a day cannot be booked. @param {Page} p @param {any} d */
const dayState = (p, d) => (d.code ? t(`day.${d.code}`) : d.free < FEW ? t("left", { n: d.free }) : t("free"));

/** @param {Page} p @param {any} d */
function dayButton(p, d) {
  const at = noon(d.date), today = d.date === p.hall.date;
  return h("button.b-day", { type: "button", "data-day": d.date, "data-code": d.code || null, "aria-pressed": d.date === day ? "true" : "false", onclick: () => { day = d.date; p.trouble = ""; p.render(); } },
    h("b", null, today ? t("today") : short(weekday(at))), h("span", null, short(date(at))), h("small", null, dayState(p, d)));
}

/** @param {Page} p @param {any} slot */
function slotButton(p, slot) {
  return h("button.b-slot", { type: "button", "data-at": slot.slot_at, disabled: !slot.free, onclick: () => hold(p, slot.slot_at) },
    h("b", null, clock(ms(slot.slot_at))), h("small", null, slot.free ? t("left", { n: slot.free }) : t("full")));
}

/** @param {Page} p @param {any} d the day's row */
function times(p, d) {
  const at = noon(d.date), slots = list.slots.filter((/** @type {any} */ s) => s.slot_at.startsWith(d.date));
  if (d.code && !slots.length) return h("div.note.soon", { role: "status", id: "why-not" }, d.code === "SLOT_CLOSED" ? t(d.date === p.hall.date && p.hall.hours?.length ? "over" : "shut") : pick(d.text, d.text_en), " ", t("another"));
  /** @type {Map<string, any[]>} */ const parts = new Map();
  for (const s of slots) parts.set(partOf(ms(s.slot_at)), [...(parts.get(partOf(ms(s.slot_at))) || []), s]);
  return [h("h2", null, t("when", { day: `${date(at)}${t("gap")}${weekday(at)}` })), d.code ? h("div.note.soon", { role: "status", id: "why-not" }, t("day.full"), " ", t("another")) : null,
    [...parts].map(([part, some]) => h("section.b-part", null, parts.size > 1 ? h("h3", null, t(part)) : null, h("div.b-slots", null, some.map((s) => slotButton(p, s)))))];
}

/** @param {Page} p @param {string} at */
async function hold(p, at) {
  if (busy) return;
  busy = true;
  const held = p.move ? await p.ask("POST", `/appointments/by-token/${p.move}/move`, { slot_at: at }) : await p.ask("POST", "/appointments", { item: p.item, slot_at: at });
  busy = false;
  if (held) return void p.go(`/book/${held.token}`, Boolean(p.move));
  const { trouble } = p;
  await look(p);
  p.trouble = trouble;
  p.render();
}

/** @param {Page} p */
async function look(p) {
  seconds = 0;
  list = (await p.ask("GET", `/slots?item=${encodeURIComponent(p.item)}`)) || list;
}

/** @type {import("./page.js").Step} */
export const time = {
  title: () => t("title"),
  async enter(p) {
    if (of !== p.item) list = item = null;
    of = p.item;
    await look(p);
    if (!list) return;
    item ??= (await p.ask("GET", `/catalogue?q=${encodeURIComponent(p.item)}`))?.items.find((/** @type {any} */ i) => i.item === p.item);
    const { days } = list, was = days.find((/** @type {any} */ d) => d.date === day);
    if (!was || was.code) day = (days.find((/** @type {any} */ d) => !d.code) || days[0] || { date: "" }).date;
  },
  body(p) {
    const chosen = list?.days.find((/** @type {any} */ d) => d.date === day), none = list && list.days.every((/** @type {any} */ d) => d.code);
    return [h("div.b-chosen", null, h("p", null, name(pick(item?.name || list?.item_name || p.item, item?.name_en))), p.move ? h("span") : h("button.btn.quiet", { type: "button", onclick: () => p.go("/book/") }, t("other.item"))),
      h("h1", null, t(p.move ? "move.day" : "which.day")), none ? h("div.note.stop", { role: "alert", id: "no-day" }, t("no.day", { day: dayWord(noon(list.days[list.days.length - 1].date)) })) : null,
      list && h("div.b-days", { role: "group", "aria-label": t("which.day") }, list.days.map((/** @type {any} */ d) => dayButton(p, d))), chosen && !none ? times(p, chosen) : null];
  },
  foot: () => [],
  tick(p) {
    if (++seconds < AGAIN_S || busy || document.hidden) return;
    look(p).then(() => p.step === time && p.render());
  },
};
