/*
 * What the flows add to the console: a key for each matter that a clerk may open for the person at the window, the
 * matters of that ticket as they stand, and what they lock. A hall without flows has none of it.
 */
import { ApiError, get, post, postSurely } from "../lib/api.js";
import { hallNow, ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { named } from "../matter/words.js";

/** @typedef {import("./page.js").Console} Console */
/** @typedef {{flow: any, transition: any, cap: string}} Opening */

const LETTERS = "JLNOQRSTUVWXYZ", ENDED_MOST = 20;

/** @param {any} flow */
export const ticketField = (flow) => flow.fields.find((/** @type {any} */ f) => f.type === "ticket");
/** @param {any} transition */
export const given = (transition) => [...transition.need, ...transition.may];
/** @param {any} flow @param {string} type */
export const fieldsOf = (flow, type) => flow.fields.filter((/** @type {any} */ f) => f.type === type).map((/** @type {any} */ f) => f.name);

/** What is installed, and what I may open. @param {Console} c */
export async function readKinds(c) {
  const { kinds } = await get("/flows").catch((e) => {
    if (e instanceof ApiError && e.status === 404) return { kinds: [] };
    throw e;
  });
  c.kinds = kinds;
  c.openings = openingsOf(kinds);
}

/** By its shape: what an outcome waits for, what the ticket walks by, what may follow, what is accepted; others get a letter.
 * @param {any} flow @param {any} transition */
function wantedCap(flow, transition) {
  const outcome = ticketField(flow).outcome;
  if (outcome) return outcome === "denied" ? "8" : outcome === "supplement" ? "6" : "";
  if (transition.then.some((/** @type {string} */ x) => x.startsWith("ticket_to "))) return "9";
  if (transition.when.some((/** @type {string} */ x) => x.startsWith("may_follow "))) return "7";
  return transition.need.some((/** @type {string} */ x) => fieldsOf(flow, "text").includes(x)) ? "" : "5";
}

/** @param {any[]} kinds @returns {Opening[]} */
function openingsOf(kinds) {
  const used = new Set(), letters = [...LETTERS];
  const all = kinds.flatMap((k) => k.opens.map((/** @type {string} */ name) => k.flow.transitions.find((/** @type {any} */ x) => x.name === name))
    .filter((/** @type {any} */ x) => x && x.roles.includes("clerk") && given(x).includes(ticketField(k.flow)?.name)).map((/** @type {any} */ transition) => ({ flow: k.flow, transition })));
  return all.map((o) => {
    const wanted = wantedCap(o.flow, o.transition), cap = wanted && !used.has(wanted) ? wanted : letters.shift() || "";
    used.add(cap);
    return { ...o, cap };
  }).filter((o) => o.cap);
}

/** @param {Console} c @param {any} matter */
export const flowOf = (c, matter) => c.kinds.find((/** @type {any} */ k) => k.flow.name === matter.flow)?.flow;

/** The kinds without which a ticket does not get the outcome. @param {Console} c @param {string} outcome */
export const guardsOf = (c, outcome) => c.openings.filter((o) => ticketField(o.flow).outcome === outcome);

/** Whether this ticket may have the outcome: "" nobody asks for a matter, "open" there is one, else what stands in the way.
 * @param {Console} c @param {string} outcome @returns {{lock: Opening | undefined, matter: any, isOpen: boolean}} */
export function lockOf(c, outcome) {
  const [lock] = guardsOf(c, outcome), mine = lock ? c.matters.filter((m) => m.card.flow === lock.flow.name) : [];
  const opens = mine.find((m) => ticketField(lock.flow).outcome_in.includes(m.card.state));
  return { lock, matter: opens || mine.find((m) => !m.card.ended), isOpen: !lock || Boolean(opens) };
}

/** The matter for which the ticket here must wait. @param {Console} c */
export const holderOf = (c) => c.matters.find((m) => ticketField(m.definition || flowOf(c, m.card))?.hold_in.includes(m.card.state));

/** When the hall said so: its clocks go on from there. @param {any} view */
const heard = (view) => ({ ...view, heardAt: hallNow() });
/** @param {string} id */
export const readMatter = async (id) => heard(await get(`/matters/${id}`));

/** @param {Console} c @param {any} card */
const isOfTicket = (c, card) => card.number === c.detail.ticket.number && ms(card.opened_at) >= ms(c.detail.ticket.issued_at) && c.openings.some((o) => o.flow.name === card.flow);

/** The matters of the ticket at the window, the newest first. @param {Console} c */
export async function readMatters(c) {
  const { ticket } = c.detail;
  if (!ticket || !c.openings.length) {
    c.matters = [];
    c.mattersOf = ticket?.id || "";
    return;
  }
  const q = encodeURIComponent(ticket.number), before = c.mattersOf === ticket.id ? c.matters.map((m) => m.card.matter) : null;
  const lists = before ? [] : await Promise.all([get(`/matters?q=${q}`), get(`/matters?q=${q}&ended=true&most=${ENDED_MOST}`)]);
  const ids = before || lists.flatMap((l) => l.matters).filter((card) => isOfTicket(c, card)).map((card) => card.matter);
  const views = await Promise.all(ids.map(readMatter));
  if (c.detail.ticket?.id !== ticket.id) return;
  c.mattersOf = ticket.id;
  c.matters = views.sort((a, b) => ms(b.card.opened_at) - ms(a.card.opened_at));
}

/** News of a matter: if it is of the ticket here it is read again, said aloud, and an open panel shows it as it is now.
 * @param {Console} c @param {any} news @returns {Promise<boolean>} */
export async function hearMatter(c, news) {
  const before = c.matters.find((m) => m.card.matter === news.matter);
  if (!before || before.card.revision === news.revision) return false;
  const view = await readMatter(news.matter);
  if (!replace(c, view)) return false;
  if (view.card.state !== before.card.state) c.say(t("wm.say", { flow: named(view.card, "flow"), state: named(view.card, "state") }));
  if (c.panel?.kind === "matter" && c.panel.data.view.card.matter === news.matter) c.openMatterPanel(view);
  return true;
}

/** Two answers may overtake one another: an older view never replaces a newer one. @param {Console} c @param {any} view @returns {boolean} */
function replace(c, view) {
  const known = c.matters.find((m) => m.card.matter === view.card.matter);
  if (!known || Number(known.card.revision) > Number(view.card.revision)) return false;
  c.matters = c.matters.map((m) => (m === known ? view : m));
  return true;
}

/** Opens a matter for the person at the window; the hall fills in ticket, item and window.
 * @param {Console} c @param {Opening} o @param {Record<string, any>} fields @returns {Promise<any>} its view */
export async function openMatter(c, o, fields) {
  const view = heard(await postSurely(`/flows/${o.flow.name}/matters`, { transition: o.transition.name, fields, window: c.n }));
  c.matters = [view, ...c.matters];
  c.mattersOf = c.detail.ticket?.id || "";
  return view;
}

/** @param {Console} c @param {any} view @param {string} transition @param {Record<string, any>} fields @returns {Promise<any>} */
export async function takeStep(c, view, transition, fields) {
  const next = heard(await post(`/matters/${view.card.matter}/${transition}`, { fields, seen: view.card.revision, window: c.n }));
  replace(c, next);
  return next;
}
