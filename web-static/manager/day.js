/* Today beside the same weekday a week ago: what the figures and the curves of a day need, asked for together. */
import { hallNow } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { weekday } from "../lib/days.js";
import { coarser, DAY, HOUR, midnight, MINUTE, own, quantile, quantiles, series, together, total, waitBuckets } from "./figures.js";

/** @typedef {import("./figures.js").Period} Period */
/** @typedef {import("./figures.js").Series} Series */
/** @typedef {Awaited<ReturnType<typeof loadDay>>} Day */

const FINE = 5 * MINUTE, HALF = 30 * MINUTE;

/** The hours to show: from the first that had somebody to the last, at least four. @param {Series[]} counts @param {number} start @param {number} until */
function hoursOf(counts, start, until) {
  let first = until, last = until;
  for (const s of counts) {
    own(s).forEach((v, i) => {
      const at = start + (s.starts[i] - midnight(s.starts[i]));
      if (v) [first, last] = [Math.min(first, at), Math.max(last, at + s.step)];
    });
  }
  const from = Math.max(start, Math.floor((first - start) / HOUR) * HOUR + start), to = Math.min(start + DAY, Math.ceil((last - start) / HOUR) * HOUR + start);
  return to - from >= 4 * HOUR ? { from, to } : { from: Math.max(start, Math.min(from, start + DAY - 4 * HOUR)), to: Math.min(start + DAY, Math.max(from, start) + 4 * HOUR) };
}

/** @param {number} start a midnight of the hall */
export async function loadDay(start) {
  const now = hallNow(), isToday = now - start < DAY, back = start - 7 * DAY;
  /* Five minutes are kept for a week, hours for a year. */
  const isOld = now - start > 6 * DAY, fine = isOld ? HOUR : FINE;
  const p = { from: start, to: isToday ? 0 : start + DAY, step: fine }, before = { from: back, to: start - 6 * DAY, step: HOUR };
  const [waiting, issued, finished, cancelled, expired, buckets, queueRows, busy, open, waitingBefore, issuedBefore, bucketsBefore] = await Promise.all([
    series("waiting", p), series("issued", p), series("finished", p), series("cancelled", { ...p, step: HOUR }), series("expired", { ...p, step: HOUR }), waitBuckets(p),
    series("waiting", p, "queue/*"), series("window_busy", { ...p, step: HOUR }, "window/*"), series("window_open", { ...p, step: HOUR }, "window/*"),
    series("waiting", before), series("issued", before), waitBuckets(before)]);
  const half = Math.max(fine, HALF), issuedHalf = coarser(issued, half), halves = buckets.map((b) => coarser(b, half)), counts = together(buckets), countsBefore = together(bucketsBefore);
  const until = isToday ? now : start + DAY, hours = hoursOf([issued, issuedBefore], start, Math.min(until, start + DAY - 1));
  const same = now - 7 * DAY, index = Math.floor((same - back) / HOUR), isSame = index >= 0 && index < own(issuedBefore).length;
  const share = isToday && isSame ? (same - back) % HOUR / HOUR : 1;      /* of the hour that is going on */
  const soFar = isToday ? (total(own(issuedBefore).slice(0, index)) || 0) + (own(issuedBefore)[index] || 0) * share : total(own(issuedBefore));
  const loads = new Map([...open.rows].map(([label, values]) => {
    const all = total(values), part = total(busy.rows.get(label) || []);
    return [label, all ? (part || 0) / all : null];
  }));
  const shift = (/** @type {Series} */ s) => ({ ...s, starts: s.starts.map((at) => at + 7 * DAY) });
  const first = Math.max(0, Math.round((hours.from - start) / fine)), slots = Math.round((hours.to - hours.from) / fine);
  return {
    start, isToday, hours, waiting, issued: total(own(issued)), finished: total(own(finished)), left: (total(own(cancelled)) || 0) + (total(own(expired)) || 0), loads,
    p50: quantile(counts, 0.5), p90: quantile(counts, 0.9), hasBefore: (total(own(issuedBefore)) || 0) > 0, waitingBefore: isSame ? own(waitingBefore)[index] : null, issuedBefore: soFar,
    p50Before: quantile(countsBefore, 0.5), p90Before: quantile(countsBefore, 0.9), slots, byQueue: new Map([...queueRows.rows].map(([label, values]) => [label, values.slice(first)])),
    finishedHalf: coarser(finished, half), issuedHalf, starts: halves[0].starts, half, p50s: quantiles(halves, 0.5), p90s: quantiles(halves, 0.9),
    was: { waiting: shift(waitingBefore), issued: shift(issuedBefore), p90s: quantiles(bucketsBefore, 0.9), starts: bucketsBefore[0].starts.map((at) => at + 7 * DAY) },
  };
}

/** The three pictures of a day. @param {Day} d @param {number | null} [live] how many wait now @returns {Record<string, import("./linechart.js").Picture>} */
export function dayPictures(d, live = null) {
  const { from, to } = d.hours, then = t("last.week", { weekday: weekday(d.start) }), today = t(d.isToday ? "today" : "that.day"), half = (/** @type {number | null} */ v) => (v === null ? null : v * d.half / HOUR);
  const known = (/** @type {any[]} */ lines) => lines.filter((l) => l.kind !== "usual" || l.values.some((/** @type {number | null} */ v) => v));
  const figure = (/** @type {number | null} */ v) => (v === null ? "–" : v.toFixed(0));
  /* A half hour that is going on would look like a fall. */
  const ended = (/** @type {any} */ l) => (l.values.slice(0, -1).some((/** @type {number | null} */ v) => v) && l.starts[l.starts.length - 1] + l.width > hallNow() ? { ...l, starts: l.starts.slice(0, -1), values: l.values.slice(0, -1) } : l);
  const last = own(d.waiting).length - 1, starts = [...d.waiting.starts], values = [...own(d.waiting)];
  if (live !== null && last >= 0) {      /* the step that is going on: not its average, but as it stands */
    starts[last] = Math.max(hallNow() - d.waiting.step / 2, starts[last] - d.waiting.step / 2);
    values[last] = live;
  }
  return {
    waiting: { from, to, unit: t("people"), digits: 0, say: t("say.waiting", { n: figure(last >= 0 ? values[last] : null), most: figure(Math.max(0, ...values.map((v) => v || 0))) }),
      lines: known([{ name: today, kind: "main", starts, values, width: d.waiting.step }, { name: then, kind: "usual", starts: d.was.waiting.starts, values: own(d.was.waiting), width: HOUR }]) },
    flow: { from, to, unit: t("tickets"), say: t("say.flow", { issued: figure(d.issued), finished: figure(d.finished) }),
      lines: known([ended({ name: t("issued"), kind: "main", starts: d.issuedHalf.starts, values: own(d.issuedHalf), width: d.half }), ended({ name: t("finished"), kind: "thin", starts: d.finishedHalf.starts, values: own(d.finishedHalf), width: d.half }),
        { name: t("issued.then", { then }), kind: "usual", starts: d.was.issued.starts, values: own(d.was.issued).map(half), width: HOUR }]) },
    wait: { from, to, unit: t("minutes"), say: t("say.wait", { p50: figure(d.p50), p90: figure(d.p90) }),
      lines: known([{ name: t("median"), kind: "main", starts: d.starts, values: d.p50s, width: d.half }, { name: t("p90"), kind: "thin", starts: d.starts, values: d.p90s, width: d.half },
        { name: t("p90.then", { then }), kind: "usual", starts: d.was.starts, values: d.was.p90s, width: HOUR }]) },
  };
}
