import assert from "node:assert/strict";
import { wantsScreen } from "./wants_screen.ts";

const OPTIONS = { json: false, plain: false, lines: false };

function decide(
  variables: Record<string, string>,
  { terminal = true, options = OPTIONS, may = true } = {},
): boolean {
  const env = { read: (name: string) => may ? variables[name] : undefined, may: () => may };
  return wantsScreen(options, { terminal, env });
}

Deno.test("the full screen is used at a terminal that can be painted on, lines anywhere else", () => {
  assert.ok(decide({ TERM: "xterm-256color" }));
  assert.ok(decide({ TERM: "linux" }));
  assert.ok(!decide({ TERM: "dumb" }));
  assert.ok(!decide({}));
  assert.ok(!decide({ TERM: "xterm", CI: "1" }));
  assert.ok(!decide({ TERM: "xterm" }, { terminal: false }));
  for (const wanted of ["json", "plain", "lines"]) {
    assert.ok(!decide({ TERM: "xterm" }, { options: { ...OPTIONS, [wanted]: true } }));
  }
});

Deno.test("without permission to read TERM, a terminal is taken to be an ordinary one", () => {
  assert.ok(decide({ TERM: "dumb", CI: "1" }, { may: false }));
  assert.ok(!decide({}, { may: false, terminal: false }));
});
