import assert from "node:assert/strict";
import { SendingChain } from "../crypto/sender_chain.ts";
import { ChainsIn, MAX_CHAINS, MAX_SEEN } from "./chains_in.ts";
import { ChainsOut, MAX_OWED } from "./chains_out.ts";

const A = "aa".repeat(16);
const B = "bb".repeat(16);
const HEAD = { number: 3, hash: "cd".repeat(32), lamport: 3 };
const isWiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

Deno.test("ChainsOut: an absent member is owed the last three chains, and those given up are wiped", () => {
  const chains = new ChainsOut();
  const starts = [];
  for (let i = 0; i < MAX_OWED + 1; i++) {
    chains.rotate(i);
    chains.entitle([A], HEAD);
    starts.push(chains.due(() => true).at(-1)?.grant.start);
  }
  const owed = chains.due(() => true).map(({ grant }) => grant.start);
  assert.deepEqual(owed, starts.slice(1));
  assert.ok(starts[0] && isWiped(starts[0].chainKey) && isWiped(starts[0].sideKey));
  assert.ok(owed.every(({ chainKey }) => !isWiped(chainKey)));
  chains.dispose();
  assert.ok(owed.every(({ chainKey, sideKey }) => isWiped(chainKey) && isWiped(sideKey)));
});

Deno.test("ChainsOut: a grant is wiped once everybody has been sent it, and not before", () => {
  const chains = new ChainsOut();
  chains.rotate(0);
  chains.entitle([A, B], HEAD);
  const [due] = chains.due(() => true);
  assert.ok(due);
  assert.deepEqual([due.ids, due.grant.head], [[A, B], HEAD]);
  chains.settle(due.grant, [A]);
  assert.equal(isWiped(due.grant.start.chainKey), false);
  assert.deepEqual(chains.due(() => true).map(({ ids }) => ids), [[B]]);
  chains.settle(due.grant, [B]);
  assert.equal(isWiped(due.grant.start.chainKey), true);
  chains.dispose();
});

Deno.test("ChainsOut.revoke(): owed nothing more; one that may read again before the chain turns is owed it", () => {
  const chains = new ChainsOut();
  chains.rotate(0);
  chains.entitle([A, B], HEAD);
  const [due] = chains.due((id) => id === B);
  assert.ok(due);
  chains.settle(due.grant, [B]);
  chains.revoke(A);
  assert.deepEqual(chains.due(() => true), []);
  assert.equal(chains.fits(new Set([B])), false, "it may have been on its way");
  chains.revoke(B);
  chains.entitle([A, B], { ...HEAD, number: 4 });
  const again = chains.due(() => true);
  assert.deepEqual(again.map(({ ids }) => ids), [[A]], "who was sent it has it");
  assert.equal(again[0]?.grant.head.number, 4);
  chains.dispose();
});

Deno.test("ChainsOut names the chain before and how far it went", () => {
  const chains = new ChainsOut();
  chains.rotate(0);
  const first = chains.chain;
  first?.take();
  first?.take();
  chains.rotate(1);
  chains.entitle([A], HEAD);
  const [due] = chains.due(() => true);
  assert.deepEqual(due?.grant.previous, { chainId: first?.chainId, finalCounter: 2 });
  assert.throws(() => first?.take(), /wiped/);
  chains.dispose();
  chains.entitle([A], HEAD);
  assert.deepEqual(chains.due(() => true), []);
});

Deno.test("ChainsIn: an old distribution played again gives back no key and moves no position", () => {
  const chains = new ChainsIn();
  const sending = SendingChain.create();
  const old = sending.start();
  const copy = { ...old, chainKey: old.chainKey.slice(), sideKey: old.sideKey.slice() };
  sending.take();
  assert.equal(chains.add(A, sending.start()), true);
  assert.equal(chains.add(A, copy), false);
  assert.equal(chains.get(sending.chainId)?.from, 1);
  assert.ok(isWiped(copy.chainKey), "and it is wiped");
  for (let i = 0; i < MAX_CHAINS; i++) chains.add(A, SendingChain.create().start());
  assert.equal(chains.get(sending.chainId), undefined);
  assert.equal(chains.add(A, old), false, "nor once it has been given up");
  assert.equal(chains.get(sending.chainId), undefined);
  chains.dispose();
});

Deno.test("ChainsIn remembers 1,024 chains of an author", () => {
  const chains = new ChainsIn();
  const sending = Array.from({ length: MAX_SEEN + 1 }, () => SendingChain.create());
  const [first, second] = sending;
  assert.ok(first && second);
  for (const chain of sending) chains.add(A, chain.start());
  assert.equal(chains.add(A, second.start()), false);
  assert.equal(chains.add(A, first.start()), true);
  chains.dispose();
  assert.equal(chains.knew(A), false);
});

Deno.test("ChainsIn: two authors may name a chain alike, and each keeps its own", () => {
  const chains = new ChainsIn();
  const mine = SendingChain.create();
  const theirs = SendingChain.create(() => new Uint8Array(32)).start();
  chains.add(A, mine.start());
  chains.add(B, { ...theirs, chainId: mine.chainId.slice() });
  assert.deepEqual(chains.all(mine.chainId, B).map(({ author }) => author), [B, A]);
  assert.deepEqual(chains.all(mine.chainId).map(({ author }) => author), [A, B]);
  chains.drop(A);
  assert.deepEqual(chains.all(mine.chainId, A).map(({ author }) => author), [B]);
  chains.drop(B);
  assert.deepEqual(chains.all(mine.chainId), []);
});

Deno.test("ChainsOut: one that has nothing of ours yet gets the head of when it was first to read us", () => {
  let acquainted = false;
  const chains = new ChainsOut(() => acquainted);
  const at = (number: number): typeof HEAD => ({ ...HEAD, number });
  const headOf = (): number | undefined => chains.due(() => true).at(-1)?.grant.head.number;
  chains.rotate(0);
  chains.entitle([A], at(3));
  assert.equal(headOf(), 3);
  chains.rotate(1);
  chains.entitle([A], at(8));
  assert.equal(headOf(), 3, "or what was said since would be lost on it");
  chains.again(A);
  chains.entitle([A, B], at(9));
  assert.deepEqual(
    chains.due(() => true).slice(-2).map(({ ids, grant }) => [ids, grant.head.number]),
    [[[A], 3], [[B], 9]],
    "each from where it came in",
  );
  acquainted = true;
  chains.rotate(2);
  chains.entitle([A], at(12));
  assert.equal(headOf(), 12);
  acquainted = false;
  chains.revoke(A);
  chains.rotate(3);
  chains.entitle([A], at(20));
  assert.equal(headOf(), 20, "who comes anew begins anew");
  chains.dispose();
});

Deno.test("ChainsOut.meet(): what is said before a member may be given the chain is for it all the same", () => {
  const chains = new ChainsOut(() => false);
  chains.rotate(0);
  chains.meet(A, { ...HEAD, number: 4 });
  chains.meet(A, { ...HEAD, number: 6 });
  chains.entitle([A], { ...HEAD, number: 9 });
  assert.equal(chains.due(() => true)[0]?.grant.head.number, 4);
  chains.dispose();
});
