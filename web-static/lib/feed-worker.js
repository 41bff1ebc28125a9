/*
 * The pages of one browser share one EventSource: a SharedWorker holds it, with the topics of them all. Whoever comes
 * makes it open anew, so that everybody begins with a snapshot.
 */
import { Feed } from "./feed.js";

/** @type {Map<MessagePort, string[]>} */
const ports = new Map();
const PUBLIC = /^(call|board|hall|ticket)\//;
let follows = "";

const feed = new Feed((message) => {
  if (message.kind === "refused") dropPrivate();
  else for (const port of ports.keys()) port.postMessage(message);
}, 5000);

/** The stream as a whole was refused: those with topics for staff are told, the others go on. */
function dropPrivate() {
  const staff = [...ports].filter(([, topics]) => !topics.every((topic) => PUBLIC.test(topic)));
  for (const [port] of staff) {
    ports.delete(port);
    port.postMessage({ kind: "refused" });
  }
  setTimeout(() => follow(true), staff.length ? 0 : 5000);
}

/** @param {boolean} anew */
function follow(anew) {
  const topics = [...new Set([...ports.values()].flat())].sort();
  if (!anew && topics.join() === follows) return;
  follows = topics.join();
  feed.follow(topics);
}

/** @param {MessagePort} port @param {{topics?: string[], bye?: boolean}} message */
function heard(port, message) {
  if (message.bye) ports.delete(port);
  else ports.set(port, message.topics || []);
  follow(!message.bye);
  if (!feed.live) port.postMessage({ kind: "line", live: false });
}

self.addEventListener("connect", (e) => {
  const port = /** @type {MessageEvent} */ (e).ports[0];
  port.onmessage = (m) => heard(port, m.data);
});
