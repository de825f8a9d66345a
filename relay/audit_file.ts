/** A file of lines that turns over when it is long, for its owner alone. @module */

/** Where lines go, and how long files may get. */
export interface LineFileOptions {
  path: string;
  /** Length at which a new file begins. */
  maxBytes: number;
  /** How many old files are kept. */
  keep: number;
}

/** Lines in a file; the old ones are in `path.1`, `path.2` and so on. */
export class LineFile {
  readonly #options: LineFileOptions;
  #file: Deno.FsFile;
  #size: number;
  /** Only what is a file can be moved away. */
  readonly #turns: boolean;

  /** Opens the file to append to it, or makes it, readable by nobody else. Throws the system's error. */
  constructor(options: LineFileOptions) {
    this.#options = options;
    this.#file = open(options.path);
    const { isFile, size } = this.#file.statSync();
    this.#turns = isFile;
    this.#size = isFile ? size : 0;
  }

  /** Writes a line; a file that it would make too long is moved away first. Rejects with the system's error. */
  async write(line: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${line}\n`);
    if (this.#turns && this.#size > 0 && this.#size + bytes.length > this.#options.maxBytes) {
      await this.#turn();
    }
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    this.#size += bytes.length;
  }

  /** Closes it. */
  close(): void {
    this.#file.close();
  }

  /** If it fails nothing is written: a file that cannot be moved away must not grow without end. */
  async #turn(): Promise<void> {
    const { path, keep } = this.#options;
    for (let i = keep; i > 0; i--) {
      const from = i === 1 ? path : `${path}.${i - 1}`;
      try {
        await Deno.rename(from, `${path}.${i}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    if (keep === 0) await Deno.remove(path).catch(() => {});
    const next = open(path);
    this.#file.close();
    this.#file = next;
    this.#size = next.statSync().size;
  }
}

function open(path: string): Deno.FsFile {
  const file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
  if (!file.statSync().isDirectory) return file;
  file.close(); // Windows opens folders, too
  throw new Deno.errors.IsADirectory("Is a directory");
}
