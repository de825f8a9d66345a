import assert from "node:assert/strict";
import { parseCommandLine } from "./command_line.ts";
import { opensScreen, wantsScreen } from "./wants_screen.ts";

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

Deno.test("the screen opens before the arguments are read, unless they may say otherwise", () => {
  for (
    const line of ["", "create", "join 41793-copper-lemon-orbit-walnut", "host --lan", "join lobby --nick=me"]
  ) {
    assert.ok(opensScreen(line === "" ? [] : line.split(" ")), line);
  }
  for (
    const line of [
      "--help",
      "create -h",
      "create --json",
      "join x --plain",
      "join x --lines",
      "create --theme light",
      "create --config none",
      "create --password-file -",
      "list",
      "register alice",
      "hots",
      "--nick me list",
    ]
  ) assert.ok(!opensScreen(line.split(" ")), line);
});

Deno.test("a command line that opens the screen early leads to the screen, or is refused", () => {
  const values = [[], ["x"], ["--nick", "me"], ["--relay", "h:1"], ["--lan"], ["--topic", "t"], [
    "--limit",
    "0",
  ]];
  for (const command of ["create", "join", "host", "connect"]) {
    for (const value of values) {
      const args = [command, ...value];
      assert.ok(opensScreen(args));
      const parsed = parseCommandLine(args);
      if (parsed.kind === "exit") continue;
      assert.match(parsed.task.action, /^(?:create|join|host)$/, args.join(" "));
      assert.deepEqual([parsed.options.json, parsed.options.plain, parsed.options.lines], [
        false,
        false,
        false,
      ]);
    }
  }
});
