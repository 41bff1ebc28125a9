/* The keyboard: arrows or J and K through the list, figures for steps, letters for the rest. */
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { inOrder } from "./inbox.js";

/** @typedef {import("./work.js").Work} Work */

/** @param {Work} w @param {number} by */
function move(w, by) {
  const cards = inOrder(w), at = cards.findIndex((c) => c.matter === w.id), to = cards[at < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, at + by))];
  if (to) location.hash = w.address(to.matter);
}

/** @param {Work} w */
function escape(w) {
  const active = /** @type {HTMLElement} */ (document.activeElement);
  if (w.panel) { w.panel = ""; return w.render(); }
  if (active?.matches("input, textarea, select") && !w.doing) active.blur();
  else if (w.doing) w.cancel();
  if (w.q || w.ended) { w.ended = false; w.search(""); }
}

/** @param {Work} w */
function printKey(w) {
  if (!w.view?.prints.length || w.doing) return;
  if (w.view.prints.length === 1) return w.print(w.view.prints[0]);
  w.panel = "print";
  w.render();
}

/** The ways to open a matter on this page. @param {Work} w @returns {{flow: any, transition: string}[]} */
export function openings(w) {
  const of = w.tab.flows || [];
  return w.kinds.filter((k) => of.includes(k.flow.name)).flatMap((k) => k.opens.map((/** @type {string} */ transition) => ({ flow: k.flow, transition })));
}

/** @param {Work} w */
export function openNew(w) {
  const all = openings(w);
  if (!all.length || w.doing) return;
  if (all.length === 1) return w.beginNew(all[0].flow, all[0].transition);
  w.panel = "new";
  w.render();
}

/** @param {Work} w @param {number} n */
function figure(w, n) {
  if (w.panel === "print") w.print(w.view.prints[n - 1]);
  else if (w.panel === "new") { const one = openings(w)[n - 1]; if (one) w.beginNew(one.flow, one.transition); }
  else if (!w.doing && w.view?.steps[n - 1]) w.begin(w.view.steps[n - 1].transition);
}

/** @param {Work} w */
function enter(w) {
  if (!w.id && w.list.matters.length) move(w, 0);
  else /** @type {HTMLElement | null} */ (document.querySelector(".d-steps .btn"))?.focus();
}

/** @type {Record<string, (w: Work) => void>} */
const KEYS = {
  ArrowDown: (w) => move(w, 1), KeyJ: (w) => move(w, 1), ArrowUp: (w) => move(w, -1), KeyK: (w) => move(w, -1), Enter: enter, NumpadEnter: enter,
  Slash: () => { const q = /** @type {HTMLInputElement | null} */ (document.getElementById("q")); q?.focus(); q?.select(); },
  KeyN: openNew, KeyP: printKey,
};

/** @param {KeyboardEvent} e @param {Work} w */
export function onKey(e, w) {
  if (e.repeat && !/^Arrow/.test(e.code) || e.isComposing) return;
  const target = /** @type {HTMLElement} */ (e.target), isField = target.matches("input, textarea, select"), digit = /^(?:Digit|Numpad)([1-9])$/.exec(e.code)?.[1];
  if (e.code === "Escape") escape(w);
  else if (e.ctrlKey && /Enter$/.test(e.code)) { if (w.doing) w.send(); }
  else if (isField || e.ctrlKey || e.altKey || e.metaKey || !w.tab.query) return;
  else if (e.key === "?") { w.panel = w.panel === "help" ? "" : "help"; w.render(); }
  else if (digit) figure(w, Number(digit));
  else if (target.matches("button, a") && /Enter$/.test(e.code)) return;
  else if (KEYS[e.code]) KEYS[e.code](w);
  else return;
  e.preventDefault();
}

const HELP = [["↑", "J", "K", "↓"], ["Enter"], ["1", "9"], ["Ctrl", "Enter"], ["Esc"], ["/"], ["N"], ["P"], ["?"]];

/** Every key that there is. */
export const help = () => h("section.d-panel", { role: "dialog", "aria-label": t("help") }, h("h1", null, t("help")), h("dl.d-keys", null, HELP.map((caps, i) => [h("dt", null, caps.map((c) => h("kbd", null, c))), h("dd", null, t(`help.${i}`))])));
