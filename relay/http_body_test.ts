import assert from "node:assert/strict";
import { HttpProblem } from "./http_answers.ts";
import { type BodyLimits, type Fields, readFields } from "./http_body.ts";

const FORM = "application/x-www-form-urlencoded";

function post(body: BodyInit | null, type: string | null, headers: Record<string, string> = {}): Request {
  const request = new Request("http://relay/", { method: "POST", body, headers });
  if (type === null) request.headers.delete("content-type");
  else request.headers.set("content-type", type);
  return request;
}

async function statusOf(request: Request, limits: BodyLimits = {}): Promise<number> {
  try {
    await readFields(request, limits);
  } catch (error) {
    assert.ok(error instanceof HttpProblem, String(error));
    return error.answer.status;
  }
  return 200;
}

function plain(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(fields);
}

Deno.test("readFields() reads forms and JSON alike", async () => {
  const expected = { admin_password: "a b&c", username: "älice" };
  const form = new URLSearchParams(expected);
  assert.deepEqual(plain(await readFields(post(form, FORM))), expected);
  assert.deepEqual(plain(await readFields(post(`${form}`, `${FORM}; charset=UTF-8`))), expected);
  assert.deepEqual(plain(await readFields(post(JSON.stringify(expected), "Application/JSON"))), expected);
  assert.equal((await readFields(post(null, null))).size, 0);
});

Deno.test("readFields() refuses what it does not read, each with its status", async () => {
  assert.equal(await statusOf(post("a=b", "text/plain")), 415);
  assert.equal(await statusOf(post("a=b", null)), 415);
  assert.equal(await statusOf(post("a=b", `${FORM}; charset=latin1`)), 415);
  assert.equal(await statusOf(post("a=b", FORM, { "content-encoding": "gzip" })), 415);
  assert.equal(await statusOf(post(new Uint8Array([0xff, 0xfe]), FORM)), 400);
  for (const text of ["", "{", "[]", "null", '"a"', "1", "{} {}", '{"a":']) {
    assert.equal(await statusOf(post(text, "application/json")), 400, text);
  }
  assert.equal(await statusOf(post("a=1&a=2", FORM)), 400);
});

Deno.test("readFields() keeps to its size, whatever the length says", async () => {
  assert.equal(await statusOf(post(`a=${"x".repeat(16_382)}`, FORM)), 200);
  assert.equal(await statusOf(post(`a=${"x".repeat(16_383)}`, FORM)), 413);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) });
  assert.equal(await statusOf(post(endless, FORM)), 413);
  assert.equal(await statusOf(post("a", FORM, { "content-length": "99999" })), 413);
});

Deno.test("readFields() does not wait for a body that does not come, and knows one that breaks off", async () => {
  let cancelled = false;
  const slow = new ReadableStream({ cancel: () => void (cancelled = true) });
  assert.equal(await statusOf(post(slow, FORM), { timeoutMs: 20 }), 408);
  assert.ok(cancelled);
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
  assert.equal(await statusOf(post(broken, FORM)), 400);
});
