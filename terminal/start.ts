/** What both modes need to start: settings, nickname, password, the way in. @module */
import type { CommonOptions, Task } from "./command_line.ts";
import type { Entrances, EntranceSettings } from "./entrances.ts";
import { readEnv } from "./env.ts";
import type { LineIo } from "./line_io.ts";
import { relayUrl } from "./relay_url.ts";
import type { Entrance } from "./seat.ts";

/** Settings from options and environment. */
export function settings({ relay, limit, away, giveUp }: CommonOptions): Omit<EntranceSettings, "nick"> {
  const usual = readEnv("SOTTO_RELAY");
  return {
    relay,
    limit,
    awayMs: away,
    giveUpMs: giveUp,
    usualRelay: usual === undefined ? undefined : relayUrl(usual),
  };
}

/** The nickname of the command line or the environment, or one that is made up. */
export async function nickWithoutAsking(options: CommonOptions): Promise<string> {
  return options.nick ?? readEnv("SOTTO_NICK") ?? (await import("./friendly_name.ts")).friendlyName();
}

/** The password, for a task that may need one. */
export async function passwordFor(
  task: Task,
  options: CommonOptions,
  where: { nextLine: () => Promise<string | null>; io: LineIo | null },
): Promise<string | undefined> {
  if (task.action !== "join") return undefined;
  const { findPassword } = await import("./secrets.ts");
  return await findPassword({ given: task.password, options, ...where });
}

/** The way in for a task. */
export function entranceOf(
  task: Task,
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
    case "create":
    case "ask":
      return entrances.create();
  }
}
