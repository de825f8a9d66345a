/** The text of `.env.example`: `deno run -A relay/program/env_example.ts > .env.example`. @module */
import { GROUPS } from "./setting.ts";
import { ALL_SETTINGS } from "./settings_table.ts";
import { showValue } from "./print_config.ts";

const HEAD = `# Settings of the relay: copy this file, take the # off what you need, and start with
#   deno run -A server.ts --env-file relay.env
# Flags win over the environment, the environment over this file. With a password in it: chmod 600.
`;

/** Every variable that the relay knows, commented out, with its default or an example. */
export function envExample(): string {
  const parts = [HEAD];
  for (const group of GROUPS) {
    const lines: string[] = [];
    for (const [, its] of ALL_SETTINGS) {
      if (its.group !== group || its.env === undefined) continue;
      const value = its.fallback === undefined || its.many ? its.example ?? "" : showValue(its, its.fallback);
      const flag = its.flag === undefined ? "" : ` (${its.flag.split(" ")[0]})`;
      lines.push(`# ${its.about}${flag}`, `#${its.env}=${value}`, "");
    }
    if (lines.length > 0) parts.push(`## ${group}\n`, ...lines);
  }
  return `${parts.join("\n").trimEnd()}\n`;
}

if (import.meta.main) await Deno.stdout.write(new TextEncoder().encode(envExample()));
