/* A kiosk or screen says about once a minute that it is there, and hears what the hall knows of it. */
import { post } from "./api.js";

const BEAT_MS = 60000, HELP_MS = 4000;

/**
 * tell: the hall's view of this device, with `old` when the pages are of another version than the daemon. Whoever calls
 * for help hears soon that somebody comes.
 * @param {(device: any) => void} tell
 */
export function beats(tell) {
  let version = "", printer = "";
  /** @type {any} */ let timer = 0;

  /** @param {any} device */
  function heard(device) {
    version ||= device.version;
    tell({ ...device, old: device.version !== version });
    clearTimeout(timer);
    timer = setTimeout(beat, device.help_at ? HELP_MS : BEAT_MS * (0.9 + Math.random() * 0.2));
  }

  async function beat() {
    const said = printer;
    clearTimeout(timer);
    timer = setTimeout(beat, BEAT_MS);
    try {
      heard(await post("/devices/self/status", { ...(version && { page: version }), ...(said && { printer: said }) }));
      if (printer === said) printer = "";
    } catch { /* the line is watched elsewhere; the next beat says it again */ }
  }

  beat();
  return {
    /** @param {string} state of the printer */ printerIs(state) {
      printer = state;
      beat();
    },
    help: () => post("/devices/self/help").then(heard),
  };
}
