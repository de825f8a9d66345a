/** The screen that README shows is what a session paints. @module */
import assert from "node:assert/strict";
import { ROOT } from "./_doc_commands.ts";
import { founded, joined, onScreen } from "./_screen.ts";

const DEADLINE_MS = 60_000;
const SIZE = { columns: 96, rows: 17 };

/** The screen of README, at any time and port. */
function expected(): RegExp {
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  const screen = /```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const any: [RegExp, string][] = [
    [/\s*│/g, "\\s*│"],
    [/^\d\d:\d\d/, "\\d\\d:\\d\\d"],
    [/4443/, "\\d+"],
    [/(?<=let in by )alice/, "(?:alice|you)"], // whoever was asked first
  ];
  const lines = screen.trimEnd().split("\n").map((line) => {
    let marked = line.trim();
    any.forEach(([what], i) => marked = marked.replace(what, String.fromCharCode(0xe000 + i)));
    return any.reduce(
      (text, [, pattern], i) => text.replaceAll(String.fromCharCode(0xe000 + i), pattern),
      RegExp.escape(marked),
    );
  });
  return new RegExp(lines.join("\\s*\\n\\s*"));
}

onScreen("README: the screen that it shows is what a session paints", async (relay, open) => {
  const [alice, bob, carol] = await Promise.all([open(SIZE), open(SIZE), open(SIZE)]);
  const code = await founded(alice, relay);
  await joined(bob, { relay, code, nick: "bob" });
  await bob.shows(/alice is confirmed/);
  await joined(carol, { relay, code, nick: "carol" });
  await bob.shows(/carol is confirmed/);
  await alice.line("/topic Release on Friday");
  await bob.shows(/set the topic/);
  await bob.line("the **relay** is up, see https://relay.example/health");
  await alice.shows(/bob: the relay is up/);
  await alice.line("@bob well done 🎉");
  await bob.shows(/well done/);
  await carol.shows(/well done/);
  await alice.line("/react #2 👍");
  await bob.shows(/👍/);
  await carol.line("does it survive a restart?");
  await bob.shows(/carol: does it/);
  await bob.line("/reply it does: same room, same keys, nothing lost");
  await alice.shows(/nothing lost/);
  await bob.type("and now");
  const screen = expected();
  let seen = "";
  const deadline = Date.now() + DEADLINE_MS; // that somebody types is said once in 4 s
  while (Date.now() < deadline && !screen.test(seen)) {
    await alice.type(".");
    seen = await bob.screen();
  }
  assert.match(seen, screen);
});
