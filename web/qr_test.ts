/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import jsqr from "jsqr";
import { encode } from "uqr";
import { pathOf } from "./qr.ts";

Deno.test("the code that the page draws is read by a scanner", () => {
  const text = "https://relay.example/#AZv0ZBMAOqV6Dd2GQrXRMh8u4k0vJ0CcU9yQ2xgq3b1mZ7w8Xn5pT6sK";
  const { data, size } = encode(text, { border: 3 });
  const scale = 4;
  const width = size * scale;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, length] of pathOf(data).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      for (let column = Number(x) * scale; column < (Number(x) + Number(length)) * scale; column++) {
        pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  assert.equal(jsqr.default(pixels, width, width)?.data, text);
});
