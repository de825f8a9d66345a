/** What a Dockerfile says, and its image's files and way to run, without docker. */
import { fileURLToPath } from "node:url";

/** The folder of the checkout. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** One instruction, with its arguments as they stand there, on one line. */
export interface Instruction {
  name: string;
  text: string;
  /** Which `FROM` it belongs to, from 0. */
  stage: number;
}

/** Reads the instructions of a Dockerfile. */
export function readDockerfile(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#")).join("\n");
  let stage = -1;
  return lines.replaceAll(/\\\n\s*/g, "").split("\n").filter((line) => line.trim() !== "").map((line) => {
    const [, name = "", text = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === "") throw new Error(`no instruction: ${line}`);
    if (name === "FROM") stage++;
    return { name, text, stage };
  });
}

/** The only instruction of a name in the last stage. */
export function last(instructions: readonly Instruction[], name: string): string {
  const stage = Math.max(...instructions.map(({ stage }) => stage));
  const found = instructions.filter((each) => each.name === name && each.stage === stage);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} times ${name}`);
  return found[0].text;
}

/** An instruction's command in its exec form: the one that needs no shell. */
export function argv(text: string): string[] {
  return JSON.parse(text.slice(text.indexOf("["))) as string[];
}

/** The variables of the last stage. */
export function environment(instructions: readonly Instruction[]): Map<string, string> {
  const pairs = last(instructions, "ENV").split(/\s+/).map((pair) => pair.split("=", 2));
  return new Map(pairs as [string, string][]);
}

/** The stages that copy from the checkout: what the image has of it, and what its page for browsers is made from. */
export const STAGES = { image: 0, page: 1 } as const;

/** What is copied from the checkout in a stage and those before it: from where, to where below the stage's folder. */
export function copied(instructions: readonly Instruction[], until: number): { from: string; to: string }[] {
  return instructions.filter(({ name, text, stage }) =>
    name === "COPY" && !text.startsWith("--from") && stage <= until
  )
    .flatMap(({ text }) => {
      const words = text.split(/\s+/);
      const to = words.pop() ?? "";
      const many = words.length > 1;
      return words.map((from) => ({ from, to: many ? `${to}${from.split("/").at(-1)}` : to }));
    });
}

/** Whether a `.dockerignore` that begins with `*` lets a path through to the builder. */
export function isSent(path: string, ignore: string): boolean {
  const rules = ignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return rules.reduce((sent, rule) => {
    const plain = rule.replace(/^!/, "");
    const pattern = plain.replace(/[.]/g, "\\.").replace(/^\*\*\//, "(?:.*/)?").replaceAll(
      /(?<![.)])\*(?!\*)/g,
      "[^/]*",
    );
    const hit = new RegExp(`^${pattern.replace(/\/$/, "")}(?:/.*)?$`).test(path);
    return hit ? rule.startsWith("!") : sent;
  }, true);
}

/** Runs something to its end. @throws {Error} With what it said, when it fails. */
export async function must(
  program: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, ...options }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  }
  return decoder.decode(stdout);
}

/**
 * Lays the image out in a folder: Deno with the libraries that it is linked to, what is copied, its packages. No shell.
 *
 * @param dir An empty folder.
 * @param instructions The Dockerfile's.
 */
export async function layOut(dir: string, instructions: readonly Instruction[]): Promise<void> {
  const ignore = await Deno.readTextFile(`${ROOT}deploy/Dockerfile.dockerignore`);
  for (
    const each of [
      "usr/local/bin",
      "sotto/deploy",
      "deno",
      "run/sotto",
      "run/secrets",
      "var/lib/sotto",
      "proc",
    ]
  ) {
    await Deno.mkdir(`${dir}/${each}`, { recursive: true });
  }
  const deno = `${dir}/usr/local/bin/deno`;
  await Deno.copyFile(await Deno.realPath(Deno.execPath()), deno);
  await Deno.chmod(deno, 0o755);
  for (const [library] of (await must("ldd", [deno])).matchAll(/\/lib\S+/g)) {
    await Deno.mkdir(`${dir}${library.slice(0, library.lastIndexOf("/"))}`, { recursive: true });
    await Deno.copyFile(library, `${dir}${library}`);
  }
  for (const { from, to } of copied(instructions, STAGES.image)) {
    await copy(from.replace(/\/$/, ""), `${dir}/sotto/${to}`, ignore);
  }
  const { npmCache } = JSON.parse(await must(Deno.execPath(), ["info", "--json"])) as { npmCache: string };
  await must("cp", ["-r", npmCache, `${dir}/deno/npm`]);
  await must(deno, ["cache", "--frozen", "server.ts", "deploy/health.ts"], {
    cwd: `${dir}/sotto`,
    env: { DENO_DIR: `${dir}/deno` },
  });
  await layOutPage(dir, instructions, ignore);
  await must("chmod", ["-R", "a+rX", dir]);
}

/** Makes the page for browsers as its stage does, of nothing but what is sent to the builder, and puts it there. */
async function layOutPage(dir: string, instructions: readonly Instruction[], ignore: string): Promise<void> {
  const stage = await Deno.makeTempDir({ prefix: "sotto-page-" });
  try {
    for (const { from, to } of copied(instructions, STAGES.page)) {
      await copy(from.replace(/\/$/, ""), `${stage}/${to}`, ignore);
    }
    const [run] = instructions.filter(({ name, stage }) => name === "RUN" && stage === STAGES.page);
    const [deno, ...args] = (run?.text ?? "").split(" ");
    if (deno !== "deno") throw new Error(`how is the page made? ${run?.text}`);
    await must(Deno.execPath(), args, { cwd: stage, env: { DENO_DIR: `${dir}/deno` } });
    const [, from = "", to = ""] = /^--from=page \/out\/sotto\/(\S+) (\S+)$/m.exec(
      instructions.filter(({ name }) => name === "COPY").map(({ text }) => text).join("\n"),
    ) ?? [];
    await Deno.mkdir(`${dir}${to.slice(0, to.lastIndexOf("/"))}`, { recursive: true });
    await Deno.copyFile(`${stage}/${from}`, `${dir}${to}`);
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

async function copy(from: string, to: string, ignore: string): Promise<void> {
  if ((await Deno.stat(`${ROOT}${from}`)).isDirectory) {
    for await (const { name } of Deno.readDir(`${ROOT}${from}`)) {
      await copy(`${from}/${name}`, `${to.replace(/\/$/, "")}/${name}`, ignore);
    }
    return;
  }
  if (!isSent(from, ignore)) return;
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(`${ROOT}${from}`, to);
}

/** Mounts the folder read-only as the root, with process ids of its own, as the first process, and with no rights. */
const SANDBOX = `set -e
mount --make-rprivate /
mount --bind "$IMAGE" "$IMAGE"
mount -t proc proc "$IMAGE/proc"
for each in run/sotto var/lib/sotto; do mount --bind "$IMAGE/$each" "$IMAGE/$each"; done
mount -o remount,ro,bind "$IMAGE"
# The working directory of a chroot is its root: Deno is told where its files are by its arguments.
exec env -i $VARIABLES "$(command -v chroot)" --userspec=65532:65532 "$IMAGE" "$@"`;

/** A command in the image: read-only root, user 65532, no capability, no shell. */
export function inImage(dir: string, command: string[], env: Iterable<[string, string]>): Deno.Command {
  const variables = [...env].map(([name, value]) => `${name}=${value}`).join(" ");
  const path = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(":");
  return new Deno.Command("unshare", {
    args: ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", SANDBOX, "sh", ...command],
    env: { IMAGE: dir, VARIABLES: variables, PATH: path },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
