import assert from "node:assert/strict";
import { selfSigned } from "../../relay/self_signed.ts";
import { selfSignedSource } from "../../relay/tls_in_memory.ts";
import { inDirectory, openssl, sourceOf, withTlsRelay } from "../tls_helpers.ts";

/** Shakes hands by openssl, and says goodbye. */
async function sClient(port: number, ...args: string[]): Promise<{ ok: boolean; out: string }> {
  return await openssl(["s_client", "-connect", `127.0.0.1:${port}`, ...args], { input: "Q\n" });
}

Deno.test("openssl s_client reaches a relay by TLS 1.3 and trusts the certificate that it was given", () =>
  inDirectory(async (directory) => {
    const source = await selfSignedSource();
    await Deno.writeTextFile(`${directory}/ca.pem`, source.current().cert);
    await withTlsRelay(source, async ({ port }) => {
      const { ok, out } = await sClient(
        port,
        "-tls1_3",
        "-CAfile",
        `${directory}/ca.pem`,
        "-verify_return_error",
      );
      assert.ok(ok, out);
      assert.match(out, /TLSv1\.3/);
      assert.match(out, /Verify return code: 0 \(ok\)/);
    });
  }));

Deno.test("a relay with TLS refuses TLS 1.2, also after its certificate was replaced", async () => {
  const source = sourceOf(await selfSigned());
  await withTlsRelay(source, async ({ port }) => {
    const refused = async (): Promise<void> => {
      const { ok, out } = await sClient(port, "-tls1_2");
      assert.ok(!ok, out);
      assert.match(out, /alert protocol version/);
    };
    await refused();
    source.onChange?.(await selfSigned());
    await refused();
    const { ok, out } = await sClient(port, "-tls1_3");
    assert.ok(ok, out);
  });
});

Deno.test("plain HTTP on a relay's TLS port is turned away, and the next one by TLS is served", () =>
  inDirectory(async (directory) => {
    const source = await selfSignedSource();
    await Deno.writeTextFile(`${directory}/ca.pem`, source.current().cert);
    await withTlsRelay(source, async ({ port }) => {
      await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
      const { success, stdout } = await new Deno.Command("curl", {
        args: ["-sS", "--cacert", `${directory}/ca.pem`, `https://127.0.0.1:${port}/health`],
      }).output();
      assert.ok(success);
      assert.equal(JSON.parse(new TextDecoder().decode(stdout)).status, "healthy");
    });
  }));
