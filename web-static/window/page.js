/* The clerk's console: logging in, the choice of a window, and the window itself, all by keyboard. */
import { $, fill, h } from "../lib/dom.js";
import { ApiError, get, post } from "../lib/api.js";
import { calmly, watcher } from "../lib/calm.js";
import { hallNow, setHallTime } from "../lib/format.js";
import { followHallTime } from "../lib/hallclock.js";
import { loadTexts, otherLang, setLang, t } from "../lib/i18n.js";
import { logIn, logOut, may, whoAmI } from "../lib/session.js";
import { follow } from "../lib/stream.js";
import * as cards from "./cards.js";
import { chooseWindow } from "./choose.js";
import { answerHelp, helpBand, watchHelp } from "./help.js";
import { codeOf, keys, mode } from "./keys.js";
import { matterBands } from "./matter_cards.js";
import { hearMatter, readKinds, readMatters } from "./matters.js";
import { openPanel, panelKey, panelOf } from "./panels.js";

const main = $("#page");
const NOTE = "halld.note.", STORY_MOST = 6, BOOKED_MS = 30000;
/** The hall says that a matter stands in the way; it may have been opened elsewhere. */
const LOCKS = new Set(["TICKET_HELD", "OUTCOME_NOT_ALLOWED"]);
const isNews = watcher();
const notes = /** @type {HTMLTextAreaElement} */ (h("textarea.field", { "aria-label": "", id: "notes", maxlength: 2000, oninput: saveNote }));
let noteOf = "";

const c = {
  n: 0, live: true, lostAt: 0, busy: false,
  /** @type {any} */ detail: null,
  /** @type {any} */ board: { queues: [], windows: [] },
  /** @type {any} */ hall: {},
  /** Today's appointments. @type {any[]} */ booked: [],
  /** @type {any} */ catalogue: { queues: [], groups: [], items: [], classes: [] },
  /** @type {import("../lib/session.js").Me} */ me: { name: "", role: "public", kind: "", groups: [], display: "" },
  /** @type {import("./panels.js").Panel | null} */ panel: null,
  trouble: "",
  /** What happened before to the ticket that is here. @type {{id: string, lines: any[]}} */ story: { id: "", lines: [] },
  /** Kiosks and screens where somebody asks for help. @type {any[]} */ calls: [],
  /** The flows of this hall. @type {any[]} */ kinds: [],
  /** What I may open for the person here. @type {import("./matters.js").Opening[]} */ openings: [],
  /** The matters of the ticket here, newest first, and whose they are. @type {any[]} */ matters: [], mattersOf: "",
  /** Who stands here, as written in the first form; gone with the ticket. */ person: { of: "", id: "", name: "" },
  /** A command at this window. @param {string} verb @param {any} [body] */ verb: (verb, body) => c.command(`/windows/${c.n}/${verb}`, body),
  /** One at a time; what it changed is read again before the next key acts. @param {string} path @param {any} [body] @returns {Promise<void>} */
  async command(path, body = {}) {
    if (c.busy) return;
    c.busy = true;
    c.trouble = "";
    try {
      await post(path, body);
      await readWindow();
    } catch (e) {
      if (LOCKS.has(/** @type {ApiError} */ (e).code)) await showMatters(true);
      if (c.panel) throw e;
      failed(/** @type {ApiError} */ (e));
    } finally {
      c.busy = false;
      render();
    }
  },
  /** @param {import("./keys.js").Key} key */ press(key) {
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    if (!key.off && !c.busy && !c.panel) key.act();
  },
  readWindow, say, render, openMatterPanel: (/** @type {any} */ view) => openPanel(c, "matter", { view }), openHelp: () => openPanel(c, "help"),
  otherLanguage: () => setLang(otherLang()).then(render),
  async logOut() {
    await logOut().catch(() => {});
    leave();
  },
};
/** @typedef {typeof c} Console */

/** @param {ApiError} e */
function failed(e) {
  c.trouble = e.message;
  if (e.status === 401) begin(t("login.again"));
}

/** @type {ReturnType<typeof follow> | null} */ let line = null;
function leave() {
  line?.close();
  line = null;
  c.detail = c.panel = null;
  begin();
}

async function readWindow() {
  take(await get(`/windows/${c.n}`));
}

/** Who has booked for today is asked for now and then. */
async function readBooked() {
  if (!c.n || document.hidden) return;
  c.booked = await get("/appointments").then((a) => a.appointments, () => c.booked);
  if (isNews([c.detail, c.live, c.board.queues, c.board.windows, c.hall, cards.expected(c)])) calmly(render);
}

/** @param {any} detail */
function take(detail) {
  const before = c.detail?.ticket?.id, { ticket } = detail;
  c.detail = detail;
  if (ticket && ticket.id !== c.story.id) readStory(ticket);
  if (ticket?.id !== c.mattersOf) showMatters();
  if (ticket && ticket.id !== before) say(t("say.called", { number: ticket.number, item: cards.itemName(c, ticket) }));
  if (c.panel && (ticket?.id !== before || detail.window.state === "closed")) c.panel = null;
}

/** Whoever has been at another window or comes back brings a story. @param {any} ticket */
async function readStory(ticket) {
  c.story = { id: ticket.id, lines: [] };
  if (!ticket.leg && ticket.origin !== "return") return;
  const { history } = await get(`/tickets/${ticket.id}`).catch(() => ({ history: [] }));
  if (c.story.id !== ticket.id) return;
  c.story.lines = history.slice(-STORY_MOST);
  render();
}

/** What was opened for the ticket here, now and before. @param {boolean} [anew] also what was opened elsewhere */
async function showMatters(anew) {
  if (anew) c.mattersOf = "";
  await readMatters(c).catch((e) => failed(e));
  render();
}

/** @param {string} text */
function say(text) {
  fill($("#say"), text);
}

/* ---- notes: on this computer only, by ticket, gone the next day */

function saveNote() {
  if (notes.value) localStorage.setItem(noteOf, notes.value);
  else localStorage.removeItem(noteOf);
}

function dropOldNotes() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(NOTE) && !key.startsWith(`${NOTE}${c.hall.date}.`)) localStorage.removeItem(key);
  }
}

function notesCard() {
  const key = `${NOTE}${c.hall.date}.${c.detail.ticket.id}`;
  if (key !== noteOf) notes.value = localStorage.getItem(key) || "";
  noteOf = key;
  notes.setAttribute("aria-label", t("notes"));
  return h("div.card.notes", null, h("h2", null, h("span", null, t("notes")), h("span", null, h("kbd", null, "/"))), notes);
}

/* ---- the console */

function left() {
  if (c.panel) return h("section.win-main.filled", null, panelOf(c));
  const trouble = c.trouble ? h("section.note.stop", { role: "alert" }, h("span", null, c.trouble)) : null;
  if (!c.detail.ticket) return h("section.win-main.filled", null, h("div.win-empty", null, cards.lostBand(c), trouble, cards.idle(c)));
  return h("section.win-main", null, cards.who(c), h("div.win-bands", null, cards.lostBand(c), trouble, matterBands(c), cards.why(c), cards.story(c)), h("section.win-work", null, cards.materials(c), notesCard()));
}

function render() {
  if (!c.detail || !c.n) return;
  if (c.detail.window.state === "closed") return void leave();
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.key, keep = document.activeElement === notes, inPanel = c.panel?.el?.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  document.title = `${c.n} ${t(`state.${mode(c) === "serving" ? "busy" : mode(c)}`)}`;
  fill(main, cards.head(c), left(), h(c.calls.length ? "aside.win-side.asks" : "aside.win-side", null, helpBand(c), cards.next(c), cards.hall(c), cards.myDay(c)), cards.keyboard(c)).className = "state";
  if (keep) notes.focus();
  if (inPanel && c.panel) inPanel.focus();
  if (focused) /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${focused}"]`))?.focus();
  cards.tick(c);
}

/** @param {KeyboardEvent} e */
function onKey(e) {
  if (!c.detail || e.repeat || e.isComposing) return;
  const code = codeOf(e), target = /** @type {HTMLElement} */ (e.target);
  if (c.panel) return panelKey(c, e, code);
  if (target.matches("input, textarea")) {
    if (code === "Escape") target.blur();
    return;
  }
  if (target.matches("button") && (code === "Enter" || code === "Space")) return;
  if (e.ctrlKey || e.altKey || e.metaKey) {
    if (!(e.ctrlKey && e.shiftKey && code === "KeyK")) return;
  } else if (code === "KeyK") return;
  if (e.key === "?") c.openHelp();
  else if (code === "KeyH") answerHelp(c);
  else if (code === "Slash" || code === "DigitDivide") { if (c.detail.ticket) notes.focus(); }
  else {
    const key = keys(c).find((k) => k.code === code);
    if (!key) return;
    c.press(key);
  }
  e.preventDefault();
}

/** @param {import("../lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "refused") return void begin(t("login.again"));
  if (message.kind === "line") {
    if (message.live !== c.live) say(t(message.live ? "say.back" : "say.lost"));
    c.live = message.live;
    c.lostAt = message.live ? 0 : c.lostAt || hallNow();
  } else heard(message.name, message.data);
  if (isNews([c.detail, c.live, c.board.queues, c.board.windows, c.hall, cards.expected(c)])) calmly(render);
}

/** @param {string} name @param {any} data */
function heard(name, data) {
  if (name === "snapshot") {
    if (data.hall) heard("hall", data.hall);
    if (data.board) heard("board", data.board);
    for (const w of data.windows) heard("window", w);
  }
  if (name === "hall") c.hall = data;
  if (name === "board") {
    c.board = data;
    setHallTime(data.at, c.hall.simulated);
  }
  if (name === "inbox") hearMatter(c, data).then((isMine) => isMine && calmly(render), failed);
  if (name === "window" && data.window?.window === c.n && !c.busy) take(data);
}

/** @param {string} [why] */
async function begin(why) {
  line?.close();
  line = null;
  c.n = 0;
  main.className = "";
  try {
    c.me = await whoAmI();
    while (!may(c.me, "clerk")) c.me = await logIn(main, c.me.kind === "user" ? t("login.role", { name: c.me.name }) : why);
    [c.hall, c.board, c.catalogue] = await Promise.all([get("/hall"), get("/board"), get("/catalogue")]);
    setHallTime(c.hall.at, c.hall.simulated);
    followHallTime(c.hall);
    dropOldNotes();
    await work();
  } catch (e) {
    fill(main, h("p.note.stop", null, h("span", null, /** @type {Error} */ (e).message)));
    setTimeout(() => begin(why), 3000);
  }
}

async function work() {
  const wanted = c.me.window || (await chooseWindow(main, c.me, { logOut: c.logOut, otherLanguage: () => setLang(otherLang()).then(() => begin()) }));
  if (!wanted) return;
  c.n = wanted;
  await readKinds(c);
  await readWindow();
  readBooked();
  line = follow(["board/", "hall/", `window/${c.n}/`, ...(c.openings.length ? ["inbox/"] : [])], hear);
  render();
  lookForHelp();
}

const lookForHelp = watchHelp(c);
await loadTexts("common", "days", "login", "matter", "slip", "window", "window_matters");
document.title = t("title");
addEventListener("keydown", onKey);
setInterval(() => c.detail && c.n && cards.tick(c), 500);
setInterval(readBooked, BOOKED_MS);
fill(main, h("p.sub", null, t("title")));      /* something to see while the hall is asked who is here */
begin();
