import assert from "node:assert/strict";
import fc from "fast-check";
import { complete, type CompletionSources } from "./completion.ts";
import { CompletionMenu } from "./completion_menu.ts";
import { TextArea } from "./text_area.ts";

const SOURCES: CompletionSources = {
  commands: [
    { name: "me", usage: "/me <does something>", does: "say what you do" },
    { name: "msg" },
    { name: "help" },
    { name: "role" },
    { name: "join" },
  ],
  nicks: ["alice", "Alfred", "bob", "Zoë", "zoe\x1b[31m"],
  emoji: new Map([["tada", "🎉"], ["heart", "❤️"], ["heart_eyes", "😍"], ["green_heart", "💚"], [
    "hot_face",
    "🥵",
  ]]),
  rooms: ["lobby", "late-night"],
};

/** What Tab would put in for a text with the cursor as `|`. */
function offered(text: string): string[] {
  const cursor = text.indexOf("|");
  return complete(text.replace("|", ""), cursor, SOURCES)?.items.map(({ insert }) => insert) ?? [];
}

Deno.test("complete() offers commands at the start of the text, with their help", () => {
  assert.deepEqual(offered("/m|"), ["/me ", "/msg "]);
  assert.deepEqual(offered("/HE|"), ["/help "]);
  assert.deepEqual(offered("say /m|"), []);
  assert.deepEqual(offered("//m|"), []);
  assert.equal(complete("/me", 3, SOURCES)?.items[0]?.detail, "/me <does something>  say what you do");
  assert.deepEqual(offered("/help /ro|"), ["role "]);
});

Deno.test("complete() offers nicknames after @, at the start, and where a command takes one", () => {
  assert.deepEqual(offered("hi @al|"), ["@alice ", "@Alfred "]);
  assert.deepEqual(offered("hi @zoe|")[0], "@Zoë ");
  assert.deepEqual(offered("bo|"), ["bob: "]);
  assert.deepEqual(offered("hi bo|"), ["bob "]);
  assert.deepEqual(offered("/msg al|"), ["alice ", "Alfred "]);
  assert.deepEqual(offered("/msg @bo|"), ["@bob "]);
  assert.deepEqual(offered("/role bob o|"), ["operator "]);
  assert.deepEqual(offered("/role bob |"), ["operator ", "member "]);
  assert.deepEqual(offered("mail@al|"), []);
});

Deno.test("complete() offers emoji by name, the shortest first, and no time of day", () => {
  assert.deepEqual(offered("yes :heart|"), ["❤️ ", "😍 ", "💚 "]);
  assert.deepEqual(offered(":ta|"), ["🎉 "]);
  assert.deepEqual(offered("at 10:30|"), []);
  assert.deepEqual(offered("/react :ta|"), ["🎉 "]);
  assert.equal(complete(":ta", 3, SOURCES)?.items[0]?.label, "🎉 :tada:");
});

Deno.test("complete() offers the rooms that are listed after /join, and nothing for a password", () => {
  assert.deepEqual(offered("/join l|"), ["lobby ", "late-night "]);
  assert.deepEqual(offered("/join lobby l|"), []);
  assert.deepEqual(offered("/join lobby bo|"), []);
  assert.deepEqual(offered("/login al|"), []);
  assert.equal(complete("/join l", 7, { ...SOURCES, rooms: [] }), null);
});

Deno.test("CompletionMenu walks around its items and puts one in, whole words and no doubled space", () => {
  const area = new TextArea();
  area.insert("hi @alxx there");
  for (let n = 0; n < 8; n++) area.apply("left");
  const completion = complete(area.text, area.cursor, SOURCES);
  assert.ok(completion !== null);
  const menu = new CompletionMenu(completion);
  menu.move(-1);
  assert.equal(menu.item?.label, "@Alfred");
  menu.move(1);
  assert.equal(menu.selected, 0);
  assert.equal(menu.accept(area), true);
  assert.equal(area.text, "hi @alice there");
  assert.equal(area.text.slice(0, area.cursor), "hi @alice ");
});

Deno.test("complete() takes any text, and shows no control character of a nickname", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.nat(),
      fc.array(fc.string({ unit: "binary" })),
      (text, at, nicks) => {
        const cursor = text === "" ? 0 : at % (text.length + 1);
        for (const start of ["", "/msg ", "@", ":"]) {
          const found = complete(start + text, start.length + cursor, {
            ...SOURCES,
            nicks: [...SOURCES.nicks, ...nicks],
          });
          if (found === null) continue;
          assert.ok(
            found.items.length > 0 && found.from <= found.to && found.to <= start.length + text.length,
          );
          for (const { label } of found.items) assert.ok(!/\p{Cc}/u.test(label));
        }
      },
    ),
  );
});

Deno.test("complete() offers no more than a menu takes, of nicknames, emoji and rooms", () => {
  const many = Array.from({ length: 60 }, (_, index) => `name${index}`);
  const sources: CompletionSources = {
    commands: many.map((name) => ({ name })),
    nicks: many,
    emoji: new Map(many.map((name) => [name, "🎉"])),
    rooms: many,
  };
  for (const text of ["/na", "hi @na", "hi na", ":na", "/join na", "/help na"]) {
    assert.equal(complete(text, text.length, sources)?.items.length, 50, text);
  }
});
