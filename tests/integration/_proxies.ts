/** Caddy and nginx in front of a relay, configured by the very files of `deploy/`. */
import { fileURLToPath } from "node:url";
import { freePort } from "../free_port.ts";
import { issuedPair, writePair } from "../tls_helpers.ts";

/** The files that are shipped. */
export const DEPLOY: URL = new URL("../../deploy/", import.meta.url);

/** What is named in a message, and what is run. */
export const PROXIES = ["caddy", "nginx"] as const;

/** Which proxy. */
export type ProxyKind = (typeof PROXIES)[number];

/** Whether a program is installed here. */
export async function isInstalled(program: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** A proxy that runs. */
export interface Proxy {
  /** `127.0.0.1:port`, for https and wss. */
  place: string;
  /** Issuer of its certificate, PEM. */
  ca: string;
  /** Tells it to read its configuration anew; resolves when it has been told. */
  reload(): Promise<void>;
  /** Stops it, and starts it again on the same port. */
  restart(): Promise<void>;
}

/** Replaces what stands in a shipped file exactly as often as it should; else the file is another than was meant. */
export function substitute(text: string, parts: readonly (readonly [string, string, number])[]): string {
  return parts.reduce((all, [from, to, times]) => {
    const found = all.split(from).length - 1;
    if (found !== times) throw new Error(`"${from}" stands there ${found} times, not ${times}`);
    return all.replaceAll(from, to);
  }, text);
}

/** Runs a proxy before the relay at `relayPort` for as long as `use` takes. */
export async function withProxy(
  kind: ProxyKind,
  relayPort: number,
  use: (proxy: Proxy) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "sotto-proxy-" });
  const port = freePort();
  const { start, reload, ca } = await (kind === "caddy" ? caddy : nginx)(dir, { port, relayPort });
  let running = await start();
  try {
    await use({
      place: `127.0.0.1:${port}`,
      ca: await ca(),
      reload,
      restart: async () => {
        await running.stop();
        running = await start();
      },
    });
  } finally {
    await running.stop();
    await Deno.remove(dir, { recursive: true });
  }
}

interface Running {
  stop(): Promise<void>;
}

interface Prepared {
  start(): Promise<Running>;
  reload(): Promise<void>;
  ca(): Promise<string>;
}

interface Ports {
  port: number;
  relayPort: number;
}

async function caddy(dir: string, { port, relayPort }: Ports): Promise<Prepared> {
  const file = `${dir}/Caddyfile`;
  const admin = `unix/${dir}/admin.sock`;
  // No ports but ours, no change to this machine's own list of authorities; the site is the shipped file's.
  const options = `{\n\tadmin ${admin}\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n`;
  await Deno.writeTextFile(file, `${options}import ${fileURLToPath(new URL("Caddyfile", DEPLOY))}\n`);
  const env = {
    HOME: dir,
    XDG_DATA_HOME: dir,
    XDG_CONFIG_HOME: dir,
    SOTTO_SITE: `https://127.0.0.1:${port}`,
    SOTTO_RELAY: `127.0.0.1:${relayPort}`,
  };
  const config = ["--config", file, "--adapter", "caddyfile"];
  const ca = (): Promise<string> => Deno.readTextFile(`${dir}/caddy/pki/authorities/local/root.crt`);
  return {
    start: async () => {
      const running = await program("caddy", ["run", ...config], {
        env,
        ready: "serving initial configuration",
      });
      await untilCertified(port, await ca());
      return running;
    },
    reload: () => done("caddy", ["reload", ...config, "--address", admin, "--force"], env),
    ca,
  };
}

async function nginx(dir: string, { port, relayPort }: Ports): Promise<Prepared> {
  const { ca, pair } = await issuedPair();
  const { cert, key } = await writePair(dir, pair);
  const site = substitute(await Deno.readTextFile(new URL("nginx.conf", DEPLOY)), [
    ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`, 1],
    ["listen [::]:443 ssl;", "", 1],
    ["listen 80;", `listen unix:${dir}/http.sock;`, 1],
    ["listen [::]:80;", "", 1],
    ["server 127.0.0.1:4443;", `server 127.0.0.1:${relayPort};`, 1],
    ["/etc/letsencrypt/live/relay.example/fullchain.pem", cert, 1],
    ["/etc/letsencrypt/live/relay.example/privkey.pem", key, 1],
    ["/var/log/nginx/", `${dir}/`, 1],
  ]);
  await Deno.writeTextFile(`${dir}/sotto.conf`, site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const main = [
    "error_log stderr notice;",
    `pid ${dir}/nginx.pid;`,
    ...(Deno.uid() === 0 ? ["user root;"] : []),
    "events {}",
    "http {",
    ...temporary.map((name) => `    ${name}_temp_path ${dir}/${name};`),
    `    include ${dir}/sotto.conf;`,
    "}",
  ];
  await Deno.writeTextFile(`${dir}/nginx.conf`, `${main.join("\n")}\n`);
  const config = ["-p", dir, "-c", `${dir}/nginx.conf`, "-e", "stderr"];
  return {
    start: () => program("nginx", [...config, "-g", "daemon off;"], { ready: "start worker process " }),
    reload: () => done("nginx", [...config, "-s", "reload"]),
    ca: () => Promise.resolve(ca),
  };
}

/** Caddy gets its certificate while it listens already, and says so only in the log of the first time. */
async function untilCertified(port: number, ca: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      const connection = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [ca] });
      await connection.handshake().finally(() => connection.close());
      return;
    } catch (error) {
      if (tries === 2_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Starts a program, and waits until its log says that it is ready. */
async function program(
  name: string,
  args: string[],
  { env = {}, ready }: { env?: Record<string, string>; ready: string },
): Promise<Running> {
  const child = new Deno.Command(name, { args, env, stdin: "null", stdout: "null", stderr: "piped" }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let log = "";
  while (!log.includes(ready)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${name} ended: ${log}`);
    log += value;
  }
  const reading = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}

async function done(name: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args, env, stdout: "null", stderr: "piped" })
    .output();
  if (!success) throw new Error(`${name} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** A port that the system does not hand out by itself, so that nobody takes it while a proxy is down. */
