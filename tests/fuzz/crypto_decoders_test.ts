import { decodeBundle, signBundle } from "../../crypto/bundle.ts";
import { type Bytes, concat, randomBytes, utf8 } from "../../crypto/bytes.ts";
import { decodeCbor, encodeCbor } from "../../crypto/cbor.ts";
import { newSpokenCode } from "../../crypto/codes.ts";
import { decodeContent, encodeContent } from "../../crypto/content.ts";
import { parseDistribution, sealDistributions } from "../../crypto/distribution.ts";
import { decodeDoor, encodeDoor, inviteDoor, namedDoor, spokenDoor } from "../../crypto/doors.ts";
import { Identity } from "../../crypto/identity.ts";
import {
  JoinerExchange,
  readExchangeId,
  readKnockHeader,
  SponsorExchange,
} from "../../crypto/join_handshake.ts";
import {
  decodeAnswer,
  decodeKnock,
  decodeProve,
  decodeRefused,
  decodeWelcome,
  decodeWithdraw,
  encodeFailed,
  encodeRefused,
  encodeWithdraw,
} from "../../crypto/join_payloads.ts";
import { KemKeys } from "../../crypto/kem.ts";
import { decodePack, signPack } from "../../crypto/pack.ts";
import { pad, unpad } from "../../crypto/padding.ts";
import { decodePresent, encodePresent } from "../../crypto/present.ts";
import { readSealedHeader, sealFrame } from "../../crypto/seal.ts";
import { SendingChain } from "../../crypto/sender_chain.ts";
import { readSideChainId, sealSide } from "../../crypto/side_seal.ts";
import { type Case, fuzz } from "./hostile_bytes.ts";

const room = randomBytes(16);
const identity = await Identity.generate();
const place = { room, member: identity.memberId };
const bundle = await signBundle(identity, await KemKeys.generate(), { keyNumber: 7, nickname: "zo\u00eb" });
const chain = SendingChain.create();

function content(kind: number, body: Bytes): Bytes {
  const deps = [1, 2, 3].map((n) => ({ memberId: new Uint8Array(16).fill(n), number: n * 1_000 }));
  return encodeContent({ number: 1, kind, lamport: 70_000, prevHash: new Uint8Array(32), deps, body });
}

async function distribution(): Promise<Bytes> {
  const head = { number: 5, hash: randomBytes(32), lamport: 9 };
  const previous = { chainId: randomBytes(16), finalCounter: 3 };
  const recipient = { memberId: randomBytes(16), bundle, addHash: randomBytes(32) };
  const options = { room, start: chain.start(), previous, head };
  const { common, parts } = await sealDistributions(identity, options, [recipient, recipient]);
  return concat(common, ...parts.slice(0, 1));
}

async function joinPayloads(): Promise<Record<"knock" | "answer" | "prove" | "welcome", Bytes>> {
  const door = await inviteDoor(room, randomBytes(16));
  const joiner = await JoinerExchange.start(door, identity);
  const sponsor = await SponsorExchange.answer(joiner.knock, {
    door,
    roomId: room,
    memberId: randomBytes(16),
  });
  const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
  await sponsor.readProve(prove);
  const [welcome = new Uint8Array(0)] = await sponsor.sealWelcome(utf8("welcome"), { type: "welcome" });
  return { knock: joiner.knock, answer: sponsor.answer, prove, welcome };
}

const text = content(1, encodeCbor(["hello"]));
const sealed = await sealFrame(chain, place, utf8("hello"));
const side = await sealSide(chain.sideKey, chain.chainId, place, utf8("hello"));
const present = await encodePresent(identity, { room, peerId: 3, roomEpoch: randomBytes(16), number: 1 });
const join = await joinPayloads();
const refused = encodeRefused({ exchangeId: randomBytes(16), code: 3, retryAfter: 60 });
const withdraw = encodeWithdraw({ exchangeId: randomBytes(16), confirmA: randomBytes(32) });
const doors = [
  await inviteDoor(room, randomBytes(16)),
  await spokenDoor(newSpokenCode()),
  await namedDoor("lobby", "hunter2"),
];

const cases: Case[] = [
  {
    name: "decodeCbor()",
    decode: (bytes) => decodeCbor(bytes, { maxBytes: 100_000 }),
    samples: [encodeCbor([1, -1, "text", utf8("bytes"), [true, false, null, [[2 ** 40]]]])],
  },
  { name: "decodeBundle()", decode: decodeBundle, samples: [bundle.encoded] },
  {
    name: "decodeContent()",
    decode: decodeContent,
    samples: [text, content(33, encodeCbor([bundle.encoded]))],
  },
  { name: "decodePack()", decode: decodePack, samples: [await signPack(identity, room, [text])] },
  { name: "parseDistribution()", decode: parseDistribution, samples: [await distribution()] },
  { name: "readSealedHeader()", decode: readSealedHeader, samples: [sealed] },
  { name: "readSideChainId()", decode: readSideChainId, samples: [side] },
  { name: "decodePresent()", decode: decodePresent, samples: [present] },
  { name: "decodeDoor()", decode: decodeDoor, samples: doors.map(encodeDoor) },
  { name: "unpad()", decode: unpad, samples: [pad(utf8("hello")), pad(new Uint8Array(3_000))] },
  { name: "decodeKnock()", decode: decodeKnock, samples: [join.knock] },
  { name: "readKnockHeader()", decode: readKnockHeader, samples: [join.knock] },
  { name: "decodeAnswer()", decode: decodeAnswer, samples: [join.answer] },
  { name: "decodeProve()", decode: decodeProve, samples: [join.prove] },
  { name: "decodeWithdraw()", decode: decodeWithdraw, samples: [withdraw] },
  { name: "decodeWelcome()", decode: decodeWelcome, samples: [join.welcome] },
  { name: "decodeRefused()", decode: decodeRefused, samples: [refused] },
  {
    name: "readExchangeId()",
    decode: readExchangeId,
    samples: [...Object.values(join), refused, withdraw, encodeFailed(randomBytes(16))],
  },
];

for (const item of cases) {
  Deno.test(`${item.name} gives a value or its one error, whatever it reads`, () => fuzz(item));
}
