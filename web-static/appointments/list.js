/* A day's appointments in the order of their times: what became of each, and what can be done about it. */
import { h, name } from "../lib/dom.js";
import { clock, hallNow, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";

/** @typedef {import("./page.js").Desk} Desk */

/** @type {Record<string, string>} */
const TAGS = { held: "span.tag", booked: "span.tag", due: "span.tag.now", waiting: "span.tag.soon", checked_in: "span.tag", late: "span.tag.soon", no_show: "span.tag.stop", cancelled: "span.tag" };
const NEAR_MS = 1800e3;

/** What to call it: a booked one is due when its time is near, and missed for now when it is over. @param {any} row */
function stateOf(row) {
  if (row.state !== "booked" || hallNow() < ms(row.slot_at) - NEAR_MS) return row.state;
  return hallNow() > ms(row.late_at) ? "waiting" : "due";
}

/** @param {Desk} d @param {any} row */
function itemName(d, row) {
  const item = d.catalogue.items.find((/** @type {any} */ i) => i.item === row.item);
  return pick(row.item_name, item?.name_en);
}

/** @param {Desk} d @param {any} row */
function ask(d, row) {
  return h("form.ap-ask", { onsubmit: async (/** @type {Event} */ e) => {
    e.preventDefault();
    const reason = /** @type {HTMLInputElement} */ (document.getElementById("reason")).value.trim();
    if (await d.command(`/appointments/${row.id}/cancel`, { reason })) d.asked = null;
    d.render();
  } }, h("label", { for: "reason" }, t("reason")), h("input.field", { id: "reason", required: true, maxlength: 200, autocomplete: "off", value: t("reason.usual") }),
  h("button.btn.no", { type: "submit" }, t("cancel.yes")), h("button.btn", { type: "button", onclick: () => { d.asked = null; d.render(); } }, t("back")));
}

/** @param {Desk} d @param {any} row */
function actions(d, row) {
  const open = row.state === "booked", today = d.date === d.hall.date;
  const act = (/** @type {string} */ text, /** @type {() => void} */ onclick) => h("button.btn", { type: "button", onclick }, text);
  if (!open && row.state !== "held") return null;
  return [open && today ? act(t("check.in"), async () => { const ticket = await d.command("/appointments/check-in", { code: row.code }); if (ticket) d.said = t("checked", ticket); d.render(); }) : null,
    open ? act(t("move"), () => d.move(row)) : null, act(t("cancel"), () => { d.asked = { id: row.id, what: "cancel" }; d.render(); document.getElementById("reason")?.focus(); })];
}

/** @param {Desk} d @param {any} row */
function line(d, row) {
  const state = stateOf(row), cls = d.catalogue.classes.find((/** @type {any} */ c) => c.class === row.class && c.head_start_s);
  const asked = d.asked && d.asked.id === row.id ? d.asked.what : "";
  return h(`li${row.state === "cancelled" ? ".off" : ""}${asked === "move" ? ".on" : ""}`, { "data-code": row.code, "data-state": state }, h("strong.ap-time", null, clock(ms(row.slot_at))), h("span.ap-code", null, row.code.slice(0, 3), " ", row.code.slice(3)),
    h("span", null, name(itemName(d, row)), cls ? h("small", null, pick(cls.name, cls.name_en)) : null), h(TAGS[state], null, t(`is.${state}`), row.number ? ` ${row.number}` : ""),
    asked === "cancel" ? ask(d, row) : h("span.ap-do", null, actions(d, row)));
}

/** @param {Desk} d */
function counts(d) {
  const n = (/** @type {string[]} */ ...states) => d.rows.filter((r) => states.includes(r.state)).length;
  return h("p.sub", null, t("counts", { n: n("booked", "checked_in", "late", "no_show"), came: n("checked_in", "late"), open: n("booked"), missed: n("no_show") }));
}

/** @param {Desk} d */
export function listOf(d) {
  const rows = d.rows.filter((r) => r.state !== "cancelled"), gone = d.rows.filter((r) => r.state === "cancelled");
  return [counts(d), d.trouble && !d.item ? h("p.note.stop", { role: "alert" }, h("span", null, d.trouble)) : null, d.said ? h("p.note.now", { role: "status" }, h("span", null, d.said)) : null,
    rows.length ? h("ol.ap-rows", null, rows.map((r) => line(d, r))) : h("p.ap-none", null, t("none")),
    gone.length ? h("details", null, h("summary", null, t("cancelled.n", { n: gone.length })), h("ol.ap-rows", null, gone.map((r) => line(d, r)))) : null];
}
