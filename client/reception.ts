/**
 * What the contents of others do here, once their turn has come (SPEC §7, §8): messages are shown, statements
 * change the room.
 *
 * @module
 */
import { toHex } from "../crypto/bytes.ts";
import { decodeDoor, doorCommitment } from "../crypto/doors.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { Pack, PackedContent } from "../crypto/pack.ts";
import { ContentKind, isStatement } from "../crypto/content.ts";
import { Acquaintance } from "./acquaintance.ts";
import { Announced } from "./announced.ts";
import { type Body, decodeBody } from "./bodies.ts";
import { followChange } from "./change_effects.ts";
import type { Delivered } from "./delivery.ts";
import { bytesOf, type Id, idOf, messageId } from "./ids.ts";
import type { Room } from "./room.ts";
import type { Statement } from "./room_state.ts";
import { readStatement } from "./reading_statements.ts";

/** How long a newcomer lets others tell it what the rest has said meanwhile, in milliseconds. */
const HEARSAY_MS = 90_000;

/** Takes contents in. */
export class Reception {
  readonly #room: Room;
  /** Up to where others have said that they have what we said. */
  readonly acquaintance: Acquaintance;
  /** Statements that have been verified and wait for their turn; one that is dropped is forgotten with its pack. */
  readonly #verified = new WeakMap<PackedContent, Statement | null>();
  readonly #since: number;
  readonly #announced: Announced;
  /** Packs that did not come by themselves. */
  readonly #repaired = new WeakSet<Pack>();

  /** Takes in for `room`. */
  constructor(room: Room) {
    this.#room = room;
    this.#announced = new Announced(room);
    this.acquaintance = new Acquaintance(bytesOf(room.me));
    this.#since = room.parts.clock.now();
  }

  /** Largest Lamport time of what is known here. */
  get lamport(): number {
    return this.#room.delivery.lamport;
  }

  /** A verified pack, its statements verified too; whether anything in it was news. */
  pack(
    pack: Pack,
    statements: ReadonlyMap<string, Statement | null>,
    { repaired = false }: { repaired?: boolean } = {},
  ): boolean {
    if (repaired) this.#repaired.add(pack);
    if (!repaired && this.#isTooLate(pack)) return false;
    for (const item of pack.contents) {
      const statement = statements.get(toHex(item.hash));
      if (statement !== undefined) this.#verified.set(item, statement);
    }
    const news = this.#room.delivery.accept(pack);
    // Nobody waits to hear that a statement has arrived; a large room that forms would drown in it.
    if (pack.contents.some(({ content }) => content.kind < ContentKind.found)) this.#room.have.news();
    return news;
  }

  /** Whoever is out could say something else now under a number that counts: what counts is had from others. */
  #isTooLate({ author, contents: [first] }: Pack): boolean {
    const { members, cuts } = this.#room.state;
    const id = idOf(author);
    if (members.get(id)?.status !== "removed" || first === undefined) return false;
    return first.content.kind !== ContentKind.remove && first.content.number <= (cuts.get(id) ?? Infinity);
  }

  /** A content whose turn has come. */
  deliver({ author, item, pack, gap }: Delivered): void {
    const { content } = item;
    if (item === pack.contents[0]) this.#room.retention.keep(pack, { whole: !gap && this.#isWhole });
    this.acquaintance.heard(author, content.deps);
    if (isStatement(content.kind)) {
      const verified = this.#verified.get(item);
      const statement = verified === undefined ? readStatement(author, item) : verified;
      const heard = statement?.body.kind === "remove" || this.#room.state.cuts.has(author) ||
        this.#room.state.members.get(author)?.status !== "removed";
      if (statement !== null && heard) this.statement(statement, pack);
      return;
    }
    let body: Body | undefined;
    try {
      body = decodeBody(content.kind, content.body);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
    if (body === undefined) return;
    this.#note(author, content.number, body);
    // From hand to hand it would live on and on.
    if (isTimed(body) && this.#repaired.has(pack)) this.#room.retention.forget(author, content.number);
    if (!this.#counts(author, content.number)) return;
    if (content.kind < ContentKind.found) this.#room.typing.stop(author);
    this.#body(author, content.number, body, gap);
  }

  /** Whether what an author says under this number is shown: it is in, or was then. */
  #counts(author: Id, number: number): boolean {
    const { state, parts } = this.#room;
    const status = state.members.get(author)?.status;
    if (status === "removed") return state.cuts.has(author);
    return status === "in" || (status === "left" && number < (parts.log.leaveOf(author)?.number ?? 0));
  }

  /** What disappears is forgotten in its time, whatever else becomes of it. */
  #note(author: Id, number: number, body: Body): void {
    const ms = isTimed(body) ? body.expireMs : undefined;
    const edits = body.kind === "edit" ? { edits: messageId(author, body.number) } : {};
    if (ms !== undefined || body.kind === "edit") this.#room.expiry.note(author, number, { ms, ...edits });
  }

  /** Whether no removal may have been missed: what came after one is not to be passed on to whoever it put out. */
  get #isWhole(): boolean {
    const { state, delivery } = this.#room;
    return ![...state.members.values()].some(({ id, operator }) => operator && delivery.lacks(id));
  }

  /** One's own pack, which takes effect as it is sealed. */
  own(pack: Pack): void {
    this.#room.retention.keep(pack, { whole: true });
    if (pack.contents.some(({ content }) => content.kind < ContentKind.found)) this.#room.have.news();
    for (const item of pack.contents) {
      const { number, lamport } = item.content;
      this.#room.delivery.setHead(this.#room.me, { number, hash: toHex(item.hash), lamport });
      if (isStatement(item.content.kind)) {
        const statement = readStatement(this.#room.me, item);
        if (statement !== null) this.statement(statement, pack);
      } else {
        const body = decodeBody(item.content.kind, item.content.body);
        if (body !== undefined) this.#note(this.#room.me, number, body);
        if (body?.kind === "attempt") {
          this.#room.guesses.note(`${this.#room.me}-${number}`, toHex(body.doorId));
        }
        if (body?.kind === "attemptCleared") this.#room.guesses.clear(`${this.#room.me}-${body.number}`);
      }
    }
  }

  /**
   * A statement that `by` passes on because its author did not know of us yet. Nothing but its author's signature
   * speaks for it, so it counts only while we are new, and only if it is news: somebody that has been put out could
   * otherwise say something else under a number that counts, and have it passed on. Of strangers it counts later, too.
   */
  hearsay(statement: Statement, pack: Pack, by: Id, from?: number): void {
    const { parts, delivery, state } = this.#room;
    const { author, number, hash, body } = statement;
    // What we answer to it has to come after it.
    if (state.members.get(author)?.status === "in") delivery.sawLamport(statement.lamport);
    // What says that we are out, or were away for too long, is told to us by whoever meets us again.
    const ofUs = (body.kind === "remove" || body.kind === "expire") && body.target === this.#room.me;
    if (state.members.get(author)?.status === "in" && (ofUs || parts.log.voids(statement, this.#room.me))) {
      // Dated back it could come from an operator that is none any more.
      const news = delivery.isNews(author, statement) && !delivery.contradicts(author, number, hash);
      if (news) this.statement(statement, pack);
      return;
    }
    if (body.kind === "keys" && state.members.get(author)?.status === "in") {
      // Somebody tells us its present keys, as we have sealed to ones that are gone.
      const before = state.members.get(author)?.bundle.keyNumber;
      this.statement(statement, pack);
      if (this.#room.state.members.get(author)?.bundle.keyNumber === before) return;
      this.#room.sender.chains.again(author);
      this.#room.sender.introduce();
      this.#room.repair.renew();
      return;
    }
    const welcomed = parts.welcome?.vector.find(({ id }) => id === author)?.number ?? 0;
    if (number <= welcomed && !this.#isOfSponsor(by, from)) return;
    const isNew = parts.welcome !== undefined && parts.clock.now() - this.#since <= HEARSAY_MS &&
      state.members.get(author)?.status !== "removed";
    if (!isNew && !this.#believed(author, by)) return;
    if (!delivery.contradicts(author, number, hash)) this.statement(statement, pack);
  }

  /**
   * Whether this comes from whoever let us in, over its own connection. It may have known an author's number before it
   * heard what that one had said up to there; and what it says it could have written in the welcome.
   */
  #isOfSponsor(by: Id, from: number | undefined): boolean {
    const { state, presence, me } = this.#room;
    return from !== undefined && presence.memberOf(from) === by && state.members.get(me)?.addedBy === by;
  }

  /** What counts for nobody has come. Whoever it let in may not know that, and will show itself to us. */
  voided(item: PackedContent): void {
    const statement = this.#verified.get(item) ?? null;
    if (statement?.body.kind !== "add" || statement.bundle === null) return;
    const { log, verifiers } = this.#room.parts;
    if (!log.noteVoid(statement)) return;
    verifiers.learn(statement.bundle);
    this.#room.incoming.memberKnown(idOf(statement.bundle.memberId));
  }

  /** Whether `by` is believed in what a member said before it introduced itself to us, if ever. */
  #believed(author: Id, by: Id): boolean {
    const { delivery, state } = this.#room;
    const status = state.members.get(author)?.status;
    if (status === "in" && author === by) return true;
    if (status === undefined || delivery.startOf(author) !== null) return false;
    // One that is out could say something else now; an operator can do as much as that by itself.
    return status === "in" || state.members.get(by)?.operator === true;
  }

  /** A statement that counts from now on. */
  statement(statement: Statement, pack: Pack): void {
    const { log, verifiers } = this.#room.parts;
    // Also when it is known already: passed on by another, it may have come before the attempt that it clears.
    if (statement.body.kind === "add") {
      this.#room.guesses.clear(`${statement.author}-${statement.body.attempt}`);
    }
    const before = log.state;
    if (!log.add(statement, pack.encoded)) return;
    if (statement.bundle !== null) verifiers.learn(statement.bundle);
    if (statement.body.kind === "add" && statement.bundle !== null) {
      this.#room.confirmation.added(idOf(statement.bundle.memberId), statement.author);
    }
    const after = log.state;
    this.#room.have.stir();
    if (statement.body.kind === "leave") this.#room.have.now();
    followChange(this.#room, { before, after, by: statement.author });
    const removed = statement.body.kind === "remove" ? statement.body.target : null;
    void this.#room.sponsor.guarding.pass(pack, removed).catch(() => {});
  }

  #body(author: Id, number: number, body: Body, gap: boolean): void {
    if (body.kind === "attempt") this.#announced.note(author, number, toHex(body.doorId));
    else if (body.kind === "attemptCleared") this.#room.guesses.clear(`${author}-${body.number}`);
    else if (body.kind === "doorSecrets") this.#doors(body.doors);
    else this.#room.speech.hear(author, number, body, gap);
  }

  /** Door secrets are believed as far as they fit the commitments of the room's operators. */
  #doors(encoded: readonly Uint8Array[]): void {
    for (const bytes of encoded) {
      try {
        const door = decodeDoor(bytes);
        if (this.#room.state.doors?.has(toHex(doorCommitment(door))) === true) this.#room.doors.add(door);
      } catch (error) {
        if (!(error instanceof CryptoError)) throw error;
      }
    }
    this.#room.listing.renew();
  }
}

/** Whether a content carries the time after which it disappears. */
function isTimed(body: Body): body is Body & { expireMs: number } {
  return "expireMs" in body && body.expireMs !== undefined;
}
