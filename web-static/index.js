/* The index: a picture of each screen, its address, and how it is. */
import { $, fill, h, svg } from "./lib/dom.js";
import { calmly, watcher } from "./lib/calm.js";
import { clockSeconds, dayWord, hoursText } from "./lib/days.js";
import { clock, hallNow, ms, setHallTime } from "./lib/format.js";
import { followHallTime } from "./lib/hallclock.js";
import { loadTexts, otherLang, pick, setLang, t } from "./lib/i18n.js";
import { follow } from "./lib/stream.js";

/** @typedef {[kind: string, x: number, y: number, width: number, height: number, radius?: number]} Box */
/** @typedef {{id: string, href: string, code: string, size: [number, number], boxes: Box[], state: () => string}} Card */

/** @type {any} */ let hall = {};
/** @type {any} */ let board = { queues: [], windows: [], calls: [] };
let live = true;
const isNews = watcher();

/** @param {number} n @param {(i: number) => Box} box */
const row = (n, box) => Array.from({ length: n }, (_, i) => box(i));
/** @type {Box} */ const SCREEN = ["f", 1, 1, 198, 111, 4];

/** @type {Card[]} */
const CARDS = [
  { id: "kiosk", href: "/kiosk/", code: "/kiosk/", size: [68, 120], state: () => t("kiosk.state"), boxes: [["f", 1, 1, 66, 118, 4], ["k", 8, 10, 30, 7],
    ...row(4, (i) => ["f", 8, 24 + 18 * i, 52, 14, 2]), ...row(4, (i) => ["k", 10, 26 + 18 * i, 10, 10, 1]), ["g", 8, 98, 24, 12, 2], ["g", 36, 98, 24, 12, 2]] },
  { id: "screen", href: "/screen/", code: "/screen/", size: [200, 113], state: () => t("screen.state", { n: board.calls.length }), boxes: [["d", 0, 0, 200, 113, 4], ["c", 10, 16, 68, 34, 3], ["w", 94, 16, 34, 34, 3],
    ...row(3, (i) => ["q", 142, 16 + 17 * i, 28, 11]), ...row(3, (i) => ["w", 176, 16 + 17 * i, 14, 11]), ...row(14, (i) => [i === 7 ? "c" : "q", 10 + 13 * i, 86, 11, 16, 1])] },
  { id: "window", href: "/window/", code: "/window/", size: [200, 113], state: () => t("window.state", { n: openWindows() }), boxes: [SCREEN, ["k", 10, 10, 44, 20, 2], ["g", 60, 12, 70, 6], ["g", 60, 22, 40, 5],
    ["g", 144, 10, 46, 62, 2], ["g", 10, 40, 126, 32, 2], ["k", 10, 80, 36, 24, 2], ...row(10, (i) => ["f", 50 + 28.5 * Math.floor(i / 2), 80 + 13 * (i % 2), 25, 11, 2])] },
  { id: "ticket", href: "", code: "/t/…", size: [58, 120], state: () => t("ticket.state"), boxes: [["f", 1, 1, 56, 118, 7], ["c", 8, 16, 42, 20, 2], ["g", 14, 44, 30, 6], ["g", 8, 58, 42, 30, 2], ["f", 8, 98, 42, 12, 3]] },
  { id: "book", href: "/book/", code: "/book/", size: [58, 120], state: () => t("book.state"), boxes: [["f", 1, 1, 56, 118, 7], ["g", 8, 14, 42, 8], ...row(8, (i) => [i === 5 ? "k" : "f", 8 + 11 * (i % 4), 28 + 14 * Math.floor(i / 4), 9, 12, 2]),
    ...row(9, (i) => [i === 4 ? "c" : "f", 8 + 15 * (i % 3), 62 + 12 * Math.floor(i / 3), 12, 9, 2]), ["k", 8, 102, 42, 10, 2]] },
  { id: "appointments", href: "/appointments/", code: "/appointments/", size: [200, 113], state: () => t("appointments.state"), boxes: [SCREEN, ["g", 12, 10, 60, 8], ...row(6, (i) => ["g", 12, 26 + 13 * i, 112, 9, 1]), ...row(6, (i) => [i === 2 ? "c" : "k", 128, 26 + 13 * i, 12, 9, 1]),
    ["f", 148, 10, 42, 92, 3], ...row(6, (i) => [i === 4 ? "k" : "g", 153 + 17 * (i % 2), 18 + 16 * Math.floor(i / 2), 14, 12, 1]), ["k", 153, 88, 32, 9, 2]] },
  { id: "manager", href: "/manager/", code: "/manager/", size: [200, 113], state: () => t("manager.state"), boxes: [SCREEN, ...row(6, (i) => ["g", 10 + 31 * i, 10, 27, 16, 2]), ["g", 10, 32, 118, 28, 2], ["w", 136, 32, 54, 28, 2],
    ...row(14, (i) => [i === 7 ? "c" : "q", 10 + 13 * i, 66, 11, 10, 1]), ...row(3, (i) => ["g", 10 + 62 * i, 82, 56, 22, 2])] },
  { id: "desk", href: "/desk/", code: "/desk/", size: [200, 113], state: () => t("desk.state"), boxes: [SCREEN, ["s", 10, 12, 34, 5], ...row(5, (i) => ["g", 10, 22 + 16 * i, 42, 12, 1]), ["k", 62, 12, 18, 9, 1], ["g", 84, 13, 44, 6],
    ...row(5, (i) => [i === 3 ? "s" : "k", 72, 32 + 15 * i, 5, 5, i === 3 ? 0 : 3]), ...row(5, (i) => ["g", 84, 31 + 15 * i, 52 - 8 * (i % 2), 6]), ["s", 146, 14, 34, 9], ["g", 146, 27, 44, 3], ...row(3, (i) => ["f", 146, 40 + 14 * i, 44, 11, 2]), ["k", 146, 92, 44, 10, 2]] },
  { id: "approver", href: "/approver/", code: "/approver/", size: [200, 113], state: () => t("approver.state"), boxes: [SCREEN, ["y", 10, 12, 42, 14, 2], ...row(2, (i) => ["g", 10, 32 + 16 * i, 42, 12, 1]), ["c", 62, 12, 18, 9, 1], ...row(5, (i) => ["g", 62, 30 + 14 * i, 72 - 10 * (i % 2), 8, 1]),
    ["y", 146, 14, 34, 9], ["k", 146, 36, 20, 26, 2], ["f", 170, 36, 20, 26, 2], ["f", 146, 68, 20, 26, 2], ["f", 170, 68, 20, 26, 2]] },
  { id: "leader", href: "/leader/", code: "/leader/", size: [58, 120], state: () => t("leader.state"), boxes: [["f", 1, 1, 56, 118, 7], ["k", 8, 14, 26, 8, 1], ["y", 8, 28, 42, 9, 2], ["s", 8, 44, 20, 4], ...row(4, (i) => [i === 0 ? "s" : "g", 8, 52 + 15 * i, 42, 11, 2])] },
  { id: "matters", href: "/matters/", code: "/matters/", size: [200, 113], state: () => t("matters.state"), boxes: [SCREEN, ...row(8, (i) => ["g", 12 + 46 * (i % 4), 14 + 46 * Math.floor(i / 4), 40, 40, 3]), ...row(8, (i) => ["k", 17 + 46 * (i % 4), 20 + 46 * Math.floor(i / 4), 22, 6, 1]), ["s", 63, 34, 12, 6, 1], ["y", 155, 34, 12, 6, 1], ["y", 17, 80, 12, 6, 1]] },
  { id: "admin", href: "/admin/", code: "/admin/", size: [200, 113], state: () => t("admin.state"),
    boxes: [SCREEN, ...row(48, (i) => [i % 8 < 6 && i < 40 ? "k" : "g", 14 + 23 * (i % 8), 12 + 16 * Math.floor(i / 8), 10, 10, 1])] },
  { id: "api", href: "/api/v1/openapi.json", code: "/api/v1/", size: [200, 113], state: () => t("api.state"), boxes: [SCREEN, ["k", 72, 30, 56, 8], ["g", 72, 46, 40, 8], ["g", 72, 62, 50, 8], ["g", 72, 78, 32, 8]] },
];

const openWindows = () => board.windows.filter((/** @type {any} */ w) => w.state !== "closed").length;

/** @param {Card} card */
function cardOf(card) {
  const picture = svg("svg", { class: "mini", "aria-hidden": "true", viewBox: `0 0 ${card.size[0]} ${card.size[1]}` },
    card.boxes.map(([kind, x, y, width, height, rx]) => svg("rect", { class: kind, x, y, width, height, rx })));
  const dot = card.id === "ticket" || card.id === "api" ? "span.dot.off" : live ? "span.dot" : "span.dot.stop";
  return h("li", null, h(card.href ? "a" : "div", card.href ? { href: card.href } : null, h("div.fig", null, picture),
    h("div", null, h("strong", null, t(card.id), " ", h("code", null, card.code)), h("p", null, t(`${card.id}.text`)), h("p.st", null, h(dot), live ? card.state() : t("lost")))));
}

function stateLine() {
  if (!live) return t("lost");
  const waiting = board.queues.reduce((/** @type {number} */ n, /** @type {any} */ q) => n + q.waiting, 0), next = ms(hall.next_open);
  const always = hall.hours && hall.hours[0] === "00:00-24:00";
  const open = hall.open ? (always || !hall.closes_at ? t("open.always") : t("open", { time: clock(ms(hall.closes_at)) }))
    : `${t("closed")}${next ? `　${t("opens", { day: dayWord(next), time: clock(next) })}` : ""}`;
  return [open, t("waiting", { n: waiting }), hall.simulated ? t("simulated", { time: clockSeconds(hallNow()) }) : "", hall.read_only ? t("read.only") : ""].filter((x) => x).join("　　");
}

function render() {
  document.title = pick(hall.hall || t("title"), hall.name_en);
  const other = h("button.btn.quiet", { type: "button", lang: otherLang(), onclick: () => setLang(otherLang()).then(render) }, t("language"));
  fill($("#page"), h("header.i-head", null, h("div", null, h("h1", null, pick(hall.hall || "", hall.name_en)), h("p", null, stateLine())), other),
    h("ul.i-cards", null, CARDS.map(cardOf)),
    h("footer.i-foot", null, h("span", null, t("hours", { hours: hoursText(hall.hours || []) })), h("span", null, hall.source || ""), h("span", null, "halld")));
}

/** @param {import("./lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "line") live = message.live;
  if (message.kind === "view") {
    const { name, data } = message;
    if (name === "snapshot") [hall, board] = [data.hall || hall, data.board || board];
    if (name === "hall") hall = data;
    followHallTime(hall);
    if (name === "board") board = data;
    setHallTime(name === "snapshot" ? board.at : data.at, hall.simulated);
  }
  if (isNews([live, hall, board.queues, board.windows, board.calls])) calmly(render);
}

await loadTexts("common", "days", "index");
follow(["board/", "hall/"], hear);
render();
