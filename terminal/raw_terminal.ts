/**
 * Raw mode that is always left again: when asked, when the process exits and, through `shutdown.ts`, on signals and
 * crashes.
 *
 * @module
 */

let raw = false;

/** Takes over the terminal: keys come unechoed, one by one, Ctrl-C among them. */
export function enterRaw(): void {
  if (raw) return;
  addEventListener("unload", leaveRaw);
  Deno.stdin.setRaw(true);
  raw = true;
}

/** Gives the terminal back as it was. Harmless when it is not taken. */
export function leaveRaw(): void {
  if (!raw) return;
  raw = false;
  removeEventListener("unload", leaveRaw);
  try {
    Deno.stdin.setRaw(false);
  } catch { /* the terminal is gone: nothing to give back */ }
}
