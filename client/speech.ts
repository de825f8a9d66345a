/** Messages: what contents of people mean, and what they may do to each other's (SPEC §7.1). @module */
import { utf8 } from "../crypto/bytes.ts";
import type { Body } from "./bodies.ts";
import { ClientError } from "./errors.ts";
import type { FileInfo } from "./file_info.ts";
import type { MemberRef, MessageKind, SessionEvent } from "./events.ts";
import { History, type Message } from "./history.ts";
import { type Id, messageId, parseMessageId } from "./ids.ts";
import type { KeyRing } from "./key_ring.ts";
import { openMessage, type PrivateMessage, sealMessage } from "./private_message.ts";
import type { Member } from "./room_state.ts";

/** Longest reaction in bytes. */
const MAX_REACTION = 32;

/** What {@linkcode Speech} needs of the room. */
export interface SpeechRoom {
  me: Id;
  roomId: Uint8Array;
  keys: KeyRing;
  /** The relay's limit for one text, in bytes. */
  maxMessage: number;
  now(): number;
  /** The time after which what is said now disappears, in milliseconds. */
  timer(): number | null;
  /** A message has been shown, or was said. */
  shown(id: string): void;
  /** A message has been deleted by its author. */
  deleted(id: string): void;
  ref(id: Id): MemberRef;
  emit(event: SessionEvent): void;
  say(body: Body, ref: string | number | null): Promise<number>;
}

/** Says and shows messages, and remembers them as long as the session lasts. */
export class Speech {
  readonly history: History = new History();
  readonly #room: SpeechRoom;
  #saying: Promise<unknown> = Promise.resolve();
  /** The number of the last message that we were asked to say. */
  #lastOwn: Promise<number> = Promise.resolve(0);

  /** Speaks in `room`. */
  constructor(room: SpeechRoom) {
    this.#room = room;
  }

  /** Shows a content of somebody else whose turn has come. */
  hear(author: Id, number: number, body: Body, gap: boolean): void {
    switch (body.kind) {
      case "text":
      case "action":
        return this.#show(messageOf(author, number, body.kind, body), { gap });
      case "reply":
        return this.#show(messageOf(author, number, "reply", body), {
          gap,
          replyTo: messageId(body.author, body.number),
        });
      case "fileOffer": {
        const { file } = body;
        return this.#show({ author, number, kind: "file", text: file.name, file, ...timeOf(body) }, { gap });
      }
      case "edit": {
        const id = messageId(author, body.number);
        if (isText(this.history.get(id)) && this.history.edit(id, body.text)) {
          this.#room.emit({ type: "edited", id, from: this.#room.ref(author), text: body.text });
        }
        return;
      }
      case "delete": {
        const id = messageId(author, body.number);
        if (!this.history.delete(id)) return;
        this.#room.deleted(id);
        this.#room.emit({ type: "deleted", id, from: this.#room.ref(author) });
        return;
      }
      case "reaction": {
        const id = messageId(body.author, body.number);
        if (this.history.get(id) === undefined || utf8(body.emoji).length > MAX_REACTION) return;
        this.#room.emit({ type: "reaction", id, from: this.#room.ref(author), emoji: body.emoji });
        return;
      }
      case "private":
        void this.#openPrivate({ author, number, ...timeOf(body) }, body.sealed, gap);
    }
  }

  /** Says a text, an action or a reply. */
  async speak(kind: "text" | "action" | "reply", text: string, options: Spoken): Promise<void> {
    this.#check(text);
    const time = this.#time();
    let body: Body;
    if (kind === "reply") {
      const id = options.id ?? this.history.last((m) => m.author !== this.#room.me && m.kind !== "private");
      const target = id === undefined ? undefined : parseMessageId(id);
      const message = this.history.get(id ?? "");
      if (target === undefined || message === undefined) throw noMessage("reply");
      if (message.kind === "private") throw isPrivate("reply to");
      body = { kind, author: target.author, number: target.number, text, ...time };
    } else body = { kind, text, ...time };
    await this.#remember(this.#room.say(body, options.ref ?? null), { kind, text, ...time });
  }

  /** Offers a file, to all or to one member; its number. */
  async offer(file: FileInfo, to: Member | null, ref: string | number | null): Promise<number> {
    if (to !== null) return await this.#whisper(to, { text: file.name, file }, ref);
    const time = this.#time();
    const said = this.#room.say({ kind: "fileOffer", file, ...time }, ref);
    return await this.#remember(said, { kind: "file", text: file.name, file, ...time });
  }

  /** Says a text that one member alone can read. */
  async whisper(to: Member, text: string, ref: string | number | null): Promise<void> {
    this.#check(text);
    await this.#whisper(to, { text }, ref);
  }

  async #whisper(to: Member, message: PrivateMessage, ref: string | number | null): Promise<number> {
    const time = this.#time();
    const { me, roomId: room } = this.#room;
    const sealed = await sealMessage(message, { room, me, to }).catch((cause: unknown) => {
      const { nick } = this.#room.ref(to.id);
      throw new ClientError("unusable_keys", `Cannot send: ${nick}'s keys cannot be used`, { cause });
    });
    const said = this.#room.say({ kind: "private", sealed, ...time }, ref);
    return await this.#remember(said, { kind: "private", ...message, ...time });
  }

  /** Puts a message of our own into the history once it has its number. */
  async #remember(said: Promise<number>, message: Omit<Message, "author" | "number">): Promise<number> {
    const { me } = this.#room;
    const done = said.then((number) => {
      this.#room.shown(this.history.add(messageOf(me, number, message.kind, message)));
    });
    this.#saying = Promise.allSettled([this.#saying, done]);
    const before = this.#lastOwn;
    this.#lastOwn = said.catch(() => before);
    await done;
    return await said;
  }

  /** Changes, deletes or reacts to a message. */
  async change(
    kind: "edit" | "delete" | "react",
    options: { id?: string | undefined; text?: string; emoji?: string; ref: string | number | null },
  ): Promise<void> {
    const { me } = this.#room;
    const own = kind !== "react";
    const last = this.#lastOwn; // "my last message" is the last one that was asked for until now
    await this.#saying;
    const upTo = own ? await last : Infinity;
    const id = options.id ??
      this.history.last((m) => (m.author === me) === own && (own ? m.number <= upTo : m.kind !== "private"));
    const message = id === undefined ? undefined : this.history.get(id);
    if (id === undefined || message === undefined) throw noMessage(kind);
    if (own && message.author !== me) {
      throw new ClientError("not_yours", `Cannot ${kind} this message: it is somebody else's`);
    }
    if (message.kind === "private") throw isPrivate(kind === "react" ? "react to" : kind);
    if (kind === "react") {
      const emoji = options.emoji ?? "";
      if (emoji === "" || utf8(emoji).length > MAX_REACTION) {
        throw new ClientError("bad_reaction", "Cannot react: give one emoji or a short word");
      }
      await this.#room.say(
        { kind: "reaction", author: message.author, number: message.number, emoji },
        options.ref,
      );
      return;
    }
    if (kind === "edit") {
      if (message.file !== undefined) {
        throw new ClientError("is_file", "Cannot edit the offer of a file: delete it and offer another");
      }
      const text = options.text ?? "";
      this.#check(text);
      await this.#room.say({ kind, number: message.number, text, ...timeOf(message) }, options.ref);
      this.history.edit(id, text);
      return;
    }
    await this.#room.say({ kind, number: message.number }, options.ref);
    this.history.delete(id);
    this.#room.deleted(id);
  }

  #time(): { expireMs?: number } {
    const ms = this.#room.timer();
    return ms === null ? {} : { expireMs: ms };
  }

  #check(text: string): void {
    const { maxMessage } = this.#room;
    if (text === "") throw new ClientError("empty", "Cannot send: there is no text");
    if (!text.isWellFormed()) throw new ClientError("bad_text", "Cannot send: the text is not valid Unicode");
    const bytes = utf8(text).length;
    if (bytes <= maxMessage) return;
    throw new ClientError(
      "too_long",
      `Cannot send: the message is ${bytes.toLocaleString("en")} bytes long and the limit is ${
        maxMessage.toLocaleString("en")
      }. Shorten it or send it in parts`,
    );
  }

  #show(message: Message, options: { gap: boolean; replyTo?: string; to?: MemberRef }): void {
    const from = this.#room.ref(message.author);
    message.author = from.id; // the room's own string: one for all that a member says
    const id = this.history.add(message);
    this.#room.shown(id);
    const kind: MessageKind = message.kind;
    this.#room.emit({
      type: "message",
      id,
      from,
      kind,
      text: message.text,
      time: new Date(this.#room.now()).toISOString(),
      replyTo: options.replyTo ?? null,
      to: options.to ?? null,
      gap: options.gap,
      ...timeOf(message),
      ...(message.file === undefined ? {} : { file: message.file }),
    });
  }

  async #openPrivate(
    said: Pick<Message, "author" | "number" | "expireMs">,
    sealed: Uint8Array,
    gap: boolean,
  ): Promise<void> {
    const { author, number } = said;
    const { me, roomId: room, keys } = this.#room;
    const message = await openMessage(sealed, { room, me, author, keys });
    if (message === undefined) return;
    const to = this.#room.ref(me);
    this.#show(messageOf(author, number, "private", { ...timeOf(said), ...message }), { gap, to });
  }
}

/** A message of somebody else: of one form and no larger than it must be, as thousands of them are kept. */
function messageOf(
  author: Id,
  number: number,
  kind: MessageKind,
  { text, expireMs, file }: { text: string; expireMs?: number; file?: FileInfo },
): Message {
  const message: Message = expireMs === undefined
    ? { author, number, kind, text }
    : { author, number, kind, text, expireMs };
  if (file !== undefined) message.file = file;
  return message;
}

/** Whether its author may change what it says. */
function isText(message: Message | undefined): boolean {
  return message?.kind !== "private" && message?.file === undefined;
}

function timeOf({ expireMs }: { expireMs?: number }): { expireMs?: number } {
  return expireMs === undefined ? {} : { expireMs };
}

interface Spoken {
  id?: string | undefined;
  ref?: string | number | null;
}

/** All would read what is said about a message that one alone has read. */
function isPrivate(what: string): ClientError {
  return new ClientError(
    "private",
    `Cannot ${what} a private message: the whole room would see it. Use /msg`,
  );
}

function noMessage(what: string): ClientError {
  return new ClientError("no_message", `Cannot ${what}: there is no such message`);
}
