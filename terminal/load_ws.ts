/** Loads `ws`, which wants to read two variables of the environment for parts of it that are not used here. @module */
import process from "node:process";
import type { WsSocket } from "./tls_socket.ts";

/** Makes a socket of `ws`. */
export type WsMaker = new (url: string, protocols: string[], options: Record<string, unknown>) => WsSocket;

const VARIABLES = ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE"];

let loading: Promise<WsMaker> | undefined;

/**
 * The client of `ws`. Where it may not read its variables, it finds none: without the right to them it would end, or a
 * person be asked about something of which they have never heard.
 */
export function loadWs(): Promise<WsMaker> {
  return loading ??= load();
}

async function load(): Promise<WsMaker> {
  const may = (variable: string): boolean =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  if (VARIABLES.every(may)) return (await import("ws")).WebSocket;
  const { env } = process;
  process.env = {};
  try {
    return (await import("ws")).WebSocket;
  } finally {
    process.env = env;
  }
}
