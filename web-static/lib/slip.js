/* The printed slip of a ticket, 80 mm wide. Texts of the part "slip". */
import { get, post } from "./api.js";
import { fill, h, name, plate } from "./dom.js";
import { date } from "./days.js";
import { clock, minutes, ms, ranges } from "./format.js";
import { pick, t } from "./i18n.js";

const PICTURE_MS = 2000, ANSWER_MS = 10000;

/** The standard head starts have their own sentence; other settings get one made from them. @param {any[]} classes */
export function ruleText(classes) {
  const starts = classes.filter((c) => c.head_start_s > 0);
  const standard = starts.map((c) => `${c.class} ${c.head_start_s}`).sort().join();
  if (standard === "disabled 1800,infant 1200,senior 1200,service 1800") return t("rule");
  if (!starts.length) return t("rule.plain");
  const spans = [...new Set(starts.map((c) => c.head_start_s))].sort((a, b) => a - b);
  return t("rule.begin", { groups: spans.map((s) => t("rule.group", { n: minutes(s), names: starts.filter((c) => c.head_start_s === s).map((c) => pick(c.name, c.name_en)).join(t("list")) })).join(t("rule.join")) });
}

/** Where a ticket may be called. @param {number[]} windows */
export const whereText = (windows) => (windows.length ? t(windows.length > 1 ? "any.window" : "one.window", { windows: ranges(windows) }) : t("no.window"));

/** @param {any} ticket */
export const qrAddress = (ticket) => `/api/v1/tickets/by-token/${ticket.token}/qr.svg`;

/** How long it may take, in a sentence; "" when nothing is forecast. @param {any} ticket */
export const waitText = (ticket) => (ticket.wait_p90_s === undefined ? "" : t("slip.wait", { p50: minutes(ticket.wait_p50_s), p90: minutes(ticket.wait_p90_s) }));

/** @param {any} ticket @param {number[]} windows */
function goes(ticket, windows) {
  if (ticket.state === "called") return [h("p", null, h("strong", null, t("slip.now", { window: ticket.window })))];
  if (ticket.origin === "appointment") return [h("p", null, h("strong", null, t("slip.booked", { time: clock(ms(ticket.slot_at)) }))), h("p", null, whereText(windows))];
  return [h("p", null, h("strong", null, ticket.ahead ? t("slip.ahead", { n: ticket.ahead }) : t("slip.ahead.0"))), h("p", null, waitText(ticket)), h("p", null, whereText(windows))];
}

/** @typedef {{ticket: any, hall: any, catalogue: any, windows: number[]}} Slip */

/** @param {HTMLElement} paper @param {Slip} slip */
async function draw(paper, { ticket, hall, catalogue, windows }) {
  const item = catalogue.items.find((/** @type {any} */ i) => i.item === ticket.item), queue = catalogue.queues.find((/** @type {any} */ q) => q.queue === ticket.queue);
  const cls = catalogue.classes.find((/** @type {any} */ c) => c.class === ticket.class && c.head_start_s > 0);
  const qr = /** @type {HTMLImageElement} */ (h("img", { src: qrAddress(ticket), alt: "" }));
  fill(paper, h("p.paper-hall", null, pick(hall.hall || "", hall.name_en)), h("p.paper-number", null, plate(ticket.number)),
    queue ? h("p.paper-queue", null, `${queue.queue}　${pick(queue.name, queue.name_en)}`) : null,
    h("p", null, name(item ? pick(item.name, item.name_en) : ticket.item_name)), cls ? h("p", null, t("claim", { name: pick(cls.name, cls.name_en), n: minutes(cls.head_start_s) })) : null,
    h("div.paper-wait", null, goes(ticket, windows)), qr, h("p.paper-small", null, t("slip.scan")),
    h("p.paper-small", null, t("slip.keep")), h("p.paper-small", null, ruleText(catalogue.classes)),
    h("p.paper-small", null, t("slip.time", { time: `${date(ms(ticket.issued_at))} ${clock(ms(ticket.issued_at))}` })));
  await Promise.race([qr.decode().catch(() => {}), new Promise((resolve) => setTimeout(resolve, PICTURE_MS))]);
}

/** The browser tells that it has handed the page over, or nothing at all. */
function printed() {
  return new Promise((resolve) => {
    const done = (/** @type {string} */ reason) => { clearTimeout(timer); removeEventListener("afterprint", ok); resolve(reason); };
    const ok = () => done(""), timer = setTimeout(() => done("no_answer"), ANSWER_MS);
    addEventListener("afterprint", ok);
    try {
      window.print();
    } catch {
      done("printer");
    }
  });
}

/** Prints; "" or why it failed, in the words of the journal. @param {HTMLElement} paper @param {Slip} slip @returns {Promise<string>} */
export async function printSlip(paper, slip) {
  await draw(paper, slip);
  return printed();
}

/** Staff print a slip again, by its number; "" or why not, in words. @param {HTMLElement} paper @param {string} number @param {any} hall
 * @param {any} catalogue @returns {Promise<string>} */
export async function printAgain(paper, number, hall, catalogue) {
  if (!number) return t("again.need");
  const { tickets } = await get(`/tickets?number=${encodeURIComponent(number)}`);
  if (!tickets.length) return t("again.none");
  const ticket = await get(`/tickets/${tickets[0].id}/slip`);
  const reason = await printSlip(paper, { ticket, hall, catalogue, windows: ticket.windows });
  await post(`/tickets/${ticket.id}/printed`, reason ? { reason } : { ok: true });
  return reason ? t("again.failed") : "";
}
