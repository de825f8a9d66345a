import assert from "node:assert/strict";
import { carriesSecret } from "./secret_lines.ts";

Deno.test("carriesSecret() knows lines with a code or password, also those with a slip in their command", () => {
  for (const line of ["/join", "/join den pw", " /LOGIN ada", "/register", "/joni den pw", "/regster a pw"]) {
    assert.ok(carriesSecret(line), line);
  }
  for (const line of ["join den pw", "/who", "/reply #1 yes", "/jo", "say /join", "/leave"]) {
    assert.ok(!carriesSecret(line), line);
  }
});
