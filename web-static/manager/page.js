/* The manager's page: what is now, how the day and longer times went; #wall hangs it up as a picture for the room. */
import { $, fill, h } from "../lib/dom.js";
import { ApiError, get, post } from "../lib/api.js";
import { calmly } from "../lib/calm.js";
import { clockSeconds, date, wallClock, weekday } from "../lib/days.js";
import { hallNow, setHallTime } from "../lib/format.js";
import { followHallTime } from "../lib/hallclock.js";
import { loadTexts, otherLang, pick, setLang, t } from "../lib/i18n.js";
import { logIn, logOut, may, whoAmI } from "../lib/session.js";
import { follow } from "../lib/stream.js";
import { causes } from "../matter/causes.js";
import { dayPictures, loadDay } from "./day.js";
import { midnight } from "./figures.js";
import { history as pastOf } from "./history.js";
import { LineChart } from "./linechart.js";
import { alarms, figures, queues, renew, windows } from "./now.js";

const main = $("#page"), SERIES_MS = 15000, SIMULATED_MS = 4000, LIST_MS = 4000, NEWS_MS = 1000, RENDER_MS = 200, SHIFT_MS = 180000;

/* What is known; the pages' parts are functions of it. */
const s = {
  /** @type {any} */ hall: {},
  /** @type {any} */ board: { windows: [], queues: [], calls: [] },
  /** @type {any[]} */ windows: [],
  /** @type {any[]} */ waiting: [],
  /** @type {any[]} */ alarms: [],
  /** @type {import("./day.js").Day | null} */ day: null,
  /** @type {Map<string, any>} */ groups: new Map(),
  before: "", rate: 1, refresh: () => {},
};
/** @typedef {typeof s} State */

/** @type {import("../lib/session.js").Me} */ let me = { name: "", role: "public", kind: "", groups: [], display: "" };
let lostAt = 0, drawAt = 0, listAt = 0, turn = 0, /** @type {any} */ timer = 0;
/** @type {{close: () => void} | null} */ let feed = null;
/** @type {(() => any) | null} */ let draw = null;

/* Wall mode in the address, as a fragment or a query. */
const isWall = () => location.hash === "#wall" || new URLSearchParams(location.search).has("wall");

/* The others are read anew every now and then, not with each event. */
const isNow = () => location.hash !== "#past" && location.hash !== "#causes";

function status() {
  if (lostAt) return [h("span.dot.stop"), " ", t("lost", { time: wallClock(lostAt) })];
  return [h("span.dot"), " ", t(s.hall.simulated ? "simulated" : "live")];
}

function header() {
  const tab = (/** @type {string} */ id) => h("a", { href: `#${id}`, "aria-current": location.hash === `#${id}` || (id === "now" && !location.hash) ? "page" : null }, t(`tab.${id}`));
  const now = hallNow(), right = isWall() ? [h("span", null, `${date(now)}　${weekday(now)}`), h("time", null, wallClock(now))]
    : [h("span", { id: "status", role: "status" }, status()), h("span", null, `${date(now)} ${weekday(now)}`), h("time", null, clockSeconds(now)), h("a", { href: "#wall" }, t("wall")),
      h("span", null, me.display || me.name), h("button.btn.quiet", { type: "button", lang: otherLang(), onclick: () => setLang(otherLang()).then(show) }, t("language")),
      h("button.btn.quiet", { type: "button", onclick: async () => { await logOut().catch(() => {}); leave(); begin(); } }, t("logout"))];
  const leader = isWall() && s.hall.duty_leader ? h("span", null, t("leader", { name: s.hall.duty_leader })) : null;
  return h("header.m-head", null, h("h1", null, pick(s.hall.hall || "", s.hall.name_en)), isWall() ? null : h("nav", { "aria-label": t("title") }, tab("now"), tab("past"), tab("causes")), h("span.r", null, leader, right));
}

/** @param {any} e */
function complain(e) {
  if (e instanceof ApiError && e.status === 401) {
    leave();
    begin(t("login.again"));
  } else if (!(e instanceof ApiError) || (e.code !== "OFFLINE" && e.code !== "NOT_READY")) {
    fill($("#said"), h("p.note.stop", { role: "alert" }, h("span", null, e.message)));
  }
}

/** @param {string} alarm */
async function acknowledge(alarm) {
  try {
    s.alarms = (await post("/alarms/acknowledge", { alarm })).alarms;
  } catch (e) {
    if (!(e instanceof ApiError) || e.status !== 404) complain(e);
    await lists();
  }
  render();
}

/* Lists that no topic brings: who waits how long, what needs somebody. */
async function lists() {
  listAt = Date.now();
  const [waiting, found] = await Promise.all([get("/tickets?state=waiting&most=500"), get("/alarms")]);
  s.waiting = waiting.tickets;
  s.alarms = found.alarms;
}

/** What is now. @param {HTMLElement} el */
function now(el) {
  const wall = isWall(), sized = (/** @type {string} */ id, /** @type {string} */ title) => new LineChart(id, t(title), "c4", wall);
  const charts = { waiting: sized("c-waiting", "c.waiting"), flow: sized("c-flow", "c.flow"), wait: sized("c-wait", "c.wait") };
  /** @type {[Element, () => Element][]} */ const parts = [[h("div"), () => figures(s)], [h("div"), () => queues(s)], [h("div"), () => alarms(s, wall ? undefined : acknowledge)], [h("div"), () => windows(s)]];
  fill(el, parts.map(([part]) => part), charts.waiting.el, charts.flow.el, charts.wait.el);
  let drawn = s.day;
  const all = () => {
    for (const part of parts) part[0] = renew(part[0], part[1]());
    if (s.day && (drawn !== s.day || !charts.wait.picture)) {
      const pictures = dayPictures(s.day, s.board.queues.reduce((/** @type {number} */ n, /** @type {any} */ q) => n + q.waiting, 0));
      for (const [name, chart] of Object.entries(charts)) chart.show(pictures[name]);
    }
    drawn = s.day;
  };
  return all;
}

function render() {
  drawAt = Date.now();
  const head = main.querySelector(".m-head");
  if (!draw || !head) return;
  renew(head, header());
  $(".page").classList.toggle("is-lost", lostAt > 0);
  $("#band").hidden = !lostAt;
  if (lostAt) fill($("#band"), h("span", null, t("lost.band", { time: wallClock(lostAt) })));
  if (isNow()) draw();
}

function soon() {
  if (Date.now() - drawAt >= RENDER_MS) calmly(render);
}

async function refresh() {
  const mine = ++turn;
  clearTimeout(timer);
  try {
    await lists();
    if (!isNow()) await draw?.();
    else {
      const start = midnight(hallNow()), day = await loadDay(start);
      s.before = t("last.week", { weekday: weekday(start) });
      s.day = day;
    }
    fill($("#said"));
    render();
  } catch (e) {
    complain(e);
  }
  if (mine === turn && feed) timer = setTimeout(refresh, s.hall.simulated ? SIMULATED_MS : SERIES_MS);
}

/** @param {import("../lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "refused") return complain(new ApiError("NO_SESSION", "", 401));
  if (message.kind === "line") {
    const was = lostAt;
    lostAt = message.live ? 0 : lostAt || hallNow();
    if (was && !lostAt) refresh();
  } else {
    const { name, data } = message;
    if (name === "snapshot") [s.hall, s.board, s.windows] = [data.hall || s.hall, data.board || s.board, data.windows || s.windows];
    else if (name === "board") {
      s.board = data;
      if (draw && Date.now() - listAt > NEWS_MS) lists().then(soon, () => {});
    }
    else if (name === "hall") s.hall = data;
    else if (name === "windows") s.windows = data.windows;
    const at = name === "snapshot" ? data.board?.at : data.at;
    if (at) setHallTime(at, s.hall.simulated);
    followHallTime(s.hall);
  }
  soon();
}

function show() {
  const wall = isWall(), body = h("div.m-body", null);
  document.body.classList.toggle("dark", wall);
  document.body.classList.toggle("wall", wall);
  document.title = `${t("title")} ${pick(s.hall.hall || "", s.hall.name_en)}`;
  fill(main, h("div.page", null, header(), h("p.note.stop", { id: "band", role: "alert", hidden: true }), h("div", { id: "said" }), body));
  body.classList.toggle("is-causes", location.hash === "#causes");
  draw = location.hash === "#past" ? pastOf(s, body) : location.hash === "#causes" ? causes(body) : now(body);
  render();
  refresh();
}

function leave() {
  clearTimeout(timer);
  feed?.close();
  feed = draw = null;
}

/** @param {string} [why] */
async function begin(why = "") {
  document.body.classList.remove("dark", "wall");
  try {
    me = await whoAmI();
    while (!may(me, "manager")) me = await logIn(main, me.kind === "user" ? t("login.role", { name: me.name }) : why);
    const [hall, board, catalogue] = await Promise.all([get("/hall"), get("/board"), get("/catalogue")]);
    [s.hall, s.board, s.groups] = [hall, board, new Map(catalogue.groups.map((/** @type {any} */ g) => [g.group, g]))];
    setHallTime(hall.at, hall.simulated);
    feed = follow(["board/", "hall/", "windows/"], hear);
    show();
  } catch (e) {
    fill(main, h("p.note.stop", null, h("span", null, /** @type {Error} */ (e).message)));
    setTimeout(() => begin(why), 3000);
  }
}

/** The clock, and whatever grows by itself; on the wall the page moves two pixels along a square, against burn-in. */
function tick() {
  soon();
  const step = Math.floor(Date.now() / SHIFT_MS) % 4;
  if (draw && isWall()) main.style.transform = `translate(${step === 1 || step === 2 ? 2 : 0}px, ${step > 1 ? 2 : 0}px)`;
  else main.style.transform = "";
}

s.refresh = refresh;
await loadTexts("common", "days", "login", "manager", "causes");
document.title = t("title");
fill(main, h("p.m-opening", null, t("opening")));
addEventListener("hashchange", () => draw && show());
setInterval(tick, 1000);
setInterval(() => draw && lists().then(soon, () => {}), LIST_MS);
begin();
