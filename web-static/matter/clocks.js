/* A matter's clocks: the bar with its ticks, and the card that says how it stands. */
import { h, svg } from "../lib/dom.js";
import { ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { left, limit, named, secondsLeft, until } from "./words.js";

const HIGH = 14, OVER_LEAST = 0.72;     /* the deadline never stands further left than this, however late it is */

/** Opening time run, in percent, as it is now. @param {any} clock @param {number} seconds left */
function percentNow(clock, seconds) {
  const then = Number(clock.left_s), run = Number(clock.percent) || 0;
  if (run >= 100 || then <= 0 || seconds >= then) return run;
  const whole = then / (1 - run / 100);
  return 100 - (seconds / whole) * 100;
}

/**
 * What has run of the time, by opening hours; ticks at the warnings and, tall, at the deadline.
 * @param {any} clock @param {number} width @param {string} kind soon, stop or nothing @param {number} seconds left
 */
export function bar(clock, width, kind, seconds) {
  const run = clock.expired ? Math.max(100, percentNow(clock, seconds)) : percentNow(clock, seconds), end = (width - 2) * (run > 100 ? Math.max(OVER_LEAST, 100 / run) : 1);
  const warnings = (clock.marks || []).map(Number).filter((/** @type {number} */ p) => p > 0 && p < 100), x = (/** @type {number} */ p) => (end * p / 100).toFixed(1);
  const ticks = [...(warnings.length ? warnings : [50])].map((p) => `M${x(p)} 2v10`).join("");
  return svg("svg", { class: `chart clockbar ${kind === "soon" ? "soon" : ""}`, width, height: HIGH, viewBox: `0 0 ${width} ${HIGH}`, "aria-hidden": "true" },
    svg("path", { class: "track", d: `M0 5h${end.toFixed(1)}v4H0z` }), svg("path", { class: "fill", d: `M0 5h${x(Math.min(100, run))}v4H0z` }),
    run > 100 ? svg("path", { class: "over", d: `M${end.toFixed(1)} 2h${Math.max(4, width - 2 - end).toFixed(1)}v10h-${Math.max(4, width - 2 - end).toFixed(1)}z` }) : null,
    svg("path", { class: "tick", d: `${ticks}M${end.toFixed(1)} 0v14` }));
}

/** @typedef {import("./work.js").Work} Work */

/** The other clocks that run or have run, a line each. @param {any} clock */
function line(clock) {
  const ends = clock.status === "running" ? t("clock.until", { time: until(ms(clock.due_at)) }) : t(`clock.${clock.status}`);
  return h("li", { "data-clock": clock.clock }, h("span", null, named(clock)), h("span", null, limit(clock)), h(clock.status === "late" || clock.expired ? "span.stop" : "span", null, ends));
}

/** @param {any} view @param {Work} w */
export function clockCard(view, w) {
  const { card } = view, open = Boolean(w.hall.open), now = left(card, w.heardAt, open), others = view.clocks.filter((/** @type {any} */ c) => c.clock !== card.clock?.clock);
  const { clock } = card;
  return h("section.card.d-clock", { "data-card": card.color }, h("h2", null, clock ? t("clock.title", { clock: named(clock) }) : t("clock.none")),
    clock ? h(`p.over${now.kind ? `.${now.kind}` : ""}`, null, now.long) : h("p.sub", null, t(card.ended ? "clock.over" : "no.clock")),
    clock && clock.due_at ? bar(clock, 298, now.kind, secondsLeft(clock, w.heardAt, open)) : null,
    clock ? h("p", null, clock.due_at ? t("clock.limit", { limit: limit(clock), time: until(ms(clock.due_at)) }) : t("clock.held"), clock.provisional ? t("provisional") : "") : null,
    clock && clock.due_at ? h("p.sub", null, t("clock.how")) : null,
    others.length ? h("ul.d-clocks", null, others.map(line)) : null);
}
