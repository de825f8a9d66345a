/** All settings of the relay: flags, variables, defaults and meanings, in the order in which people read them. @module */
import { ACCESS_SETTINGS } from "./settings_access.ts";
import { LIMIT_SETTINGS } from "./settings_limits.ts";
import { SITE_SETTINGS } from "./settings_site.ts";
import { type Setting, setting } from "./setting.ts";
import {
  byteCount,
  cidr,
  duration,
  host,
  hostPort,
  list,
  oneOf,
  origin,
  showDuration,
  showHostPort,
  text,
  wholeNumber,
  yesOrNo,
} from "./values.ts";

const LISTENING = {
  host: setting({
    group: "Listening",
    flag: "--host <host>",
    env: "SERVER_HOST",
    about: "address to listen on; 0.0.0.0 is all of them",
    fallback: "127.0.0.1",
    read: host,
  }),
  port: setting({
    group: "Listening",
    flag: "--port <port>",
    env: "SERVER_PORT",
    about: "port to listen on; 0 takes a free one",
    fallback: 4443,
    read: wholeNumber(0, 65_535),
  }),
  listener: setting<"deno" | "node">({
    group: "Listening",
    flag: "--listener <kind>",
    env: "LISTENER",
    about:
      "the server that carries the sockets, deno or node; node ends half-sent requests, and is always used with TLS",
    fallback: "deno",
    read: oneOf("deno", "node"),
  }),
  origins: setting<string[]>({
    group: "Listening",
    flag: "--origin <origin>",
    env: "ORIGINS",
    about: "web pages that may use the relay; without it only its own",
    fallback: [],
    read: list(origin),
    many: true,
    example: "https://chat.example",
  }),
  allow: setting<string[]>({
    group: "Listening",
    flag: "--allow <range>",
    env: "ALLOW",
    about: "addresses that may connect, as CIDR; without it all",
    fallback: [],
    read: list(cidr),
    many: true,
    example: "192.0.2.0/24,2001:db8::/32",
  }),
  deny: setting<string[]>({
    group: "Listening",
    flag: "--deny <range>",
    env: "DENY",
    about: "addresses that may not connect, as CIDR; it wins over --allow",
    fallback: [],
    read: list(cidr),
    many: true,
    example: "198.51.100.0/24",
  }),
  trustProxy: setting<string[]>({
    group: "Listening",
    flag: "--trust-proxy <range>",
    env: "TRUST_PROXY",
    about: "proxies whose X-Forwarded-For and Forwarded are believed, as CIDR",
    fallback: [],
    read: list(cidr),
    many: true,
    example: "127.0.0.1",
  }),
};

const TLS = {
  tlsCert: setting<string | undefined>({
    group: "TLS",
    flag: "--tls-cert <file>",
    aliases: ["--ssl-cert <file>"],
    env: "SSL_CERT_PATH",
    about: "certificate with its chain, PEM; SIGHUP or a change of the file loads it anew",
    fallback: undefined,
    read: text,
    example: "/etc/letsencrypt/live/relay.example/fullchain.pem",
  }),
  tlsKey: setting<string | undefined>({
    group: "TLS",
    flag: "--tls-key <file>",
    aliases: ["--ssl-key <file>"],
    env: "SSL_KEY_PATH",
    about: "its private key, PEM; nobody else may read the file",
    fallback: undefined,
    read: text,
    example: "/etc/letsencrypt/live/relay.example/privkey.pem",
  }),
  tlsSelfSigned: setting<boolean>({
    group: "TLS",
    flag: "--tls-self-signed",
    env: "TLS_SELF_SIGNED",
    about: "make a certificate in RAM and print its fingerprint",
    fallback: false,
    read: yesOrNo,
  }),
};

const STEERING = {
  metrics: setting<boolean>({
    group: "Seeing and steering",
    flag: "--metrics",
    env: "METRICS",
    about: "serve GET /metrics on the relay's own port",
    fallback: false,
    read: yesOrNo,
  }),
  metricsListen: setting<{ hostname: string; port: number } | undefined>({
    group: "Seeing and steering",
    flag: "--metrics-listen <host:port>",
    env: "METRICS_LISTEN",
    about: "serve GET /metrics there instead, off the public port",
    fallback: undefined,
    read: hostPort,
    show: (value) => value === undefined ? "" : showHostPort(value),
    example: "127.0.0.1:9100",
  }),
  auditLog: setting<string | undefined>({
    group: "Seeing and steering",
    flag: "--audit-log <file>",
    env: "AUDIT_LOG",
    about: "write logins, refusals and bans as JSON lines; - is standard output",
    fallback: undefined,
    read: text,
    example: "/var/log/sotto/audit.log",
  }),
  auditIps: setting<boolean>({
    group: "Seeing and steering",
    flag: "--audit-ips",
    env: "AUDIT_IPS",
    about: "write addresses there as they are, not hashed with a daily salt",
    fallback: false,
    read: yesOrNo,
  }),
  auditMaxSize: setting<number>({
    group: "Seeing and steering",
    flag: "--audit-max-size <bytes>",
    env: "AUDIT_MAX_SIZE",
    about: "size at which that file is put aside for a new one",
    fallback: 10_485_760,
    read: byteCount(65_536, 1_099_511_627_776),
  }),
  adminSocket: setting<string | undefined>({
    group: "Seeing and steering",
    flag: "--admin-socket [path]",
    env: "ADMIN_SOCKET",
    about: "Unix socket for `server.ts status`, `ban`, `top` …; without a path in $XDG_RUNTIME_DIR",
    fallback: undefined,
    read: (given) => /^(1|true|yes|on)$/i.test(given) ? "" : text(given),
    show: (value) => value === "" ? "on" : value ?? "",
    example: "/run/sotto/relay.sock",
  }),
  logFormat: setting<"text" | "json">({
    group: "Seeing and steering",
    flag: "--log-format <format>",
    env: "LOG_FORMAT",
    about: "what is printed: text, or JSON lines",
    fallback: "text",
    read: oneOf("text", "json"),
  }),
  drainTime: setting<number>({
    group: "Seeing and steering",
    flag: "--drain-time <time>",
    env: "DRAIN_TIME",
    about: "how long SIGTERM lets people finish",
    fallback: 5_000,
    read: duration(0, 8_000),
    show: showDuration,
  }),
};

const PROGRAM = {
  envFile: setting<string | undefined>({
    group: "About this program",
    flag: "--env-file <file>",
    about: "read variables from this file; flags and the environment win over it",
    fallback: undefined,
    read: text,
  }),
  printConfig: setting<boolean>({
    group: "About this program",
    flag: "--print-config",
    about: "show every setting and where it comes from, and end",
    fallback: false,
    read: yesOrNo,
  }),
};

/** All settings, by the name that the program has for them. */
export const SETTINGS = {
  ...LISTENING,
  ...TLS,
  ...ACCESS_SETTINGS,
  ...LIMIT_SETTINGS,
  ...SITE_SETTINGS,
  ...STEERING,
  ...PROGRAM,
};

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** The values of all settings. */
export type Settings = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

/** All settings with their names, in order. */
export const ALL_SETTINGS: readonly (readonly [SettingName, Setting<unknown>])[] = Object.entries(
  SETTINGS,
) as [
  SettingName,
  Setting<unknown>,
][];
