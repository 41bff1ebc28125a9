/* Staff: a day's appointments and what became of them, and booking for somebody at the desk or on the phone. */
import { $, fill, h } from "../lib/dom.js";
import { get, post } from "../lib/api.js";
import { calmly } from "../lib/calm.js";
import { date, noon, weekday } from "../lib/days.js";
import { fields, hallNow, setHallTime, two } from "../lib/format.js";
import { followHallTime } from "../lib/hallclock.js";
import { loadTexts, otherLang, pick, setLang, t } from "../lib/i18n.js";
import { logIn, logOut, may, whoAmI } from "../lib/session.js";
import { formOf } from "./form.js";
import { listOf } from "./list.js";

const AGAIN_MS = 10000, DAY_MS = 864e5;
const main = $("#page");

const desk = {
  date: "", trouble: "", said: "",
  /** @type {any} */ hall: {},
  /** @type {any} */ catalogue: { queues: [], groups: [], items: [], classes: [] },
  /** @type {import("../lib/session.js").Me} */ me: { name: "", role: "public", kind: "", groups: [], display: "" },
  /** @type {any[]} */ rows: [],
  /** The row that is asked about: to be cancelled, or moved. @type {{id: string, what: "cancel" | "move"} | null} */ asked: null,
  /** What is being booked. */ typed: "", cls: "", day: "", person: "",
  /** @type {any} */ item: null,
  /** @type {any} */ slots: null,
  /** @type {string} */ slot: "",
  /** What was booked last, to be told. @type {any} */ booked: null,
  render,
  /** A command; its refusal is shown. @param {string} path @param {unknown} body @returns {Promise<any>} */
  async command(path, body) {
    desk.trouble = "";
    try {
      const answer = await post(path, body);
      await look();
      return answer;
    } catch (e) {
      await failed(e);
      return undefined;
    }
  },
  /** @param {any} item */ async choose(item) {
    desk.item = item;
    desk.slot = desk.typed = "";
    desk.booked = null;
    await lookSlots();
    const days = desk.slots?.days || [];
    if (!days.some((/** @type {any} */ d) => d.date === desk.day && !d.code)) desk.day = days.find((/** @type {any} */ d) => !d.code)?.date || "";
    render();
  },
  /** @param {any} row */ async move(row) {
    desk.asked = { id: row.id, what: "move" };
    desk.day = "";
    await desk.choose(itemOf(row.item) || { item: row.item, name: row.item_name });
  },
};
/** @typedef {typeof desk} Desk */

/** @param {string} code */
const itemOf = (code) => desk.catalogue.items.find((/** @type {any} */ i) => i.item === code);

/** @param {any} e */
async function failed(e) {
  if (e.status === 401) return begin(t("login.again"));
  desk.trouble = e.message;
  if (desk.item) await lookSlots();
  render();
}

async function lookSlots() {
  desk.slots = desk.item ? await get(`/slots?item=${encodeURIComponent(desk.item.item)}`).catch(() => desk.slots) : null;
}

async function look() {
  desk.rows = (await get(`/appointments?date=${desk.date}`)).appointments;
}

/** @param {number} days */
async function step(days) {
  const at = new Date(Date.parse(`${desk.date}T12:00:00Z`) + days * DAY_MS);
  desk.date = at.toISOString().slice(0, 10);
  desk.asked = null;
  await look().catch(failed);
  render();
}

const today = () => { const d = fields(hallNow()); return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`; };

function header() {
  const quiet = (/** @type {string} */ text, /** @type {() => void} */ act) => h("button.btn.quiet", { type: "button", onclick: act }, text);
  return h("header.ap-head", null, h("strong", null, pick(desk.hall.hall || "", desk.hall.name_en)), h("span", null, t("title")),
    h("span.r", null, h("span.sub", null, `${desk.me.display || ""}　${desk.me.name}`), may(desk.me, "clerk") ? h("a.btn.quiet", { href: "/window/" }, t("to.window")) : null,
      quiet(t("language"), () => setLang(otherLang()).then(render)), quiet(t("logout"), () => logOut().catch(() => {}).then(() => begin()))));
}

function days() {
  const other = desk.date !== today();
  return h("nav.ap-days", null, h("button.btn", { type: "button", id: "before", "aria-label": t("day.before"), onclick: () => step(-1) }, "‹"), h("h1", null, other ? "" : h("span.tag.now", null, t("today")), " ", date(noon(desk.date)), " ", weekday(noon(desk.date))),
    h("button.btn", { type: "button", id: "after", "aria-label": t("day.after"), onclick: () => step(1) }, "›"), other ? h("button.btn.quiet", { type: "button", onclick: () => { desk.date = today(); step(0); } }, t("to.today")) : null);
}

function render() {
  const focus = document.activeElement?.id;
  document.title = t("title");
  fill(main, header(), h("section.ap-list", null, days(), listOf(desk)), h("aside.ap-form", null, formOf(desk))).className = "state";
  if (focus) {
    const el = /** @type {HTMLInputElement | null} */ (document.getElementById(focus));
    el?.focus();
    if (el?.matches("input")) el.setSelectionRange?.(el.value.length, el.value.length);
  }
}

/** @type {any} */ let timer = 0;

/** @param {string} [why] */
async function begin(why) {
  clearInterval(timer);
  main.className = "";
  try {
    desk.me = await whoAmI();
    while (!may(desk.me, "clerk")) desk.me = await logIn(main, desk.me.kind === "user" ? t("login.role", { name: desk.me.name }) : why);
    [desk.hall, desk.catalogue] = await Promise.all([get("/hall"), get("/catalogue")]);
    setHallTime(desk.hall.at, desk.hall.simulated);
    followHallTime(desk.hall);
    desk.date = today();
    await look();
    render();
    timer = setInterval(() => document.hidden || look().then(() => calmly(render), () => {}), AGAIN_MS);
  } catch (e) {
    fill(main, h("p.note.stop", null, h("span", null, /** @type {Error} */ (e).message)));
    setTimeout(() => begin(why), 3000);
  }
}

await loadTexts("common", "days", "login", "appointments");
fill(main, h("p.sub", null, t("title")));      /* something to see while the hall is asked who is here */
begin();
