/** An SSH server of a test's own, on loopback, with keys of its own; its one connection can be cut. @module */
import { ROOT } from "./_client_process.ts";

const SERVER = "/usr/sbin/sshd";

/** Whether OpenSSH's server and client are installed here. */
export const HAS_SSH: boolean = await (async () => {
  try {
    await Deno.stat(SERVER);
    const asked = new Deno.Command("ssh", { args: ["-V"], stdout: "null", stderr: "null" });
    return (await asked.output()).success;
  } catch {
    return false;
  }
})();

/** One server: every connection to its port is given to an `sshd -i`. */
export class SshServer implements AsyncDisposable {
  readonly #dir: string;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #sockets = new Set<Deno.TcpConn>();
  readonly #children: Deno.ChildProcess[] = [];
  readonly #running: Promise<void>[] = [];

  private constructor(dir: string) {
    this.#dir = dir;
    this.#running.push(this.#serve());
  }

  /** Makes keys and listens. */
  static async open(): Promise<SshServer> {
    const dir = await Deno.makeTempDir({ prefix: "sotto_ssh_" });
    for (const name of ["host", "user"]) {
      await new Deno.Command("ssh-keygen", {
        args: ["-q", "-t", "ed25519", "-N", "", "-f", `${dir}/${name}`],
      }).output();
    }
    const config = [
      `HostKey ${dir}/host`,
      `AuthorizedKeysFile ${dir}/user.pub`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
      "PrintMotd no",
      "PrintLastLog no",
      "LogLevel QUIET",
    ];
    await Deno.writeTextFile(`${dir}/config`, config.join("\n") + "\n");
    if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true }); // or it does not start as root
    return new SshServer(dir);
  }

  /** What to type in a shell so that `command` runs at the other end, at a terminal there. */
  line(command: string): string {
    const { port } = this.#listener.addr as Deno.NetAddr;
    const options = [
      "-tt",
      "-q",
      "-F none",
      `-p ${port}`,
      `-i ${this.#dir}/user`,
      "-o IdentitiesOnly=yes",
      "-o StrictHostKeyChecking=no",
      `-o UserKnownHostsFile=${this.#dir}/known`,
    ];
    const env = ["HOME", "DENO_DIR"].map((name) => [name, Deno.env.get(name)] as const)
      .flatMap(([name, value]) => value === undefined ? [] : [`${name}=${value}`]);
    const there = `cd ${ROOT} && exec env LC_ALL=C.UTF-8 ${env.join(" ")} ${command}`;
    return `ssh ${options.join(" ")} 127.0.0.1 '${there}'`;
  }

  /** Ends every connection without a word, as a network that is gone. */
  cut(): void {
    for (const socket of this.#sockets) closed(() => socket.close());
    this.#sockets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    closed(() => this.#listener.close());
    for (const child of this.#children) closed(() => child.kill("SIGKILL"));
    await Promise.all(this.#running);
    await Deno.remove(this.#dir, { recursive: true });
  }

  async #serve(): Promise<void> {
    try {
      for await (const socket of this.#listener) this.#running.push(this.#session(socket));
    } catch { /* closed */ }
  }

  async #session(socket: Deno.TcpConn): Promise<void> {
    this.#sockets.add(socket);
    const child = new Deno.Command(SERVER, {
      args: ["-i", "-f", `${this.#dir}/config`],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#children.push(child);
    const out = child.stdout.pipeTo(socket.writable).catch(() => {});
    await socket.readable.pipeTo(child.stdin).catch(() => {});
    await Promise.all([out, child.stdin.close().catch(() => {}), child.status]);
    closed(() => socket.close());
  }
}

/** Id of the Deno process that has a word among its arguments. */
export async function processWith(word: string): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,args="] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n").map((line) => line.trim().split(" "));
  const found = lines.find(([, program, ...args]) => program === Deno.execPath() && args.includes(word));
  return Number(found?.[0]);
}

/** Waits until a process is no more. */
export async function isGone(pid: number): Promise<void> {
  for (let look = 0; look < 2_400; look++) {
    const state = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "Z");
    if (/^Z|\) Z/.test(state)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Cannot see the end of process ${pid}`);
}

function closed(close: () => void): void {
  try {
    close();
  } catch { /* it is closed already */ }
}
