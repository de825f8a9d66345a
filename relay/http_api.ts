/** What the relay answers over plain HTTP. @module */
import { SUBPROTOCOL, WS_PATH } from "../wire/mod.ts";
import type { Relay } from "./relay.ts";

/** An answer that any HTTP server can give. */
export interface HttpAnswer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

/** What is asked. */
export interface HttpQuestion {
  method: string;
  /** Path and query. */
  path: string;
  /** The `Upgrade` header. */
  upgrade: string | undefined;
  /** The `Sec-WebSocket-Protocol` header. */
  protocols: string | undefined;
}

function text(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    body: `${body}\n`,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", ...headers },
  };
}

/** The answer to a question, or `undefined` when it is a WebSocket that may be opened. */
export function answerQuestion(question: HttpQuestion, relay: Relay): HttpAnswer | undefined {
  const path = question.path.split("?", 1)[0];
  const upgrades = question.upgrade?.toLowerCase() === "websocket";
  if (path === WS_PATH) {
    if (!upgrades) {
      return text(426, `This is a Sotto relay: ${WS_PATH} takes WebSocket connections.`, {
        upgrade: "websocket",
      });
    }
    if (!question.protocols?.split(",").some((protocol) => protocol.trim() === SUBPROTOCOL)) {
      return text(400, `This is a Sotto relay: the WebSocket subprotocol must be ${SUBPROTOCOL}.`);
    }
    if (relay.overloaded) return text(503, "The relay is full; try again later.", { "retry-after": "30" });
    return undefined;
  }
  if (question.method !== "GET" && question.method !== "HEAD") {
    return text(405, "Only GET is answered here.", { allow: "GET, HEAD" });
  }
  if (path === "/health") {
    return { status: 200, body: '{"status":"healthy"}\n', headers: { "content-type": "application/json" } };
  }
  if (path === "/") return text(200, "A Sotto relay. Join rooms with: deno run -A client.ts join <code>");
  return text(404, "Nothing is here.");
}
