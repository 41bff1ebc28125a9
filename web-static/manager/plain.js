/* Charts in plain SVG: a weekday's hours as a heat map, bars, a small line. Each heat map and bar chart has its table. */
import { fill, h, svg } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/** @typedef {import("./figures.js").Values} Values */

const SHADES = 7, HOURS_LEAST = 9;

/** A box that shows a picture or its table. @param {string} id @param {string} classes @param {any} title @param {any} note @param {any} picture @param {Element} table */
export function withTable(id, classes, title, note, picture, table) {
  const shown = h("div.m-picture", null, picture), other = h("div.m-table.sr", { id: `${id}-table` }, table);
  const toggle = h("button.more", { type: "button", "aria-expanded": "false", "aria-controls": `${id}-table`, onclick: () => {
    shown.hidden = other.classList.contains("sr");
    other.classList.toggle("sr", !shown.hidden);
    fill(toggle, t(shown.hidden ? "chart" : "table")).setAttribute("aria-expanded", String(shown.hidden));
  } }, t("table"));
  return h(`section.m-box.${classes}`, { id }, h("h2", null, title, h("span", null, note, toggle)), shown, other);
}

/** @param {string[]} head @param {(string | number)[][]} rows */
export const tableOf = (head, rows) => h("table", null, h("thead", null, h("tr", null, head.map((x) => h("th", { scope: "col" }, x)))),
  h("tbody", null, rows.map(([first, ...rest]) => h("tr", null, h("th", { scope: "row" }, first), rest.map((x) => h("td", null, x))))));

/** Those rows and columns that have something. @param {(number | null)[][]} cells */
function extent(cells) {
  const used = cells.flatMap((row) => row.flatMap((v, hour) => (v ? [hour] : [])));
  const from = Math.min(...used), to = Math.max(...used) + 1, pad = Math.max(0, HOURS_LEAST - (to - from)), start = Math.max(0, Math.min(from - Math.floor(pad / 2), 24 - HOURS_LEAST));
  return { from: Math.min(from, start), to: Math.max(to, Math.min(24, start + HOURS_LEAST)), any: used.length > 0 };
}

/** @param {(number | null)[][]} cells @param {string[]} days @param {{day: number, hour: number}} now @param {string} say */
export function heat(cells, days, now, say) {
  const { from, to, any } = extent(cells);
  if (!any) return { picture: h("p.m-empty", null, t("nothing")), table: tableOf([t("time")], []) };
  const rows = days.map((_, d) => d).filter((d) => d < 5 || cells[d].some((v) => v)), hours = Array.from({ length: to - from }, (_, i) => from + i);
  const most = Math.max(...cells.flat().map((v) => v || 0)), wide = 44, high = 30, left = 52, top = 22;
  const text = (/** @type {number | null} */ v) => (v === null ? "" : v < 10 ? String(Math.round(v * 10) / 10) : String(Math.round(v)));
  const shade = (/** @type {number} */ v) => Math.max(1, Math.ceil(v / most * SHADES));
  const cell = (/** @type {number} */ d, /** @type {number} */ i) => {
    const v = cells[d][hours[i]], x = left + wide * i, y = top + high * rows.indexOf(d), s = v ? shade(v) : 0;
    return [svg("rect", { class: v === null ? "h0" : `h${s || 1}`, x, y, width: wide - 2, height: high - 2 }),
      v === null ? null : svg("text", { class: `hv ${s > 4 ? "on-dark" : "on-light"}`, x: x + wide / 2 - 1, y: y + high / 2 + 3, "text-anchor": "middle" }, text(v))];
  };
  const cursor = rows.includes(now.day) && now.hour >= from && now.hour < to
    ? svg("rect", { class: "cursor", x: left + wide * (now.hour - from) - 1, y: top + high * rows.indexOf(now.day) - 1, width: wide, height: high }) : null;
  const picture = svg("svg", { class: "chart heat", viewBox: `0 0 ${left + wide * hours.length + 2} ${top + high * rows.length + 2}`, role: "img", "aria-label": say },
    hours.map((hour, i) => svg("text", { x: left + wide * (i + 0.5) - 1, y: 14, "text-anchor": "middle" }, hour)),
    rows.map((d) => [svg("text", { x: left - 8, y: top + high * rows.indexOf(d) + high / 2 + 4, "text-anchor": "end" }, days[d]), hours.map((_, i) => cell(d, i))]), cursor);
  const table = tableOf([t("weekday"), ...hours.map((hour) => t("hour", { hour }))], rows.map((d) => [days[d], ...hours.map((hour) => text(cells[d][hour]) || "–")]));
  return { picture, table };
}

/**
 * Horizontal bars, longest first unless they have an order of their own.
 * @param {{name: string, value: number | null, text: string}[]} rows @param {string} say
 */
export function bars(rows, say) {
  const known = rows.filter((r) => r.value !== null);
  if (!known.some((r) => r.value)) return h("p.m-empty", null, t("nothing"));
  const most = Math.max(...known.map((r) => r.value || 0));
  return h("ul.m-bars", { "aria-label": say }, known.map((r) => {
    const share = most ? (r.value || 0) / most * 100 : 0;
    return h("li", null, h("span.name", null, r.name), svg("svg", { class: "chart", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "bar", x: 0, y: 0, width: share.toFixed(1), height: 10 })), h("span.value", null, r.text));
  }));
}

/** A small line over a fixed time, on a scale that its neighbours share. @param {Values} values @param {number} slots how many steps the whole width has @param {number} most */
export function spark(values, slots, most) {
  const known = values.map((v, i) => [i, v]).filter(([, v]) => v !== null), wide = 100, high = 24, top = Math.max(1, most);
  const at = (/** @type {[number, number]} */ [i, v]) => [(i + 0.5) / Math.max(1, slots) * wide, high - 2 - v / top * (high - 5)];
  if (!known.length) return svg("svg", { class: "chart spark", viewBox: `0 0 ${wide} ${high}`, "aria-hidden": "true" });
  const points = known.map((p) => at(/** @type {[number, number]} */ (p)).map((x) => x.toFixed(1)).join(" ")), end = at(/** @type {[number, number]} */ (known[known.length - 1]));
  return svg("svg", { class: "chart spark", viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { class: "axis", d: `M0 ${high - 1}H${wide}` }), svg("path", { class: "thin", d: `M${points.join("L")}` }), svg("path", { class: "here-line", d: `M${end[0].toFixed(1)} ${high - 1}V${end[1].toFixed(1)}` }));
}
