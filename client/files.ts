/** The files of a room: those that we offer and those that we fetch (SPEC §7.4). @module */
import { ClientError } from "./errors.ts";
import { FileFetch, type FileSink, type FileState } from "./file_getting.ts";
import { FileGiving, type FileSource } from "./file_giving.ts";
import {
  type FileAsk,
  type FileOpener,
  type FilePart,
  openFileAsk,
  openFilePart,
  partFrameBytes,
  sealFileAsk,
  sealFilePart,
} from "./file_frames.ts";
import { badFileName, type FileInfo, FILES } from "./file_info.ts";
import { FileReading } from "./file_reading.ts";
import { type Id, messageId, parseMessageId } from "./ids.ts";
import { orGiveKeys } from "./repairing.ts";
import type { Room } from "./room.ts";
import type { Member } from "./room_state.ts";

interface Getting {
  author: Id;
  number: number;
  fetch: FileFetch;
}

/** Offers and fetches files for `room`. */
export class Files {
  readonly #room: Room;
  readonly #giving: FileGiving;
  readonly #getting = new Map<string, Getting>();
  /** Those that we are about to offer. */
  readonly #reading = new Set<FileReading>();

  /** No files yet. */
  constructor(room: Room) {
    this.#room = room;
    this.#giving = new FileGiving({
      clock: room.parts.clock,
      timers: room.timers,
      reached: () => room.parts.link.reached(),
      there: (id) => this.#bundleOf(id) !== undefined,
      send: (to, part) => this.#sendPart(to, part),
      taken: (number, by, { name }) =>
        room.emit({ type: "file_taken", id: messageId(room.me, number), name, to: room.ref(by) }),
      unreadable: (number, info) =>
        this.#tell(messageId(room.me, number), info, {
          state: "failed",
          message: "Cannot offer the file any more: it cannot be read as it was when you offered it",
        }),
    });
  }

  /** Offers a file to everybody, or to one member. Takes the source over, whatever becomes of it. */
  async offer(
    source: FileSource,
    { to, ref }: { to: Member | null; ref: string | number | null },
  ): Promise<void> {
    const reading = new FileReading(source, ref);
    this.#reading.add(reading);
    let offered = false;
    try {
      this.#check(source);
      const { name, size } = source;
      const sha256 = await reading.hash(
        this.#room.timers,
        (state) => this.#room.emit({ type: "file_reading", ref, name, size, ...state }),
      );
      if (sha256 === null) return;
      const file: FileInfo = { name, size, sha256 };
      const number = await this.#room.speech.offer(file, to, ref);
      const id = messageId(this.#room.me, number);
      this.#giving.offer(number, { source, info: file, to: to?.id ?? null });
      offered = true;
      const member = to === null ? null : this.#room.ref(to.id);
      this.#room.emit({ type: "offered", id, file, to: member, ref });
    } finally {
      this.#reading.delete(reading);
      if (!offered) source.close();
    }
  }

  /** Fetches what a message offers. Takes the sink over, whatever becomes of it. */
  save(id: string, sink: FileSink): void {
    try {
      const { author, number, file } = this.#offered(id);
      const fetch = new FileFetch(
        {
          timers: this.#room.timers,
          there: () => this.#bundleOf(author) !== undefined,
          ask: (from, count) => this.#sendAsk(author, { number, sha256: file.sha256, from, count }),
          told: (state) => this.#tell(id, file, state),
          over: () => this.#getting.delete(id),
        },
        file,
        sink,
      );
      this.#getting.set(id, { author, number, fetch });
      fetch.renew();
    } catch (error) {
      sink.abort();
      throw error;
    }
  }

  /** Fetches it no more; one's own: offers it no more, which the others are told. */
  async cancel(id: string): Promise<void> {
    const getting = this.#getting.get(id);
    if (getting !== undefined) return getting.fetch.cancel();
    const parsed = parseMessageId(id);
    const message = this.#room.speech.history.get(id);
    // So much may have been said since that the message is forgotten, and the file is still offered.
    const file = message?.file ?? this.#giving.infoOf(parsed?.number ?? 0);
    if (file === undefined || parsed?.author !== this.#room.me) {
      throw new ClientError("no_file", "Cannot cancel: no file of this number is on its way");
    }
    if (message?.kind === "file") return await this.#room.speech.change("delete", { id, ref: null });
    this.withdrawn(id);
    this.#tell(id, file, { state: "cancelled", message: "The file is not offered any more" });
  }

  /** Ends what is being read to be offered: the one of `ref`, or the last; without one, the only one that is fetched. */
  cancelLast(ref: string | number | null): void {
    const reading = [...this.#reading].findLast((it) => !it.over && (ref === null || it.ref === ref));
    if (reading !== undefined) return reading.stop(null);
    const [only, ...more] = ref === null ? this.#getting.values() : [];
    if (only !== undefined && more.length === 0) return only.fetch.cancel();
    throw new ClientError(
      "no_file",
      only === undefined
        ? "Cannot cancel: no file is being read or fetched. For one that you offer, name its message"
        : "Cannot cancel: several files are on their way. Name the message of one",
    );
  }

  /** The message that offered it is gone. */
  withdrawn(id: string): void {
    const parsed = parseMessageId(id);
    if (parsed?.author === this.#room.me) this.#giving.withdraw(parsed.number);
    this.#getting.get(id)?.fetch.fail("it is not offered any more");
  }

  /** A member has come back, or is not connected any more; without one: we are. */
  renew(author?: Id): void {
    for (const getting of author === undefined ? this.#getting.values() : this.#of(author)) {
      getting.fetch.renew();
    }
  }

  /** A member is gone for good. */
  forget(author: Id): void {
    this.#giving.forget(author);
    const { nick } = this.#room.ref(author);
    for (const getting of this.#of(author)) {
      getting.fetch.fail(`${nick} is gone, and nobody else can give it`);
    }
  }

  /** Somebody asks for parts. */
  async asked(from: number, payload: Uint8Array): Promise<void> {
    const ask = await openFileAsk(payload, this.#opener).catch((error) =>
      orGiveKeys(this.#room, from, payload, error)
    );
    if (ask === null || this.#room.isOver || this.#room.returning.tellOut(from, ask.by)) return;
    if (this.#bundleOf(ask.by) === undefined || this.#room.presence.memberOf(from) !== ask.by) return;
    this.#giving.asked(ask.by, ask);
  }

  /** A part has come. */
  async came(from: number, payload: Uint8Array): Promise<void> {
    const part = await openFilePart(payload, this.#opener).catch((error) =>
      orGiveKeys(this.#room, from, payload, error)
    );
    if (part === null || this.#room.isOver) return;
    this.#getting.get(messageId(part.by, part.number))?.fetch.take(part);
  }

  /** Ends all of it. */
  dispose(): void {
    this.#giving.dispose();
    for (const reading of this.#reading) {
      reading.stop(new ClientError("ended", "Cannot do this: the session has ended"));
    }
    for (const { fetch } of [...this.#getting.values()]) fetch.cancel();
  }

  #tell(id: string, { name, size }: FileInfo, state: FileState): void {
    this.#room.emit({ type: "file", id, name, size, ...state });
  }

  #check(source: FileSource): void {
    const bad = badFileName(source.name);
    if (bad !== null) throw new ClientError("bad_file", `Cannot offer the file: ${bad}`);
    this.#fits("offer the file", source.size);
    if (source.size > FILES.maxBytes) {
      throw new ClientError("file_too_large", "Cannot offer the file: it is larger than 4 GiB");
    }
    if (this.#giving.size + this.#reading.size > FILES.offers) {
      throw new ClientError(
        "too_many_files",
        `Cannot offer the file: you offer ${FILES.offers} already. Withdraw one with /cancel`,
      );
    }
  }

  /** A relay that takes no part of it would only drop them, one after the other. */
  #fits(what: string, size: number): void {
    const { maxPayload } = this.#room.parts.link.welcome;
    const part = partFrameBytes(Math.min(size, FILES.partBytes));
    if (size === 0 || part <= maxPayload) return;
    throw new ClientError(
      "relay_too_small",
      `Cannot ${what}: this relay takes at most ${maxPayload} bytes at once, and a part of it needs ${part}`,
    );
  }

  #offered(id: string): { author: Id; number: number; file: FileInfo } {
    const message = this.#room.speech.history.get(id);
    if (message?.file === undefined) {
      throw new ClientError("no_file", "Cannot save: this message offers no file");
    }
    const { author, number, file } = message;
    if (author === this.#room.me) throw new ClientError("own_file", "Cannot save: the file is your own");
    if (this.#getting.has(id)) {
      throw new ClientError("getting", "Cannot save: the file is on its way already");
    }
    if (this.#getting.size >= FILES.getting) {
      throw new ClientError(
        "too_many_files",
        `Cannot save: ${FILES.getting} files are on their way. Wait for one, or /cancel it`,
      );
    }
    this.#fits("save", file.size);
    if (this.#room.state.members.get(author)?.status !== "in") {
      const { nick } = this.#room.ref(author);
      throw new ClientError("gone", `Cannot save: ${nick} is gone, and nobody else can give it`);
    }
    return { author, number, file };
  }

  /** The keys of a member that may be talked to now. */
  #bundleOf(id: Id): Member["bundle"] | undefined {
    const member = this.#room.state.members.get(id);
    if (member?.status !== "in" || member.expired || !this.#room.confirmation.has(id)) return undefined;
    const connected = this.#room.parts.link.connected && this.#room.presence.peerOf(id) !== undefined;
    return connected ? member.bundle : undefined;
  }

  async #sendAsk(to: Id, ask: FileAsk): Promise<void> {
    const { roomId: room, identity } = this.#room.parts;
    const bundle = this.#bundleOf(to);
    if (bundle !== undefined) this.#send(to, await sealFileAsk(ask, { room, identity, to: bundle }));
  }

  async #sendPart(to: Id, part: FilePart): Promise<void> {
    const { roomId: room, identity } = this.#room.parts;
    const bundle = this.#bundleOf(to);
    if (bundle !== undefined) this.#send(to, await sealFilePart(part, { room, identity, to: bundle }));
  }

  #send(to: Id, bytes: Uint8Array<ArrayBuffer>): void {
    const peerId = this.#room.presence.peerOf(to);
    if (this.#room.isOver || peerId === undefined) return;
    this.#room.parts.link.sendTableDroppable(new Uint8Array(0), [{ peerId, bytes }]);
  }

  get #opener(): FileOpener {
    const { roomId: room, keys, verifiers } = this.#room.parts;
    return { room, me: this.#room.me, keys, verifier: (id) => verifiers.get(id) };
  }

  #of(author: Id): Getting[] {
    return [...this.#getting.values()].filter((getting) => getting.author === author);
  }
}
