/** Certificates for tests, made on the fly; relays and other servers that show them. */
import { X509Certificate } from "node:crypto";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import type { AddressInfo, Socket } from "node:net";
import { openRelay, type RunningRelay } from "../relay/mod.ts";
import { keyFingerprint, type TlsPair, type TlsSource } from "../relay/tls.ts";

const decoder = new TextDecoder();

/** Runs openssl and gives back what it said and whether all was well. */
export async function openssl(
  args: string[],
  options: { cwd?: string; input?: string } = {},
): Promise<{ ok: boolean; out: string }> {
  const process = new Deno.Command("openssl", {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.input ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { success, stdout, stderr } = await process.output();
  return { ok: success, out: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** A directory for the time of one test. */
export async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "sotto-tls-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

let written = 0;

/** Writes a pair as an operator keeps it. */
export async function writePair(directory: string, { cert, key }: TlsPair): Promise<TlsPair> {
  const paths = { cert: `${directory}/cert.pem`, key: `${directory}/key.pem` };
  await Deno.writeTextFile(paths.cert, cert);
  await Deno.writeTextFile(paths.key, key, { mode: 0o600 });
  await Deno.chmod(paths.key, 0o600);
  // Two writes within one tick of the file system's clock would have the same time.
  const time = new Date(Date.now() + 1_000 * ++written);
  for (const path of [paths.cert, paths.key]) await Deno.utime(path, time, time);
  return paths;
}

/** An authority of one's own and a certificate for 127.0.0.1 that it has issued. */
export async function issuedPair(): Promise<{ ca: string; pair: TlsPair }> {
  const made = { ca: "", pair: { cert: "", key: "" } };
  await inDirectory(async (cwd) => {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await Deno.writeTextFile(`${cwd}/ext`, "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
    for (
      const args of [
        [
          "req",
          "-x509",
          ...curve,
          "-keyout",
          "ca.key",
          "-out",
          "ca.pem",
          "-subj",
          "/CN=Our authority",
          "-days",
          "9",
        ],
        ["req", "-new", ...curve, "-keyout", "key.pem", "-out", "request", "-subj", "/CN=relay"],
        [
          "x509",
          "-req",
          "-in",
          "request",
          "-CA",
          "ca.pem",
          "-CAkey",
          "ca.key",
          "-CAcreateserial",
          "-days",
          "9",
        ]
          .concat(["-extfile", "ext", "-out", "cert.pem"]),
      ]
    ) {
      const { ok, out } = await openssl(args, { cwd });
      if (!ok) throw new Error(`Cannot make a certificate: ${out}`);
    }
    made.ca = await Deno.readTextFile(`${cwd}/ca.pem`);
    made.pair.cert = await Deno.readTextFile(`${cwd}/cert.pem`);
    made.pair.key = await Deno.readTextFile(`${cwd}/key.pem`);
  });
  return made;
}

/** SHA-256 of a certificate's key, as a pin names it. */
export function keyPinOf({ cert }: TlsPair): Uint8Array {
  return keyFingerprint(new X509Certificate(cert));
}

/** SHA-256 of a whole certificate (DER), as a pin may name it too. */
export function pinOf({ cert }: TlsPair): Uint8Array {
  return Uint8Array.fromHex(new X509Certificate(cert).fingerprint256.replaceAll(":", ""));
}

/** A source that changes when it is told to. */
export function sourceOf(pair: TlsPair): TlsSource {
  return {
    current: () => pair,
    fingerprint: new Uint8Array(32),
    reload: () => Promise.resolve(false),
    close() {},
  };
}

/** Runs a relay with TLS for the time of one test. */
export async function withTlsRelay(
  source: TlsSource,
  test: (relay: RunningRelay) => Promise<void>,
): Promise<void> {
  const running = await openRelay({ port: 0, tls: source });
  try {
    await test(running);
  } finally {
    await running.close();
    source.close();
  }
}

/** Runs a bare TLS server for the time of one test; it says nothing. */
export async function withTls(
  options: TlsOptions,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const open = new Set<Socket>();
  const server = createTlsServer(options);
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.on("secureConnection", (socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test((server.address() as AddressInfo).port);
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
