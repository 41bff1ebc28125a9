/* The kiosk: what, who, done. It returns to the start by itself, and says so when it cannot give a number. */
import { $, fill } from "../lib/dom.js";
import { ApiError, get, post, postSurely } from "../lib/api.js";
import { calmly, watcher } from "../lib/calm.js";
import { wallClock } from "../lib/days.js";
import { hallNow, setHallTime } from "../lib/format.js";
import { followHallTime } from "../lib/hallclock.js";
import { lang, loadTexts, otherLang, setLang, t } from "../lib/i18n.js";
import { codeInAddress, may, pair, pairByCode, whoAmI } from "../lib/session.js";
import { follow } from "../lib/stream.js";
import { beats } from "../lib/beat.js";
import { printSlip } from "../lib/slip.js";
import { listen } from "./booked.js";
import { hasNoSlip, hits, SCREENS, windowsOf } from "./screens.js";

const TICKET_S = 8, IDLE_S = 30, LONG_S = 120, WARN_S = 10, OFTEN = 4, OFTEN_KEY = "halld.kiosk.often", PRINT_KEY = "halld.kiosk.print";
const main = $("#page");
const startLanguage = new URLSearchParams(location.search).get("lang") || "";

/** How often each item was taken at this machine. @type {Record<string, number>} */
let counts = JSON.parse(localStorage.getItem(OFTEN_KEY) || "{}");

const kiosk = {
  screen: "home", typed: "", warning: "", trouble: "", seconds: 0, large: false, contrast: false, live: true, prints: false,
  /** The slip: "", "busy", "ok", or why it did not come out. */ slip: "",
  /** Help: called, answered, failed; and where one was before. */ helped: "", before: "home",
  /** What the hall knows of this machine; {} when it is none. @type {any} */ device: {},
  /** @type {any} */ hall: {},
  /** @type {any} */ board: { queues: [], windows: [] },
  /** @type {{queues: any[], groups: any[], items: any[], classes: any[], often: string[]}} */ catalogue: { queues: [], groups: [], items: [], classes: [], often: [] },
  /** Queues whose numbers are gone today. @type {Map<string, string>} */ none: new Map(),
  /** @type {string[]} */ often: [],
  /** @type {{queue: string, item?: string} | null} */ chosen: null,
  /** @type {any} */ ticket: null,
  /** @param {string} screen */ go(screen) {
    if (screen === "home") startAnew();
    kiosk.screen = screen;
    touch();
    render();
  },
  /** @param {{queue: string, item?: string}} what */ choose(what) {
    kiosk.chosen = what;
    if (kiosk.catalogue.classes.some((c) => c.kiosk && c.head_start_s > 0)) kiosk.go("who");
    else kiosk.issue("");
  },
  issue,
  /** @param {string} text */ type(text) {
    kiosk.typed = text;
    touch();
    const input = /** @type {HTMLInputElement} */ ($("#typed")), found = hits(kiosk);
    if (input.value.toLowerCase() !== text) input.value = text.toUpperCase();
    fill($("#count"), found.count);
    fill($("#found"), found.list).scrollTop = 0;
    input.focus();
  },
  /** @param {"large" | "contrast"} what */ turn(what) {
    kiosk[what] = !kiosk[what];
    touch();
    render();
  },
  otherLanguage() {
    setLang(otherLang(), false).then(() => kiosk.go(kiosk.screen));
  },
  took, refused, print, help,
  back() { kiosk.go(kiosk.before === "ticket" && !kiosk.ticket ? "home" : kiosk.before); },
};
/** @typedef {typeof kiosk} Kiosk */

/** The next person begins without the last one's choices. */
function startAnew() {
  kiosk.chosen = kiosk.ticket = null;
  kiosk.typed = kiosk.warning = kiosk.trouble = kiosk.slip = "";
  const here = Object.entries(counts).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).map(([item]) => item);
  kiosk.often = [...new Set([...here, ...kiosk.catalogue.often])].slice(0, OFTEN);
}

const isNews = watcher();
let idleS = 0;
function touch() {
  idleS = 0;
  kiosk.warning = "";
}

/** @param {string} cls */
async function issue(cls) {
  const what = kiosk.chosen;
  if (!what || kiosk.screen === "busy") return;
  kiosk.screen = "busy";
  render();
  try {
    const ticket = await postSurely("/tickets", { ...(what.item ? { item: what.item } : { queue: what.queue }), class: cls, channel: "kiosk" });
    counts[ticket.item] = (counts[ticket.item] || 0) + (what.item ? 1 : 0);
    if (what.item) localStorage.setItem(OFTEN_KEY, JSON.stringify(counts));
    took(ticket);
  } catch (e) {
    refused(/** @type {ApiError} */ (e), what.queue);
  }
}

/** @param {ApiError} e @param {string} queue */
async function refused(e, queue) {
  if (e.status === 401 || e.code === "WRONG_ROLE") return identify();
  if (e.code === "NO_TICKETS_LEFT") {
    kiosk.none.set(queue, kiosk.hall.date);
    return kiosk.go("home");
  }
  if (e.code === "OFFLINE") kiosk.live = false;
  if (e.code === "HALL_CLOSED" || e.code === "DAY_CLOSED") await loadHall();
  kiosk.trouble = e.message;
  kiosk.go("trouble");
}

/** Whoever has a number sees it, and gets the slip where slips come by themselves. @param {any} ticket */
function took(ticket) {
  kiosk.ticket = ticket;
  kiosk.slip = "";
  kiosk.seconds = TICKET_S;
  kiosk.go("ticket");
  if (kiosk.prints) print();
}

/* A failure that this page found itself is tried again with the next slip; one that the printer's watcher told is not:
   slips would come out later, for people who have gone. */
let foundFailure = false;
const knownTrouble = () => (kiosk.device.printer === "out" ? "paper" : kiosk.device.printer === "failed" && !foundFailure ? "printer" : "");

/** @param {any} ticket @param {string} trouble "" = it came out */
function reportSlip(ticket, trouble) {
  const { printer } = kiosk.device;
  post(`/tickets/${ticket.id}/printed`, trouble ? { reason: trouble } : { ok: true }).catch(() => {});
  if (trouble && printer !== "out" && printer !== "failed") {
    foundFailure = true;
    device?.printerIs("failed");
  }
  if (!trouble && (!printer || foundFailure)) device?.printerIs("ok");
}

/** The slip, 80 mm wide; the browser prints it. */
async function print() {
  const { ticket, hall, catalogue } = kiosk;
  if (kiosk.slip === "busy") return;
  kiosk.slip = "busy";
  render();
  const trouble = knownTrouble() || await printSlip($("#paper"), { ticket, hall, catalogue, windows: windowsOf(kiosk) });
  reportSlip(ticket, trouble);
  if (kiosk.ticket !== ticket) return;
  kiosk.slip = trouble || "ok";
  kiosk.seconds = trouble ? LONG_S : TICKET_S;
  render();
}

/** @param {any} known what the hall knows of this machine */
function heardDevice(known) {
  const before = kiosk.device;
  kiosk.device = known;
  if (known.printer === "ok") foundFailure = false;
  if (known.old && kiosk.screen === "home" && !idleS) return location.reload();
  if (before.help_at && !known.help_at && kiosk.helped === "called") kiosk.helped = "answered";
  if (kiosk.screen === "help" || known.name !== before.name) calmly(render);
}

async function help() {
  if (kiosk.screen !== "help") kiosk.before = kiosk.screen;
  kiosk.helped = await device?.help().then(() => "called", () => "failed") || "failed";
  kiosk.go("help");
}

/** What may stand there at all: a kiosk without line or hall says so in the same place. */
function screenNow() {
  if (["ticket", "busy", "trouble", "help"].includes(kiosk.screen)) return kiosk.screen;
  if (!kiosk.live) return "offline";
  return kiosk.hall.open === false ? "closed" : kiosk.screen;
}

function render() {
  const screen = screenNow(), keep = document.activeElement && document.activeElement.id === "typed";
  main.id = screen;
  main.className = ["state", ["closed", "offline", "help"].includes(screen) ? "k-plain" : "", kiosk.large ? "large" : "", kiosk.contrast ? "contrast" : ""].join(" ");
  document.body.classList.toggle("contrast", kiosk.contrast);
  fill(main, SCREENS[screen](kiosk));
  if (screen === "search" || keep) focusTyped();
}

/** Who types goes on at the end, also when the screen was drawn anew meanwhile. */
function focusTyped() {
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById("typed"));
  input?.focus();
  input?.setSelectionRange(input.value.length, input.value.length);
}

/** The ticket goes by itself; one without a slip stays much longer. */
function tickTicket() {
  const button = document.querySelector(".k-done");
  kiosk.seconds--;
  if (kiosk.seconds <= 0) home();
  else if (button && !hasNoSlip(kiosk)) fill(button, t("done", { n: kiosk.seconds }));
}

/** Once a second: back to the start when nobody is there. */
function tick() {
  const time = document.querySelector(".k-head time");
  if (time) time.textContent = wallClock(hallNow());
  if (kiosk.screen === "ticket") return void (kiosk.slip !== "busy" && tickTicket());
  const isStart = kiosk.screen === "home" && !kiosk.large && !kiosk.contrast && lang() === (startLanguage || lang());
  idleS = isStart ? 0 : idleS + 1;
  const most = kiosk.screen === "help" ? LONG_S : IDLE_S;
  if (idleS >= most) home();
  else if (idleS >= most - WARN_S && kiosk.screen !== "home") {
    kiosk.warning = t("idle.warn", { n: most - idleS });
    const back = document.querySelector("#who .k-foot .btn, #booked .k-foot .btn, #search .k-keys .wide:nth-child(28)");
    if (back) fill(back, kiosk.warning);
  }
}

/** Nobody is there any more: plain type, plain colours, the kiosk's own language. */
async function home() {
  kiosk.large = kiosk.contrast = false;
  await setLang(startLanguage.startsWith("en") ? "en" : "zh-CN", false);
  kiosk.go("home");
}

async function loadHall() {
  kiosk.hall = await get("/hall");
  setHallTime(kiosk.hall.at, kiosk.hall.simulated);
  followHallTime(kiosk.hall);
}

async function load() {
  [kiosk.catalogue] = await Promise.all([get("/catalogue"), loadHall()]);
}

/** @param {import("../lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "line" && message.live !== kiosk.live) {
    kiosk.live = message.live;
    if (kiosk.live) load().catch(() => {});
  }
  if (message.kind === "view" && message.name === "snapshot") Object.assign(kiosk, { live: true, hall: message.data.hall || kiosk.hall, board: message.data.board || kiosk.board });
  if (message.kind === "view" && message.name === "hall") heardHall(message.data);
  if (message.kind === "view" && message.name === "board") kiosk.board = message.data;
  if (message.kind === "view" && message.name === "board") setHallTime(message.data.at, kiosk.hall.simulated);
  const screen = screenNow(), shown = ["home", "closed", "offline"].includes(screen) ? [kiosk.board.queues, kiosk.hall, kiosk.catalogue.queues] : [];
  if (isNews([screen, shown])) calmly(render);
}

/** The hall event also says that settings may have changed. @param {any} hall */
function heardHall(hall) {
  for (const [queue, day] of kiosk.none) if (day !== hall.date) kiosk.none.delete(queue);
  kiosk.hall = hall;
  get("/catalogue").then((c) => { kiosk.catalogue = c; calmly(render); }, () => {});
}

/** @type {ReturnType<typeof beats> | null} */ let device = null;

/** Only a registered kiosk, or staff, may give numbers. */
async function identify() {
  const code = codeInAddress();
  let why = "";
  if (code) await pair(code).catch((e) => { why = e.message; });
  let me = await whoAmI();
  for (; me.role !== "kiosk" && !may(me, "clerk"); why = "") {
    main.id = "pairing";
    main.className = "";
    me = await pairByCode(main, why);
    if (me.role !== "kiosk") me = await whoAmI();
  }
  if (me.kind === "device") device ??= beats(heardDevice);
  kiosk.go("home");
}

await loadTexts("common", "days", "login", "slip", "kiosk", "booked");
document.title = t("title");
const wantsPrint = new URLSearchParams(location.search).get("print");
if (wantsPrint) localStorage.setItem(PRINT_KEY, wantsPrint);
kiosk.prints = localStorage.getItem(PRINT_KEY) === "auto";
main.className = "state";
listen(kiosk);
addEventListener("pointerdown", touch);
addEventListener("keydown", touch);
/** Begins, again and again until the hall answers. */
async function begin() {
  try {
    await load();
    await identify();
    follow(["board/", "hall/"], hear);
    setInterval(tick, 1000);
  } catch (e) {
    kiosk.live = false;
    render();
    setTimeout(begin, 3000);
  }
}
begin();
