import assert from "node:assert/strict";
import { FakeSocket } from "../tests/relay_helpers.ts";
import { answerQuestion, type HttpQuestion } from "./http_api.ts";
import { Relay } from "./relay.ts";

const GET: HttpQuestion = { method: "GET", path: "/", upgrade: undefined, protocols: undefined };
const UPGRADE: HttpQuestion = { ...GET, path: "/ws", upgrade: "WebSocket", protocols: "other, sotto.v1" };

Deno.test("answerQuestion() lets a WebSocket of ours through", () => {
  assert.equal(answerQuestion(UPGRADE, new Relay()), undefined);
  assert.equal(answerQuestion({ ...UPGRADE, path: "/ws?x=1" }, new Relay()), undefined);
});

Deno.test("answerQuestion() refuses other WebSockets with a sentence", () => {
  const relay = new Relay();
  for (const protocols of [undefined, "", "sotto.v2", "xsotto.v1"]) {
    const answer = answerQuestion({ ...UPGRADE, protocols }, relay);
    assert.equal(answer?.status, 400);
    assert.match(answer.body, /must be sotto\.v1\.\n$/);
  }
  assert.equal(answerQuestion({ ...GET, path: "/ws" }, relay)?.status, 426);
  assert.equal(answerQuestion({ ...UPGRADE, path: "/other" }, relay)?.status, 404);
});

Deno.test("answerQuestion() says 503 and when to come back while overloaded", async () => {
  const relay = new Relay({ limits: { maxConnections: 1 } });
  const sockets = [new FakeSocket(), new FakeSocket()];
  for (const socket of sockets) relay.accept(socket, { ip: "192.0.2.1" });
  const answer = answerQuestion(UPGRADE, relay);
  assert.deepEqual([answer?.status, answer?.headers["retry-after"]], [503, "30"]);
  const closed = relay.close();
  for (const socket of sockets) socket.onClose?.();
  await closed;
});

Deno.test("answerQuestion() answers /health, / and nothing else", () => {
  const relay = new Relay();
  const health = answerQuestion({ ...GET, path: "/health" }, relay);
  assert.deepEqual(JSON.parse(health?.body ?? ""), { status: "healthy" });
  assert.equal(health?.headers["content-type"], "application/json");
  assert.equal(answerQuestion(GET, relay)?.status, 200);
  assert.equal(answerQuestion({ ...GET, path: "/../etc/passwd" }, relay)?.status, 404);
  assert.equal(answerQuestion({ ...GET, method: "POST", path: "/health" }, relay)?.status, 405);
});
