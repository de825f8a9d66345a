/** What docs/SPEC.md lists is what the code has: sections, labels, kinds, frames, logins, codes and limits. */
import assert from "node:assert/strict";
import { ContentKind } from "../../crypto/content.ts";
import { PayloadKind } from "../../client/payload.ts";
import { MAX_BANS } from "../../relay/bans.ts";
import {
  CloseCode,
  DEFAULT_LIMITS,
  encodeChallenge,
  encodeClientFrame,
  encodeLoginStep,
  encodeRelayFrame,
  ErrorCode,
  type LoginStep,
  MAX_LISTED_ROOMS,
  type RelayFrame,
} from "../../wire/mod.ts";

const root = new URL("../../", import.meta.url);
const spec = Deno.readTextFileSync(new URL("docs/SPEC.md", root));
const sections = new Set([...spec.matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].map(([, number]) => number));
const titles = new Set([...spec.matchAll(/^#+ [\d.]+ (.+)$/gm)].map(([, title]) => title));

/** The first two cells of every row that stands between two headings. */
function rows(from: string, to: string): string[][] {
  const part = spec.slice(spec.indexOf(`\n${from}`), spec.indexOf(`\n${to}`));
  assert.ok(part.length > 100, `there is no part from ${from} to ${to}`);
  return part.split("\n").filter((line) => line.startsWith("|")).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

/** Sources of the five layers, by path. */
function sources(): [string, string][] {
  return ["crypto", "wire", "client", "relay", "terminal"].flatMap((layer) => sourcesIn(`${layer}/`));
}

function sourcesIn(folder: string): [string, string][] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}${name}`;
    if (isDirectory) return sourcesIn(`${path}/`);
    return name.endsWith(".ts") ? [[path, Deno.readTextFileSync(new URL(path, root))]] : [];
  });
}

Deno.test("every section of SPEC that the code or the threat model cites exists", () => {
  const threats = Deno.readTextFileSync(new URL("docs/THREAT_MODEL.md", root));
  const cited: [string, string][] = [...sources(), ["docs/THREAT_MODEL.md", threats]];
  for (const [path, text] of cited) {
    for (const [list] of text.matchAll(/SPEC §[\d.]+(?:(?:, | and )§[\d.]+)*/g)) {
      for (const [, number] of list.matchAll(/§(\d+(?:\.\d+)?)/g)) {
        assert.ok(sections.has(number), `${path} cites §${number}`);
      }
    }
    for (const [, title] of text.matchAll(/SPEC, "([^"]+)"/g)) {
      assert.ok([...titles].some((known) => known === title), `${path} cites "${title}"`);
    }
  }
});

Deno.test("SPEC lists every label that the code uses, and no other", () => {
  const used = new Set<string>();
  for (const [path, text] of sources()) {
    if (path.endsWith("_test.ts")) continue;
    for (const [, label] of text.matchAll(/"sotto\/v1\/([a-z0-9-]+)"/g)) used.add(label as string);
  }
  const listed = rows("### 2.2", "### 2.3").flatMap(([cell]) =>
    [...(cell ?? "").matchAll(/`([a-z0-9-]+)`/g)].map(([, label]) => label as string)
  );
  assert.deepEqual(listed.sort(), [...used].sort());
});

Deno.test("SPEC lists every kind of content that this version sends, under its number", () => {
  const table = new Map(rows("## 7.", "### 7.1").map(([kind, name]) => [kind, name]));
  for (const [name, kind] of Object.entries(ContentKind)) {
    if (kind >= 8 && kind <= 15) continue; // reserved, listed together
    assert.equal(table.get(String(kind))?.toLowerCase(), name.toLowerCase());
  }
});

Deno.test("SPEC lists every kind of payload under its number", () => {
  const table = new Map(rows("### 4.6", "### 4.7").map(([kind, name]) => [kind, name]));
  for (const [name, kind] of Object.entries(PayloadKind)) {
    const title = name.replace(/[A-Z]/g, (letter) => `_${letter}`);
    assert.equal(table.get(String(kind))?.toLowerCase(), title.toLowerCase());
  }
});

Deno.test("SPEC lists every error and close code under its name", () => {
  const table = new Map(rows("### 11.6", "### 11.7").map(([code, name]) => [code, name]));
  for (const [name, code] of [...Object.entries(ErrorCode), ...Object.entries(CloseCode)]) {
    assert.equal(table.get(String(code)), name);
  }
});

Deno.test("SPEC lists every frame under its type", () => {
  const of = (bytes: Uint8Array): string => `0x${(bytes[0] as number).toString(16).padStart(2, "0")}`;
  const table = new Map(
    [...rows("### 11.2", "### 11.3"), ...rows("### 11.3", "### 11.4")].map(([t, n]) => [t, n]),
  );
  const id = new Uint8Array(16);
  const none = new Uint8Array(0);
  for (
    const frame of [
      { type: "hello", version: 1, auth: none },
      { type: "join", doorId: id, mode: "any" },
      { type: "resume", token: new Uint8Array(32), roomEpoch: id, lastSeq: 0 },
      { type: "send", sendId: 1, droppable: false, payload: none },
      { type: "door", action: "add", doorId: id },
      { type: "leave" },
      { type: "ping", opaque: 0 },
      { type: "admit", peerId: 1 },
      { type: "auth", bytes: none },
      { type: "publish", name: "", topic: "", invite: none },
      { type: "list" },
    ] as const
  ) assert.equal(table.get(of(encodeClientFrame(frame))), frame.type);
  const relayFrames: RelayFrame[] = [
    { type: "peer_in", peerId: 1 },
    { type: "peer_out", peerId: 1, reason: "left" },
    { type: "deliver", seq: 0, from: 1, payload: none },
    { type: "ack", sendId: 1, seq: 1 },
    { type: "pong", opaque: 0 },
    { type: "error", code: 1001, sendId: 0, retryAfterMs: 0, sentence: "" },
    { type: "bye", code: 4000, sentence: "" },
    { type: "admitted" },
    { type: "auth_step", bytes: none },
    { type: "rooms", rooms: [] },
    { type: "tell", code: 1113, sentence: "" },
  ];
  for (const frame of relayFrames) assert.equal(table.get(of(encodeRelayFrame(frame))), frame.type);
});

Deno.test("SPEC lists every way to log in, and every flag of a challenge", () => {
  const table = rows("### 11.8", "### 11.9");
  const none = new Uint8Array(32);
  const keys = { name: "", iterations: 0, salt: none, storedKey: none, serverKey: none };
  const steps: LoginStep[] = [
    { method: "password", message: "" },
    { method: "token", token: "" },
    { method: "account", message: "" },
    { method: "register", ...keys },
  ];
  for (const step of steps) {
    const listed = table.filter(([number, name]) =>
      number === String(encodeLoginStep(step)[0]) && name === step.method
    );
    assert.ok(listed.length > 0, step.method);
  }
  const silent = {
    required: false,
    password: false,
    token: false,
    account: false,
    register: false,
    accountOnly: false,
  };
  for (const flag of Object.keys(silent)) {
    const bit = Math.log2(encodeChallenge({ ...silent, [flag]: true })[0] ?? 0);
    assert.ok(table.some(([number, name]) => number === String(bit) && name === flag), flag);
  }
});

Deno.test("SPEC lists every code by which the relay refuses an HTTP request, under its status", () => {
  const listed = new Map(rows("### 11.10", "### 11.11").map(([status, codes]) => [status, codes ?? ""]));
  let found = 0;
  for (const [path, text] of sources()) {
    if (!path.startsWith("relay/") || path.endsWith("_test.ts")) continue;
    for (const [, status, code] of text.matchAll(/\b(?:problem|refused)\(\s*(\d{3}),\s*"([a-z_]+)"/g)) {
      assert.ok(listed.get(status)?.includes(`\`${code}\``), `${path}: ${status} ${code}`);
      found++;
    }
  }
  assert.ok(found >= 15, "the relay's refusals were found");
});

Deno.test("SPEC states the relay's default limits", () => {
  const text = rows("### 11.7", "### 11.8").flat().join(" | ");
  const limits = DEFAULT_LIMITS;
  const numbers = [
    limits.maxMessage,
    limits.maxPayload,
    limits.rateCount,
    limits.droppableBurst,
    limits.controlBurst,
    limits.ringFrames,
    limits.maxRooms,
    limits.maxMembers,
    limits.knockerBytes,
    limits.maxConnectionsPerIp,
    limits.connectBurst,
    limits.probeBurst,
    limits.foundBurst,
    limits.knockBurst,
    MAX_LISTED_ROOMS,
    MAX_BANS,
  ];
  for (const number of numbers) {
    assert.match(text, new RegExp(`(?<![\\d,])${number.toLocaleString("en")}(?![\\d,]\\d)`), String(number));
  }
});

Deno.test("OPERATIONS names no option, variable, command or file that is not there", () => {
  const text = Deno.readTextFileSync(new URL("docs/OPERATIONS.md", root));
  const there = ["relay", "relay/program", "terminal"].flatMap((folder) =>
    [...Deno.readDirSync(new URL(`${folder}/`, root))]
      .filter(({ name }) => name.endsWith(".ts") && !name.endsWith("_test.ts"))
      .map(({ name }) => Deno.readTextFileSync(new URL(`${folder}/${name}`, root)))
  ).concat(Deno.readTextFileSync(new URL(".env.example", root))).join("\n");
  const has = (what: string): boolean =>
    new RegExp(`(?<![a-z-])${RegExp.escape(what)}(?![a-zA-Z_-])`).test(there);
  const ours = text.split("\n").filter((line) =>
    /(?:server|client)\.ts|^sotto-relay/.test(line) && !/runuser/.test(line)
  )
    .map((line) => line.replace(/deno run(?: --?[a-zA-Z-]+)*/g, ""));
  const flags = [...`${ours.join("\n")}\n${spans(text)}`.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)];
  const denos = ["--cached-only"]; // options of Deno that stand apart from `deno run`
  for (const [flag] of flags) assert.ok(denos.includes(flag) || has(flag), `there is no option ${flag}`);
  assert.ok(flags.length > 60, "the options were found");
  for (const [, name] of text.matchAll(/^([A-Z_]+)=/gm)) assert.ok(has(name ?? ""), name);
  for (const [, name] of text.matchAll(/`(?:server\.ts|sotto-relay) ([a-z][a-z-]+)/g)) {
    assert.ok(has(`"${name}`), `there is no command ${name}`);
  }
  for (const [, path] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
    assert.ok(Deno.statSync(new URL(path ?? "", new URL("docs/", root))).isFile, path);
  }
});

/** The code spans of a text that begin with an option. */
function spans(text: string): string {
  return [...text.matchAll(/`(--[^`]*)`/g)].map(([, span]) => span).join("\n");
}
