/** Members without a session: what tests of single parts of `client/` say and seal in their names. */
import { type Body, encodeBody, kindOf } from "../client/bodies.ts";
import { type Id, idOf } from "../client/ids.ts";
import { KeyRing } from "../client/key_ring.ts";
import { NO_ROOM } from "../client/welcome_packs.ts";
import type { Bundle } from "../crypto/bundle.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { contentHash, encodeContent } from "../crypto/content.ts";
import { Identity } from "../crypto/identity.ts";
import { decodePack, type Pack, signPack } from "../crypto/pack.ts";
import { FakeClock } from "./helpers.ts";

/** How a content differs from the next one in order. */
export interface Crafted {
  number?: number;
  lamport?: number;
}

/** Somebody with keys, who says things in order. */
export class Author {
  /** The last content said. */
  head: { number: number; hash: Bytes; lamport: number } = {
    number: 0,
    hash: new Uint8Array(32),
    lamport: 0,
  };

  private constructor(readonly identity: Identity, readonly keys: KeyRing) {}

  /** Somebody new. */
  static async create(nick: string, clock: FakeClock = new FakeClock()): Promise<Author> {
    const identity = await Identity.generate();
    return new Author(identity, await KeyRing.create(identity, { nick, clock }));
  }

  /** Its member id. */
  get id(): Id {
    return idOf(this.identity.memberId);
  }

  /** Its newest bundle. */
  get bundle(): Bundle {
    return this.keys.current.bundle;
  }

  /** The next content. */
  content(body: Body, { number, lamport }: Crafted = {}): Bytes {
    const bytes = encodeContent({
      number: number ?? this.head.number + 1,
      kind: kindOf(body),
      lamport: lamport ?? this.head.lamport + 1,
      prevHash: number === 1 ? new Uint8Array(32) : this.head.hash,
      deps: [],
      body: encodeBody(body),
    });
    const said = number ?? this.head.number + 1;
    this.head = { number: said, hash: contentHash(bytes), lamport: lamport ?? this.head.lamport + 1 };
    return bytes;
  }

  /** Signs contents as one pack. */
  async pack(room: Uint8Array, ...contents: Uint8Array[]): Promise<Pack> {
    return decodePack(await signPack(this.identity, room, contents));
  }

  /** Says one thing, signed. */
  says(room: Uint8Array, body: Body, as: Crafted = {}): Promise<Pack> {
    return this.pack(room, this.content(body, as));
  }

  /** Founds a room; its id is the first 16 bytes of the hash of FOUND. */
  async founds(): Promise<{ pack: Pack; roomId: Bytes }> {
    const nonce = new Uint8Array(16).fill(7);
    const body: Body = { kind: "found", bundle: this.bundle.encoded, limit: null, topic: "", nonce };
    const pack = await this.says(NO_ROOM, body);
    return { pack, roomId: this.head.hash.slice(0, 16) };
  }

  /** Wipes its keys. */
  dispose(): void {
    this.keys.dispose();
    this.identity.dispose();
  }
}

/** The statement that lets `who` in. */
export function adding(who: { bundle: Bundle }, attempt = 0): Body {
  return { kind: "add", bundle: who.bundle.encoded, doorId: new Uint8Array(16), attempt };
}
