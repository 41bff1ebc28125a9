/* What this person may do with the matter now, numbered; the one that is being done, with its form. */
import { fill, h } from "../lib/dom.js";
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

/** @typedef {import("./work.js").Doing} Doing */

/** What is being written stays where it stands while news come: an input method would lose its word. Only what is said
 * about it is drawn again. @param {Work} w @param {Doing} d */
export function renewDoing(w, d) {
  const still = d.kind === "open" || w.view?.steps.some((/** @type {any} */ s) => s.transition === d.step.name), { el } = d;
  const note = /** @type {HTMLElement} */ (el?.querySelector(".d-changed")), send = el?.querySelector("#send");
  if (!note || !send) return;
  if (note.hidden !== !d.changed || d.changed !== note.dataset.what) fill(note, d.changed ? h("span", null, t(still ? "stale" : "stale.gone", { what: d.changed })) : "").hidden = !d.changed;
  note.dataset.what = d.changed;
  fill(send, t(w.busy ? "sending" : d.changed ? "send.still" : "send", { step: named(d.step) }), h("kbd", null, "Ctrl"), h("kbd", null, "Enter"));
  if (w.busy || !still) send.setAttribute("aria-disabled", "true");
  else send.removeAttribute("aria-disabled");
}

const changed = () => h("p.note.soon.d-changed", { role: "alert", hidden: true }), main = () => h("button.btn.main", { type: "submit", id: "send" });
/** @param {Work} w @param {Doing} d @param {string} what @param {any[]} parts */
const formFor = (w, d, what, parts) => h(what, { "data-doing": d.step.name, onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); w.send(); } }, parts);

/** @param {Work} w @param {Doing} d */
function doing(w, d) {
  d.el ||= formFor(w, d, "form.d-do", [h("p.d-doing", null, h("strong", null, named(d.step)), h("button.btn.quiet", { type: "button", onclick: () => w.cancel() }, h("kbd", null, "Esc"), t("back"))), changed(), d.form.el, main()]);
  renewDoing(w, d);
  return d.el;
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
    mine && w.doing ? doing(w, w.doing) : view.steps.length ? view.steps.map((/** @type {any} */ s, /** @type {number} */ i) => button(view, s, i, w)) : h("p.sub", null, none),
    mine ? null : prints(view, w));
}

/** A matter that is being opened. @param {Work} w */
export function opening(w) {
  const d = /** @type {Doing} */ (w.doing);
  d.el ||= formFor(w, d, "form.d-open", [h("h1", null, h("span.d-no", null, t("new")), h("span", null, `${named(d.flow)}　${named(d.step)}`)), changed(), d.form.el,
    h("p.d-ends", null, h("button.btn", { type: "button", onclick: () => w.cancel() }, h("kbd", null, "Esc"), t("back")), main())]);
  renewDoing(w, d);
  return d.el;
}
