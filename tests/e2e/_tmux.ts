/** A terminal that a test can type at and look at: tmux, one server for each test. @module */

const DEADLINE_MS = 60_000;
const LOOK_MS = 25;

/** Whether tmux is installed here. */
export const HAS_TMUX: boolean = await (async () => {
  try {
    return (await new Deno.Command("tmux", { args: ["-V"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
})();

/** One terminal with a shell in it. */
export class Terminal implements AsyncDisposable {
  readonly #socket = `sotto-${crypto.randomUUID()}`;

  private constructor() {}

  /** Opens a terminal of 80x24, or any other size. */
  static async open(options: { cwd: string; columns?: number; rows?: number }): Promise<Terminal> {
    const terminal = new Terminal();
    const size = ["-x", String(options.columns ?? 80), "-y", String(options.rows ?? 24)];
    await terminal.#tmux([
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      ...size,
      "-c",
      options.cwd,
      "env PS1='ready$ ' sh",
    ]);
    await terminal.shows(/ready\$/);
    return terminal;
  }

  /** Types text; `Enter`, `C-c` and the like go as separate arguments to {@linkcode press}. */
  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", text]);
  }

  /** Types a line. */
  async line(text: string): Promise<void> {
    await this.type(text);
    await this.press("Enter");
  }

  /** Presses keys by tmux's names. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux(["send-keys", ...keys]);
  }

  /** Sends bytes as the terminal itself would. */
  async sends(bytes: string): Promise<void> {
    const hex = [...bytes].map((one) => one.charCodeAt(0).toString(16).padStart(2, "0"));
    await this.#tmux(["send-keys", "-H", ...hex]);
  }

  /** The title that was set last. */
  async title(): Promise<string> {
    return (await this.#tmux(["display-message", "-p", "#{pane_title}"])).trim();
  }

  /** What is on the screen and above it. */
  async screen(): Promise<string> {
    return await this.#tmux(["capture-pane", "-p", "-J", "-S", "-500"]);
  }

  /** Waits until the screen matches. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + DEADLINE_MS;
    while (true) {
      const screen = await this.screen();
      const match = pattern.exec(screen);
      if (match !== null) return match;
      if (Date.now() > deadline) throw new Error(`Cannot see ${pattern} on:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Makes the window another size. */
  async resize({ columns, rows }: { columns: number; rows: number }): Promise<void> {
    await this.#tmux(["resize-window", "-x", String(columns), "-y", String(rows)]);
  }

  /** Divides the window; keys go to the first part, which gets this size. */
  async splitTo({ columns, rows }: { columns: number; rows: number }): Promise<void> {
    await this.#tmux(["split-window", "-d", "-h", "sh"]);
    await this.#tmux(["split-window", "-d", "-v", "sh"]);
    await this.resizePane({ columns, rows });
  }

  /** Makes the first part of a divided window another size. */
  async resizePane({ columns, rows }: { columns: number; rows: number }): Promise<void> {
    await this.#tmux(["resize-pane", "-x", String(columns), "-y", String(rows)]);
  }

  /** Columns and rows of the part that keys go to. */
  async size(): Promise<string> {
    return (await this.#tmux(["display-message", "-p", "#{pane_width}x#{pane_height}"])).trim();
  }

  /** Writes every byte that the terminal is sent from now on to a file. */
  async record(path: string): Promise<void> {
    await this.#tmux(["pipe-pane", "-o", `cat >> ${path}`]);
  }

  /** Whether the alternate screen is in use, the cursor is seen, and the mouse is reported. */
  async flags(): Promise<{ alternate: boolean; cursor: boolean; mouse: boolean }> {
    const format = "#{alternate_on} #{cursor_flag} #{mouse_any_flag}";
    const [alternate, cursor, mouse] = (await this.#tmux(["display-message", "-p", format])).trim().split(
      " ",
    );
    return { alternate: alternate === "1", cursor: cursor === "1", mouse: mouse === "1" };
  }

  /** What is on the screen now, without what was scrolled away. */
  async view(): Promise<string> {
    return await this.#tmux(["capture-pane", "-p"]);
  }

  /** What is on the screen now with its colours, to be sent to another terminal of the same size. */
  async painted(): Promise<string> {
    const rows = (await this.#tmux(["capture-pane", "-p", "-e", "-N"])).replace(/\n$/, "").split("\n");
    return rows.join("\r\n");
  }

  /** Id of the process that the shell has started last. */
  async child(): Promise<number> {
    const shell = (await this.#tmux(["display-message", "-p", "#{pane_pid}"])).trim();
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", shell] }).output();
    return Number(new TextDecoder().decode(stdout).trim().split(/\s+/).at(-1));
  }

  /** Closes the terminal under whatever runs in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux(["kill-server"]).catch(() => {});
  }

  async #tmux(args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", this.#socket, ...args],
      env: { TERM: "xterm-256color", LC_ALL: "C.UTF-8" },
    }).output();
    if (!success) throw new Error(`Cannot run tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}
