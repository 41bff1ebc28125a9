/* Figures from the hall's series: sums, means and quantiles of histograms, by step, hour and weekday. */
import { get } from "../lib/api.js";
import { fields } from "../lib/format.js";

/** @typedef {(number | null)[]} Values */
/** @typedef {{starts: number[], step: number, rows: Map<string, Values>}} Series */
/** @typedef {{from: number, to: number, step: number}} Period to 0: up to now */

export const MINUTE = 6e4, HOUR = 36e5, DAY = 864e5;

/* Upper bounds in minutes; the last has no end. */
const BOUNDS = [1, 3, 5, 10, 20, 30, 60], ENDLESS = 90;
const BUCKETS = ["wait_0_1", "wait_1_3", "wait_3_5", "wait_5_10", "wait_10_20", "wait_20_30", "wait_30_60", "wait_60_up"];

/** The hall's midnight before a moment. @param {number} at */
export const midnight = (at) => at - (+fields(at) % DAY);

/** The address of a series. @param {string} name @param {Period} p @param {string} [label] @param {string} [format] */
export function seriesPath(name, p, label = "", format = "") {
  const query = new URLSearchParams({ from: String(p.from), step: String(p.step / 1000) });
  if (p.to) query.set("to", String(p.to));
  if (label) query.set("label", label);
  if (format) query.set("format", format);
  return `/series/${name}?${query}`;
}

/** @param {string} name @param {Period} p @param {string} [label] @returns {Promise<Series>} */
export async function series(name, p, label) {
  const { starts, series: columns } = await get(seriesPath(name, p, label));
  return { starts: starts.map((/** @type {string} */ s) => Date.parse(s)), step: p.step, rows: new Map(columns.map((/** @type {any} */ c) => [c.label, c.values])) };
}

/** The hall's own values. @param {Series} s @returns {Values} */
export const own = (s) => s.rows.values().next().value || [];

/** Sum of what is known; null if nothing is. @param {Values} values */
export const total = (values) => values.reduce((/** @type {number | null} */ a, v) => (v === null ? a : (a || 0) + v), null);

/** Into steps of another length. @param {Series} s @param {number} step @returns {Series} */
export function coarser(s, step) {
  const n = Math.max(1, Math.round(step / s.step)), rows = new Map();
  for (const [label, values] of s.rows) rows.set(label, s.starts.filter((_, i) => i % n === 0).map((_, i) => total(values.slice(i * n, i * n + n))));
  return { starts: s.starts.filter((_, i) => i % n === 0), step: s.step * n, rows };
}

/** The minutes below which a share of the waits lay, from counts by bucket; null without any. @param {number[]} counts @param {number} share */
export function quantile(counts, share) {
  const n = counts.reduce((a, b) => a + b, 0);
  let left = n * share;
  for (let i = 0; i < counts.length && n; i++) {
    const low = i ? BOUNDS[i - 1] : 0, high = BOUNDS[i] ?? ENDLESS;
    if (left <= counts[i]) return low + (high - low) * (left / counts[i]);
    left -= counts[i];
  }
  return null;
}

/** Counts by bucket of all steps together. @param {Series[]} buckets */
export const together = (buckets) => buckets.map((b) => total(own(b)) || 0);

/** The hall's waits by bucket. @param {Period} p */
export const waitBuckets = (p) => Promise.all(BUCKETS.map((name) => series(name, p)));

/** A quantile a step. @param {Series[]} buckets @param {number} share @returns {Values} */
export const quantiles = (buckets, share) => buckets[0].starts.map((_, i) => quantile(buckets.map((b) => own(b)[i] || 0), share));

/** Minutes on average, from a sum of milliseconds. @param {number | null} ms @param {number | null} n */
export const mean = (ms, n) => (n ? (ms || 0) / n / MINUTE : null);

/** @param {Values} sums @param {Values} counts @returns {Values} */
export const means = (sums, counts) => sums.map((ms, i) => mean(ms, counts[i]));

/** Monday is 0. @param {number} at */
const weekdayOf = (at) => (fields(at).getUTCDay() + 6) % 7;

/**
 * A value per weekday and hour: of sums divided by counts, or, without counts, of sums divided by the number of days.
 * @param {Series} sums @param {Series} [counts]
 */
export function byHour(sums, counts) {
  /** @type {(number | null)[][]} */ const cells = Array.from({ length: 7 }, () => Array(24).fill(null));
  const n = cells.map((row) => row.map(() => 0)), days = new Set();
  own(sums).forEach((value, i) => {
    const at = sums.starts[i], day = weekdayOf(at), hour = fields(at).getUTCHours();
    const weight = counts ? own(counts)[i] || 0 : 1;
    if (value === null || !weight) return;
    if (value) days.add(midnight(at));
    cells[day][hour] = (cells[day][hour] || 0) + value;
    n[day][hour] += weight;
  });
  return { cells: cells.map((row, d) => row.map((v, h) => (v === null ? null : v / n[d][h]))), days: days.size };
}
