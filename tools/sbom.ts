/**
 * The list of everything that is in client, relay and the page for browsers, in the form of CycloneDX 1.6, from the lockfile.
 *
 *     deno task sbom             on standard output
 *
 * Packages that only tests use are in it too, with the scope `excluded`: they are in no program.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { commitOf, commitTime } from "./commit.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** A package as deno.lock has it. */
interface Locked {
  integrity: string;
  dependencies?: string[];
}

/** The part of deno.lock that is of use here. */
export interface Lock {
  npm: Record<string, Locked>;
}

/** Where a package lies in Deno's cache, by its name and version. */
type Places = ReadonlyMap<string, string>;

/** The list as text. @param source The commit, and its time in milliseconds. */
export async function sbom(source: { commit: string; time: number }): Promise<string> {
  const lock = await readLock();
  const { reached, places } = await reachedPackages(lock);
  const components = [];
  for (const [id, locked] of Object.entries(lock.npm)) {
    components.push(await component(id, locked, reached, places));
  }
  const { deno, v8 } = Deno.version;
  const about = {
    type: "application",
    "bom-ref": `${config.name}@${config.version}`,
    name: config.name,
    version: config.version,
    licenses: [{ license: { id: config.license } }],
    ...(source.commit === "" ? {} : { properties: [{ name: "sotto:commit", value: source.commit }] }),
  };
  const runtime = {
    type: "platform",
    "bom-ref": `deno@${deno}`,
    name: "deno",
    version: deno,
    description: `Base runtime of the binaries, with V8 ${v8}`,
    scope: "required",
    licenses: [{ license: { id: "MIT" } }],
    purl: `pkg:github/denoland/deno@v${deno}`,
  };
  const direct = Object.keys(lock.npm).filter((id) => isDirect(id));
  const list = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([about, components]))}`,
    version: 1,
    metadata: { timestamp: new Date(source.time).toISOString(), component: about },
    components: [...components, runtime],
    dependencies: [
      { ref: about["bom-ref"], dependsOn: [...direct.map(plain), runtime["bom-ref"]].sort() },
      ...Object.entries(lock.npm).map(([id, { dependencies = [] }]) => ({
        ref: plain(id),
        dependsOn: dependencies.map((name) => plain(resolve(name, lock))).sort(),
      })),
    ],
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** A package that is in a program. */
export interface Shipped {
  /** Name and version. */
  id: string;
  /** Where it lies in Deno's cache. */
  folder: string;
  license: string | undefined;
}

/** The packages that are in client, relay or page, by name. */
export async function shippedPackages(): Promise<Shipped[]> {
  const { reached, places } = await reachedPackages(await readLock());
  const out: Shipped[] = [];
  for (const id of [...reached].sort()) {
    const folder = places.get(id);
    if (folder === undefined) throw new Error(`Cannot list packages: ${id} is not in Deno's cache`);
    out.push({ id, folder, license: await licenseOf(folder) });
  }
  return out;
}

async function readLock(): Promise<Lock> {
  return JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`)) as Lock;
}

/** What client, relay and page import, with what that needs; and where all packages lie. */
async function reachedPackages(lock: Lock): Promise<{ reached: Set<string>; places: Places }> {
  const reached = new Set<string>();
  const places = new Map<string, string>();
  for (const entry of ["client.ts", "server.ts", "web/main.ts"]) {
    const { modules, npmPackages } = await info(entry);
    for (const [id, { localPath }] of Object.entries(npmPackages)) places.set(plain(id), localPath);
    for (const { npmPackage } of modules) {
      if (npmPackage !== undefined) reach(plain(npmPackage), lock, reached);
    }
  }
  return { reached, places };
}

async function component(id: string, { integrity }: Locked, reached: ReadonlySet<string>, places: Places) {
  const { name, version } = split(plain(id));
  const license = await licenseOf(places.get(plain(id)));
  const [group, short] = name.startsWith("@") ? name.split("/") : [undefined, name];
  return {
    type: "library",
    "bom-ref": plain(id),
    ...(group === undefined ? {} : { group }),
    name: short ?? name,
    version,
    scope: reached.has(plain(id)) ? "required" : "excluded",
    hashes: [{ alg: "SHA-512", content: Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex() }],
    ...(license === undefined
      ? {}
      : { licenses: [/ /.test(license) ? { expression: license } : { license: { id: license } }] }),
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  };
}

/** A package and what it needs. */
function reach(id: string, lock: Lock, reached: Set<string>): void {
  if (reached.has(id)) return;
  reached.add(id);
  const locked = Object.entries(lock.npm).find(([key]) => plain(key) === id)?.[1];
  for (const name of locked?.dependencies ?? []) reach(plain(resolve(name, lock)), lock, reached);
}

/** Without what it was resolved with: `a@1.0.0_b@2.0.0` is a 1.0.0. */
function plain(id: string): string {
  return /^@?[^@]+@[^_]+/.exec(id)?.[0] ?? id;
}

function split(id: string): { name: string; version: string } {
  const at = id.lastIndexOf("@");
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

/** Which package a lockfile means where it names no version: there is only one of that name. */
function resolve(name: string, lock: Lock): string {
  const id = Object.keys(lock.npm).find((key) => key === name || split(plain(key)).name === name);
  if (id === undefined) throw new Error(`Cannot list packages: deno.lock has no ${name}`);
  return id;
}

function isDirect(id: string): boolean {
  return Object.values(config.imports).some((target) => target.replace(/^npm:\/?|\/$/g, "") === plain(id));
}

async function info(entry: string) {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot list packages: deno info ${entry} failed`);
  return JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { npmPackage?: string }[];
    npmPackages: Record<string, { localPath: string }>;
  };
}

async function licenseOf(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const { license } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`)) as { license?: unknown };
  return typeof license === "string" ? license : undefined;
}

/** A UUID of version 8, made of what it is for: the same list has the same one. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

if (import.meta.main) {
  const text = await sbom({ commit: await commitOf(), time: await commitTime() });
  await Deno.stdout.write(new TextEncoder().encode(text));
}
