/** All settings as a person reads them. @module */
import type { Configuration } from "./settings.ts";
import type { Setting } from "./setting.ts";
import { ALL_SETTINGS, type Settings } from "./settings_table.ts";

const MASK = "•••";

/** One line a setting: its name, its value, where that comes from. Secrets are masked, whatever their length. */
export function showConfiguration({ settings, sources }: Configuration, envFile?: string): string {
  const rows = ALL_SETTINGS.map(([name, its]) => {
    const { source = "default", by = "" } = sources.get(name) ?? {};
    const from = source === "env-file" ? `${by} in ${envFile}` : by;
    const because = name === "listener" && usesTls(settings) ? "with TLS" : "";
    const value = because !== "" && source === "default" ? "node" : settings[name];
    return [
      settingName(its) ?? name,
      showValue(its, value),
      source,
      source === "default" ? because : from,
    ];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd()).join("\n");
}

/** Whether there will be TLS, which only the node listener carries. */
function usesTls({ tlsCert, tlsKey, tlsSelfSigned }: Settings): boolean {
  return tlsSelfSigned || (tlsCert !== undefined && tlsKey !== undefined);
}

/** Its flag without dashes, in the positive; or its variable. */
function settingName({ flag, env }: Setting<unknown>): string | undefined {
  return flag?.split(" ")[0]?.replace(/^--(no-)?/, "") ?? env;
}

/** A value as text; `-` where there is none. */
export function showValue({ secret, show }: Setting<unknown>, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "-";
  if (secret) return MASK;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return show?.(value) ?? String(value);
}
