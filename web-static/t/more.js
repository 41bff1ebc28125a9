/* What is loaded only when it is asked for: what papers an item wants, and the end of a visit. */
import { ask } from "../lib/ask.js";
import { h, name, plate } from "../lib/dom.js";
import { minutes, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";

const token = location.pathname.split("/")[2];
/** Whether the hall takes a word by phone from whoever holds the ticket: what could not be done, or praise. */
const hears = await ask("GET", `/tickets/by-token/${token}/flows`).then((a) => a.kinds.some((/** @type {any} */ k) => k.opens.length), () => false);
const saySomething = () => hears && h("a.btn", { href: `/m/new?ticket=${token}` }, t("more"));

/** @param {any} item */
export function papers(item) {
  const list = item?.materials || [];
  return list.length ? h("ul.p-list.rowed", null, item.example && h("li", null, h("span.tag.soon", null, t("example"))),
    list.map((/** @type {any} */ m) => h("li", null, name(pick(m.name, m.name_en)), m.may_follow && h("span.tag", null, t("may.follow"))))) : h("p", null, t("bring.none"));
}

/** @param {string} term @param {any} value */
const fact = (term, value) => h("div", null, h("dt", null, term), h("dd", null, value));

/** Staff's words, or a material's code or name. @param {any} item @param {string} what */
function materialName(item, what) {
  const m = item?.materials?.find((/** @type {any} */ x) => x.material === what || x.name === what);
  return m ? pick(m.name, m.name_en) : what;
}

/** What stands there, and the buttons: with what was missing one comes back the same day, to a number of its own, in the
 * time of the first. @param {any} ticket @param {any} item @param {any} hall @param {(verb: string) => void} act */
export function done(ticket, item, hall, act) {
  const back = ticket.may_return && ticket.outcome === "supplement", lacks = ticket.missing || [];
  const started = ms(ticket.started_at) || ms(ticket.called_at), ended = ms(ticket.ended_at);
  const wait = minutes((ms(ticket.called_at) - ms(ticket.issued_at)) / 1000);
  return [[plate(ticket.number, "done"), h("h1", null, t(back ? "outcome.supplement" : "done")),
    lacks.length ? h("ol.p-list.p-facts.p-lacks.rowed", null, lacks.map((/** @type {string} */ x) => h("li", null, name(materialName(item, x))))) : null,
    h("dl.p-facts.rowed", null, fact(t("item"), name(pick(ticket.item_name, item?.name_en))), back ? null : fact(t("result"), t(`outcome.${ticket.outcome || "unset"}`)),
      ended && started ? fact(t("took"), t("took.text", { wait, service: minutes((ended - started) / 1000) })) : null),
    back ? h("p", null, t("return.do")) : null, hall.notice ? h("p.sub", null, pick(hall.notice, hall.notice_en)) : null],
  [back && h("button.btn.main", { type: "button", onclick: () => act("return") }, t("return")), saySomething()]];
}
