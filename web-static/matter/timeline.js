/* A matter as it happened, the clock's own events in the same line. What one moment brought stands in one entry. */
import { h, name } from "../lib/dom.js";
import { ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { valueText } from "./head.js";
import { moment, named, shortly, until, whoWord } from "./words.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {{line: any, more: any[]}} Entry */

/* What begins an entry; the others follow from it. */
const LATE_MS = 60000;
const BEGINS = new Set(["moved", "mark", "migrated", "erased"]);

/** A card or an end that sets something off comes twice: said once. @param {any} line @param {any} last */
const isAgain = (line, last) => line.kind === "mark" && last.kind === "mark" && line.clock === last.clock && line.at === last.at && (line.what === last.what || (line.what === "100%" && last.what === "end"));

/** What followed in the same moment stands with what it followed from. @param {any[]} lines @returns {Entry[]} */
function entries(lines) {
  /** @type {Entry[]} */ const all = [];
  for (const line of lines) {
    const last = all[all.length - 1];
    if (last && isAgain(line, last.line)) continue;
    if (!last || BEGINS.has(line.kind) || line.at !== last.line.at) all.push({ line, more: [] });
    else last.more.push(line);
  }
  return all;
}

/** @param {any} line @param {Map<string, any>} people */
function actor(line, people) {
  if (line.actor === "clock") return t("by.clock");
  if (line.actor === "person") return t("by.person");
  if (/^matter /.test(line.actor)) return t("by.matter", { n: line.actor.slice(7) });
  const who = line.actor_name || whoWord(line.actor || "", people);
  return line.window ? t("by.window", { who, n: line.window }) : who;
}

/** @param {any} rows of a definition @param {string} name */
const nameIn = (rows, name) => named(rows.find((/** @type {any} */ r) => r.name === name) || { zh: name });
/** @param {any} line @param {any} flow */
const clockOf = (line, flow) => nameIn(flow.clocks, line.clock);

/** A mark in words: which clock, how far. @param {any} line @param {any} flow */
function mark(line, flow) {
  const percent = /^(\d+)%$/.exec(line.what), day = /^([+-]?\d+)d$/.exec(line.what), clock = clockOf(line, flow);
  if (line.what === "end" || percent?.[1] === "100") return { cls: "is-stop", text: t("mark.end"), clock };
  if (line.what === "red") return { cls: "is-stop", text: t("mark.red"), clock };
  if (line.what === "yellow") return { cls: "is-soon", text: t("mark.yellow"), clock };
  if (percent) return { cls: "is-soon", text: percent[1] === "50" ? t("mark.half") : t("mark.percent", { n: percent[1] }), clock };
  const n = day ? Number(day[1]) : 0;
  return { cls: n > 0 ? "is-stop" : "is-soon", text: n < 0 ? t("mark.before", { n: -n }) : n ? t("mark.after", { n }) : t("mark.today"), clock };
}

/** Who was told. @param {any} line @param {Map<string, any>} people */
const told = (line, people) => t("told", { who: [...new Set((line.who || []).map((/** @type {string} */ x) => whoWord(x, people)))].join(t("list")) });

/** @param {any} l @param {any} flow @param {string} how */
const clockSays = (l, flow, how) => t(how, { clock: clockOf(l, flow), time: l.due_at ? shortly(ms(l.due_at)) : "" }) + (l.provisional ? t("provisional") : "");

/** @type {Record<string, (line: any, flow: any, people: Map<string, any>) => string>} */
const SENTENCES = {
  clock_started: (l, flow) => (l.due_at ? clockSays(l, flow, "started") : ""),
  clock_moved: (l, flow) => clockSays(l, flow, "moved"),
  clock_paused: (l, flow) => clockSays(l, flow, "held"),
  clock_stopped: (l, flow) => (l.what === "late" ? clockSays(l, flow, "stopped.late") : ""),
  raised: (l) => t("raised", { n: l.level }),
  notified: (l, flow, people) => ((l.who || []).length ? told(l, people) : ""),
  told: (l) => (l.what === "taken" ? "" : named(l)),      /* what was taken stands there itself */
  effect: (l) => (Number(l.matter) ? t("effect.opened", { n: l.matter }) : named(l)),
};

/** @param {any} line @param {any} flow @param {Map<string, any>} people */
const sentence = (line, flow, people) => SENTENCES[line.kind]?.(line, flow, people) || "";

/** What was given: short values in the line, texts below it but those that stand in the head. @param {any} line @param {Map<string, string>} [current] @param {boolean} [texts] */
function given(line, current = new Map(), texts = false) {
  const isKnown = (/** @type {any} */ f) => !line.from && current.get(f.field) === valueText(f);
  const short = line.fields.filter((/** @type {any} */ f) => f.type !== "text" && f.type !== "ticket" && !isKnown(f)), long = line.fields.filter((/** @type {any} */ f) => f.type === "text" && !(texts && current.get(f.field) === valueText(f)));
  return { short: short.map((/** @type {any} */ f) => t("field.is", { field: named(f), value: valueText(f) })).join(t("list.long")),
    long: long.map((/** @type {any} */ f) => h("p", { "data-field": f.field }, h("span.sub", null, named(f), "　"), name(valueText(f)))) };
}

/** @param {any} line @param {Work} w @returns {[string, any[], any[]]} class, what stands in the line, what stands below it */
function happened(line, w) {
  if (line.kind === "mark") {
    const m = mark(line, w.view.definition), late = line.moment_at && ms(line.at) - ms(line.moment_at) >= LATE_MS ? h("p.d-late", null, t("given.late", { time: moment(ms(line.moment_at)) })) : null;
    return [m.cls, [h("strong", null, m.text), "　", m.clock], [late]];
  }
  if (line.kind === "migrated") return ["", [h("strong", null, t("migrated", { n: line.version }))], []];
  if (line.kind === "erased") return ["", [h("strong", null, t("erased.line")), "　", nameIn(w.view.definition.fields, line.what)], []];
  if (line.kind !== "moved") return ["is-quiet", [sentence(line, w.view.definition, w.people)], []];
  const { short, long } = given(line, new Map(w.view.fields.map((/** @type {any} */ f) => [f.field, valueText(f)])), w.page.texts);
  return [line.actor === "clock" ? "is-soon" : "", [h("strong", null, named(line)), "　", actor(line, w.people), short ? `　${short}` : ""], long];
}

/** @param {Entry} entry @param {Work} w @param {number} newer seen before this seq */
function item({ line, more }, w, newer) {
  const [cls, first, below] = happened(line, w), followed = more.map((l) => sentence(l, w.view.definition, w.people)).filter((x) => x);
  if (cls === "is-quiet" && !first[0] && !followed.length) return null;
  const isNew = newer > 0 && Number(line.seq) > newer;
  return h(`li${cls ? `.${cls}` : ""}${isNew ? ".is-new" : ""}`, { "data-kind": line.kind, "data-seq": line.seq, title: line.duty ? t("duty.at", { name: whoWord(`user:${line.duty}`, w.people) }) : null },
    h("time", null, moment(ms(line.at))), h("i"), h("div", null, first, below, followed.length ? h("p.d-then", null, followed.map((x, i) => [i ? "　" : "", h("span", null, x)])) : null));
}

/** What comes next. @param {any} card */
function next(card) {
  if (card.ended || !card.clock) return null;
  const { clock } = card;
  return h("li.is-next", null, h("time", null, t("now")), h("i"), h("div", null, clock.due_at ? t(clock.left_s < 0 ? "waits.late" : "waits", { clock: named(clock), time: until(ms(clock.due_at)) }) : t("waits.held", { clock: named(clock) })));
}

/** @param {any} view @param {Work} w */
export function timeline(view, w) {
  return h("ol.d-line", { "aria-label": t("timeline") }, entries(view.timeline).map((e) => item(e, w, w.doing?.stale || 0)), next(view.card));
}

/** What somebody else did after seq, in one sentence. @param {any} view @param {number} seq @param {Work} w */
export function since(view, seq, w) {
  const lines = view.timeline.filter((/** @type {any} */ l) => l.kind === "moved" && Number(l.seq) > seq);
  return lines.map((/** @type {any} */ l) => `${moment(ms(l.at))} ${actor(l, w.people)} ${named(l)}${given(l).short ? t("in.brackets", { text: given(l).short }) : ""}`).join(t("list.long"));
}
