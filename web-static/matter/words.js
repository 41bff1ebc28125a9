/* Matters in words: how long is left, until when, who, by which limit. Texts of the part "matter". */
import { date, stretch, wallClock } from "../lib/days.js";
import { fields, hallNow, ms, two } from "../lib/format.js";
import { isEnglish, pick, t } from "../lib/i18n.js";

const DAY_MS = 864e5;

/* Definitions are written with the keyboard's own signs; between Chinese words stand the Chinese ones. */
/** @type {Record<string, string>} */ const SIGNS = { "(": "（", ")": "）", ",": "，", ";": "；", ":": "：" };
/** @param {string} text */
export const tidy = (text) => (isEnglish() ? text : text.replace(/(?<=[^\x00-\x7f])[(),;:]|[(),;:](?=[^\x00-\x7f])/g, (sign) => SIGNS[sign]));

/** A name that has both languages. @param {any} x @param {string} [what] the key before _zh and _en */
export const named = (x, what = "") => tidy(what ? pick(x[`${what}_zh`] || "", x[`${what}_en`]) : pick(x.zh || "", x.en));

/** "3/2 10:14" @param {number} at */
export const moment = (at) => `${fields(at).getUTCMonth() + 1}/${fields(at).getUTCDate()} ${wallClock(at)}`;
/** A day that ends at midnight is that day's 24:00, not 0:00 of one on which it would be too late. @param {number} at @returns {[number, string]} */
const ending = (at) => (+fields(at) % DAY_MS ? [at, wallClock(at)] : [at - 1, "24:00"]);
/** "3/2 17:00", of a deadline. @param {number} at */
export function shortly(at) {
  const [day, time] = ending(at);
  return `${fields(day).getUTCMonth() + 1}/${fields(day).getUTCDate()} ${time}`;
}
/** "3 月 9 日 17:00", with the year where it is another. @param {number} at */
export function until(at) {
  const [day, time] = ending(at), year = fields(day).getUTCFullYear(), other = year !== fields(hallNow()).getUTCFullYear();
  return `${other ? t("in.year", { year, date: date(day) }) : date(day)} ${time}`;
}
/** "2026-03-09" @param {number} at */
export const isoDate = (at) => `${fields(at).getUTCFullYear()}-${two(fields(at).getUTCMonth() + 1)}-${two(fields(at).getUTCDate())}`;

const dayOf = (/** @type {number} */ at) => Math.floor(+fields(at) / DAY_MS);

/** "1 小时 32 分", "25 分" @param {number} seconds */
export function span(seconds) {
  const all = Math.max(0, Math.floor(Math.abs(seconds) / 60)), hours = Math.floor(all / 60), min = all % 60;
  if (!hours) return t("span.minutes", { n: min });
  return min ? t("span.both", { hours, min }) : t("span.hours", { n: hours });
}

/** "5 个工作日" @param {any} clock */
export function limit(clock) {
  if (clock.by_date) return t("limit.date");
  if (clock.unit === "working_days" && Number(clock.n) === 0) return t("limit.same_day");
  if (clock.unit === "hall_minutes" && Number(clock.n) % 60 === 0) return t("limit.hall_hours", { n: Number(clock.n) / 60 });
  return t(`limit.${clock.unit}`, { n: Number(clock.n) });
}

/** Opening seconds left now; the hall said so at `heardAt`. @param {any} clock @param {number} heardAt @param {boolean} open */
export const secondsLeft = (clock, heardAt, open) => Number(clock.left_s) - (open && clock.status === "running" ? Math.max(0, hallNow() - heardAt) / 1000 : 0);

/** @typedef {{kind: "stop" | "soon" | "", group: "over" | "today" | "later", text: string, long: string}} Left */

/** @param {any} clock @param {number} seconds @returns {Left} */
function over(clock, seconds) {
  const days = -Number(clock.left_days), late = Math.max(60, -seconds);
  const short = days > 1 ? t("over.days", { n: days }) : t("over.hours", { time: `${Math.floor(late / 3600)}:${two(Math.floor(late / 60) % 60)}` });
  return { kind: "stop", group: "over", text: short, long: t("over.long", { span: days > 1 ? t("span.days", { n: days }) : span(late) }) };
}

/**
 * How a matter stands with its time.
 * @param {any} card @param {number} heardAt @param {boolean} open the hall @returns {Left}
 */
export function left(card, heardAt, open) {
  const { clock } = card;
  if (!clock) return { kind: "", group: "later", text: t(card.ended ? "ended" : "no.clock"), long: t("no.clock") };
  if (clock.status === "paused") return { kind: "", group: "later", text: t("paused"), long: t("paused.long", { clock: named(clock) }) };
  const seconds = secondsLeft(clock, heardAt, open), today = dayOf(ms(clock.due_at)) === dayOf(hallNow());
  if (clock.expired || seconds <= 0) return over(clock, seconds);
  const days = Number(clock.left_days), kind = card.color === "red" ? "stop" : card.color === "yellow" || today ? "soon" : "";
  const short = today && clock.unit === "hall_minutes" && seconds < 3600;      /* somebody waits: every second is seen */
  const text = today || days < 1 ? t("left", { span: seconds < 3600 ? span(seconds) : t("span.hours", { n: Math.floor(seconds / 3600) }) }) : t("left", { span: t("span.days", { n: days }) });
  return { kind, group: today ? "today" : "later", text, long: t("left", { span: short ? stretch(seconds * 1000) : today || days < 1 ? span(seconds) : t("span.days", { n: days }) }) };
}

/* Roles and groups that the definitions of this hall name; others are said as they are. */
const WHO = new Set(["clerk", "desk", "manager", "admin", "auditor", "duty_leader", "approver", "officer", "issuer", "helper", "courier", "inspector", "expert", "hotline",
  "bureau_head", "district_head", "level", "person", "clock", "matter", "staff"]);

/** @param {string} role as a definition writes it */
export function roleWord(role) {
  const [group] = role.split("@");
  return WHO.has(group) ? t(`who.${group}`) : group;
}

/** Who: user:li, device:kiosk, person, clock, a role. @param {string} who @param {Map<string, any>} people */
export function whoWord(who, people) {
  const [kind, name] = who.split(":");
  if (kind === "user" && name) return people.get(name)?.display || name;
  return name || roleWord(who);
}
