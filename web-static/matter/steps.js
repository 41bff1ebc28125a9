/* What this person may do with the matter now, numbered; the one that is being done, with its form. */
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { fieldsOf } from "./form.js";
import { named } from "./words.js";

/** @typedef {import("./work.js").Work} Work */

const KEYS_MOST = 9;

/** What a step asks for and where it leads. @param {any} view @param {any} step */
function small(view, step) {
  const asked = fieldsOf(view.definition, { need: step.need, may: [] }).map((f) => named(f)), to = view.definition.states.find((/** @type {any} */ s) => s.name === step.to);
  return [asked.length ? t("step.asks", { fields: asked.join(t("list")) }) : "", to && step.to !== view.card.state ? t("step.to", { state: named(to) }) : ""].filter((x) => x).join("　");
}

/** @param {any} view @param {any} step @param {number} i @param {Work} w */
function button(view, step, i, w) {
  const why = named(step, "blocked");
  return h("button.btn", { type: "button", "data-step": step.transition, "aria-disabled": why ? "true" : null, onclick: () => w.begin(step.transition) },
    i < KEYS_MOST ? h("kbd", null, i + 1) : h("span.d-nokey"), h("span", null, named(step), h("small", null, why || small(view, step))));
}

/** @param {Work} w @param {any} view */
function doing(w, view) {
  const d = /** @type {import("./work.js").Doing} */ (w.doing), still = view.steps.some((/** @type {any} */ s) => s.transition === d.step.name);
  return h("form.d-do", { "data-doing": d.step.name, onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); w.send(); } },
    h("p.d-doing", null, h("strong", null, named(d.step)), h("button.btn.quiet", { type: "button", onclick: () => w.cancel() }, h("kbd", null, "Esc"), t("back"))),
    d.changed ? h("p.note.soon", { role: "alert" }, h("span", null, t(still ? "stale" : "stale.gone", { what: d.changed }))) : null,
    d.form.el, h("button.btn.main", { type: "submit", id: "send", "aria-disabled": w.busy || !still ? "true" : null }, t(w.busy ? "sending" : d.changed ? "send.still" : "send", { step: named(d.step) }), h("kbd", null, "Ctrl"), h("kbd", null, "Enter")));
}

/** What can be printed, and what was done last. @param {any} view @param {Work} w */
function prints(view, w) {
  if (!view.prints.length) return null;
  const all = view.prints.map((/** @type {string} */ p) => view.definition.prints.find((/** @type {any} */ x) => x.name === p)).filter((/** @type {any} */ p) => p);
  return h("div.d-prints", null, h("h3", null, t("print"), " ", h("kbd", null, "P")), all.map((/** @type {any} */ p) => h("button.btn", { type: "button", "data-print": p.name, onclick: () => w.print(p.name) }, named(p))));
}

/** @param {any} view @param {Work} w */
export function stepsCard(view, w) {
  const mine = w.doing && w.doing.matter === view.card.matter;
  const none = view.card.ended ? t("steps.ended") : t("steps.none");
  return h("section.card.d-steps", null, h("h2", null, t("steps")), w.said ? h("p.note.now", { role: "status" }, h("span", null, w.said)) : null,
    mine ? doing(w, view) : view.steps.length ? view.steps.map((/** @type {any} */ s, /** @type {number} */ i) => button(view, s, i, w)) : h("p.sub", null, none),
    mine ? null : prints(view, w));
}

/** A matter that is being opened. @param {Work} w */
export function opening(w) {
  const d = /** @type {import("./work.js").Doing} */ (w.doing);
  return h("form.d-open", { "data-doing": d.step.name, onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); w.send(); } },
    h("h1", null, h("span.d-no", null, t("new")), h("span", null, `${named(d.flow)}　${named(d.step)}`)), d.form.el,
    h("p.d-ends", null, h("button.btn", { type: "button", onclick: () => w.cancel() }, h("kbd", null, "Esc"), t("back")),
      h("button.btn.main", { type: "submit", id: "send", "aria-disabled": w.busy ? "true" : null }, t(w.busy ? "sending" : "send", { step: named(d.step) }), h("kbd", null, "Ctrl"), h("kbd", null, "Enter"))));
}
