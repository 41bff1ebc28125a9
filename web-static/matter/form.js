/* The form of a step, made from the definition: its fields in the definition's order, what must be given first said so. */
import { fill, h } from "../lib/dom.js";
import { ApiError } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { input } from "./fields.js";
import { named } from "./words.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./fields.js").Input} Input */
/** @typedef {{el: HTMLElement, read: () => Promise<Record<string, any>>, refuse: (e: any) => void, texts: () => Record<string, string>, focus: () => boolean}} Form */

const OPEN_MOST = 1;

/* An earlier value of these stands there already: it was chosen, not written. */
const KEPT = new Set(["department", "staff", "item", "window", "choice", "date"]);

/** What must be given, then what may be, each in the order of the definition. @param {any} flow @param {any} step @returns {any[]} */
export function fieldsOf(flow, step) {
  const among = (/** @type {string[]} */ names) => flow.fields.filter((/** @type {any} */ f) => names.includes(f.name));
  return [...among(step.need), ...among(step.may)];
}

/** What was chosen before, or written before somebody else was quicker. @param {any} field @param {Input} one @param {any} view @param {Record<string, string>} kept */
function prefill(field, one, view, kept) {
  const before = view?.fields.find((/** @type {any} */ f) => f.field === field.name && !f.erased);
  if (kept[field.name]) one.write?.([kept[field.name]]);
  else if (before && KEPT.has(field.type)) one.write?.(before.values.map((/** @type {any} */ v) => v.value));
}

/** @param {any} field @param {boolean} needed @param {Input} one */
function line(field, needed, one) {
  const label = h("label", { for: `f-${field.name}` }, named(field), needed ? null : h("span.sub", null, t("optional")));
  return h("div.d-field", { "data-field": field.name }, label, one.el, h("p.d-wrong", { role: "alert", hidden: true }));
}

/** Of a step that needs something, what may be given besides is one touch away. @param {any[]} fields @param {any} step @param {Record<string, Input>} inputs @param {any} view */
function lines(fields, step, inputs, view) {
  const needed = fields.filter((f) => step.need.includes(f.name)), others = fields.slice(needed.length), rows = others.map((f) => line(f, false, inputs[f.name]));
  const apart = view && needed.length && others.length > OPEN_MOST;
  return [needed.map((f) => line(f, true, inputs[f.name])), apart ? h("details.d-more", null, h("summary", null, t("more.fields", { fields: others.map((f) => named(f)).join(t("list")) })), rows) : rows];
}

/** The field that a refusal is about, or "": what it says is the hall's. A guard names its fields behind its own name.
 * @param {ApiError} e @param {any} flow the definition */
export function wrongField(e, flow) {
  const { field = "", value = "" } = e.details || {}, names = e.code === "GUARD" ? value.split(" ").slice(1) : [field];
  return names.find((name) => flow.fields.some((/** @type {any} */ f) => f.name === name)) || "";
}

/** @param {HTMLElement} el @param {string} field @param {string} text */
function mark(el, field, text) {
  const row = el.querySelector(`[data-field="${field}"]`), said = /** @type {HTMLElement | null} */ (row?.querySelector(".d-wrong"));
  if (!row || !said) return false;
  row.classList.add("is-wrong");
  row.closest("details")?.setAttribute("open", "");
  fill(said, text).hidden = false;
  /** @type {HTMLElement | null} */ (row.querySelector("textarea, input, select, [role=radio]"))?.focus();
  return true;
}

/** @param {HTMLElement} el */
function clear(el) {
  for (const row of el.querySelectorAll(".is-wrong")) {
    row.classList.remove("is-wrong");
    /** @type {HTMLElement} */ (row.querySelector(".d-wrong")).hidden = true;
  }
  /** @type {HTMLElement} */ (el.querySelector(".d-trouble")).hidden = true;
}

/** @param {any[]} fields @param {Record<string, Input>} inputs @param {any} step */
async function read(fields, inputs, step) {
  /** @type {Record<string, any>} */ const values = {};
  for (const f of fields) {
    const value = await inputs[f.name].read();
    if (value === undefined && step.need.includes(f.name)) throw new ApiError("FIELD_MISSING", t("fill.in"), 422, { field: f.name });
    if (value !== undefined) values[f.name] = value;
  }
  return values;
}

/**
 * @param {any} flow the definition @param {any} step the transition @param {any} view the matter; null to open one
 * @param {Work} w @param {Record<string, string>} kept texts by field @returns {Form}
 */
export function formOf(flow, step, view, w, kept) {
  const fields = fieldsOf(flow, step), /** @type {Record<string, Input>} */ inputs = {}, c = { w, view, flow, step, others: () => inputs };
  for (const f of fields) inputs[f.name] = input(f, c);
  const el = h("div.d-form", { onchosen: () => w.onChosen?.() }, lines(fields, step, inputs, view), h("p.note.stop.d-trouble", { role: "alert", hidden: true }));
  fields.forEach((f) => prefill(f, inputs[f.name], view, kept));
  return {
    el,
    read() { clear(el); return read(fields, inputs, step); },
    refuse(e) {
      const trouble = /** @type {HTMLElement} */ (el.querySelector(".d-trouble"));
      if (!mark(el, wrongField(e, flow), e.message)) fill(trouble, h("span", null, e.message)).hidden = false;
    },
    texts: () => Object.fromEntries(fields.filter((f) => f.type === "text").map((f) => [f.name, String(inputs[f.name].read() || "")])),
    focus() {
      const first = /** @type {HTMLElement | null} */ (el.querySelector("textarea, input:not([type=hidden]), select, [role=radio]"));
      first?.focus();
      return Boolean(first);
    },
  };
}
