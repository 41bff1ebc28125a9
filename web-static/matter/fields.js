/* An input for each type of field: what to type or choose, and the value as the API takes it. */
import { ApiError, proof } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { hallNow } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { bring } from "../lib/upload.js";
import { isoDate, named } from "./words.js";
import { items, materials, matters, select, ticket, windows } from "./pickers.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {{el: Element | any[], read: () => any | Promise<any>, write?: (value: string[]) => void}} Input read: undefined if there is nothing */
/** @typedef {{w: Work, view: any, flow: any, step: any, others: () => Record<string, Input>}} Context */

const LONG = 60, ROWS = 3, FILES = "application/pdf,image/jpeg,image/png";

/** The characters of a text, as the hall counts them. @param {string} text */
const count = (text) => [...text].length;

/** @param {any} field @param {string} id @returns {Input} */
function text(field, id) {
  const most = Number(field.max), counter = h("span.d-count", { "aria-hidden": "true" }, `0 / ${most}`), long = most > LONG;
  const show = () => { fill(counter, `${count(el.value)} / ${most}`).className = count(el.value) > most ? "d-count stop" : "d-count"; };
  const el = /** @type {HTMLTextAreaElement} */ (h(long ? "textarea.field" : "input.field", { id, rows: long ? ROWS : null, autocomplete: "off", oninput: show }));
  return { el: [el, counter], read: () => el.value.trim() || undefined, write: ([value]) => { el.value = value || ""; show(); } };
}

/** @param {any} field @param {string} id @returns {Input} */
function number(field, id) {
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, inputmode: "numeric", autocomplete: "off", placeholder: t("number.range", { min: Number(field.min) || 0, max: field.max }) }));
  return { el, read: () => (el.value.trim() ? Number(el.value) : undefined), write: ([value]) => { el.value = value || ""; } };
}

/** Yuan on the page, fen for the hall. @param {any} field @param {string} id @returns {Input} */
function money(field, id) {
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, inputmode: "decimal", autocomplete: "off", placeholder: t("yuan") }));
  return { el, read: () => (el.value.trim() ? Math.round(Number(el.value) * 100) : undefined), write: ([value]) => { el.value = value ? (Number(value) / 100).toFixed(2) : ""; } };
}

/** Is something due on this day? Any other may be past. @param {any} field @param {Context} c */
const isDue = (field, c) => c.step.when.some((/** @type {string} */ g) => g.startsWith(`within ${field.name} `)) || c.flow.clocks.some((/** @type {any} */ k) => k.limit === `field.${field.name}`);

/** @param {any} field @param {string} id @param {Context} c @returns {Input} */
function date(field, id, c) {
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, type: "date", min: isDue(field, c) ? isoDate(hallNow()) : null }));
  return { el, read: () => el.value || undefined, write: ([value]) => { el.value = value || ""; } };
}

/** Buttons, one of which is chosen; arrows move. @param {{name: string, text: string}[]} values @param {string} id @param {(name: string) => any} of @returns {Input} */
function buttons(values, id, of) {
  let chosen = "";
  const all = values.map((v) => /** @type {HTMLElement} */ (h("button.btn", { type: "button", role: "radio", "data-value": v.name, "aria-checked": "false", onclick: () => set(v.name), onkeydown: (/** @type {KeyboardEvent} */ e) => move(e) }, v.text)));
  const set = (/** @type {string} */ name) => { chosen = name; all.forEach((b) => b.setAttribute("aria-checked", String(b.dataset.value === name))); };
  const move = (/** @type {KeyboardEvent} */ e) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key], at = all.indexOf(/** @type {HTMLElement} */ (e.target));
    if (!step) return;
    const to = all[(at + step + all.length) % all.length];
    set(/** @type {string} */ (to.dataset.value));
    to.focus();
    e.preventDefault();
  };
  return { el: h("div.d-choice", { id, role: "radiogroup", tabindex: -1 }, all), read: () => (chosen ? of(chosen) : undefined), write: ([value]) => set(value || "") };
}

/** Of a person only a keyed mark and the surname are kept. @param {string} id @returns {Input} */
function person(id) {
  const who = /** @type {HTMLInputElement} */ (h("input.field", { id: `${id}-name`, autocomplete: "off", maxlength: 40, placeholder: t("person.name"), "aria-label": t("person.name") }));
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, autocomplete: "off", spellcheck: "false", maxlength: 40, placeholder: t("person.id"), "aria-label": t("person.id") }));
  return { el: [h("div.d-two", null, who, el), h("p.sub", null, t("person.why"))], read: () => (el.value.trim() || who.value.trim() ? { id: el.value.trim(), name: who.value.trim() } : undefined) };
}

/** @param {string} id @returns {Input} */
function phone(id) {
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, type: "tel", autocomplete: "off", maxlength: 20 }));
  return { el: [el, h("p.sub", null, t("phone.why"))], read: () => el.value.trim() || undefined };
}

/** Brought to the hall when the step is sent; the step names it. What was brought once is not brought again. A list is given
 * whole: what is in it already stays, unless it is taken off. @param {any} field @param {string} id @param {Context} c @returns {Input} */
function file(field, id, c) {
  const el = /** @type {HTMLInputElement} */ (h("input.field", { id, type: "file", accept: FILES, multiple: Number(field.most) > 0 })), /** @type {Map<File, string>} */ brought = new Map();
  const before = Number(field.most) > 0 ? c.view?.fields.find((/** @type {any} */ f) => f.field === field.name)?.values || [] : [], kept = new Map(before.map((/** @type {any} */ v) => [v.value, named(v)]));
  const chips = h("ul.d-chips"), show = () => fill(chips, [...kept].map(([value, text]) => h("li", null, text, h("button.btn.quiet", { type: "button", "aria-label": `${t("take.off")} ${text}`, onclick: () => { kept.delete(value); show(); } }, "×"))));
  const once = async (/** @type {File} */ f) => {
    const called = brought.get(f) || await bring("/files", f, proof()).catch((e) => { throw new ApiError(e.code, e.message, e.status, { field: field.name }); });
    brought.set(f, called);
    return called;
  };
  show();
  return { el: [chips, el, h("p.sub", null, t("file.why"))], read: async () => {
    /** @type {string[]} */ const more = [];
    for (const f of el.files || []) more.push(await once(f));      /* the hall reads few at once from one address */
    const all = [...kept.keys(), ...more], changed = more.length || kept.size < before.length || c.step.need.includes(field.name);
    return all.length && changed ? (field.most ? all : all[0]) : undefined;
  } };
}

/** @param {any} p a colleague */
const colleague = (p) => ({ value: p.name, text: [p.display, p.name, p.groups.join("、")].filter((x) => x).join("　") });
/** @param {any} g */
const department = (g) => ({ value: g.group, text: pick(g.name, g.name_en) });

/** @type {Record<string, (field: any, id: string, c: Context) => Input>} */
const INPUTS = {
  text, number, money, date, file, person: (_, id) => person(id), phone: (_, id) => phone(id),
  bool: (_, id) => buttons([{ name: "true", text: t("yes") }, { name: "false", text: t("no") }], id, (x) => x === "true"),
  choice: (field, id) => buttons(field.values.map((/** @type {any} */ v) => ({ name: v.name, text: named(v) })), id, (x) => x),
  staff: (_, id, c) => select([...c.w.people.values()].filter((p) => !p.disabled).map(colleague), id),
  department: (_, id, c) => select(c.w.catalogue.groups.map(department), id),
  window: windows, item: items, material: materials, matter: matters, ticket,
};

/* Lists that one input already gives whole. */
const WHOLE = new Set(["material", "file"]);

/** Several values: what was chosen stands below, each with a way to take it off again. @param {Input} one @param {any} field @param {string} id @returns {Input} */
function list(one, field, id) {
  /** @type {any[]} */ let all = [];
  const label = (/** @type {any} */ v) => { const o = document.querySelector(`#${CSS.escape(id)} option[value="${CSS.escape(String(v))}"]`); return o ? o.textContent : typeof v === "object" ? v.name : String(v); };
  const chips = h("ul.d-chips"), show = () => fill(chips, all.map((v, i) => h("li", null, label(v), h("button.btn.quiet", { type: "button", "aria-label": t("take.off"), onclick: () => { all.splice(i, 1); show(); } }, "×"))));
  const add = async () => {
    const value = await one.read();
    if (value === undefined || all.length >= Number(field.most)) return;
    all = [...all.filter((v) => JSON.stringify(v) !== JSON.stringify(value)), value];
    one.write?.([]);
    show();
  };
  return { el: [h("div.d-add", null, one.el, h("button.btn", { type: "button", onclick: add }, t("add"))), chips], read: async () => { await add(); return all.length ? all : undefined; }, write: (values) => { all = [...values]; show(); } };
}

/** @param {any} field of the definition @param {Context} c @returns {Input} */
export function input(field, c) {
  const id = `f-${field.name}`, one = INPUTS[field.type](field, id, c);
  return Number(field.most) > 0 && !WHOLE.has(field.type) ? list(one, field, id) : one;
}
