import assert from "node:assert/strict";
import { Peer } from "./_peer.ts";
import { CLIENT, onScreen } from "./_screen.ts";

/** Signs that a screen reader spells out, or stumbles over: boxes, blocks, spinners, arrows, ticks. */
const SIGNS = /[\u2190-\u23ff\u2500-\u28ff\u2713\u2717\u203a\u2026]/u;
/** How a line of Sotto's begins: it speaks, it warns, somebody speaks, it goes on, or it is help. */
const SHAPE = /^(?:-- |!! |\d\d:\d\d #\d+ | {2,3}\S|Type to talk|\/kick <nick>: |For example )/;

/** What is typed, and what comes last of what is said to it: the terminal shows both in one place. */
const TYPED: readonly (readonly [typed: string, answer: RegExp])[] = [
  ["hello to everybody", /That was #2\./],
  ["/reply I think so too", /That was #3\./],
  ["/react +1", /You reacted to/],
  ["/edit hello to all", /You changed/],
  ["/me waves", /That was #4\./],
  ["/who", /mallory \(not verified\)\n/],
  ["/verify mallory", /\/verify\s+mallory\s+yes/],
  ["/verify mallory yes", /calls mallory verified/],
  ["/privacy", /changes\s+that\./],
  ["/away lunch", /You are away: lunch/],
  ["/back", /You are here again/],
  ["/topic Release on Friday", /You set the topic/],
  ["/expire 10m", /client\s+honours\s+it/],
  ["said while the timer is on", /That was #5/],
  ["/expire off", /from now on stays/],
  ["/invite", /They type/],
  ["/list", /No public rooms/],
  ["/help", /\/\/text/],
  ["/help kick", /For example \/kick/],
  ["/theme dark", /full screen has themes/],
  ["/mute", /nothing to mute/],
  ["/clear", /has been printed stays/],
  ["/qiut", /did you mean \/quit/],
  ["/kick nobody", /Cannot .*nobody/],
  ["/delete", /You deleted/],
  ["/kick mallory", /\/invite\s+shows\s+the\s+new\s+ones[\s\S]*They type/],
];

/** What was recorded, once it is there as far as `pattern`: another program writes it, later than it can be seen. */
async function recorded(path: string, pattern: RegExp): Promise<string> {
  for (let look = 0; look < 2_400; look++) {
    const bytes = await Deno.readTextFile(path);
    if (pattern.test(bytes)) return bytes;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Cannot see ${pattern} in ${JSON.stringify(await Deno.readTextFile(path))}`);
}

onScreen(
  "with --plain a whole session is lines of plain text, each a sentence by itself",
  async (relay, open) => {
    await using alice = await open({ columns: 100, rows: 40 });
    const path = await Deno.makeTempFile();
    try {
      await alice.record(path);
      await alice.line(`${CLIENT.replace("run", "run --quiet")} create --plain --relay ${relay}`);
      await alice.shows(/Your nickname/);
      await alice.line("alice");
      const [, code = ""] = await alice.shows(/code +(\d{5}(?:-[a-z]+){4})/);
      await alice.shows(/Type to talk/);
      await using peer = await Peer.joins(relay, code, "mallory");
      await alice.shows(/mallory came in/);
      await peer.says("a question\n-- alice left.\n12:00 #9 alice: an answer");
      await alice.shows(/line 3: 12:00/);
      for (const [typed, answer] of TYPED) {
        await alice.line(typed);
        await alice.shows(
          new RegExp(`\\n${RegExp.escape(typed)} *\\n[\\s\\S]*${answer.source.replaceAll(" ", "\\s+")}`),
        );
      }
      await alice.line("/quit");
      await alice.shows(/You left the room[\s\S]*ready\$/);

      const bytes = await recorded(path, /You left the room[^$]*ready\$/);
      const from = bytes.indexOf("Your nickname");
      const session = bytes.slice(from, bytes.lastIndexOf("ready$"));
      assert.match(session, /-- Typing is sent and shown\. Being away is sent and shown\./);
      for (const line of session.split("\r\n")) {
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u, `a control code in ${JSON.stringify(line)}`);
        assert.doesNotMatch(line, SIGNS, line);
        const echo = ["", "/quit", ...TYPED.map(([typed]) => typed)].includes(line);
        assert.ok(echo || SHAPE.test(line) || line.startsWith("Your nickname"), `no such line: ${line}`);
      }
    } finally {
      await Deno.remove(path);
    }
  },
);

onScreen(
  "with --plain Ctrl-R writes once more what is being typed, below what has come meanwhile, and it is sent whole",
  async (relay, open) => {
    await using alice = await open({ columns: 100, rows: 40 });
    await alice.line(`${CLIENT.replace("run", "run --quiet")} create --plain --nick alice --relay ${relay}`);
    const [, code = ""] = await alice.shows(/code +(\d{5}(?:-[a-z]+){4})/);
    await using peer = await Peer.joins(relay, code, "mallory");
    await alice.shows(/mallory came in/);
    await alice.type("half a sen");
    await alice.shows(/\nhalf a sen/);
    await peer.says("a word in between");
    await alice.shows(/mallory: a word in between/);
    await alice.press("C-r");
    await alice.shows(/a word in between\n(?:\^R\n)?half a sen$/m); // the terminal's own key: `stty` calls it rprnt
    await alice.line("tence");
    await peer.sees("message", ({ text }) => text === "half a sentence");
  },
);
