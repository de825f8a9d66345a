/**
 * Makes the browser's client: one file with everything in it, that loads nothing.
 *
 *     deno task web              dist/sotto.html
 *
 * The same source and the same Deno give the same bytes, in any folder and at any time, so that a SHA-256 says which
 * page this is.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { type Bundle, needs } from "./bundle.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What the page allows itself, wherever it is opened from; a relay that serves it allows less (`relay/http_web.ts`). */
function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "img-src data:", // the icon of none, which keeps browsers from asking for one
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** Writes the page. @throws {Error} If it cannot be bundled, or would need something beside it. */
export async function webPage(out: string): Promise<Bundle> {
  const path = resolve(ROOT, out);
  await Deno.mkdir(dirname(path), { recursive: true });
  const [frame, style, script] = await Promise.all([
    Deno.readTextFile(resolve(ROOT, "web/page.html")),
    Deno.readTextFile(resolve(ROOT, "web/style.css")),
    bundled("web/main.ts"),
  ]);
  const bytes = new TextEncoder().encode(assembled(frame, script, minified(style)));
  await Deno.writeFile(path, bytes, { mode: 0o644 });
  return { path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** The frame with its parts in their places. @throws {Error} If a part would end its element. */
export function assembled(frame: string, script: string, style: string): string {
  if (/<\/script|<!--/i.test(script)) throw new Error("Cannot make the page: its script would end too soon");
  if (/<\//.test(style)) throw new Error("Cannot make the page: its style would end too soon");
  const parts: Record<string, string> = {
    policy: `<meta http-equiv="content-security-policy" content="${policy(script, style)}">`,
    style: `<style>${style}</style>`,
    script: `<script type="module">${script}</script>`,
  };
  return frame.replace(/<!--(\w+)-->/g, (_, name: string) => parts[name] ?? "");
}

async function bundled(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--frozen", "--platform", "browser", "--minify", entry],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr).trim()}`);
  const text = new TextDecoder().decode(stdout);
  const missing = needs(text);
  if (missing.length > 0) throw new Error(`Cannot bundle ${entry}: it leaves out ${missing.join(", ")}`);
  return `/*! Sotto ${config.version}, ${config.license} licence */${text.trim()}`;
}

/** The style without what only its authors read. */
function minified(style: string): string {
  return style.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s*\n\s*/g, "").trim();
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

if (import.meta.main) {
  const { path, size, sha256 } = await webPage("dist/sotto.html");
  const line = `${sha256}  ${path} (${Math.round(size / 1000)} kB)\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
}
