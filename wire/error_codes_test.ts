import assert from "node:assert/strict";
import {
  CLOSE_SENTENCES,
  CloseCode,
  closeName,
  ERROR_SENTENCES,
  ErrorCode,
  errorName,
} from "./error_codes.ts";

Deno.test("ErrorCode and CloseCode have one name for each number", () => {
  for (const [name, code] of Object.entries(ErrorCode)) assert.equal(errorName(code), name);
  for (const [name, code] of Object.entries(CloseCode)) {
    assert.equal(closeName(code), name);
    assert.ok(code >= 4000 && code <= 4099);
  }
  assert.deepEqual([errorName(1), closeName(1000)], [undefined, undefined]);
});

Deno.test("ERROR_SENTENCES and CLOSE_SENTENCES are sentences, short enough for a close frame", () => {
  for (const sentence of [...Object.values(ERROR_SENTENCES), ...Object.values(CLOSE_SENTENCES)]) {
    assert.match(sentence, /^[A-Z].*\.$/);
    assert.ok(new TextEncoder().encode(sentence).length <= 123, sentence);
  }
});
