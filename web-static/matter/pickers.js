/* Fields whose values are the hall's own things: windows, items, materials, tickets, other matters. */
import { fill, h, name } from "../lib/dom.js";
import { ApiError, get } from "../lib/api.js";
import { pick, t } from "../lib/i18n.js";
import { find } from "../kiosk/find.js";
import { named } from "./words.js";

/** @typedef {import("./fields.js").Input} Input */
/** @typedef {import("./fields.js").Context} Context */

const FOUND_MOST = 6;

/** @param {{value: string, text: string}[]} options @param {string} id @returns {Input} */
export function select(options, id) {
  const el = /** @type {HTMLSelectElement} */ (h("select.field", { id }, h("option", { value: "" }, t("choose")), options.map((o) => h("option", { value: o.value }, o.text))));
  return { el, read: () => el.value || undefined, write: ([value]) => { el.value = value || ""; } };
}

/** @param {any} _ @param {string} id @param {Context} c @returns {Input} */
export const windows = (_, id, c) => select(c.w.windows.map((x) => ({ value: String(x.window), text: `${x.window}　${pick(x.name, x.name_en)}` })), id);

/** Name, initials or code; the list below shrinks as one types. @param {any} _ @param {string} id @param {Context} c @returns {Input} */
export function items(_, id, c) {
  let chosen = "";
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, autocomplete: "off", spellcheck: "false", placeholder: t("item.find"), oninput: () => { chosen = ""; show(); }, onkeydown: (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter" && !chosen && hits()[0]) { set(hits()[0]); e.preventDefault(); } } }));
  const hits = () => (el.value.trim() && !chosen ? find(c.w.catalogue.items, el.value).hits.flatMap((x) => x.items).slice(0, FOUND_MOST) : []);
  const below = h("ul.d-hits"), set = (/** @type {any} */ i) => { chosen = i.item; el.value = pick(i.name, i.name_en); show(); el.dispatchEvent(new Event("chosen", { bubbles: true })); };
  const show = () => fill(below, hits().map((i) => h("li", null, h("button.btn", { type: "button", "data-item": i.item, onclick: () => set(i) }, name(pick(i.name, i.name_en))))));
  return { el: [el, below], read: () => chosen || undefined, write: ([value]) => { const i = c.w.catalogue.items.find((/** @type {any} */ x) => x.item === value); if (i) set(i); } };
}

/** The materials of the item; a promise may be given only for those that may follow. @param {any} field @param {string} id @param {Context} c @returns {Input} */
export function materials(field, id, c) {
  const follows = c.step.when.some((/** @type {string} */ g) => g === `may_follow ${field.name}`), ticked = new Set(), el = h("ul.d-ticks", { id, tabindex: -1 });
  const row = (/** @type {any} */ m) => h("li", null, h("label", null, h("input", { type: "checkbox", value: m.material, checked: ticked.has(m.material), disabled: follows && !m.may_follow,
    onchange: (/** @type {any} */ e) => { if (e.target.checked) ticked.add(m.material); else ticked.delete(m.material); } }), h("span", null, pick(m.name, m.name_en)), m.may_follow ? h("span.tag", null, t("may.follow")) : null));
  const show = async () => {
    const code = (await c.others().item?.read()) || c.view?.card.item, item = c.w.catalogue.items.find((/** @type {any} */ i) => i.item === code);
    fill(el, item?.materials?.length ? item.materials.map(row) : h("li.sub", null, t("item.first")));
  };
  queueMicrotask(show);
  c.w.onChosen = show;
  return { el, read: () => (ticked.size ? [...ticked] : undefined), write: (values) => { values.forEach((v) => ticked.add(v)); show(); } };
}

/** By its number; the one at this window stands there already. @param {any} _ @param {string} id @param {Context} c @returns {Input} */
export function ticket(_, id, c) {
  let known = { number: "", id: "" };
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, autocomplete: "off", spellcheck: "false", maxlength: 6, placeholder: t("ticket.like") }));
  const here = c.w.me.window && !c.view ? get(`/windows/${c.w.me.window}`).catch(() => ({})) : Promise.resolve({});
  here.then((/** @type {any} */ w) => { if (w.ticket && !el.value) { known = w.ticket; el.value = w.ticket.number; } });
  return { el, read: async () => {
    const number = el.value.trim().toUpperCase();
    if (!number) return undefined;
    if (number === known.number) return known.id;
    const { tickets } = await get(`/tickets?number=${encodeURIComponent(number)}`);
    if (!tickets.length) throw new ApiError("FIELD_BAD", t("ticket.none", { number }), 422, { field: "ticket" });
    return tickets[0].id;
  } };
}

/** An open matter of the kind that the field names. @param {any} field @param {string} id @param {Context} c @returns {Input} */
export function matters(field, id, c) {
  const input = select([], id), el = /** @type {HTMLSelectElement} */ (input.el);
  /** @type {any[]} */ let known = [];
  el.addEventListener("change", () => {      /* it is about the same item */
    const chosen = known.find((m) => m.matter === el.value), item = c.others().item;
    if (chosen?.item && item && !item.read()) item.write?.([chosen.item]);
  });
  c.w.read({ flow: field.of }).then((/** @type {any} */ list) => el.append(...(known = list.matters).map((/** @type {any} */ m) => h("option", { value: m.matter }, [t("number", { n: m.matter }), m.person, m.item_name || m.title, named(m, "state")].filter((x) => x).join("　")))), () => {});
  return input;
}
