/* The duty leader: what waits for my decision, everything overdue in the hall, and who has the duty when. */
import { loadTexts } from "../lib/i18n.js";
import { start } from "../matter/page.js";
import { band, lookDuty, rota } from "./duty.js";

await loadTexts("common", "days", "login", "matter", "leader");
start({
  name: "leader", texts: true, calls: true, top: band, look: lookDuty,
  tabs: [{ id: "mine", query: { mine: true }, none: "none.mine" }, { id: "overdue", query: { color: "red" }, none: "none.overdue" }, { id: "duty", show: rota }],
});
