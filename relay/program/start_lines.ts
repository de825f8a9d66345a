/** What a person reads when the relay listens. @module */
import { isEverybody, isLoopback as isLoopbackAddress, parseCidr } from "../cidr.ts";
import { lanAddress } from "../lan_address.ts";
import type { Site } from "../site.ts";
import type { ProgramIo } from "./io.ts";
import { type HostPort, showHostPort } from "./values.ts";

/** What the lines depend on. */
export interface Standing {
  /** The URL that clients connect to. */
  url: string;
  where: HostPort;
  /** The server that carries the sockets. */
  listener: "deno" | "node";
  tls: boolean;
  /** SHA-256 of the key of a certificate made in RAM. */
  fingerprint?: string | undefined;
  /** Where figures for Prometheus are answered, if on a port of their own. */
  metrics?: HostPort | undefined;
  /** What is served beside the rooms. */
  site: Site;
  /** What the commands need to find the admin socket, if there is one. */
  admin?: string | undefined;
  /** Proxies that are trusted: then TLS is theirs. */
  proxies: readonly string[];
  password: boolean;
  accountsOnly: boolean;
}

/** Says where the relay is, what to type next, and what to beware of. */
export function greet(io: ProgramIo, standing: Standing): void {
  const { url, where, listener, tls, fingerprint, metrics, admin, proxies, password, accountsOnly } =
    standing;
  const local = isLoopback(where.hostname);
  const anywhere = where.hostname === "0.0.0.0" || where.hostname === "::";
  // With a certificate of our own the line is to be copied whole; a name belongs to others.
  const own = (fingerprint === undefined ? null : lanAddress()) ?? "<this machine's address>";
  const address = anywhere ? `${own}:${where.port}` : showHostPort(where);
  const pin = fingerprint === undefined ? "" : ` --pin ${fingerprint}`;
  const relay = local && where.port === 4443 && !tls ? "" : ` --relay ${tls ? "wss://" : ""}${address}`;
  io.print(`Sotto relay listening on ${url}`);
  if (fingerprint !== undefined) {
    io.print(`Certificate:   key SHA-256 ${fingerprint}`);
    io.print(
      `               made for this run; a client is told it by --pin, ${
        local ? "takes it on this machine" : "or asks whether it is this"
      }, and invites carry it`,
    );
  }
  io.print(`Found a room:  deno run -A client.ts create --nick alice${relay}${pin}`);
  if (password) {
    io.print(
      accountsOnly
        ? "Come in:       with an account; the password, or a token, opens registration"
        : "Come in:       the client asks for the password; or --relay-password-file FILE, or SOTTO_TOKEN=TOKEN",
    );
    const http = `${tls ? "https" : "http"}://${
      anywhere ? showHostPort({ ...where, hostname: "127.0.0.1" }) : address
    }`;
    const insecure = fingerprint === undefined ? "" : "-k ";
    io.print(`Make a token:  curl ${insecure}-u admin ${http}/generate_token -d username=alice`);
  }
  for (const line of siteLines(standing.site, `${tls ? "https" : "http"}://${address}`)) io.print(line);
  if (metrics !== undefined) io.print(`Metrics:       http://${showHostPort(metrics)}/metrics`);
  if (admin !== undefined) io.print(`Steer it:      deno run -A server.ts status${admin}`);
  io.print("Stop:          Ctrl-C");
  if (local) return;
  if (!tls && proxies.length === 0) {
    const guess = password ? ", and whoever records a login can go on guessing the password at home" : "";
    io.complain(
      "Warning: other machines can reach this relay and it has no TLS yet. What is said stays end-to-end encrypted; " +
        `who talks when can be seen on the way${guess}. Use --tls-cert and --tls-key, or --tls-self-signed.`,
    );
  }
  if (proxies.map(parseCidr).some(isEverybody)) {
    io.complain(
      "Warning: --trust-proxy names everybody, so that everybody can come by any address: limits and bans for " +
        "addresses mean nothing, and passwords are taken without TLS. Name your proxy's address alone.",
    );
  }
  if (listener === "deno" && proxies.length === 0) {
    io.complain(
      "Warning: the default listener cannot end requests whose headers come only half, which a hostile guest can pile " +
        "up. Use TLS or --listener node, or put a proxy in front.",
    );
  }
}

function siteLines({ client, web, downloads }: Site, origin: string): string[] {
  const lines: string[] = [];
  if (client !== undefined) {
    lines.push(`Its client:    deno run -A ${origin}/client.js`, `               SHA-256 ${client.sha256}`);
  }
  if (web !== undefined) {
    lines.push(`In a browser:  ${origin}/web`, `               SHA-256 ${web.sha256}`);
  }
  if (downloads !== undefined) {
    const { size } = downloads.files;
    lines.push(`Downloads:     ${origin}/download, ${size} ${size === 1 ? "file" : "files"}`);
  }
  return lines;
}

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || isLoopbackAddress(host);
}
