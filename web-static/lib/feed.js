/* One EventSource for some topics, and whether its line is live. A refusal is told apart from a hall that is away,
 * and a line that only looks open is found by asking. */

/** @typedef {{kind: "view", name: string, data: any} | {kind: "line", live: boolean} | {kind: "refused"}} FeedMessage */

const NAMES = ["snapshot", "call", "board", "hall", "windows", "window", "ticket", "matter", "inbox"];
const RETRY_MS = 1000, RETRY_MOST_MS = 8000, ANSWER_MS = 3000, LOOK_MS = 2000;

/** The status of an address; 0 if nobody answers. @param {string} url */
async function statusOf(url) {
  const cut = new AbortController(), timer = setTimeout(() => cut.abort(), ANSWER_MS);
  try {
    return (await fetch(url, { signal: cut.signal, cache: "no-store" })).status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
    cut.abort();
  }
}

export class Feed {
  /** @param {(message: FeedMessage) => void} tell @param {number} quietMs after so much silence the hall is asked */
  constructor(tell, quietMs) {
    this.tell = tell;
    this.url = "";
    /** @type {EventSource | null} */ this.source = null;
    this.live = true;
    this.tries = 0;
    /** @type {any} */ this.timer = 0;
    this.heardAt = 0;
    setInterval(() => Date.now() - this.heardAt > quietMs && this.look(), LOOK_MS);
  }

  /** @param {string[]} topics none: silence */
  follow(topics) {
    this.url = topics.length ? `/api/v1/stream?topics=${topics.join()}` : "";
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    if (!this.url) return;
    const source = (this.source = new EventSource(this.url));
    this.heardAt = Date.now();
    for (const name of NAMES) {
      source.addEventListener(name, (e) => {
        this.setLive(true);
        this.tell({ kind: "view", name, data: JSON.parse(e.data) });
      });
    }
    source.onopen = () => this.setLive(true);
    source.onerror = () => this.failed(source);
  }

  /** @param {boolean} live */
  setLive(live) {
    if (live) this.heardAt = Date.now();
    if (live) this.tries = 0;
    if (this.live !== live) this.tell({ kind: "line", live });
    this.live = live;
  }

  /** A browser tries again by itself after a break, but never after a refusal: so it is done here. @param {EventSource} source */
  async failed(source) {
    source.close();
    if (source !== this.source) return;
    this.source = null;
    const status = await statusOf(this.url);
    if (this.source || !this.url) return;
    if (status > 400 && status < 405) {
      this.tell({ kind: "refused" });
      return;
    }
    if (status !== 200) this.setLive(false);
    const wait = status === 200 ? 50 : Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** this.tries++);
    this.timer = setTimeout(() => this.open(), wait * (0.8 + Math.random() * 0.4));
  }

  /* Is the hall there? */
  async look() {
    const { source } = this;
    if (!source) return;
    this.heardAt = Date.now();
    if ((await statusOf("/healthz")) === 200 || source !== this.source) return;
    this.setLive(false);
    this.open();
  }
}
