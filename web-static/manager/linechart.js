/* A line chart: uPlot, installed by the lock file, draws it; the same figures stand in a table for whoever cannot see
 * it or wants them. */
import { fill, h } from "../lib/dom.js";
import { date, wallClock, weekday } from "../lib/days.js";
import { fields } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { DAY, HOUR } from "./figures.js";

/** @typedef {import("./figures.js").Values} Values */
/** @typedef {{name: string, kind: "main" | "thin" | "usual", starts: number[], values: Values, width: number}} Line width: ms a step */
/** @typedef {{from: number, to: number, lines: Line[], unit: string, digits?: number, say: string, now?: number}} Picture */

/** @type {any} */ let Plot;      /* null: it is not there */
const MODULE = "../vendor/uplot.js", ROWS_MOST = 60;

/* The drawing module is loaded once, beside everything else; a page without it still has its tables. */
const loaded = import(MODULE).then((m) => { Plot = m.default; }, () => { Plot = null; });

/** @param {string} name */
const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

/** "10:30", "星期三 10:30", "3 月 10 日" by how long the steps are. @param {number} at @param {number} span @param {number} step */
export function moment(at, span, step) {
  if (step >= DAY) return date(at);
  return span > DAY ? `${weekday(at)} ${wallClock(at)}` : wallClock(at);
}

/** Full hours, days or months. @param {number} from @param {number} to @param {number} most */
function marks(from, to, most) {
  const hours = (to - from) / HOUR, steps = [1, 2, 3, 4, 6, 12, 24, 48, 72, 168, 336, 744, 1488, 2232];
  const step = (steps.find((s) => hours / s <= most) || 4464) * HOUR, offset = +fields(0);
  const found = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) found.push(at);
  return found;
}

/** @param {number} at @param {number} span */
function mark(at, span) {
  if (span <= 1.5 * DAY) return wallClock(at).replace(/^0/, "");
  return span <= 9 * DAY && fields(at).getUTCHours() ? wallClock(at) : span <= 9 * DAY ? weekday(at) : date(at);
}

/** All lines on one axis of time, as uPlot wants it; a value stands in the middle of its step. @param {Picture} p */
function aligned(p) {
  const at = [...new Set(p.lines.flatMap((l) => l.starts.map((s) => s + l.width / 2)))].filter((x) => x >= p.from && x <= p.to).sort((a, b) => a - b);
  const where = new Map(at.map((x, i) => [x, i]));
  return [at, ...p.lines.map((l) => {
    /** @type {(number | null | undefined)[]} */ const column = Array(at.length).fill(undefined);
    l.starts.forEach((s, i) => { const x = where.get(s + l.width / 2); if (x !== undefined) column[x] = l.values[i] ?? null; });
    return column;
  })];
}

/** @param {Values} values */
const lastKnown = (values) => { let i = values.length - 1; while (i >= 0 && values[i] === null) i--; return i; };

export class LineChart {
  /** @param {string} id @param {string} title @param {string} classes @param {boolean} isWall */
  constructor(id, title, classes, isWall) {
    this.isWall = isWall;
    this.shown = false;
    /** @type {Picture | null} */ this.picture = null;
    /** @type {any} */ this.plot = null;
    this.key = "";
    this.note = h("span.keys");
    this.canvas = h("div.m-plot", { role: "img" });
    this.table = h("div.m-table.sr");
    this.toggle = h("button.more", { type: "button", "aria-expanded": "false", "aria-controls": `${id}-table`, onclick: () => this.turn() }, t("table"));
    this.table.id = `${id}-table`;
    this.el = h(`section.m-box.${classes}`, { id }, h("h2", null, title, h("span", null, this.note, isWall ? null : this.toggle)), this.canvas, this.table);
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    loaded.then(() => this.draw());
  }

  turn() {
    this.shown = !this.shown;
    this.table.classList.toggle("sr", !this.shown);
    this.canvas.hidden = this.shown;
    fill(this.toggle, t(this.shown ? "chart" : "table")).setAttribute("aria-expanded", String(this.shown));
  }

  /** @param {Picture} picture */
  show(picture) {
    this.picture = picture;
    this.canvas.setAttribute("aria-label", picture.say);
    fill(this.note, picture.lines.map((l) => h(`span.key.${l.kind}`, null, l.name)));
    this.fillTable(picture);
    this.draw();
  }

  /** @param {Picture} p */
  fillTable(p) {
    const main = p.lines[0], span = p.to - p.from;
    const text = (/** @type {number | null | undefined} */ v) => (v === null || v === undefined ? "–" : v.toFixed(p.digits ?? 0));
    const nearest = (/** @type {Line} */ l, /** @type {number} */ at, /** @type {number} */ i) => l.values[l.starts[i] === at ? i : l.starts.findIndex((s) => at >= s && at < s + l.width)];
    const known = main.starts.map((at, i) => ({ at, i })).filter(({ at, i }) => p.lines.some((l) => (nearest(l, at, i) ?? null) !== null)), every = Math.max(1, Math.ceil(known.length / ROWS_MOST));
    const rows = known.filter((_, i) => (known.length - 1 - i) % every === 0);
    fill(this.table, rows.length ? h("table", null, h("caption.sr", null, p.say), h("thead", null, h("tr", null, h("th", { scope: "col" }, t("time")), p.lines.map((l) => h("th", { scope: "col" }, t("unit.of", { name: l.name, unit: p.unit }))))),
      h("tbody", null, rows.map(({ at, i }) => h("tr", null, h("th", { scope: "row" }, moment(at, span, main.width)), p.lines.map((l) => h("td", null, text(nearest(l, at, i)))))))) : h("p.sub", null, t("nothing")));
  }

  draw() {
    const p = this.picture, width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (!p || !width || !height || Plot === undefined) return;
    const known = p.lines.some((l) => l.values.some((v) => v !== null));
    if (!Plot || !known) {
      this.plot?.destroy();
      this.plot = null;
      fill(this.canvas, h("p.m-empty", null, t(Plot ? "nothing" : "no.plot")));
      return;
    }
    const key = [width, height, p.lines.map((l) => l.kind), document.body.className].join();
    if (this.plot && key === this.key) {
      this.plot.setData(aligned(p), false);
      this.plot.setScale("x", { min: p.from, max: p.to });
      return;
    }
    this.key = key;
    this.plot?.destroy();
    fill(this.canvas);
    this.plot = new Plot(this.options(p, width, height), aligned(p), this.canvas);
  }

  /** @param {Picture} p @param {number} width @param {number} height */
  options(p, width, height) {
    const u = this.isWall ? Math.min(innerWidth, innerHeight) / 1080 * 2 : 1, font = `${12 * u}px ${colour("--sans")}`;
    const ink = colour("--ink"), quiet = colour("--ink-3"), line = colour("--line");
    const stroke = { main: ink, thin: ink, usual: colour("--edge") }, wide = { main: 2.2 * u, thin: 1.2 * u, usual: 1.5 * u };
    return {
      width, height, padding: [10 * u, (p.lines.some((l) => l.kind === "thin") ? 66 : 36) * u, 0, 0], legend: { show: false }, cursor: { show: false }, select: { show: false },
      scales: { x: { time: false, range: () => [this.picture?.from, this.picture?.to] }, y: { range: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ max) => [0, Math.max(4, max * 1.15)] } },
      series: [{}, ...p.lines.map((l) => ({ stroke: stroke[l.kind], width: wide[l.kind], dash: l.kind === "usual" ? [6 * u, 5 * u] : undefined, spanGaps: false, points: { show: false } }))],
      axes: [{ font, stroke: quiet, grid: { show: false }, ticks: { show: false }, size: 22 * u, gap: 4 * u, splits: (/** @type {any} */ plot, /** @type {any} */ _, /** @type {number} */ min, /** @type {number} */ max) => marks(min, max, Math.max(3, plot.width / (62 * u))),
        values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((x) => mark(x, (this.picture?.to || 0) - (this.picture?.from || 0))) },
      { font, stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: 34 * u, gap: 5 * u, space: 36 * u, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }],
      hooks: { draw: [(/** @type {any} */ plot) => this.label(plot, ink, font)] },
    };
  }

  /** The last value of today's lines stands at its end. @param {any} plot @param {string} ink @param {string} font */
  label(plot, ink, font) {
    const p = /** @type {Picture} */ (this.picture), ratio = devicePixelRatio || 1, { ctx } = plot;
    const size = parseFloat(font) * ratio;
    const ends = p.lines.filter((l) => l.kind !== "usual").map((l) => ({ l, i: lastKnown(l.values) })).filter(({ i }) => i >= 0)
      .map(({ l, i }) => ({ l, value: l.values[i] || 0, x: plot.valToPos(l.starts[i] + l.width / 2, "x", true), at: plot.valToPos(l.values[i], "y", true) }));
    let below = Infinity;
    ctx.save();
    for (const { l, value, x, at } of ends.sort((a, b) => b.at - a.at)) {      /* from the bottom, none over another */
      const y = Math.min(at, below - size * 1.15);
      below = y;
      ctx.fillStyle = colour("--now");
      ctx.beginPath();
      ctx.arc(x, at, size * 0.3, 0, 2 * Math.PI);
      ctx.fill();
      ctx.font = `700 ${size}px ${colour("--sans")}`;
      ctx.fillStyle = ink;
      const text = `${ends.length > 1 ? `${l.name} ` : ""}${value.toFixed(p.digits ?? 0)}`, right = x + size * 0.6 + ctx.measureText(text).width < ctx.canvas.width;
      ctx.textBaseline = "middle";
      ctx.textAlign = right ? "left" : "right";
      ctx.fillText(text, right ? x + size * 0.6 : x - size * 0.6, right ? y : Math.max(size, y - size));
    }
    ctx.restore();
  }
}
