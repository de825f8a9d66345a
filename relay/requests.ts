/** What a connection asks of the relay itself: logins, doors, places in rooms, the list. All but what is sent to a room. @module */
import { type ClientFrame, CloseCode, type ErrorFrame } from "../wire/mod.ts";
import type { Login, LoginResult } from "./access.ts";
import type { Connection } from "./connection.ts";
import { refusal } from "./refusal.ts";
import type { RelayCore } from "./relay.ts";

/** A frame that is no send. */
export type Request = Exclude<ClientFrame, { type: "send" | "send_table" }>;

/** What a request is judged by. */
export interface RequestContext {
  core: RelayCore;
  /** Whether the connection has been let in. */
  login: Login;
  now: number;
}

/** Does what a connection that has said `hello` asks for, or refuses it. */
export function answerRequest(connection: Connection, frame: Request, context: RequestContext): void {
  const { lobby } = context.core;
  const { place } = connection;
  const done = (refused: ErrorFrame | undefined): void => {
    if (refused !== undefined) connection.refuse(refused);
  };
  switch (frame.type) {
    case "join":
    case "resume":
    case "list":
      if (!context.login.admitted) return connection.refuse(refusal("authRequired"));
      if (frame.type === "list") return connection.answer({ type: "rooms", rooms: lobby.listed.list() });
      return done(frame.type === "join" ? lobby.join(connection, frame) : lobby.resume(connection, frame));
    case "ping":
      return connection.answer({ type: "pong", opaque: frame.opaque });
    case "auth":
      return authenticate(connection, frame.bytes, context);
    case "hello":
      return connection.close(CloseCode.malformed, refusal("malformed"));
  }
  if (place === undefined) return connection.refuse(refusal("notInRoom"));
  switch (frame.type) {
    case "door":
      return done(lobby.door(place, frame));
    case "admit":
      return done(lobby.admit(place, frame.peerId));
    case "leave":
      return lobby.leave(place, "left");
    case "publish":
      return done(lobby.publish(place, frame));
  }
}

/** Takes a step of a login. Until one has succeeded no room can be entered, where the relay asks for it. */
export function authenticate(
  connection: Connection,
  bytes: Uint8Array,
  { core, login, now }: RequestContext,
): void {
  if (core.access.challenge.length === 0) return connection.refuse(refusal("methodUnknown"));
  const result = login.take(bytes, now);
  if (result instanceof Promise) void result.then((late) => loggedIn(connection, late));
  else loggedIn(connection, result);
}

function loggedIn(connection: Connection, result: LoginResult): void {
  if (connection.closing) return;
  if ("step" in result) return connection.answer({ type: "auth_step", bytes: result.step });
  if (result.close === true) connection.close(CloseCode.refused, result.refused);
  else connection.refuse(result.refused);
}
