/* Somebody waits at a window for an answer: a new matter that waits for me is heard, and stands in the title. */
import { t } from "../lib/i18n.js";

/** @typedef {import("./work.js").Work} Work */

const TONES = [{ hz: 660, at: 0 }, { hz: 880, at: 0.18 }], LONG = 0.16;
/** @type {AudioContext | null} */ let audio = null;
/** @type {Set<string> | null} */ let known = null;

function chime() {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  if (!audio || audio.state !== "running") return;    /* before the first touch a browser stays silent */
  for (const { hz, at } of TONES) {
    const tone = audio.createOscillator(), level = audio.createGain(), from = audio.currentTime + at;
    tone.frequency.value = hz;
    level.gain.setValueAtTime(0.2, from);
    level.gain.exponentialRampToValueAtTime(0.001, from + LONG);
    tone.connect(level).connect(audio.destination);
    tone.start(from);
    tone.stop(from + LONG);
  }
}

/** A browser lets a page be heard after the first touch of it. */
export function listen() {
  const wake = () => { audio ??= "AudioContext" in window ? new AudioContext() : null; audio?.resume(); };
  addEventListener("pointerdown", wake, { once: true });
  addEventListener("keydown", wake, { once: true });
}

/** The list was read again: is there one that waits for me and did not before? @param {Work} w */
export function notice(w) {
  if (!w.page.calls || w.q || w.ended) return;
  const mine = w.list.matters.filter((m) => m.mine), fresh = known && mine.find((m) => !known?.has(m.matter));
  known = new Set([...(known || []), ...mine.map((m) => m.matter)]);
  if (!fresh) return;
  w.attention = fresh.matter === w.id ? null : { id: fresh.matter, text: t("attention", { n: fresh.matter, title: fresh.title }) };
  chime();
}

/** @param {Work} w @param {string} title */
export const titleOf = (w, title) => (w.page.calls && w.counts[w.page.tabs[0].id]?.mine ? t("title.waiting", { n: w.counts[w.page.tabs[0].id].mine, title }) : title);
