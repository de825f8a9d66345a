import assert from "node:assert/strict";
import { WebSocket } from "ws";
import type { RelayClock } from "../../relay/clock.ts";
import { selfSigned } from "../../relay/self_signed.ts";
import { openTlsFiles, type TlsNews } from "../../relay/tls_files.ts";
import type { TlsPair, TlsSource } from "../../relay/tls.ts";
import { peekTls } from "../../terminal/peek_tls.ts";
import { inDirectory, withTlsRelay, writePair } from "../tls_helpers.ts";

const signal = AbortSignal.timeout(300_000);
const [one, two] = await Promise.all([selfSigned(), selfSigned()]);

/** A clock whose only timer runs when it is told to; a look is over when the next one is set. */
class LookClock implements RelayClock {
  #run: (() => void) | undefined;
  #armed = Promise.withResolvers<void>();

  now(): number {
    return 0;
  }

  setTimer(run: () => void): unknown {
    this.#run = run;
    this.#armed.resolve();
    return run;
  }

  clearTimer(): void {
    this.#run = undefined;
  }

  setTurn(): void {}
  clearTurn(): void {}

  async look(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.#armed = Promise.withResolvers();
      this.#run?.();
      await this.#armed.promise;
    }
  }
}

interface Watched {
  source: TlsSource;
  clock: LookClock;
  news: TlsNews[];
}

async function watch(paths: TlsPair): Promise<Watched> {
  const clock = new LookClock();
  const news: TlsNews[] = [];
  const source = await openTlsFiles({ ...paths, clock, onNews: (told) => news.push(told) });
  return { source, clock, news };
}

/** The certificate that newcomers are shown. */
async function shown(port: number): Promise<string> {
  const peek = await peekTls(`wss://127.0.0.1:${port}/`, signal);
  assert.equal(peek.kind, "tls");
  return peek.kind === "tls" ? peek.certificate.toBase64() : "";
}

const base64 = ({ cert }: TlsPair): string => cert.replace(/-----.*-----|\n/g, "");

Deno.test("a renewed certificate is shown to newcomers, and nobody who is connected is dropped", () =>
  inDirectory(async (directory) => {
    const { source, clock, news } = await watch(await writePair(directory, one));
    await withTlsRelay(source, async ({ port }) => {
      const options = { ca: one.cert, perMessageDeflate: false };
      const inside = new WebSocket(`wss://127.0.0.1:${port}/ws`, ["sotto.v1"], options);
      await new Promise((resolve, reject) => inside.once("open", resolve).once("error", reject));
      await clock.look(2);
      assert.equal(await shown(port), base64(one));

      await writePair(directory, two);
      await clock.look();
      assert.equal(await shown(port), base64(one), "files that have just changed may be half-written");
      await clock.look();
      assert.equal(await shown(port), base64(two));
      assert.deepEqual(news.map(({ kind }) => kind), ["renewed"]);
      assert.notEqual(source.fingerprint.toHex(), "");

      const pong = new Promise((resolve) => inside.once("pong", resolve));
      inside.ping();
      await pong;
      const gone = new Promise((resolve) => inside.once("close", resolve));
      inside.terminate();
      await gone;
    });
  }));

Deno.test("a bad pair on disk leaves the certificate in force, is told once, and a good one is taken after it", () =>
  inDirectory(async (directory) => {
    const { source, clock, news } = await watch(await writePair(directory, one));
    await withTlsRelay(source, async ({ port }) => {
      const bad: TlsPair[] = [
        { cert: two.cert, key: one.key }, // half a renewal
        { cert: "garbage", key: "garbage" },
        await selfSigned({ now: Date.now() - 100 * 86_400_000, days: 1 }),
      ];
      for (const [i, pair] of bad.entries()) {
        await writePair(directory, pair);
        await clock.look(4);
        assert.equal(await shown(port), base64(one));
        assert.equal(news.length, i + 1);
        assert.equal(news[i]?.kind, "refused");
        assert.match(news[i]?.message ?? "", /stays so$/);
      }
      assert.match(news[0]?.message ?? "", /Cannot use --tls-key .*does not belong/);
      assert.match(news[2]?.message ?? "", /expired on/);
      await writePair(directory, two);
      await clock.look(2);
      assert.equal(await shown(port), base64(two));
    });
  }));

Deno.test("certificates behind symbolic links that are swapped are picked up", () =>
  inDirectory(async (directory) => {
    for (const [name, pair] of [["old", one], ["new", two]] as const) {
      await Deno.mkdir(`${directory}/${name}`);
      await writePair(`${directory}/${name}`, pair);
    }
    await Deno.symlink("old", `${directory}/live`); // as Kubernetes does; certbot swaps the files' own links
    const { source, clock } = await watch({
      cert: `${directory}/live/cert.pem`,
      key: `${directory}/live/key.pem`,
    });
    await withTlsRelay(source, async ({ port }) => {
      assert.equal(await shown(port), base64(one));
      await Deno.symlink("new", `${directory}/next`);
      await Deno.rename(`${directory}/next`, `${directory}/live`);
      await clock.look(2);
      assert.equal(await shown(port), base64(two));
    });
  }));

Deno.test("reload() looks at once, and knows when there is nothing new or nothing usable", () =>
  inDirectory(async (directory) => {
    const paths = await writePair(directory, one);
    const { source, news } = await watch(paths);
    assert.equal(await source.reload(), false);
    assert.equal(news.length, 0);
    await writePair(directory, two);
    assert.deepEqual(await Promise.all([source.reload(), source.reload()]), [true, true]);
    assert.deepEqual(source.current(), two);
    await Deno.remove(paths.key);
    assert.equal(await source.reload(), false);
    assert.match(news.at(-1)?.message ?? "", /Cannot use --tls-key .*no such file.*stays so/);
    assert.deepEqual(source.current(), two);
    source.close();
  }));

Deno.test("openTlsFiles() refuses a key that others can read, and files that are not there, naming option and fix", () =>
  inDirectory(async (directory) => {
    const paths = await writePair(directory, one);
    for (const mode of [0o640, 0o604, 0o660]) {
      await Deno.chmod(paths.key, mode);
      await assert.rejects(openTlsFiles(paths), {
        message: `Cannot use --tls-key ${paths.key}: others can use this file; run: chmod 600 ${paths.key}`,
      });
    }
    await Deno.chmod(paths.key, 0o600);
    await assert.rejects(openTlsFiles({ ...paths, key: `${directory}/none` }), /--tls-key .*no such file/);
    await assert.rejects(openTlsFiles({ ...paths, cert: directory }), /--tls-cert .*directory/);
    const flags = { cert: "--ssl-cert", key: "--ssl-key" };
    await assert.rejects(
      openTlsFiles({ ...paths, cert: paths.key, flags }),
      /--ssl-cert .*private key.*--ssl-key/,
    );
  }));
