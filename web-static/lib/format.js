/* Times of the hall, whatever the machine's clock and zone: every view says the hall's own, with its offset. */
import { t } from "./i18n.js";

let offset = 480, rate = 1, anchor = { hall: Date.now(), local: Date.now() };
/** @type {typeof anchor | null} */ let first = null;

/** RFC 3339 to milliseconds; 0 for none. @param {string | null} [text] */
export const ms = (text) => (text ? Date.parse(text) : 0);

/** A view said that it is now `at`. A simulated hall runs faster: how much, the views say. @param {string} at @param {boolean} [simulated] */
export function setHallTime(at, simulated) {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(at);
  if (zone) offset = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  anchor = { hall: ms(at), local: Date.now() };
  first ??= anchor;
  const passed = anchor.local - first.local;
  if (simulated && passed > 1000) rate = Math.max(1, Math.round((anchor.hall - first.hall) / passed));
}

/** What time it is in the hall. */
export const hallNow = () => anchor.hall + (Date.now() - anchor.local) * rate;
/** A date whose UTC fields are the hall's. @param {number} at */
export const fields = (at) => new Date(at + offset * 60000);
/** @param {number} n */
export const two = (n) => String(n).padStart(2, "0");
/** "9:05" @param {number} at */
export const clock = (at) => `${fields(at).getUTCHours()}:${two(fields(at).getUTCMinutes())}`;
/** Whole minutes, at least 1. @param {number} seconds */
export const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

/** "1–12、14" @param {number[]} numbers ascending */
export function ranges(numbers) {
  /** @type {number[][]} */ const runs = [];
  for (const n of numbers) {
    const last = runs[runs.length - 1];
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([a, b]) => (a === b ? a : `${a}–${b}`)).join(t("list"));
}
