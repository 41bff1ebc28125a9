/* What happens in the hall, for pages that live long in one browser beside others. */
import { Feed } from "./feed.js";

/** @typedef {import("./feed.js").FeedMessage} FeedMessage */

/**
 * Follows topics until closed. tell gets views, and whether the line is live.
 * @param {string[]} topics @param {(message: FeedMessage) => void} tell
 * @returns {{follow: (topics: string[]) => void, close: () => void}}
 */
export function follow(topics, tell) {
  if (!("SharedWorker" in window)) return followAlone(topics, tell);
  const worker = new SharedWorker(new URL("./feed-worker.js", import.meta.url), { type: "module", name: "halld" });
  let wanted = topics, open = true;
  /** @type {ReturnType<typeof followAlone> | null} */
  let alone = null;
  /** @param {any} message */
  const say = (message) => worker.port.postMessage(message);
  worker.port.onmessage = (m) => open && tell(m.data);
  worker.onerror = () => {      /* a browser without module workers */
    if (open) alone = followAlone(wanted, tell);
    open = false;
  };
  addEventListener("pagehide", () => say({ bye: true }));
  addEventListener("pageshow", (e) => e.persisted && open && say({ topics: wanted }));
  say({ topics });
  return {
    follow(more) {
      wanted = more;
      if (alone) alone.follow(more);
      else say({ topics: more });
    },
    close() {
      open = false;
      if (alone) alone.close();
      else say({ bye: true });
    },
  };
}

/** @param {string[]} topics @param {(message: FeedMessage) => void} tell */
function followAlone(topics, tell) {
  const feed = new Feed(tell, 5000);
  feed.follow(topics);
  return { follow: (/** @type {string[]} */ more) => feed.follow(more), close: () => feed.follow([]) };
}
