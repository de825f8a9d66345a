/** Reads the fields of a request's body, form or JSON, within a size and a time. @module */
import { HttpProblem, problem } from "./http_answers.ts";

/** How much and how long. */
export interface BodyLimits {
  /** @default 16_384 */
  maxBytes?: number;
  /** @default 5_000 */
  timeoutMs?: number;
}

/** Fields by name: text from a form; text, numbers and whatever else from JSON. */
export type Fields = ReadonlyMap<string, unknown>;

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

function refuse(status: number, code: string, message: string): HttpProblem {
  // The rest of the body is not read, so that this connection can carry no further request.
  return new HttpProblem(problem(status, code, { message, headers: { connection: "close" } }));
}

/** Reads the fields. Throws nothing but {@linkcode HttpProblem}: 400, 408, 413 or 415. */
export async function readFields(request: Request, limits: BodyLimits = {}): Promise<Fields> {
  const { maxBytes = 16_384, timeoutMs = 5_000 } = limits;
  const [type, ...parameters] = (request.headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="));
  const encoded = request.headers.get("content-encoding") ?? "identity";
  const empty = request.body === null || request.headers.get("content-length") === "0";
  if (empty && type === "") return new Map();
  const known = type !== undefined && [FORM, JSON_TYPE].includes(type.trim());
  if (!known || encoded !== "identity" || (charset !== undefined && !/=\s*"?utf-8"?\s*$/.test(charset))) {
    throw refuse(415, "unsupported_media_type", `Send the fields as ${FORM} or ${JSON_TYPE}, in UTF-8.`);
  }
  const tooLong = refuse(413, "too_large", `The body is longer than ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLong;
  const bytes = await readBytes(request, { maxBytes, timeoutMs, tooLong });
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return type?.trim() === FORM ? formFields(text) : jsonFields(text);
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw refuse(400, "bad_body", "The body is not what its Content-Type says.");
  }
}

async function readBytes(
  request: Request,
  { maxBytes, timeoutMs, tooLong }: { maxBytes: number; timeoutMs: number; tooLong: HttpProblem },
): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  const reader = request.body.getReader();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(refuse(408, "too_slow", `The body did not come within ${timeoutMs / 1_000} seconds.`));
  }, timeoutMs);
  const chunks: Uint8Array[] = []; // a slow body must not hold more than it has brought
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) break;
      length += value.length;
      if (length > maxBytes) throw tooLong;
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {}); // the connection may be gone already
    if (error instanceof HttpProblem) throw error;
    throw refuse(400, "bad_body", "The body broke off.");
  } finally {
    clearTimeout(timer);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A field that is there twice would leave open which one counts. */
function add(fields: Map<string, unknown>, name: string, value: unknown): void {
  if (fields.has(name)) throw refuse(400, "bad_field", `${shown(name)} is there more than once.`);
  fields.set(name, value);
}

function formFields(text: string): Fields {
  const fields = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(text)) add(fields, name, value);
  return fields;
}

function jsonFields(text: string): Fields {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse(400, "bad_body", "The body must be one JSON object.");
  }
  return new Map(Object.entries(value));
}

/** A name as it can be repeated in an answer. */
export function shown(name: string): string {
  return JSON.stringify(name.slice(0, 32));
}
