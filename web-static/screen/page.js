/*
 * The call screen of a hall: newest call, the calls before it, people waiting, the windows. It shows what the board says
 * now and nothing older: without a line to the hall the calls go away and the screen says since when.
 */
import { $, arrow, fill, h, plate, tile } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { date, dayWord, hoursText, wallClock, weekday } from "../lib/days.js";
import { clock, fields, hallNow, minutes, ms, ranges, setHallTime } from "../lib/format.js";
import { followHallTime } from "../lib/hallclock.js";
import { isEnglish, loadTexts, pick, t } from "../lib/i18n.js";
import { beats } from "../lib/beat.js";
import { codeInAddress, pair, pairByCode, whoAmI } from "../lib/session.js";
import { follow } from "../lib/stream.js";
import { Voice } from "./voice.js";

const FRESH_MS = 20000, PAST_SHOWN = 4, SHIFT_MS = 180000, NOTICE_MS = 10000, BOARD_LATE_MS = 1000, QUEUES_IN_A_ROW = 5;
const main = $("#page");

/** @type {any} */ let board = null;
/** @type {any} */ let hall = {};
/** A call that is over is not spoken; one that just came may not stand on the board yet. */
const voice = new Voice((call) => !lostAt && (Date.now() - heardAt < BOARD_LATE_MS || board.calls.some((/** @type {any} */ c) => c.number === call.number && c.window === call.window)), () => render());
let heardAt = 0, lostAt = 0, freshUntil = 0, newest = "", isRegistered = true, ticking = "", noticed = 0;

/** @param {string} zh @param {string} id @param {Record<string, string | number>} [args] */
const twice = (zh, id, args) => [zh, " ", h("span.en", { lang: isEnglish() ? "zh-CN" : "en" }, t(id, args))];

/** @param {any} call @param {string} [state] */
const callOf = (call, state) => h("span.call", null, plate(call.number, state), arrow(), tile(call.window));

function head() {
  const now = hallNow();
  return h("header.tv-head", null, h("h1", null, pick(hall.hall || "", hall.name_en)),
    h("time", null, `${date(now)}　${weekday(now)}`), h("time.clock", null, wallClock(now)));
}

/** @param {any} call */
function newestCall(call) {
  if (!call) return h("section.tv-now", null, h("p.say", null, twice(t("none.called"), "none.called.en")));
  const fresh = Date.now() < freshUntil;
  return h("section.tv-now", null, h(fresh ? "p.arrive.breathe" : "p", null, callOf(call, fresh ? "called" : "")),
    h("p.say", null, twice(t("call", call), "call.en", call)));
}

/** Where one queue is served. @param {string} letter */
const windowsOf = (letter) => board.windows.filter((/** @type {any} */ w) => w.state !== "closed" && w.state !== "draining" && w.queues.includes(letter));

/** @param {any} queue @param {number} i */
function queueLine(queue, i) {
  const at = windowsOf(queue.queue);
  const wait = queue.wait_p90_s !== undefined ? t("wait", { p50: minutes(queue.wait_p50_s), p90: minutes(queue.wait_p90_s) })
    : at.length ? t("serves", { n: at.length }) : t("serves.none");
  const waiting = t("waiting", { n: queue.waiting });      /* English words are long: they stand on the second line */
  return h(i < QUEUES_IN_A_ROW ? "li" : "li.tall", null, h("span.q", null, queue.queue),
    h("span.n", null, isEnglish() ? queue.name_en || queue.name : `${queue.name}　${waiting}`), h("span.t", null, isEnglish() ? `${waiting}, ${wait}` : wait));
}

/** @type {Record<string, string>} */
const OFF = { closed: "off", break: "break", suspended: "suspended" };

/** @param {any} w */
function windowCell(w) {
  const isCalled = Date.now() < freshUntil && board.calls[0] && board.calls[0].window === w.window;
  const word = w.number || t(OFF[w.state] || (w.state === "draining" ? "draining" : "free"));
  return h(OFF[w.state] ? "li.is-off" : isCalled ? "li.is-call" : "li", null, h("span.no", null, w.window), h("span.who", null, word));
}

/** Neighbours of one kind stand under one word. */
function legend() {
  /** @type {any[][]} */ const runs = [];
  for (const w of board.windows) {
    const last = runs[runs.length - 1];
    if (last && last[0].role === w.role && last[0].name === w.name) last.push(w);
    else runs.push([w]);
  }
  return h("p.legend", null, runs.map((run) => {
    const many = run.length > 2, name = many ? pick(run[0].name, run[0].name_en) : t(`place.${run[0].role}`);
    const span = h("span", null, many ? t("legend.many", { windows: ranges(run.map((w) => w.window)), name }) : t("legend.one", { name }));
    span.style.gridColumn = `span ${run.length}`;
    return [span, " "];
  }));
}

/** The sentences that stand now, one after the other: nothing crawls. @returns {string[]} */
function notices() {
  const now = hallNow(), desk = board.windows.find((/** @type {any} */ w) => w.role === "desk");
  const timed = board.notices.filter((/** @type {any} */ n) => (!n.from_at || ms(n.from_at) <= now) && (!n.to_at || now < ms(n.to_at)));
  const said = [pick(board.notice, board.notice_en), ...timed.map((/** @type {any} */ n) => pick(n.text, n.text_en))].filter((text) => text);
  return desk && (!said.length || timed.length) ? [...said, t("desk", { window: desk.window })] : said;
}

const soundButton = () => h("button.tv-pair", { type: "button", id: "sound", onclick: () => voice.unblock().then(render) }, t("sound"));

function foot() {
  const all = notices(), notice = all[Math.floor(Date.now() / NOTICE_MS) % all.length] || "";
  const left = board.duty_leader ? [t("leader"), h("strong", null, board.duty_leader)] : [t("hours", { hours: hoursText(hall.hours || []) })];
  return h("footer.tv-foot", null, h("p", null, left), isRegistered ? null : pairLink(), voice.isBlocked ? soundButton() : null, h("p.tv-notice", null, h("strong", null, notice)));
}

const pairLink = () => h("button.tv-pair", { type: "button", onclick: () => register("") }, `${t("pair")} · ${t("pair.do")}`);

function live() {
  const strip = h("ol.strip", { "aria-label": t("title") }, board.windows.map(windowCell));
  const box = h("section.tv-strip", null, legend(), strip);
  box.style.setProperty("--windows", String(board.windows.length));
  return [head(), newestCall(board.calls[0]),
    h("ol.tv-past", null, board.calls.slice(1, PAST_SHOWN + 1).map((/** @type {any} */ c) => h("li", null, callOf(c)))),
    h("ul.tv-wait", null, board.queues.map(queueLine)), box, foot()];
}

/** @param {any[]} body @param {any} [below] */
const plain = (body, below) => [head(), h("section.big", null, body), below || foot()];

function lost() {
  const time = clock(lostAt);
  return plain([h("h2.mark", null, twice(t("lost.1", { time }), "lost.en", { time })),
    h("p", null, t("lost.2"), h("br"), t("lost.3")), h("p", null, t("lost.4"), h("br"), t("lost.5"))],
  h("footer.tv-foot", null, h("p", null, t("reconnect"))));
}

function quiet() {
  const free = board.windows.filter((/** @type {any} */ w) => w.state === "ready").map((/** @type {any} */ w) => w.window);
  return plain([h("h2", null, twice(t("quiet"), "quiet.en")), h("p", null, t("quiet.1"), h("br"), t("quiet.2")),
    free.length ? h("p", null, t("quiet.3", { n: free.length }), h("br"), t("quiet.4", { windows: ranges(free) })) : null]);
}

function closed() {
  const opens = ms(hall.next_open);
  const isToday = opens && dayWord(opens) === t("today");
  return plain([h("h2", null, twice(t(isToday ? "closed.now" : "closed"), opens ? "closed.en" : "closed.en.plain", { day: opens ? dayWordOther(opens) : "", time: opens ? clock(opens) : "" })),
    opens ? h("dl", null, h("dt", null, dayWord(opens)), h("dd", null, h("strong", null, t("opens", { time: clock(opens) })))) : null,
    isToday ? null : h("p", null, t("closed.1"), h("br"), t("closed.2"))]);
}

/** The day in the other language, for the second line. @param {number} at */
function dayWordOther(at) {
  const weekday = t(`other.weekday.${fields(at).getUTCDay()}`);
  return at - hallNow() < 2 * 864e5 && dayWord(at) !== t("today") && dayWord(at - 864e5) === t("today") ? t("other.tomorrow", { weekday }) : weekday;
}

function stateNow() {
  if (lostAt) return "lost";
  if (!board.open && !board.calls.length) return "closed";
  const waiting = board.queues.reduce((/** @type {number} */ n, /** @type {any} */ q) => n + q.waiting, 0);
  return !waiting && !board.calls.length ? "quiet" : "live";
}

/** @type {Record<string, () => any[]>} */
const STATES = { live, lost, quiet, closed };

/** Only what has changed is put anew: a call that breathes is not disturbed by who else comes. */
function render() {
  if (!board) return;
  const state = stateNow(), sections = STATES[state]();
  if (main.id !== state) fill(main, sections);
  else sections.forEach((section, i) => { if (main.children[i].outerHTML !== section.outerHTML) main.children[i].replaceWith(section); });
  main.id = state;
  main.className = state === "live" ? "state" : "state tv-plain";
}

/** The newest call stays celadon for a while, a repeat makes it so again. @param {any} next */
function take(next) {
  board = next;
  setHallTime(board.at, hall.simulated);
  const first = board.calls[0], now = first ? `${first.number} ${first.window} ${first.repeat} ${first.called_at}` : "";
  if (now !== newest && first) {
    freshUntil = Date.now() + FRESH_MS;
    setTimeout(render, FRESH_MS + 50);
  }
  newest = now;
}

/** @param {import("../lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "line" && !message.live) lostAt ||= hallNow();      /* a line alone brings no board: what stood before may be over */
  if (message.kind === "view") {
    const { name, data } = message;
    if (data.hall && name === "snapshot") hall = data.hall;
    followHallTime(hall);
    if (name === "hall") hall = data;
    if (name === "snapshot" && data.board) {
      take(data.board);
      voice.standing(data.board.calls);
    }
    if (name === "board") take(data);
    if (name === "call") {
      heardAt = Date.now();
      voice.announce(data);
    }
    if (name === "call" || name === "window" || name === "ticket") return;
    if (board) lostAt = 0;
  }
  render();
}

/** @param {string} why */
async function register(why) {
  const page = h("div.tv-register");
  document.body.append(page);
  known(await pairByCode(page, why));
  page.remove();
  render();
}

/** @type {ReturnType<typeof beats> | null} */ let device = null;

/** A registered screen says that it is there; after an update of the hall it loads anew. @param {import("../lib/session.js").Me} me */
function known(me) {
  isRegistered = me.role !== "public";
  if (me.kind === "device") device ??= beats((state) => { if (state.old) location.reload(); });
}

async function identify() {
  const code = codeInAddress();
  known(await whoAmI());
  if (!isRegistered && code) {      /* a page that is a kiosk already stays one: they share the browser's cookies */
    await pair(code).then(known, (e) => register(e.message));
  }
  render();
}

/** Against burn-in the page moves two pixels along a square. */
function shift() {
  const step = Math.floor(Date.now() / SHIFT_MS) % 4;
  document.body.style.transform = `translate(${step === 1 || step === 2 ? 2 : 0}px, ${step > 1 ? 2 : 0}px)`;
}

function tick() {
  const now = wallClock(hallNow());
  if (now !== ticking) document.querySelectorAll(".tv-head .clock").forEach((el) => fill(el, now));
  ticking = now;
  const turn = board && !lostAt ? notices().length && Math.floor(Date.now() / NOTICE_MS) : 0;
  if (turn !== noticed) render();
  noticed = turn;
}

await loadTexts("common", "days", "login", "screen");
document.title = t("title");
hall = await get("/hall").catch(() => hall);
if (hall.at) setHallTime(hall.at, hall.simulated);
follow(["board/", "call/", "hall/"], hear);
setInterval(tick, 1000);
setInterval(shift, SHIFT_MS);
identify().catch(() => {});
