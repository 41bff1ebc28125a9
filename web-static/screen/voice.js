/*
 * What a hall hears: a chime and the browser's own Chinese voice, one call after the other. Screen and voice never depend
 * on one another: a call stands on the screen at once, its voice comes in its turn, once, and only while the call is on.
 *
 * ?voice=off is silent (a second TV in the same room), ?voice=zh,en says English after it, ?one=yao reads 1 as 幺; the
 * machine keeps them.
 */

/** @typedef {{number: string, window: number, called_at: string, repeat: number}} Call */

const KEY = "halld.screen.voice", ONE_KEY = "halld.screen.one";
const CHIME_MS = 600, MOST_MS = 8000, WITHOUT_CHIME = 3, WITHOUT_VOICE = 6, KNOWN_MOST = 200;
const TONES = [{ hz: 880, at: 0 }, { hz: 660, at: 0.28 }];
const DIGITS = "零一二三四五六七八九";

/** @param {string} name @param {string} key */
function setting(name, key) {
  const asked = new URLSearchParams(location.search).get(name);
  if (asked !== null) localStorage.setItem(key, asked);
  return localStorage.getItem(key) || "";
}

/** 7 is "七", 14 "十四", 20 "二十", 105 "一百零五". @param {number} n */
export function inChinese(n) {
  const [hundreds, tens, ones] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10];
  const head = hundreds ? `${DIGITS[hundreds]}百` : "";
  if (!tens) return head + (ones || !hundreds ? (hundreds ? "零" : "") + DIGITS[ones] : "");
  return `${head}${tens === 1 && !hundreds ? "" : DIGITS[tens]}十${ones ? DIGITS[ones] : ""}`;
}

/** "请 A 零三二号，到 七 号窗口": figures one by one, as halls read them. @param {Call} call @param {string} one how 1 is read */
export function sentence(call, one = "一") {
  const digits = [...call.number.slice(1)].map((d) => (d === "1" ? one : DIGITS[Number(d)])).join("");
  return `请 ${call.number[0]} ${digits}号，到 ${inChinese(call.window)} 号窗口`;
}

/** @param {Call} call */
const englishSentence = (call) => `Number ${[...call.number].join(" ")}, please go to window ${call.window}.`;

/** @param {Call} call */
const keyOf = (call) => `${call.number} ${call.window} ${call.called_at} ${call.repeat}`;

/** @param {string} lang */
function voiceFor(lang) {
  const voices = "speechSynthesis" in window ? speechSynthesis.getVoices() : [], fits = (/** @type {SpeechSynthesisVoice} */ v) => v.lang.replace("_", "-").toLowerCase().startsWith(lang);
  return voices.find((v) => fits(v) && v.localService) || voices.find(fits) || (lang === "zh" ? voices.find((v) => v.lang.toLowerCase().startsWith("cmn")) : undefined);
}

export class Voice {
  /** @param {(call: Call) => boolean} isOn whether a call still stands @param {() => void} changed */
  constructor(isOn, changed) {
    this.isOn = isOn;
    this.languages = setting("voice", KEY) || "zh";
    this.one = setting("one", ONE_KEY) === "yao" ? "幺" : "一";
    /** @type {Call[]} */ this.queue = [];
    /** What has been announced or never will be, the oldest first. @type {Set<string>} */ this.known = new Set();
    this.busy = false;
    this.began = false;
    /** @type {AudioContext | null} */ this.audio = this.languages === "off" || !("AudioContext" in window) ? null : new AudioContext();
    this.audio?.addEventListener("statechange", changed);
    if ("speechSynthesis" in window) speechSynthesis.getVoices();     /* the first question only makes them load */
  }

  /** The browser wants one press before anything may sound. */
  get isBlocked() {
    return this.audio !== null && this.audio.state !== "running";
  }

  /** Called within a press. */
  async unblock() {
    if (!this.audio) return;
    await this.audio.resume();
    this.chime();
  }

  /** Calls that stand on the screen. The first ones were called before this page came; later ones that were not heard of
   * one by one fell into a gap of the line. @param {Call[]} calls newest first */
  standing(calls) {
    if (this.began) [...calls].reverse().forEach((call) => this.announce(call));
    else calls.forEach((call) => this.remember(call));
    this.began = true;
  }

  /** @param {Call} call */
  remember(call) {
    const key = keyOf(call), isNew = !this.known.has(key);
    this.known.add(key);
    if (this.known.size > KNOWN_MOST) this.known.delete(this.known.values().next().value || "");
    return isNew;
  }

  /** Each call once; a repeated call is another one. @param {Call} call */
  announce(call) {
    if (!this.remember(call) || !this.audio || this.isBlocked) return;
    this.queue.push({ ...call });
    if (this.queue.length > WITHOUT_VOICE) this.queue.shift();
    if (!this.busy) this.next();
  }

  async next() {
    this.busy = true;
    for (let call = this.queue.shift(); call; call = this.queue.shift()) {
      if (this.queue.length < WITHOUT_CHIME) await this.chime();
      if (!this.isOn(call)) continue;
      await this.say(sentence(call, this.one), "zh");
      if (this.languages.includes("en")) await this.say(englishSentence(call), "en");
    }
    this.busy = false;
  }

  chime() {
    const { audio } = this;
    if (!audio || audio.state !== "running") return Promise.resolve();
    for (const { hz, at } of TONES) {
      const tone = audio.createOscillator(), level = audio.createGain(), begin = audio.currentTime + at;
      tone.frequency.value = hz;
      level.gain.setValueAtTime(0, begin);
      level.gain.linearRampToValueAtTime(0.5, begin + 0.02);
      level.gain.exponentialRampToValueAtTime(0.001, begin + 0.32);
      tone.connect(level).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.34);
    }
    return new Promise((resolve) => setTimeout(resolve, CHIME_MS));
  }

  /** Without a voice of that language nothing is said: a wrong voice reads numbers wrongly. @param {string} text @param {string} lang @returns {Promise<void>} */
  say(text, lang) {
    const voice = voiceFor(lang);
    if (!voice) return Promise.resolve();
    return new Promise((resolve) => {
      const words = new SpeechSynthesisUtterance(text);
      const end = () => { clearTimeout(timer); resolve(); };
      const timer = setTimeout(() => { speechSynthesis.cancel(); end(); }, MOST_MS);
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      words.onend = words.onerror = end;
      speechSynthesis.speak(words);
    });
  }
}
