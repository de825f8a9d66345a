import { equal } from "node:assert/strict";
import fc from "fast-check";
import { type Body, decodeBody, encodeBody, kindOf } from "../../client/bodies.ts";
import { parseMessageId } from "../../client/ids.ts";
import {
  decodePresents,
  decodeRefused,
  encodePresents,
  encodeRefused,
  payloadId,
  PayloadKind,
  payloadKind,
} from "../../client/payload.ts";
import { openAnswer, openAsk, sealAnswer, sealAsk } from "../../client/repair_frames.ts";
import {
  decodeAway,
  decodeHave,
  decodeSide,
  decodeTyping,
  encodeAway,
  encodeHave,
  encodeTyping,
  signSide,
} from "../../client/side.ts";
import { decodeRefusal, decodeWelcome, encodeRefusal, encodeWelcome } from "../../client/welcome.ts";
import { concat, randomBytes, toHex } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { ContentKind } from "../../crypto/content.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { Identity, Verifier } from "../../crypto/identity.ts";
import { sealPrivate } from "../../crypto/private_seal.ts";
import { Author } from "../client_helpers.ts";
import { anyBytes, type Case, changed, fuzz, RUNS } from "./hostile_bytes.ts";

const id = "0123456789abcdef0123456789abcdef";
const bytes = randomBytes(1_400);

const bodies: Body[] = [
  { kind: "text", text: "hello \u{1f44b}" },
  { kind: "action", text: "waves" },
  { kind: "reply", author: id, number: 3, text: "yes" },
  { kind: "edit", number: 3, text: "no" },
  { kind: "delete", number: 3 },
  { kind: "reaction", author: id, number: 3, emoji: "\u{1f44d}" },
  { kind: "private", sealed: bytes },
  { kind: "fileOffer", file: { name: "plan.txt", size: 7, sha256: "ab".repeat(32) } },
  { kind: "attempt", doorId: randomBytes(16), exchangeId: randomBytes(16) },
  { kind: "attemptCleared", number: 9 },
  { kind: "doorSecrets", doors: [bytes.slice(0, 90), bytes.slice(0, 91)] },
  { kind: "found", bundle: bytes, limit: 5, topic: "tea", nonce: randomBytes(16) },
  { kind: "add", bundle: bytes, doorId: randomBytes(16), attempt: 4 },
  { kind: "leave", successor: id },
  { kind: "remove", target: id, cut: 12 },
  { kind: "role", target: id, operator: true },
  { kind: "lock", locked: false },
  { kind: "limit", limit: null },
  { kind: "topic", topic: "coffee" },
  { kind: "door", commitments: [randomBytes(32), randomBytes(32)] },
  { kind: "keys", bundle: bytes },
  { kind: "nick", nick: "zo\u00eb" },
  { kind: "expire", target: id },
  { kind: "return", bundle: bytes },
  { kind: "timer", ms: 600_000 },
  { kind: "listed", listed: false },
];

/** The same with what may be missing the other way round. */
function variant(body: Body): Body {
  switch (body.kind) {
    case "leave":
      return { ...body, successor: null };
    case "timer":
      return { ...body, ms: null };
    case "text":
    case "action":
    case "reply":
    case "edit":
    case "private":
    case "fileOffer":
      return { ...body, expireMs: 600_000 };
    default:
      return body;
  }
}

const have = encodeHave({
  number: 4,
  hash: toHex(randomBytes(32)),
  digest: randomBytes(32),
  full: false,
  entries: [{ id, number: 8, hash: "" }, {
    id: id.replace("0", "f"),
    number: 1,
    hash: toHex(randomBytes(32)),
  }],
});
const side = { kind: 1, number: 1, payload: have };
const welcome = encodeWelcome({
  packs: [bytes, bytes],
  presents: [bytes.slice(0, 110)],
  vector: [{ id, number: 4, lamport: 9 }],
  doors: [bytes.slice(0, 90)],
  guesses: [{ doorId: randomBytes(16), count: 2 }],
});

const cases: Case[] = [
  ...bodies.map((body) => ({
    name: `decodeBody() of ${body.kind}`,
    decode: (input: Uint8Array) => decodeBody(kindOf(body), input),
    samples: [encodeBody(body), encodeBody(variant(body))],
  })),
  { name: "decodeHave()", decode: decodeHave, samples: [have] },
  { name: "decodeTyping()", decode: decodeTyping, samples: [encodeTyping(true), encodeTyping(false)] },
  { name: "decodeAway()", decode: decodeAway, samples: [encodeAway({ away: true, text: "at lunch" })] },
  {
    name: "decodeSide()",
    decode: decodeSide,
    samples: [await signSide(await Identity.generate(), randomBytes(16), side)],
  },
  { name: "decodeWelcome() of client/", decode: decodeWelcome, samples: [welcome] },
  {
    name: "decodePresents()",
    decode: decodePresents,
    samples: [encodePresents([bytes.slice(0, 110), bytes.slice(0, 110)]), encodePresents([])],
  },
  {
    name: "decodeRefused() of client/",
    decode: decodeRefused,
    samples: [encodeRefused(randomBytes(16), 3, 60)],
  },
];

for (const item of cases) {
  Deno.test(`${item.name} gives a value or its one error, whatever it reads`, () => fuzz(item));
}

Deno.test("payloadId() gives the id or its one error, whatever it reads", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (input) => {
      try {
        equal(toHex(payloadId(input)), toHex(input.subarray(2, 18)));
        equal(input.length >= 18, true);
      } catch (error) {
        equal(error instanceof CryptoError && error.code === "decode", true, String(error));
        equal(input.length < 18, true);
      }
    }),
    { numRuns: RUNS },
  );
});

Deno.test("decodeBody() knows each kind that it has a body for, and no others", () => {
  const known = new Set(bodies.map(kindOf));
  const empty = encodeBody({ kind: "text", text: "" });
  const kinds: number[] = Object.values(ContentKind);
  for (const kind of [...kinds, 0, 16, 31, 45, 47, 51, 65_535]) {
    if (!known.has(kind)) equal(decodeBody(kind, empty), undefined, `kind ${kind}`);
  }
});

Deno.test("payloadKind(), decodeRefusal() and parseMessageId() give a value, whatever they read", () => {
  equal(decodeRefusal(encodeRefusal("room_full")), "room_full");
  fc.assert(
    fc.property(anyBytes, (input) => {
      equal(payloadKind(input), input.length >= 2 && input[0] === 1 ? input[1] : undefined);
      equal(typeof decodeRefusal(input), "string");
    }),
    { numRuns: RUNS },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{31,33}-[0-9]{1,18}$/)), (text) => {
      const parsed = parseMessageId(text);
      if (parsed !== undefined) equal(`${parsed.author}-${parsed.number}`, text);
    }),
    { numRuns: RUNS },
  );
  equal(parseMessageId(`${id}-12`)?.number, 12);
});

const [ada, bob] = await Promise.all([Author.create("ada"), Author.create("bob")]);
const room = randomBytes(16);
const seal = { room, me: ada.id, keys: ada.keys };
const bobsVerifier = (): Promise<Verifier> => Verifier.import(bob.bundle.identityKey);

/** Fails unless `work` gives a value or a `CryptoError`. */
async function settles(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    equal(error instanceof CryptoError, true, String(error));
    return false;
  }
}

const range = { author: id, from: 3, to: 9 };
const ask = { ask: 5, all: true, ranges: [range] };
const answer = {
  ask: 5,
  packs: [bytes],
  gone: [{ ...range, messages: 2 }],
  vector: [{ id, number: 4, hash: toHex(randomBytes(32)) }],
  last: true,
};

for (
  const { name, open, sample } of [
    {
      name: "openAsk()",
      open: (input: Uint8Array) => openAsk(input, seal),
      sample: await sealAsk(ask, { room, me: bob.id, to: ada.bundle }),
    },
    {
      name: "openAnswer()",
      open: (input: Uint8Array) => openAnswer(input, seal, bobsVerifier),
      sample: await sealAnswer(answer, { room, identity: bob.identity, to: ada.bundle }),
    },
  ]
) {
  Deno.test(`${name} gives a value or a CryptoError, whatever has been done to the seal`, async () => {
    equal(await settles(() => open(sample)), true);
    const input = fc.oneof(anyBytes, changed([sample]));
    await fc.assert(
      fc.asyncProperty(input, async (hostile) => {
        const before = hostile.slice();
        const opened = await settles(() => open(hostile));
        if (opened) equal(toHex(hostile.subarray(2)), toHex(sample.subarray(2)), "changed, and opened");
        equal(toHex(hostile), toHex(before));
      }),
      { numRuns: RUNS / 2 },
    );
  });
}

/** What a member seals is well sealed, whatever is in it. */
async function sealedByBob(kind: number, purpose: string, plaintext: Uint8Array): Promise<Uint8Array> {
  const sender = bob.identity.memberId;
  return concat(
    Uint8Array.of(1, kind),
    sender,
    await sealPrivate(ada.bundle, { room, sender, purpose }, plaintext),
  );
}

Deno.test("openAsk() gives a value or a CryptoError, whatever a member has sealed", async () => {
  const plain = encodeCbor([5, true, [[randomBytes(16), 3, 9]]]);
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyBytes, changed([plain])), async (inside) => {
      const payload = await sealedByBob(PayloadKind.repairAsk, "repair-ask", inside);
      await settles(() => openAsk(payload, seal));
    }),
    { numRuns: RUNS / 4 },
  );
});

Deno.test("openAnswer() gives a value or a CryptoError, whatever a member has sealed and signed", async () => {
  const entry = [randomBytes(16), 4, randomBytes(32)];
  const plain = encodeCbor([5, [bytes], [[randomBytes(16), 3, 9, 2]], [entry], true]);
  const me = bob.identity.memberId;
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyBytes, changed([plain])), fc.boolean(), async (inside, signs) => {
      const body = concat(inside);
      const signature = await bob.identity.sign("sotto/v1/repair", room, me, ada.identity.memberId, body);
      const plaintext = signs ? encodeCbor([body, signature]) : body;
      const payload = await sealedByBob(PayloadKind.repair, "repair", plaintext);
      await settles(() => openAnswer(payload, seal, bobsVerifier));
    }),
    { numRuns: RUNS / 4 },
  );
});
