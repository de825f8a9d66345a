/** Members and joiners that want to be taken for somebody else. */
import { equal, notEqual, ok, rejects } from "node:assert/strict";
import { checkNickname, nicknameSkeleton } from "../../crypto/nickname.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { ClientError } from "../../client/errors.ts";
import { until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";

/** What a reader could take for "alice". */
const IMITATIONS = {
  case: "Alice",
  "another case": "aLIcE",
  "a Cyrillic а": "\u0430lice",
  "Cyrillic letters throughout": "\u0430l\u0456\u0441\u0435",
  "a digit": "a1ice",
  "full width": "\uff41\uff4c\uff49\uff43\uff45",
  "mathematical letters": "\u{1d41a}\u{1d425}\u{1d422}\u{1d41c}\u{1d41e}",
};

/** What no nickname may hold. */
const UNSPEAKABLE = {
  "an escape": "\x1b[2Jalice",
  "a bidi override": "\u202eecila",
  "a bidi isolate": "\u2066alice",
  "a zero-width space": "ali\u200bce",
  "a zero-width joiner": "ali\u200dce",
  "a soft hyphen": "ali\u00adce",
  "a space": "alice ",
  "a line break": "alice\nbob",
  "a tilde, as of a member shown apart": "alice~0123",
  "nothing": "",
};

Deno.test("a joiner cannot take a nickname that looks like a member's", () =>
  withCrowd(async (crowd) => {
    const alice = await crowd.create("alice");
    for (const [how, nick] of Object.entries(IMITATIONS)) {
      const refused = (error: unknown) => error instanceof ClientError && error.code === "nick_taken";
      await rejects(crowd.join(`imitator with ${how}`, alice, { nick }), refused, how);
    }
    equal(alice.members.length, 1);
    const other = await crowd.join("alicia", alice);
    equal(other.members.length, 2, "a different name may come in");
  }));

Deno.test("a joiner cannot come in under both forms of one accent", () =>
  withCrowd(async (crowd) => {
    const zoe = await crowd.create("zoe\u0308"); // NFD
    equal(zoe.members[0], "zo\u00eb", "it is shown as NFC");
    for (const nick of ["zo\u00eb", "zoe\u0308", "ZO\u00cb"]) {
      await rejects(crowd.join("imitator", zoe, { nick }), { code: "nick_taken" }, nick);
    }
    equal(zoe.members.length, 1);
  }));

Deno.test("a joiner cannot have a nickname that a terminal would obey", () =>
  withCrowd(async (crowd) => {
    const alice = await crowd.create("alice");
    for (const [how, nick] of Object.entries(UNSPEAKABLE)) {
      await rejects(crowd.join(how, alice, { nick }), { code: "bad_nick" }, how);
    }
  }));

Deno.test("a member cannot rename itself to look like another", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (const [how, nick] of Object.entries(IMITATIONS)) {
      equal(nicknameSkeleton(nick), nicknameSkeleton("alice"), `${how}: it does look like her`);
      await hostile.says({ kind: "nick", nick });
    }
    await hostile.says({ kind: "nick", nick: "moriarty" });
    await until("an honest new name counts", () => bob.members.includes("moriarty"));
    equal(bob.of("nick").length, 1, "and no other did");
    equal(bob.knows(alice)?.nick, "alice");
  }));

Deno.test("a member cannot rename itself to what a terminal would obey", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (const nick of Object.values(UNSPEAKABLE)) await hostile.says({ kind: "nick", nick });
    await hostile.says({ kind: "nick", nick: "moriarty" });
    await until("an honest new name counts", () => bob.members.includes("moriarty"));
    equal(bob.of("nick").length, 1, "and no other did");
    for (const person of [alice, bob]) {
      for (const { nick } of person.room.members()) equal(checkNickname(nick), nick);
    }
  }));

Deno.test("a member cannot let somebody in under a nickname that a terminal would obey", () =>
  withCrowd(async (crowd) => {
    const [, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const { identity, id, bundle } = await stranger("zed");
    const { identityKey, ecdhKey, mlkemKey } = bundle;
    for (const nick of Object.values(UNSPEAKABLE)) {
      const bytes = encodeCbor([1, identityKey, ecdhKey, mlkemKey, 1, nick, 0]);
      const encoded = encodeCbor([bytes, await identity.sign("sotto/v1/bundle", bytes)]);
      await hostile.says(adding({ bundle: { ...bundle, encoded } }));
    }
    await hostile.says({ kind: "text", text: "that is all" });
    await bob.hears("that is all");
    equal(bob.knows(id), undefined);
    await hostile.says(adding({ bundle }));
    await until("under its own name it may", () => bob.knows(id)?.status === "in");
  }));

Deno.test("a member cannot let in an imitator that is not shown apart", () =>
  withCrowd(async (crowd) => {
    const [, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (const nick of Object.values(IMITATIONS)) {
      const imitator = await stranger(nick);
      await hostile.says(adding(imitator));
      await until("it is in", () => bob.knows(imitator.id)?.status === "in");
      const shown = bob.room.ref(imitator.id).nick;
      equal(shown, `${imitator.bundle.nickname}~${imitator.id.slice(0, 4)}`);
      ok(bob.of("member_joined").some((event) => event.nick === shown), "it is announced so");
    }
    const names = bob.members.map(nicknameSkeleton);
    equal(new Set(names).size, names.length, "no two look alike");
    notEqual(bob.members.indexOf("alice"), -1, "alice keeps her name as it is");
  }));

Deno.test("a member cannot push another off its name by dating a rename back", () =>
  withCrowd(async (crowd) => {
    const alice = await crowd.create("alice", { limit: 10 }); // so that alice sponsors, and mallory says nothing
    const mallory = await crowd.join("mallory", alice);
    await crowd.meet(alice, mallory);
    const early = mallory.room.sender.head.lamport + 1;
    for (let i = 0; i < 5; i++) await alice.say(`time passes ${i}`);
    const carol = await crowd.join("carol", alice);
    await until("carol has come later", () => carol.room.confirmation.has(alice.id));
    const hostile = new Hostile(mallory);
    await hostile.says({ kind: "nick", nick: "carol" }, { lamport: early });
    await hostile.says({ kind: "text", text: "I am carol" }, { lamport: alice.room.delivery.lamport + 5 });
    const heard = await alice.hears("I am carol");
    const names = alice.members.map(nicknameSkeleton);
    equal(new Set(names).size, names.length, "no two look alike");
    equal(heard.from.id, mallory.id);
    ok(alice.of("nick").some((event) => event.old === "mallory"), "whoever takes a name is announced");
  }));
