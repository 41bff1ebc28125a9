/* What happens to a person's matter, as it happens; loaded once its page stands. */
import { Feed } from "../lib/feed.js";

const ASK_MS = 30000;

/** @param {string} token @param {() => any} shown the revision that the page shows @param {(live: boolean) => void} tell look again, or: the line is gone */
export function listen(token, shown, tell) {
  const feed = new Feed((message) => {
    if (message.kind === "line") tell(message.live);
    else if (message.kind === "refused" || message.name === "matter" || message.data.matters?.[0]?.card.revision !== shown()) tell(true);
  }, ASK_MS);
  feed.follow([`matter/${token}/`]);
}
