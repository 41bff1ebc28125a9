/* The desk for what could not be done: what came, the filings and promises beside it, and the causes. */
import { loadTexts } from "../lib/i18n.js";
import { causes } from "../matter/causes.js";
import { start } from "../matter/page.js";

await loadTexts("common", "days", "login", "matter", "causes");
start({
  name: "desk", texts: false, calls: false,
  tabs: [{ id: "inbox", query: { flow: "escalation" }, flows: ["escalation"], none: "none.desk" }, { id: "denial", query: { flow: "denial" } },
    { id: "deficiency", query: { flow: "deficiency" }, flows: ["deficiency"] }, { id: "help", query: { flow: "help" }, flows: ["help"] },
    { id: "causes", show: (el) => causes(el)() }],
});
