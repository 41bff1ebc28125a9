/* Days and clocks in words; texts of the part "days". */
import { fields, hallNow, ms, two } from "./format.js";
import { t } from "./i18n.js";

const DAY_MS = 864e5;

/** "09:05" for the clock on the wall. @param {number} at */
export const wallClock = (at) => `${two(fields(at).getUTCHours())}:${two(fields(at).getUTCMinutes())}`;
/** "09:05:07" @param {number} at */
export const clockSeconds = (at) => `${wallClock(at)}:${two(fields(at).getUTCSeconds())}`;

/** "06:42" of a stretch in milliseconds, "1:06:42" beyond an hour. @param {number} span */
export function stretch(span) {
  const s = Math.max(0, Math.floor(span / 1000)), hours = Math.floor(s / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** @param {number} at */
export const weekday = (at) => t(`weekday.${fields(at).getUTCDay()}`);

/** "3 月 10 日" @param {number} at */
export const date = (at) => t("date", { month: t(`month.${fields(at).getUTCMonth() + 1}`), day: fields(at).getUTCDate() });

/** "9:00 – 12:00　13:30 – 17:00" @param {string[]} hours */
export const hoursText = (hours) => (hours[0] === "00:00-24:00" ? t("always") : hours.map((x) => x.replace("-", " – ")).join("　"));

/** Days from today to at, by the hall's calendar. @param {number} at */
const daysAhead = (at) => Math.floor(+fields(at) / DAY_MS) - Math.floor(+fields(hallNow()) / DAY_MS);

/** "今天", "明天星期三", "3 月 12 日星期五" @param {number} at */
export function dayWord(at) {
  const ahead = daysAhead(at);
  if (ahead === 0) return t("today");
  return ahead === 1 ? t("tomorrow", { weekday: weekday(at) }) : t("someday", { date: date(at), weekday: weekday(at) });
}

/** The moment of a date's noon in the hall. @param {string} text "2026-11-23" */
export const noon = (text) => ms(`${text}T12:00:00Z`) - +fields(0);
