/* Booking for somebody: what, who, when; or another time for an appointment there is. */
import { h, name } from "../lib/dom.js";
import { date, noon, weekday } from "../lib/days.js";
import { clock, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { find } from "../kiosk/find.js";

/** @typedef {import("./page.js").Desk} Desk */

const MOST = 8;

/** @param {Desk} d */
function choices(d) {
  const bookable = d.catalogue.queues.filter((/** @type {any} */ q) => q.bookable), can = (/** @type {any} */ i) => bookable.some((/** @type {any} */ q) => q.queue === i.queue);
  const items = d.typed ? find(d.catalogue.items, d.typed).hits.flatMap((x) => x.items).slice(0, MOST) : bookable.map((/** @type {any} */ q) => d.catalogue.items.find((/** @type {any} */ i) => i.item === q.default_item)).filter((/** @type {any} */ i) => i);
  return h("ul.ap-items", null, items.length ? items.map((/** @type {any} */ i) => h("li", null, h("button.btn", { type: "button", "data-item": i.item, disabled: !can(i), onclick: () => d.choose(i) },
    h("b", null, i.queue), h("span", null, name(pick(i.name, i.name_en)), can(i) ? null : h("small", null, t("walk.in")))))) : h("li.sub", null, t("none.found")));
}

/** @param {Desk} d */
function dayButtons(d) {
  return h("div.b-days", { role: "group", "aria-label": t("when") }, d.slots.days.map((/** @type {any} */ x) => h("button.b-day", { type: "button", "data-day": x.date, "data-code": x.code || null, title: pick(x.text, x.text_en), "aria-pressed": x.date === d.day ? "true" : "false",
    onclick: () => { d.day = x.date; d.slot = ""; d.render(); } }, h("b", null, weekday(noon(x.date)).slice(0, 3)), h("span", null, x.date.slice(5)), h("small", null, x.code ? t(`day.${x.code}`) : t("left", { n: x.free })))));
}

/** @param {Desk} d */
function times(d) {
  const day = d.slots.days.find((/** @type {any} */ x) => x.date === d.day), slots = d.slots.slots.filter((/** @type {any} */ s) => s.slot_at.startsWith(d.day || "-"));
  if (!slots.length) return h("p.note.soon", null, h("span", null, day ? pick(day.text, day.text_en) : t("no.day")));
  return h("div.b-slots", null, slots.map((/** @type {any} */ s) => h("button.b-slot", { type: "button", "data-at": s.slot_at, disabled: !s.free, "aria-pressed": s.slot_at === d.slot ? "true" : "false", onclick: () => { d.slot = s.slot_at; d.trouble = ""; d.render(); } },
    h("b", null, clock(ms(s.slot_at))), h("small", null, s.free ? t("left", { n: s.free }) : t("full")))));
}

/** @param {Desk} d */
function leave(d) {
  d.item = d.slots = d.asked = null;
  d.slot = d.person = d.cls = d.trouble = "";
  d.render();
}

/** @param {Desk} d */
async function send(d) {
  const moving = d.asked?.what === "move" ? d.asked.id : "";
  if (!d.slot || (!moving && !d.person.trim())) {
    d.trouble = t(d.slot ? "person.none" : "slot.none");
    return d.render();
  }
  const booked = await (moving ? d.command(`/appointments/${moving}/move`, { slot_at: d.slot }) : d.command("/appointments", { item: d.item.item, slot_at: d.slot, class: d.cls, person: d.person }));
  if (booked) {
    d.booked = booked;
    leave(d);
  }
}

/** What to tell the person. @param {Desk} d */
function told(d) {
  const { booked } = d, at = ms(booked.slot_at);
  return h("section.card.ap-told", { role: "status" }, h("h2", null, t("booked")), h("p.ap-big", null, `${date(at)} ${weekday(at)} `, h("strong", null, clock(at))),
    h("p.ap-big", null, t("code"), " ", h("strong", { id: "told-code" }, booked.code.slice(0, 3), " ", booked.code.slice(3))), h("div.ap-qr", null, h("img", { src: `/api/v1/appointments/by-token/${booked.token}/qr.svg`, alt: t("qr.alt"), width: 132, height: 132 }), h("p.sub", null, t("tell"))),
    h("button.btn", { type: "button", onclick: () => { d.booked = null; d.render(); } }, t("told")));
}

/** @param {Desk} d */
function person(d) {
  return [h("label", { for: "person" }, t("person")), h("input.field", { id: "person", autocomplete: "off", maxlength: 40, value: d.person, oninput: (/** @type {any} */ e) => { d.person = e.target.value; } }), h("p.sub", null, t("person.why")),
    h("label", { for: "cls" }, t("class")), h("select.field", { id: "cls", onchange: (/** @type {any} */ e) => { d.cls = e.target.value; } }, d.catalogue.classes.map((/** @type {any} */ c) => h("option", { value: c.class, selected: c.class === (d.cls || "normal") }, pick(c.name, c.name_en))))];
}

/** @param {Desk} d */
export function formOf(d) {
  if (d.booked) return told(d);
  const moving = d.asked?.what === "move" ? d.rows.find((r) => r.id === d.asked?.id) : null;
  if (!d.item) return h("section.card.ap-new", null, h("h2", null, t("new")), h("label", { for: "typed" }, t("item")), h("input.field", { id: "typed", autocomplete: "off", spellcheck: "false", placeholder: t("find.for"), value: d.typed, oninput: (/** @type {any} */ e) => { d.typed = e.target.value; d.render(); } }), choices(d));
  return h("form.card.ap-new", { onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); send(d); } }, h("h2", null, moving ? t("move.title", { code: moving.code }) : t("new")),
    h("p.ap-item", null, name(pick(d.item.name, d.item.name_en))), d.slots ? [dayButtons(d), times(d)] : null, moving ? null : person(d),
    d.trouble ? h("p.note.stop", { role: "alert" }, h("span", null, d.trouble)) : null,
    h("p.ap-foot", null, h("button.btn", { type: "button", onclick: () => leave(d) }, t("back")), h("button.btn.main", { type: "submit", id: "book" }, t(moving ? "move.yes" : "book"))));
}
