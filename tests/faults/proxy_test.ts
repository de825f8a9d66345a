/** The proxy by itself: plain TCP, no relay. */
import assert from "node:assert/strict";
import { drawPlan, type Plan } from "./plan.ts";
import { Proxy } from "./proxy.ts";
import { Random } from "./random.ts";

/** A server that keeps what it gets and says it back. */
class Echo {
  readonly got: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done: Promise<void>[] = [];
  readonly #conns: Deno.Conn[] = [];
  readonly #serving: Promise<void>;
  #wake: () => void = () => {};

  constructor() {
    this.#serving = this.#serve();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async until(fits: () => boolean): Promise<void> {
    while (!fits()) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  async close(): Promise<void> {
    this.#listener.close();
    await this.#serving;
    for (const conn of this.#conns) {
      try {
        conn.close();
      } catch {
        // closed already
      }
    }
    await Promise.all(this.#done);
  }

  async #serve(): Promise<void> {
    for (;;) {
      try {
        const conn = await this.#listener.accept();
        this.#conns.push(conn);
        this.#done.push(this.#echo(conn, this.got.push("") - 1).catch(() => {}));
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        // Cut before it was accepted: the next one.
      }
    }
  }

  async #echo(conn: Deno.Conn, index: number): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
      this.got[index] += new TextDecoder().decode(buffer.subarray(0, n));
      this.#wake();
      await conn.write(buffer.subarray(0, n));
    }
    conn.close();
  }
}

async function through(
  plan: Plan | ((random: Random, index: number) => Plan),
  use: (proxy: Proxy, echo: Echo) => Promise<void>,
): Promise<void> {
  const echo = new Echo();
  const proxy = await Proxy.open({
    target: echo.port,
    seed: 1,
    plan: typeof plan === "function" ? plan : () => plan,
  });
  try {
    await use(proxy, echo);
  } finally {
    await proxy.close();
    await echo.close();
  }
}

const dial = (proxy: Proxy): Promise<Deno.TcpConn> =>
  Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
const say = (conn: Deno.Conn, text: string): Promise<number> => conn.write(new TextEncoder().encode(text));

/** Reads until `length` bytes have come or the connection is over; `reset` in the end if it was reset. */
async function hear(conn: Deno.Conn, length = Infinity): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  try {
    while (text.length < length) {
      const n = await conn.read(buffer);
      if (n === null) break;
      text += new TextDecoder().decode(buffer.subarray(0, n));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    text += "reset";
  }
  return text;
}

Deno.test("Proxy passes everything on, both ways, when there is no fault", () =>
  through({}, async (proxy) => {
    using conn = await dial(proxy);
    const text = "x".repeat(300_000);
    const [heard] = await Promise.all([
      hear(conn, text.length),
      say(conn, text.slice(0, 65_536)).then(async (n) => {
        while (n < text.length) n += await say(conn, text.slice(n, n + 65_536));
      }),
    ]);
    assert.equal(heard, text);
    assert.equal(proxy.cuts, 0);
  }));

Deno.test("Proxy passes on that the client has ended", () =>
  through({}, async (proxy) => {
    using conn = await dial(proxy);
    await say(conn, "last");
    await conn.closeWrite();
    assert.equal(await hear(conn), "last");
  }));

Deno.test("Proxy cuts after exactly so many bytes, by FIN or by RST", () =>
  through(
    (_, index) => ({ cut: { how: index === 0 ? "close" : "reset", at: { bytes: 5 } } }),
    async (proxy, echo) => {
      using first = await dial(proxy);
      await say(first, "hello world");
      assert.equal(await hear(first), "");
      await echo.until(() => echo.got[0] === "hello");
      using second = await dial(proxy);
      await say(second, "hello world");
      assert.equal(await hear(second), "reset");
      assert.equal(proxy.cuts, 2);
    },
  ));

Deno.test("Proxy cuts by time, and what is chosen by cut() and cutAll()", () =>
  through((_, index) => (index === 0 ? { cut: { how: "reset", at: { ms: 20 } } } : {}), async (proxy) => {
    using timed = await dial(proxy);
    assert.equal(await hear(timed), "reset");
    using a = await dial(proxy);
    using b = await dial(proxy);
    await Promise.all([a, b].map(async (conn) => {
      await say(conn, "here");
      await hear(conn, 4);
    }));
    assert.equal(proxy.live.length, 2);
    assert.equal(proxy.cut(1, { how: "reset" }), 1);
    assert.equal(proxy.live.length, 1);
    proxy.cutAll();
    assert.deepEqual(await Promise.all([hear(a), hear(b)]), ["reset", "reset"]);
    assert.equal(proxy.cuts, 3);
  }));

Deno.test("Proxy half open: both sockets stay, nothing goes through any more", () =>
  through({}, async (proxy, echo) => {
    using conn = await dial(proxy);
    await say(conn, "one");
    await hear(conn, 3);
    assert.equal(proxy.halfOpen(1), 1);
    await say(conn, "two");
    using other = await dial(proxy); // a while in which "two" would have come
    await say(other, "three");
    await hear(other, 5);
    assert.deepEqual(echo.got, ["one", "three"]);
    assert.equal(proxy.live.length, 1);
    assert.equal(proxy.cuts, 0);
  }));

Deno.test("Proxy half open one way: what the relay says is swallowed, what it hears is not", () =>
  through({}, async (proxy, echo) => {
    using conn = await dial(proxy);
    await say(conn, "one");
    await hear(conn, 3);
    proxy.halfOpen(1, ["down"]);
    await say(conn, "two");
    await echo.until(() => echo.got[0] === "onetwo");
    proxy.cutAll();
    assert.equal(await hear(conn), "reset");
  }));

Deno.test("Proxy stalls, delays and throttles without losing anything", () =>
  through((_, index) => {
    if (index === 0) return { stall: { ms: 150, at: { bytes: 3 } } };
    return index === 1 ? { delayMs: 100 } : { bytesPerSecond: 2_000 };
  }, async (proxy) => {
    for (let i = 0; i < 3; i++) {
      using conn = await dial(proxy);
      const began = performance.now();
      await say(conn, "x".repeat(400));
      assert.equal(await hear(conn, 400), "x".repeat(400));
      assert.ok(performance.now() - began >= 140, `connection ${i} was too fast`);
    }
  }));

Deno.test("Proxy says the client's first bytes again on a connection of its own", () =>
  through({ duplicate: { bytes: 4, afterMs: 50, stayMs: 60_000 } }, async (proxy, echo) => {
    using conn = await dial(proxy);
    await say(conn, "first and more");
    assert.equal(await hear(conn, 14), "first and more");
    await echo.until(() => echo.got.length === 2 && echo.got[1] === "firs");
    assert.equal(proxy.opened, 1);
  }));

Deno.test("Proxy refuses while it is told to, and where nobody listens behind it", async () => {
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = gone.addr.port;
  gone.close();
  const proxy = await Proxy.open({ target, seed: 1 });
  using conn = await dial(proxy);
  assert.equal(await hear(conn), "reset");
  proxy.refuses = true;
  const refused = await dial(proxy).then(async (other) => {
    const heard = await hear(other);
    other.close();
    return heard;
  }, (error) => error instanceof Deno.errors.ConnectionReset ? "reset" : String(error));
  assert.equal(refused, "reset");
  assert.equal(proxy.cuts, 0);
  await proxy.close();
});

Deno.test("the same seed draws the same faults, another one others", () => {
  const shares = { cut: 0.5, halfOpen: 0.2, stall: 0.3, delay: 0.3, throttle: 0.3, duplicate: 0.2 };
  const draw = (seed: number): Plan[] =>
    Array.from({ length: 50 }, (_, index) => drawPlan(new Random(seed).fork(index), shares));
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  const cuts = draw(7).filter((plan) => plan.cut !== undefined).length;
  assert.ok(cuts > 10 && cuts < 40, `${cuts} cuts of 50`);
  assert.deepEqual(drawPlan(new Random(1), {}), {});
});
