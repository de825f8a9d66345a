/** The screen as it opens: what the first frame needs, and nothing that would delay it. @module */
import { loadConfig } from "./app/config_file.ts";
import type { Config } from "./app/config_text.ts";
import { paintFirst } from "./app/first_frame.ts";
import { readEnv } from "./env.ts";
import { type Capabilities, readCapabilities } from "./screen/capabilities.ts";
import { FullTerminal } from "./screen/full_terminal.ts";
import { type Theme, type ThemeName, themeOf } from "./screen/theme.ts";

/** A terminal that is taken over, with the first frame on its way to it. */
export interface OpenScreen {
  terminal: FullTerminal;
  config: Config;
  capabilities: Capabilities;
  theme: Theme;
}

/** Takes the terminal over and paints the first frame. Throws before that when the config cannot be used. */
export async function openScreen(
  options: { config?: string | undefined; theme?: ThemeName | undefined } = {},
): Promise<OpenScreen> {
  const config = await loadConfig(options.config);
  const capabilities = readCapabilities(readEnv);
  const { colours, dark, title } = capabilities;
  const name = options.theme ?? config.theme ?? (dark === false ? "light" : "dark");
  const theme = themeOf(name, colours, { dark });
  const terminal = new FullTerminal({ title, mouse: config.mouse ?? true });
  terminal.enter();
  paintFirst(terminal, { capabilities, theme });
  return { terminal, config, capabilities, theme };
}
