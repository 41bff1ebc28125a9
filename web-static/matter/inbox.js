/* What waits, by its clock: overdue, due today, time left; inside a group as the hall orders it, by colour and deadline. */
import { fill, h, name } from "../lib/dom.js";
import { pick, t } from "../lib/i18n.js";
import { bar } from "./clocks.js";
import { left, named, secondsLeft } from "./words.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./words.js").Left} Left */

const GROUPS = /** @type {const} */ ([["over", "h2.stop"], ["today", "h2.soon"], ["later", "h2"]]);
const BAR = 96, SHORT = 12;

/** Where the matter is, in a few words. @param {any} card @param {Work} w */
function small(card, w) {
  const office = w.catalogue.groups.find((/** @type {any} */ g) => g.group === card.department), where = (office ? pick(office.name, office.name_en) : "") || named(card, "state");
  const said = [card.number || t("number", { n: card.matter }), w.mixed ? named(card, "flow") : "", card.person, named({ zh: card.cause, en: card.cause_en }), where].filter((x) => x);
  return said.map((x, i) => [i ? "　" : "", h(x.length < SHORT ? "span.nb" : "span", null, x)]);
}

/** @param {any} card @param {Left} now @param {Work} w */
function row(card, now, w) {
  const { clock } = card, current = card.matter === w.id;
  return h("a", { href: w.address(card.matter), "data-matter": card.matter, "data-group": now.group, "aria-current": current ? "true" : null },
    h("span.d-row", null, h("strong", null, card.mine && w.list.matters.some((/** @type {any} */ c) => !c.mine) ? h("span.dot", { title: t("mine") }) : null, name(card.title || named(card, "flow"))),
      h(`span.left${now.kind ? `.${now.kind}` : ""}`, null, now.text)),
    h("span.d-row", null, h("small", null, small(card, w)), clock && clock.due_at ? bar(clock, BAR, now.kind, secondsLeft(clock, w.listAt, w.hall.open)) : null));
}

/** @param {Work} w @returns {any[]} in the order in which they are shown */
export function inOrder(w) {
  const now = w.list.matters.map((/** @type {any} */ card) => left(card, w.listAt, w.hall.open).group);
  return GROUPS.flatMap(([group]) => w.list.matters.filter((/** @type {any} */ _, /** @type {number} */ i) => now[i] === group));
}

/** @param {Work} w */
function found(w) {
  const n = w.list.matters.length;
  return h("p.d-found", { role: "status" }, h("span", null, t(w.ended ? "found.ended" : "found", { n, q: w.q })), w.list.partial ? h("span.sub", null, t("found.part")) : null);
}

/** Built once: what is typed stays while news come. @param {Work} w */
export function searchLine(w) {
  return h("form.d-find", { role: "search", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); w.search(/** @type {HTMLInputElement} */ (document.getElementById("q")).value); } },
    h("input.field", { id: "q", type: "search", placeholder: t("find.for"), "aria-label": t("find.for"), autocomplete: "off", maxlength: 60 }),
    h("button.btn.quiet", { type: "button", id: "ended", onclick: () => w.showEnded(!w.ended) }));
}

/** @param {Element} line @param {Work} w */
export function renewSearch(line, w) {
  const q = /** @type {HTMLInputElement} */ (line.querySelector("#q")), ended = /** @type {HTMLElement} */ (line.querySelector("#ended"));
  if (q !== document.activeElement) q.value = w.q;
  fill(ended, t(w.ended ? "show.open" : "show.ended")).setAttribute("aria-pressed", String(w.ended));
}

/** @param {Work} w */
function groups(w) {
  const cards = inOrder(w), rows = cards.map((/** @type {any} */ card) => ({ card, now: left(card, w.listAt, w.hall.open) }));
  if (w.ended) return rows.map(({ card, now }) => row(card, now, w));
  return GROUPS.map(([group, tag]) => {
    const mine = rows.filter(({ now }) => now.group === group);
    return mine.length ? [h(tag, null, h("span", null, t(`group.${group}`)), h("span", null, mine.length)), mine.map(({ card, now }) => row(card, now, w))] : null;
  });
}

/** @param {Work} w */
export function inbox(w) {
  const none = !w.list.matters.length;
  return [w.attention ? h("p.note.soon.d-new", { role: "alert" }, h("span", null, w.attention.text), h("button.btn", { type: "button", onclick: () => w.attend() }, t("look"))) : null,
    w.q ? found(w) : null, none && !w.q ? h("p.d-none", null, t(w.ended ? "none.ended" : w.tab.none || "none")) : groups(w),
    w.list.after ? h("button.btn.quiet", { type: "button", onclick: () => w.more() }, t("more")) : null];
}
