/** Puts a relay together as the settings say. @module */
import config from "../../deno.json" with { type: "json" };
import type { Audit } from "../audit.ts";
import type { Metrics } from "../metrics.ts";
import { listenMetrics } from "../metrics_listener.ts";
import { openRelay, type OpenRelayOptions, type RunningRelay } from "../open_relay.ts";
import type { Relay } from "../relay.ts";
import type { Site } from "../site.ts";
import type { TlsSource } from "../tls.ts";
import type { AccessParts } from "./access_parts.ts";
import { openAudit } from "./audit_parts.ts";
import type { ProgramIo } from "./io.ts";
import { listenProblem } from "./listen_problem.ts";
import { relayPassword } from "./secrets.ts";
import { type Configuration, limitsOf } from "./settings.ts";
import type { Settings } from "./settings_table.ts";
import { greet } from "./start_lines.ts";
import { openTls } from "./tls_parts.ts";
import type { HostPort } from "./values.ts";

/** A relay with everything around it. */
export interface Parts {
  running: RunningRelay;
  /** A certificate that can be renewed. */
  tls: TlsSource | undefined;
  /** Says that it listens, and how one comes in. */
  greet(): void;
  /** Ends all of it. */
  close(): Promise<void>;
}

/** Opens everything. Heavy parts are loaded only where they are wanted. @throws {UsageError} */
export async function openParts(configuration: Configuration, io: ProgramIo): Promise<Parts> {
  const { settings } = configuration;
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const password = await relayPassword(configuration, io);
    const { audit, close: closeAudit } = await openAudit(settings, io);
    closers.push(closeAudit);
    const tls = await openTls(configuration, { io, audit });
    if (tls !== undefined) closers.push(() => tls.close());
    const access = password === undefined
      ? undefined
      : await (await import("./access_parts.ts")).openAccess({ settings, password, io, audit });
    if (typeof password === "object") password.fill(0);
    if (access !== undefined) closers.push(() => access.close());
    const site = await openSite(configuration, { io, tls });
    const running = await open(settings, await options(settings, { tls, access, site, audit, closers }));
    audit.record({ type: "start" });
    closers.push(() => audit.record({ type: "stop" }), () => running.close());
    const metrics = listenForMetrics(running.relay, { settings, access, closers });
    const admin = settings.adminSocket === undefined
      ? undefined
      : await (await import("./admin_parts.ts")).openAdmin({
        path: settings.adminSocket,
        relay: running.relay,
        access,
        tokenTtlMs: settings.tokenTtl,
      });
    if (admin !== undefined) closers.push(() => admin.close());
    const fingerprint = await shownFingerprint(settings, tls);
    return {
      running,
      tls: settings.tlsSelfSigned ? undefined : tls,
      greet: () =>
        sayHello(io, settings, { running, tls, access, site, fingerprint, metrics, admin: admin?.path }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is served beside the rooms; without anything of it there is only the page at `/`. @throws {UsageError} */
async function openSite(
  configuration: Configuration,
  seen: { io: ProgramIo; tls: TlsSource | undefined },
): Promise<Site> {
  const { serveClient, clientJs, web, webPage, downloads } = configuration.settings;
  const asked = serveClient || web || [clientJs, webPage, downloads].some((path) => path !== undefined);
  if (!asked && seen.tls === undefined) return {};
  return await (await import("./site_parts.ts")).openSite(configuration, seen);
}

/** What is to be done at the end, the last first. */
type Closers = (() => unknown)[];

interface Made {
  tls: TlsSource | undefined;
  access: AccessParts | undefined;
  /** What is served beside the rooms. */
  site: Site;
}

interface Greeted extends Made {
  running: RunningRelay;
  fingerprint: string | undefined;
  metrics: HostPort | undefined;
  /** Path of the admin socket. */
  admin: string | undefined;
}

async function options(
  settings: Settings,
  { tls, access, site, audit, closers }: Made & { audit: Audit; closers: Closers },
): Promise<OpenRelayOptions> {
  const { host: hostname, port, listener, origins, allow, deny, trustProxy, publicRooms, tokenTtl } =
    settings;
  return {
    hostname,
    port,
    listener,
    origins,
    allow,
    deny,
    trustProxy,
    publicRooms,
    audit,
    limits: limitsOf(settings),
    tokenTtlMs: tokenTtl,
    ownThread: true,
    version: config.version,
    site,
    ...(tls === undefined ? {} : { tls }),
    ...(access === undefined
      ? {}
      : { access: access.desk, admin: (await import("./desk_admin.ts")).deskAdmin(access.desk) }),
    ...(settings.metrics ? { metrics: figures(closers, access) } : {}),
  };
}

/** Figures for Prometheus, made when they are first asked for. */
function figures(closers: Closers, access: AccessParts | undefined): (relay: Relay) => Promise<string> {
  let made: Promise<Metrics> | undefined;
  const make = async (relay: Relay): Promise<Metrics> => {
    const { Metrics } = await import("../metrics.ts");
    const tokens = access === undefined ? {} : { activeTokens: () => access.desk.activeTokens };
    const metrics = new Metrics({ control: relay.control, ...tokens });
    closers.push(() => metrics.close());
    return metrics;
  };
  return async (relay) => await (await (made ??= make(relay))).text();
}

/** Answers `/metrics` on a port of its own, where that is wanted, and says on which. */
function listenForMetrics(
  relay: Relay,
  { settings: { metricsListen: where }, access, closers }: {
    settings: Settings;
    access: AccessParts | undefined;
    closers: Closers;
  },
): HostPort | undefined {
  if (where === undefined) return undefined;
  const text = figures(closers, access);
  try {
    const listening = listenMetrics(() => text(relay), where);
    closers.push(() => listening.close());
    return { ...where, port: listening.port };
  } catch (error) {
    throw listenProblem(error, where, { host: "--metrics-listen", port: "--metrics-listen" });
  }
}

async function open(settings: Settings, options: OpenRelayOptions): Promise<RunningRelay> {
  try {
    return await openRelay(options);
  } catch (error) {
    throw listenProblem(error, { hostname: settings.host, port: settings.port });
  }
}

/** SHA-256 of the key of a certificate that was made in RAM, as it is shown. */
async function shownFingerprint(
  { tlsSelfSigned }: Settings,
  tls: TlsSource | undefined,
): Promise<string | undefined> {
  if (tls === undefined || !tlsSelfSigned) return undefined;
  return (await import("../tls.ts")).formatFingerprint(tls.fingerprint);
}

function sayHello(
  io: ProgramIo,
  settings: Settings,
  { running, tls, access, site, fingerprint, metrics, admin }: Greeted,
): void {
  greet(io, {
    url: running.url,
    where: { hostname: running.hostname, port: running.port },
    listener: tls === undefined ? settings.listener : "node",
    tls: tls !== undefined,
    fingerprint,
    metrics,
    site,
    admin: admin === undefined ? undefined : settings.adminSocket === "" ? "" : ` --socket ${admin}`,
    proxies: settings.trustProxy,
    password: access !== undefined,
    accountsOnly: settings.requireAccount,
  });
}
