/** Settings that cannot be meant together. @module */
import { leastBuffered } from "../../wire/mod.ts";
import type { Configuration } from "./settings.ts";
import type { SettingName } from "./settings_table.ts";
import { showDuration } from "./values.ts";
import { UsageError } from "../usage_error.ts";

/** A setting that is for nothing without another: where it was said as a flag, it is refused. */
const NEEDS: readonly (readonly [SettingName, SettingName])[] = [
  ["auditIps", "auditLog"],
  ["auditMaxSize", "auditLog"],
  ["registration", "accounts"],
];

/** Of each group one at most. */
const ONE_OF: readonly (readonly SettingName[])[] = [
  ["password", "passwordFile", "askPassword"],
  ["tlsCert", "tlsSelfSigned"],
  ["metrics", "metricsListen"],
];

/** @throws {UsageError} When settings contradict each other. */
export function checkTogether({ settings, sources }: Configuration): void {
  const by = (name: SettingName): string => sources.get(name)?.by ?? name;
  const from = (name: SettingName): string => sources.get(name)?.source ?? "default";
  const set = (name: SettingName): boolean => from(name) !== "default" && settings[name] !== false;
  const refuse = (name: SettingName, why: string): never => {
    throw new UsageError(`Cannot use ${by(name)}${why}`);
  };
  if (set("tlsCert") !== set("tlsKey")) {
    const [has, lacks] = set("tlsCert")
      ? ["tlsCert", "--tls-key"] as const
      : ["tlsKey", "--tls-cert"] as const;
    refuse(has, ` alone: name the other file with ${lacks}`);
  }
  for (const group of ONE_OF) {
    const [first, second] = strongest(group.filter(set), from);
    if (first !== undefined && second !== undefined) {
      refuse(second, ` with ${by(first)}: leave one of them out`);
    }
  }
  if (
    settings.listener === "deno" && from("listener") !== "default" && (set("tlsCert") || set("tlsSelfSigned"))
  ) {
    const tls = set("tlsCert") ? "tlsCert" : "tlsSelfSigned";
    refuse("listener", ` deno with ${by(tls)}: only the node listener does TLS 1.3; leave the listener out`);
  }
  const password = set("password") || set("passwordFile") || set("askPassword");
  if (set("accounts") && !password) {
    refuse("accounts", " without a password, which seals that file: add --password-file");
  }
  for (const name of ["requireAccount", "operator"] as const) {
    if (set(name) && !set("accounts")) refuse(name, " without accounts: add --accounts and a file for them");
  }
  for (const [name, needed] of NEEDS) {
    if (from(name) === "flag" && set(name) && !set(needed)) {
      refuse(name, ` without ${by(needed)}: add it, or leave this out`);
    }
  }
  checkHeartbeat(settings.heartbeatInterval, settings.heartbeatTimeout, { refuse, set, by });
  checkBuffers(settings.maxBuffered, settings.maxPayloadSize, { refuse, set, by });
}

/** How a refusal is said, and of which setting. */
interface Said {
  refuse: (name: SettingName, why: string) => never;
  set: (name: SettingName) => boolean;
  by: (name: SettingName) => string;
}

/** Who pings less often than is waited for is cut off in between. */
function checkHeartbeat(interval: number, timeout: number, { refuse, set, by }: Said): void {
  if (timeout > interval) return;
  const [pings, waits] = [showDuration(interval), showDuration(timeout)];
  if (set("heartbeatTimeout")) {
    refuse("heartbeatTimeout", ` ${waits}: it must be longer than ${by("heartbeatInterval")}, ${pings}`);
  }
  refuse(
    "heartbeatInterval",
    ` ${pings} alone: silence of ${waits} ends a connection. Add a longer --heartbeat-timeout`,
  );
}

/** A reader for whom not even two full batches may wait is cut off by one send, however fast it reads. */
function checkBuffers(most: number, payload: number, { refuse, set, by }: Said): void {
  const least = leastBuffered(payload);
  if (most >= least) return;
  if (set("maxBuffered")) {
    const smaller = set("maxPayloadSize") ? `, or lower ${by("maxPayloadSize")}` : "";
    refuse(
      "maxBuffered",
      ` ${most}: frames may have ${payload} bytes (--max-payload-size), and one would cut off whoever is to read it. ` +
        `Use ${least} or more${smaller}`,
    );
  }
  refuse(
    "maxPayloadSize",
    ` ${payload} alone: readers are cut off once ${most} bytes are unsent. Add --max-buffered ${least}, or more`,
  );
}

/** Of what excludes each other, what was said at the strongest place: a flag hides what the environment says. */
function strongest(names: readonly SettingName[], from: (name: SettingName) => string): SettingName[] {
  for (const source of ["flag", "env", "env-file"]) {
    const here = names.filter((name) => from(name) === source);
    if (here.length > 0) return here;
  }
  return [];
}
