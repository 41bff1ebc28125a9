/* The matters of the ticket at the window, as cards: where each stands, how long it has, what was said last, what it holds. */
import { h, name } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { left, named } from "../matter/words.js";
import { flowOf, given, holderOf, ticketField } from "./matters.js";

/** @typedef {import("./page.js").Console} Console */

const SHOWN = 3;

/** @param {any} field @returns {string} */
const valueText = (field) => field.values.map((/** @type {any} */ v) => named(v) || v.value).join(t("list"));

/** What was said on the way to its state, or in it: the fields of the transitions that lead there or stay. @param {any} view */
export function lastWords(view) {
  const { state } = view.card, leading = view.definition.transitions.filter((/** @type {any} */ x) => x.from.length && (x.to === state || (!x.to && x.from.includes(state)))), names = new Set(leading.flatMap(given));
  return view.fields.filter((/** @type {any} */ f) => names.has(f.field) && ["text", "choice", "date", "material"].includes(f.type) && f.values.length);
}

/** A choice that names a kind of matter says what to open next: the key for it. @param {Console} c @param {any} view */
export function nextKey(c, view) {
  const chosen = lastWords(view).filter((/** @type {any} */ f) => f.type === "choice").map((/** @type {any} */ f) => f.values[0].value);
  return c.openings.find((o) => chosen.includes(o.flow.name) && !c.matters.some((m) => m.card.flow === o.flow.name && !m.card.ended));
}

/** @param {Console} c @param {any} view */
export const leftOf = (c, view) => left(view.card, view.heardAt, Boolean(c.hall.open));

/** What it means for the number at this window. @param {Console} c @param {any} view */
function meaning(c, view) {
  const field = ticketField(view.definition), next = nextKey(c, view), { state } = view.card;
  if (field?.hold_in.includes(state)) return t("wm.holds");
  if (field?.outcome && field.outcome_in.includes(state)) return t("wm.opens", { outcome: t(`finish.${field.outcome}`) });
  return next ? t("wm.next", { cap: next.cap, flow: named(next.flow) }) : "";
}

/** @param {Console} c @param {any} view */
function tone(c, view) {
  const field = ticketField(view.definition), { state, color, ended } = view.card;
  if (color === "red") return ".stop";
  if (field?.hold_in.includes(state)) return ".soon";
  return (field?.outcome && field.outcome_in.includes(state)) || (ended && nextKey(c, view)) ? ".now" : "";
}

/** @param {Console} c @param {any} view @param {boolean} [elsewhere] it is not of the ticket here */
export function matterWords(c, view, elsewhere) {
  const words = lastWords(view), text = elsewhere ? "" : meaning(c, view);
  return [words.length ? h("dl.win-why", null, words.map((/** @type {any} */ f) => [h("dt", null, named(f)), h("dd", null, name(valueText(f)))])) : null,
    text ? h("p.win-means", null, text) : null];
}

/** @param {Console} c @param {any} view */
export function matterHead(c, view) {
  const { card } = view, running = card.clock && leftOf(c, view);
  return [h("strong", null, named(card, "flow")), h(card.ended ? "span.tag" : "span.tag.now", { "data-state": card.state }, named(card, "state")),
    running ? h(`span.left${running.kind ? `.${running.kind}` : ""}`, { "data-left": card.matter }, `${named(card.clock)}　${running.long}`) : null];
}

/** @param {Console} c */
export function matterBands(c) {
  if (c.mattersOf !== c.detail.ticket?.id) return null;
  return c.matters.slice(0, SHOWN).map((view) => h(`section.note.win-matter${tone(c, view)}`, { "data-matter": view.card.matter, "data-flow": view.card.flow },
    h("div.win-matter-head", null, matterHead(c, view), h("button.btn.quiet", { type: "button", onclick: () => c.openMatterPanel(view) }, h("kbd", null, "M"), t("wm.look"))),
    matterWords(c, view)));
}

/** The clocks of the cards go on between two looks. @param {Console} c */
export function tickMatters(c) {
  for (const view of c.matters) {
    const el = document.querySelector(`[data-left="${view.card.matter}"]`);
    if (!el || !view.card.clock) continue;
    const text = `${named(view.card.clock)}　${leftOf(c, view).long}`;
    if (el.textContent !== text) el.textContent = text;
  }
}

/** Which matter the number waits for, in words; "" none. @param {Console} c */
export function heldWords(c) {
  const holder = holderOf(c), flow = holder && (flowOf(c, holder.card) || holder.definition);
  return holder ? t("wm.held", { flow: named(flow), state: named(holder.card, "state") }) : "";
}
