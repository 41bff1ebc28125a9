/* The rota: who has the duty today and ahead, its gaps, and handing it over. */
import { fill, h } from "../lib/dom.js";
import { get, post } from "../lib/api.js";
import { date, noon, weekday } from "../lib/days.js";
import { hallNow } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { may } from "../lib/session.js";
import { isoDate } from "../matter/words.js";

/** @typedef {import("../matter/work.js").Work} Work */

const WARNED_DAYS = 7;
/** @type {any[]} */ let days = [];
let trouble = "", said = "";

export async function lookDuty() {
  days = (await get("/duty")).days;
}

const today = () => days.find((d) => d.date === isoDate(hallNow())) || days[0];
/** @param {any} d */
const dayWord = (d) => t("someday", { date: date(noon(d.date)), weekday: weekday(noon(d.date)) });
/** Days of a week ahead on which the hall is open and nobody has the duty; a hall without a rota has no gaps. */
const gaps = () => (days.some((d) => d.leader) ? days.slice(0, WARNED_DAYS + 1).filter((d) => d.gap) : []);

/** Above the list: today's leader, and the days that lack one. @param {Work} w */
export function band(w) {
  const now = today(), missing = gaps();
  return h("section.l-band", null, h("p", null, t("duty.today"), " ", h("strong", null, now?.leads_name || t("duty.nobody")), now && now.leads === w.me.name ? h("span.tag.now", null, t("duty.me")) : null, h("a", { href: "#duty" }, t("tab.duty"))),
    missing.length ? h("p.note.soon", { role: "status" }, h("span", null, t("duty.gaps", { days: missing.map(dayWord).join(t("list")) }))) : null);
}

/** A day without anybody: soon, or between others, it is a gap; far ahead the rota is not written yet. @param {any} d @param {number} i */
const isMissing = (d, i) => d.gap && (i <= WARNED_DAYS || days.slice(i).some((x) => x.leader));

/** @param {any} d @param {number} i */
function row(d, i) {
  const missing = isMissing(d, i), tag = missing ? h("span.tag.stop", null, t("duty.gap")) : !d.open ? h("span.sub", null, d.leads_name ? "　" : "", t("duty.closed")) : d.gap ? h("span.sub", null, t("duty.not_yet")) : null;
  return h(`tr${missing ? ".is-gap" : ""}${d.open ? "" : ".is-off"}`, { "data-date": d.date }, h("th", null, dayWord(d)), h("td", null, d.leads_name ? h("strong", null, d.leads_name) : "", tag),
    h("td", null, d.stands_in && d.stands_in !== d.leader ? t("duty.instead", { name: d.leader_name, reason: d.reason || t("duty.no_reason") }) : ""));
}

/** @param {HTMLElement} el @param {Work} w @param {string} to @param {string} reason */
async function handOver(el, w, to, reason) {
  trouble = said = "";
  try {
    await post("/duty/hand-over", { to, reason });
    await lookDuty();
    said = t("duty.done", { name: today().leads_name });
  } catch (e) {
    if (/** @type {any} */ (e).status === 401) return w.failed(e);
    trouble = /** @type {Error} */ (e).message;
  }
  return draw(el, w);
}

/** @param {HTMLElement} el @param {Work} w */
function form(el, w) {
  const now = today();
  if (!now?.leader) return h("p.sub", null, t("duty.no_row"));
  if (now.leads !== w.me.name && now.leader !== w.me.name && !may(w.me, "manager")) return h("p.sub", null, t("duty.who_may"));
  const leaders = [...w.people.values()].filter((p) => !p.disabled && p.groups.includes("duty_leader") && p.name !== now.leads);
  const to = /** @type {HTMLSelectElement} */ (h("select.field", { id: "to", required: true }, leaders.map((p) => h("option", { value: p.name }, p.display || p.name)))), reason = /** @type {HTMLInputElement} */ (h("input.field", { id: "reason", required: true, maxlength: 200, autocomplete: "off", placeholder: t("duty.reason.like") }));
  return h("form.l-form", { onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); handOver(el, w, to.value, reason.value.trim()); } }, h("label", null, t("duty.to"), to), h("label", null, t("duty.reason"), reason),
    h("button.btn.main", { type: "submit", id: "hand-over", disabled: !leaders.length }, t("duty.hand_over")), now.stands_in ? h("button.btn", { type: "button", id: "take-back", onclick: () => handOver(el, w, "", "") }, t("duty.back", { name: now.leader_name })) : null);
}

/** @param {HTMLElement} el @param {Work} w */
function draw(el, w) {
  const now = today(), missing = gaps();
  fill(el, h("section.card.l-today", null, h("h2", null, t("duty.today")), h("p.l-name", null, now?.leads_name || t("duty.nobody")), h("p.sub", null, now ? dayWord(now) : ""),
    said ? h("p.note.now", { role: "status" }, h("span", null, said)) : null, trouble ? h("p.note.stop", { role: "alert" }, h("span", null, trouble)) : null, form(el, w)),
  h("section.card.l-ahead", null, h("h2", null, t("duty.ahead")), missing.length ? h("p.note.soon", { role: "status" }, h("span", null, t("duty.gaps", { days: missing.map(dayWord).join(t("list")) }))) : null,
    days.some((d) => d.leader) ? null : h("p.sub", null, t("duty.no_rota")), h("table.l-rota", null, h("tbody", null, days.map(row))), may(w.me, "manager") ? h("p.sub", null, h("a", { href: "/admin/#duty" }, t("duty.edit"))) : null));
}

/** The tab. @param {HTMLElement} el @param {Work} w */
export async function rota(el, w) {
  trouble = said = "";
  try {
    await lookDuty();
  } catch (e) {
    return w.failed(e);
  }
  return draw(el, w);
}
