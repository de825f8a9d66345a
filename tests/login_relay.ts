/** A relay in memory that lets in only those who log in, and lies where a test tells it to. */
import { createHash, createHmac } from "node:crypto";
import { setImmediate } from "node:timers";
import type { ScramVerifier } from "../crypto/scram_keys.ts";
import { deriveScramKeys } from "../crypto/scram_keys.ts";
import { parseClientFirst } from "../crypto/scram_messages.ts";
import type { ScramHash } from "../crypto/scram_proof.ts";
import { ScramServer } from "../crypto/scram_server.ts";
import {
  type Challenge,
  type ClientFrame,
  decodeClientFrame,
  decodeLoginStep,
  encodeChallenge,
  encodeLoginAnswer,
  encodeRelayFrame,
  ErrorCode,
  type LoginStep,
  packBatch,
  type RelayFrame,
  SCRAM_ITERATIONS,
  unpackBatch,
} from "../wire/mod.ts";
import { MemorySocket } from "./helpers.ts";

/** The platform's hash, as a relay has it. */
export const NODE_HASH: ScramHash = {
  hash: (data) => createHash("sha256").update(data).digest(),
  hmac: (key, data) => createHmac("sha256", key).update(data).digest(),
};

/** A challenge with these ways in. */
export function asks(...ways: (keyof Challenge)[]): Challenge {
  const has = (way: keyof Challenge): boolean => ways.includes(way);
  return {
    required: has("required"),
    password: has("password"),
    token: has("token"),
    account: has("account"),
    register: has("register"),
    accountOnly: has("accountOnly"),
  };
}

/** What a relay stores of a password. */
export async function verifierOf(
  password: string,
  iterations = SCRAM_ITERATIONS.min,
): Promise<ScramVerifier> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, iterations, ...await deriveScramKeys(password, { salt, iterations }) };
}

/** A relay that speaks only of logging in. */
export class LoginRelay {
  /** What `welcome` asks. */
  challenge: Challenge = asks("required", "password");
  password: ScramVerifier | undefined;
  readonly accounts = new Map<string, ScramVerifier>();
  readonly tokens = new Set<string>();
  /** Changes what goes to a client. */
  lie: (frame: RelayFrame) => RelayFrame = (frame) => frame;
  /** Changes a SCRAM message before it goes out. */
  lieInScram: (message: string, done: boolean) => { message: string; done: boolean } = (message, done) => ({
    message,
    done,
  });
  /** Refuses each step of a login with this. */
  refusing: { code: number; retryAfterMs: number } | undefined;
  /** Every frame that clients have sent. */
  readonly heard: ClientFrame[] = [];
  readonly sockets: MemorySocket[] = [];

  /** The steps of logins that clients have sent. */
  get steps(): LoginStep[] {
    return this.heard.flatMap((frame) => frame.type === "auth" ? [decodeLoginStep(frame.bytes)] : []);
  }

  /** The `connect` of clients. */
  readonly connect = (): Promise<MemorySocket> => {
    const socket = new MemorySocket();
    this.sockets.push(socket);
    const login: { exchange?: ScramServer } = {};
    socket.onSent = (bytes) => {
      for (const one of unpackBatch(bytes, { maxBytes: 1e6, maxFrames: 1e3 })) {
        const frame = decodeClientFrame(one);
        this.heard.push(frame);
        const answer = this.#answer(frame, login);
        if (answer !== undefined) this.say(answer, socket);
      }
    };
    return Promise.resolve(socket);
  };

  /** Says something to a client. */
  say(frame: RelayFrame, socket: MemorySocket | undefined = this.sockets.at(-1)): void {
    const bytes = packBatch([encodeRelayFrame(this.lie(frame))]);
    setImmediate(() => socket?.closed === false && socket.onMessage(bytes));
  }

  #answer(frame: ClientFrame, login: { exchange?: ScramServer }): RelayFrame | undefined {
    switch (frame.type) {
      case "hello":
        return welcome(this.challenge);
      case "ping":
        return { type: "pong", opaque: frame.opaque };
      case "join":
        return JOINED;
      case "resume":
        return JOINED;
      case "auth":
        return this.#step(decodeLoginStep(frame.bytes), login);
      default:
        return undefined;
    }
  }

  #step(step: LoginStep, login: { exchange?: ScramServer }): RelayFrame {
    if (this.refusing !== undefined) return error(this.refusing.code, this.refusing.retryAfterMs);
    switch (step.method) {
      case "token":
        return this.tokens.has(step.token) ? answer("", true) : error(ErrorCode.authFailed);
      case "register":
        if (this.accounts.has(step.name)) return error(ErrorCode.accountTaken);
        this.accounts.set(step.name, step);
        return answer("", true);
      default:
        return this.#scram(step, login);
    }
  }

  #scram(
    step: { method: "password" | "account"; message: string },
    login: { exchange?: ScramServer },
  ): RelayFrame {
    if (login.exchange === undefined) {
      const first = parseClientFirst(step.message);
      const verifier = step.method === "account" ? this.accounts.get(first.name) : this.password;
      if (verifier === undefined) return error(ErrorCode.authFailed);
      login.exchange = new ScramServer(first, { verifier, nonce: crypto.randomUUID(), hash: NODE_HASH });
      const { message, done } = this.lieInScram(login.exchange.first, false);
      return answer(message, done);
    }
    const final = login.exchange.check(step.message);
    delete login.exchange;
    if (final === undefined && this.lieInScram("", true).message === "") return error(ErrorCode.authFailed);
    const { message, done } = this.lieInScram(final ?? "", true);
    return answer(message, done);
  }
}

const JOINED: RelayFrame = {
  type: "joined",
  roomEpoch: new Uint8Array(16),
  peerId: 1,
  seq: 0,
  member: true,
  created: false,
  complete: true,
  token: new Uint8Array(32),
  resumeWindowMs: 60_000,
  peers: [],
};

function welcome(challenge: Challenge): RelayFrame {
  return {
    type: "welcome",
    version: 1,
    maxPayload: 65_536,
    maxMessage: 1_000,
    rateCount: 100,
    rateWindowMs: 10_000,
    heartbeatIntervalMs: 30_000,
    heartbeatTimeoutMs: 60_000,
    nonce: new Uint8Array(16),
    challenge: encodeChallenge(challenge),
  };
}

function answer(message: string, done: boolean): RelayFrame {
  return { type: "auth_step", bytes: encodeLoginAnswer({ done, message }) };
}

function error(code: number, retryAfterMs = 0): RelayFrame {
  return { type: "error", code, sendId: 0, retryAfterMs, sentence: "x" };
}
