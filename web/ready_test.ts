/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { notReady, type Surroundings } from "./ready.ts";

const all: Surroundings = {
  isSecureContext: true,
  crypto: { subtle: {} },
  WebSocket: class {},
  Promise: { withResolvers: () => {} },
  AbortSignal: { any: () => {} },
};

Deno.test("a browser with all that is needed is ready", () => {
  assert.equal(notReady(all), null);
});

Deno.test("what a browser lacks is said in a sentence with a way out", () => {
  const { crypto: _, ...noCrypto } = all;
  for (
    const [here, says] of [
      [{ ...all, isSecureContext: false }, /anybody could have changed it/],
      [noCrypto, /no cryptography/],
      [{ ...all, crypto: {} }, /no cryptography/],
      [{ ...all, Promise: {} }, /too old/],
      [{ ...all, AbortSignal: {} }, /too old/],
    ] as const
  ) {
    const said = notReady(here) ?? "";
    assert.match(said, says);
    assert.match(said, /^Sotto cannot start: .*, or use the program for the terminal\.$/);
  }
});
