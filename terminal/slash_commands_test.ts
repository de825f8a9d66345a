import assert from "node:assert/strict";
import fc from "fast-check";
import { ClientError } from "../client/errors.ts";
import { COMMAND_NAMES, helpText, readLine } from "./slash_commands.ts";

const find = (number: number): string | undefined => number === 12 ? "id12" : undefined;
const read = (line: string): unknown => {
  const action = readLine(line, find);
  return action.kind === "session" ? action.command : action;
};

const CASES: [string, unknown][] = [
  ["hello there", { command: "send", text: "hello there" }],
  ["  indented", { command: "send", text: "  indented" }],
  ["//shrug", { command: "send", text: "/shrug" }],
  ["   ", { kind: "nothing" }],
  ["/who", { command: "who" }],
  ["/WHO ", { command: "who" }],
  ["/nick bob", { command: "nick", nick: "bob" }],
  ["/me waves a  flag", { command: "me", text: "waves a  flag" }],
  ["/msg @bob hi there", { command: "msg", to: "bob", text: "hi there" }],
  ["/reply yes", { command: "reply", text: "yes" }],
  ["/reply #12 yes", { command: "reply", text: "yes", id: "id12" }],
  ["/edit #12 no", { command: "edit", text: "no", id: "id12" }],
  ["/delete", { command: "delete" }],
  ["/delete #12", { command: "delete", id: "id12" }],
  ["/react 👍", { command: "react", emoji: "👍" }],
  ["/react #12 👍", { command: "react", emoji: "👍", id: "id12" }],
  ["/file my plan.pdf", { kind: "file", path: "my plan.pdf" }],
  ["/file my plan.pdf @bob", { kind: "file", path: "my plan.pdf", to: "bob" }],
  ["/file @notes", { kind: "file", path: "@notes" }],
  ["/save #12", { kind: "save", id: "id12" }],
  ["/save #12 ~/my downloads", { kind: "save", id: "id12", path: "~/my downloads" }],
  ["/cancel #12", { command: "cancel", id: "id12" }],
  ["/cancel", { command: "cancel" }],
  ["/verify", { command: "verify" }],
  ["/verify bob", { command: "verify", member: "bob" }],
  ["/verify bob yes", { command: "verify", member: "bob", mark: true }],
  ["/verify bob no", { command: "verify", member: "bob", mark: false }],
  ["/invite", { command: "invite" }],
  ["/kick bob", { command: "kick", member: "bob" }],
  ["/role bob operator", { command: "role", member: "bob", operator: true }],
  ["/role bob member", { command: "role", member: "bob", operator: false }],
  ["/lock", { command: "lock" }],
  ["/unlock", { command: "unlock" }],
  ["/limit 5", { command: "limit", limit: 5 }],
  ["/limit off", { command: "limit", limit: null }],
  ["/topic tea and cake", { command: "topic", text: "tea and cake" }],
  ["/topic", { command: "topic", text: "" }],
  ["/expire 10m", { command: "expire", ms: 600_000 }],
  ["/expire 7d", { command: "expire", ms: 604_800_000 }],
  ["/expire off", { command: "expire", ms: null }],
  ["/away at lunch", { command: "away", text: "at lunch" }],
  ["/away", { command: "away", text: "" }],
  ["/back", { command: "back" }],
  ["/privacy", { command: "privacy" }],
  ["/privacy typing off", { command: "privacy", typing: false }],
  ["/privacy presence on", { command: "privacy", presence: true }],
  ["/privacy receipts off", { command: "privacy", receipts: false }],
  ["/public Deno talk", { command: "public", name: "Deno talk" }],
  ["/private", { command: "private" }],
  ["/list", { kind: "list" }],
  ["/join #2", { kind: "join", words: { code: "#2" } }],
  ["/register alice correct horse", { kind: "register", name: "alice", password: "correct horse" }],
  ["/login alice hunter2", { kind: "login", name: "alice", password: "hunter2" }],
  ["/join lobby pw", { kind: "join", words: { code: "lobby", password: "pw" } }],
  ["/rejoin", { kind: "rejoin" }],
  ["/reconnect", { command: "reconnect" }],
  ["/leave", { kind: "leave" }],
  ["/quit", { kind: "quit" }],
  ["/clear", { kind: "clear" }],
  ["/help kick", { kind: "help", about: "kick" }],
];

Deno.test("readLine() reads talk and every command", () => {
  for (const [line, expected] of CASES) assert.deepEqual(read(line), expected, line);
  const tried = new Set(CASES.map(([line]) => line.split(" ")[0]?.slice(1).toLowerCase()));
  assert.deepEqual(COMMAND_NAMES.filter((name) => !tried.has(name)), []);
});

Deno.test("readLine() refuses what a command cannot be used like, and shows how it can", () => {
  for (
    const line of [
      "/invite now",
      "/Quit please",
      "/leave #2",
      "/lock it",
      "/who is there",
      "/nick",
      "/msg bob",
      "/reply",
      "/edit #12",
      "/react",
      "/kick",
      "/role bob king",
      "/limit few",
      "/expire",
      "/expire 0s",
      "/expire soon",
      "/privacy typing",
      "/privacy everything off",
    ]
  ) {
    const name = line.split(" ")[0]?.slice(1).toLowerCase() ?? "";
    assert.throws(
      () => read(line),
      (error) =>
        error instanceof ClientError && error.code === "usage" && error.message.includes(`type /${name}`),
    );
  }
  assert.throws(() => read("/reply #13 yes"), { code: "no_such_message" });
});

Deno.test("readLine() suggests what an unknown command may have meant", () => {
  assert.throws(() => read("/verfiy bob"), /did you mean \/verify\?/);
  assert.throws(() => read("/xyzzy"), /see \/help/);
  assert.throws(() => read("/constructor"), { code: "unknown_command" });
});

Deno.test("readLine() gives an action or a refusal for any line", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.constantFrom(...COMMAND_NAMES), fc.string()).map(([name, rest]) => `/${name} ${rest}`),
  );
  fc.assert(fc.property(line, (text) => {
    try {
      readLine(text, find);
    } catch (error) {
      assert.ok(error instanceof ClientError);
    }
  }));
});

Deno.test("helpText() has a line for every command, and one for each", () => {
  for (const name of COMMAND_NAMES) {
    assert.ok(helpText("").includes(`/${name}`));
    assert.ok(helpText(name).startsWith(`/${name}`));
    assert.equal(helpText(`/${name}`), helpText(name));
  }
});

Deno.test("readLine() shows an example of a command that takes words, and none of one that does not", () => {
  assert.throws(() => read("/expire 30"), {
    message: "Cannot do /expire like that: type /expire <time>|off, such as /expire 10m",
  });
  assert.throws(() => read("/quit smoking"), { message: "Cannot do /quit like that: type /quit" });
  assert.deepEqual(read("/limit 1"), { command: "limit", limit: 1 }); // the session says which numbers will do
});
