/** Between `node:http` and `Request`/`Response`. @module */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline, Readable, type Writable } from "node:stream";
import type { HeaderReader } from "./client_address.ts";
import type { HttpAnswer } from "./http_answers.ts";
import type { HttpHead } from "./http_door.ts";

/** How long the other end of a refused request may go on sending. */
const LINGER_MS = 500;

/** The headers of a request; two of what must be one are none. */
function reader(request: IncomingMessage): HeaderReader {
  return {
    get(name) {
      const value = request.headers[name];
      if (name === "host" && (request.headersDistinct.host?.length ?? 0) > 1) return null;
      return (Array.isArray(value) ? value.join(",") : value) ?? null;
    },
  };
}

/** The head of a request. */
export function headOf(request: IncomingMessage): HttpHead {
  const { socket, method = "", url = "" } = request;
  const peer = { ip: socket.remoteAddress ?? "", tls: "encrypted" in socket && socket.encrypted === true };
  return { method, target: url, headers: reader(request), peer };
}

/** A request whose body is read as fast as it is asked for. */
export function toRequest(request: IncomingMessage): Request {
  const { method = "GET", url = "/" } = request;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  // The path has been checked; the name of the machine is of no use to the routes.
  return new Request(new URL(`http://relay${url}`), {
    method,
    headers,
    ...(hasBody ? { body: bodyOf(request), duplex: "half" } : {}),
  } as RequestInit);
}

function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  let over = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      request.pause();
      request.on("data", (chunk: Uint8Array) => {
        request.pause();
        if (!over) controller.enqueue(new Uint8Array(chunk));
      });
      request.on("end", () => {
        if (!over) controller.close();
        over = true;
      });
      const broken = (): void => {
        if (!over) controller.error(new Error("Cannot read the body: it broke off"));
        over = true;
      };
      request.on("error", broken);
      request.on("close", broken);
    },
    pull() {
      request.resume();
    },
    cancel() {
      over = true;
      request.pause();
    },
  }, { highWaterMark: 0 });
}

/** Sends an answer; a connection whose request has not come whole is closed after it. */
export function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  const { status, body, headers } = answer;
  const bytes = new TextEncoder().encode(body);
  const whole = request.complete || request.method === "GET" || request.method === "HEAD";
  response.writeHead(status, {
    ...headers,
    ...(status === 204 || status === 304 ? {} : { "content-length": String(bytes.length) }),
    ...(whole ? {} : { connection: "close" }),
  });
  response.end(request.method === "HEAD" || status === 204 ? undefined : bytes);
  if (!whole) linger(request.socket);
}

/** Sends an answer over a socket that has no `ServerResponse`, and closes it. */
export function sendRaw(socket: Socket, { status, body, headers }: HttpAnswer, method = "GET"): void {
  const length = String(new TextEncoder().encode(body).length);
  const lines = Object.entries({ ...headers, connection: "close", "content-length": length })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const reason = status < 400 ? "OK" : "Refused";
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n${method === "HEAD" ? "" : body}`);
  linger(socket);
}

/** Whether an answer says how long it is: a file, which is passed on piece by piece. */
export function isFile({ headers }: Response): boolean {
  return headers.has("content-length");
}

/** Sends a file as fast as the other end takes it; when it cannot be read to its end, the connection is cut. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: Response): void {
  response.writeHead(file.status, Object.fromEntries(file.headers));
  if (file.body === null || request.method === "HEAD") return void response.end();
  pour(file.body, response);
}

/** The same over a socket that has no `ServerResponse`, which is closed after it. */
export function sendRawFile(socket: Socket, file: Response): void {
  const lines = [...file.headers, ["connection", "close"]].map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${file.status} OK\r\n${lines.join("")}\r\n`);
  if (file.body === null) return void socket.end();
  pour(file.body, socket);
}

function pour(body: ReadableStream<Uint8Array>, into: Writable): void {
  // The types of the two web streams are the same thing under two names.
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0], { highWaterMark: 65_536 });
  pipeline(source, into, () => {}); // it ends both, whichever fails
}

/** Any other answer of the routes, read whole: all of them are short. */
export async function readAnswer(response: Response): Promise<HttpAnswer> {
  return {
    status: response.status,
    body: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}

/** Closing at once would throw the answer away while the other end still sends. */
function linger(socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}
