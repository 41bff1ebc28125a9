/* A person's form on a phone, loaded when it is asked for: texts, choices, a score, a phone number, papers; nothing else is
 * asked of people there. */
import { ask } from "../lib/ask.js";
import { fill, h } from "../lib/dom.js";
import { pick, t } from "../lib/i18n.js";
import { fileInput } from "./file.js";

/** @typedef {{label: string, el: any, read: () => any}} Input */

const SCORES_MOST = 10, LONG = 60;

/** @param {any} x */
const named = (x) => pick(x.zh, x.en);

/** @param {{value: any, text: string}[]} options @param {string} field @returns {{el: any, read: () => any}} */
function choices(options, field) {
  const el = h("div.m-choices", { role: "radiogroup" }, options.map((o, i) => h("label", null, h("input", { type: "radio", name: field, value: i }), h("span", null, o.text))));
  return { el, read: () => options[Number(/** @type {HTMLInputElement | null} */ (el.querySelector("input:checked"))?.value ?? -1)]?.value };
}

/** @param {any} field @returns {{el: any, read: () => any}} */
function text(field) {
  const long = Number(field.max) > LONG, el = /** @type {HTMLInputElement} */ (h(long ? "textarea.m-field" : "input.m-field", { id: `f-${field.name}`, rows: long ? 5 : null, maxlength: field.max, type: long ? null : field.type === "phone" ? "tel" : "text" }));
  return { el, read: () => el.value.trim() || undefined };
}

/** Whom to call back: the name, and the number by which the hall tells two people apart. @param {any} field @returns {{el: any, read: () => any}} */
function person(field) {
  const who = /** @type {HTMLInputElement} */ (h("input.m-field", { id: `f-${field.name}-name`, autocomplete: "name", maxlength: 40, placeholder: t("person.name") }));
  const id = /** @type {HTMLInputElement} */ (h("input.m-field", { id: `f-${field.name}`, autocomplete: "off", maxlength: 40, placeholder: t("person.id") }));
  return { el: [who, id, h("span.sub", null, t("person.why"))], read: () => (id.value.trim() ? { id: id.value.trim(), name: who.value.trim() } : undefined) };
}

/** @param {any} field @returns {{el: any, read: () => any}} */
function number(field) {
  const min = Number(field.min) || 0, max = Number(field.max);
  if (max - min < SCORES_MOST) return choices(Array.from({ length: max - min + 1 }, (_, i) => ({ value: min + i, text: String(min + i) })), field.name);
  const el = /** @type {HTMLInputElement} */ (h("input.m-field", { id: `f-${field.name}`, inputmode: "numeric" }));
  return { el, read: () => (el.value.trim() ? Number(el.value) : undefined) };
}

/** @type {Record<string, (field: any, view: any, token: string) => {el: any, read: () => any}>} */
const INPUTS = {
  text, phone: (f) => text({ ...f, max: 20 }), person, number,
  choice: (f) => choices(f.values.map((/** @type {any} */ v) => ({ value: v.name, text: named(v) })), f.name),
  bool: (f) => choices([{ value: true, text: t("yes") }, { value: false, text: t("no") }], f.name),
  file: (f, view, token) => fileInput(f, view.fields.find((/** @type {any} */ x) => x.field === f.name)?.values.map((/** @type {any} */ v) => ({ value: v.value, text: named(v) })) || [], token),
};

/** The fields of a step that a phone can give. @param {any} flow @param {{need: string[], may: string[]}} step @param {any} [view] of a matter that is there @param {string} [token] its link */
export function formFor(flow, step, view = null, token = "") {
  const fields = flow.fields.filter((/** @type {any} */ f) => INPUTS[f.type] && (f.type !== "file" || token) && [...step.need, ...step.may].includes(f.name)), inputs = fields.map((/** @type {any} */ f) => INPUTS[f.type](f, view, token));
  const el = h("div.m-form", null, fields.map((/** @type {any} */ f, /** @type {number} */ i) => h("div", { "data-field": f.name }, h("label", { for: `f-${f.name}` }, named(f), step.need.includes(f.name) ? null : h("span.sub", null, ` ${t("optional")}`)), inputs[i].el)));
  return {
    el,
    /** @returns {Promise<Record<string, any>>} throws what is missing */
    async read() {
      /** @type {Record<string, any>} */ const values = {};
      for (const [i, f] of fields.entries()) {
        const value = await inputs[i].read();
        if (value === undefined && step.need.includes(f.name)) throw new Error(t("fill.in", { field: named(f) }));
        if (value !== undefined) values[f.name] = value;
      }
      return values;
    },
  };
}

/**
 * A sheet at the thumb: the form, or only the question. @param {any} view @param {any} step @param {string} title
 * @param {string} token its link @param {() => Promise<any>} look it is read anew @param {(next?: any) => void} close
 */
export function stepSheet(view, step, title, token, look, close) {
  const form = formFor(view.definition, step, view, token), trouble = h("p.note.stop", { role: "alert", hidden: true }), go = h("button.btn.main", { type: "button", onclick: send }, t("send"));
  let seen = view.card.revision;
  async function send() {
    if (go.getAttribute("aria-disabled")) return;
    go.setAttribute("aria-disabled", "true");
    try {
      close(await ask("POST", `/matters/by-token/${encodeURIComponent(token)}/${step.transition}`, { fields: await form.read(), seen }));
    } catch (e) {
      fill(trouble, /** @type {Error} */ (e).message).hidden = false;
      if (/** @type {any} */ (e).code === "STALE") seen = (await look()).card.revision;      /* now it has been said: who sends again means it */
    }
    go.removeAttribute("aria-disabled");
  }
  return h("section.p-sheet", { role: "dialog", "aria-modal": "true" }, h("h1", null, title), form.el, trouble, h("p.p-foot.m-two", null, h("button.btn", { type: "button", onclick: () => close() }, t("back")), go));
}
