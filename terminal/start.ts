/** What both modes need to start: settings, nickname, password, the way in. @module */
import { ClientError } from "../client/errors.ts";
import { homeRelay } from "../relay/program/own_name.ts";
import type { CommonOptions, RoomTask } from "./tasks.ts";
import type { Entrances, EntranceSettings } from "./entrances.ts";
import { readEnv } from "./env.ts";
import type { LineIo } from "./line_io.ts";
import type { LoginSources } from "./login_sources.ts";
import type { RelayAccess } from "./relay_access.ts";
import type { Asker } from "./relay_door.ts";
import type { Entrance } from "./seat.ts";

/** Settings from options and environment, but for the way to the relay. */
export function settings(
  { limit, away, giveUp }: CommonOptions,
): Omit<EntranceSettings, "nick" | "access"> {
  return { limit, awayMs: away, giveUpMs: giveUp };
}

/** The way to relays: by options and environment, with the logins that they give. */
export async function accessOf(
  options: CommonOptions,
  { asker, ...sources }: LoginSources & { asker: Asker | null },
): Promise<RelayAccess> {
  const [{ RelayAccess }, { findLogins }] = await Promise.all([
    import("./relay_access.ts"),
    import("./login_sources.ts"),
  ]);
  const { relay, ssl, ca, pin, insecureToken } = options;
  return new RelayAccess({
    relay,
    usualRelay: readEnv("SOTTO_RELAY"),
    home: homeRelay(),
    ssl,
    ca: ca === undefined ? undefined : await readPem(ca),
    pin,
    insecureToken,
    logins: await findLogins(options, sources),
    asker,
  });
}

/** The issuers of `--ca`. */
export async function readPem(path: string): Promise<string> {
  const refuse = (why: string, cause?: unknown): ClientError =>
    new ClientError("bad_ca", `Cannot use ${JSON.stringify(path)} for --ca: ${why}`, { status: 2, cause });
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw refuse(`it ${(await import("./unreadable.ts")).whyUnreadable(cause, path)}`, cause);
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw refuse("it holds no certificate in PEM form");
  return text;
}

/** The nickname of the command line or the environment, or one that is made up. */
export async function nickWithoutAsking(options: CommonOptions): Promise<string> {
  return options.nick ?? readEnv("SOTTO_NICK") ?? (await import("./friendly_name.ts")).friendlyName();
}

/** The password, for a task that may need one. */
export async function passwordFor(
  task: RoomTask,
  options: CommonOptions,
  where: { nextLine: () => Promise<string | null>; io: LineIo | null },
): Promise<string | undefined> {
  if (task.action !== "join") return undefined;
  const { findPassword } = await import("./secrets.ts");
  return await findPassword({ given: task.password, options, ...where });
}

/** The way in for a task. */
export function entranceOf(
  task: RoomTask,
  entrances: Entrances,
  password: string | undefined,
): Entrance {
  switch (task.action) {
    case "host":
      return entrances.host(task);
    case "join":
      return entrances.join(
        { code: task.code, ...(password === undefined ? {} : { password }) },
        { password: readEnv("SOTTO_PASSWORD") },
      );
    case "create": {
      const { action: _action, ...founding } = task;
      return entrances.create(founding);
    }
    case "ask":
      return entrances.create();
  }
}
