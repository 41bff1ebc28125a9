/* Whoever decides on filings to say no: what waits for me, heard when it comes, for somebody waits at a window. */
import { loadTexts } from "../lib/i18n.js";
import { start } from "../matter/page.js";

await loadTexts("common", "days", "login", "matter");
start({
  name: "approver", texts: true, calls: true,
  tabs: [{ id: "waiting", query: { flow: "denial", mine: true }, none: "none.waiting" }, { id: "filings", query: { flow: "denial" } }],
});
