/** Files on their way to guests: how many at once, and an end to those that nobody takes. @module */
import type { RelayClock } from "./clock.ts";
import type { Span } from "./http_range.ts";

/** Files that may be on their way, together and to one address. */
const MOST = 64;
const MOST_PER_ADDRESS = 8;
/** How long a guest may take over a piece of a file. */
const STALL_MS = 30_000;
const PIECE = 65_536;

/** Counts what is on its way. */
export class Transfers {
  readonly #clock: RelayClock;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  /** None on their way yet. */
  constructor(clock: RelayClock) {
    this.#clock = clock;
  }

  /** How many are on their way. */
  get count(): number {
    return this.#count;
  }

  /** Begins one; undefined when there are enough. What it returns ends it, and may be called again. */
  begin(ip: string): (() => void) | undefined {
    const mine = this.#byAddress.get(ip) ?? 0;
    if (this.#count >= MOST || mine >= MOST_PER_ADDRESS) return undefined;
    this.#count++;
    this.#byAddress.set(ip, mine + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#count--;
      const left = (this.#byAddress.get(ip) ?? 1) - 1;
      if (left > 0) this.#byAddress.set(ip, left);
      else this.#byAddress.delete(ip);
    };
  }

  /** Part of a file as a stream, which closes the file and calls `end` however it ends. */
  stream(
    file: Deno.FsFile,
    { start, length }: Span,
    end: () => void,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let left = length;
    let open = true;
    let timer: unknown;
    const finish = (): void => {
      this.#clock.clearTimer(timer);
      if (!open) return;
      open = false;
      file.close();
      end();
    };
    return new ReadableStream({
      start: async (controller) => {
        try {
          await file.seek(start, Deno.SeekMode.Start);
        } catch (error) {
          finish();
          controller.error(error);
        }
      },
      pull: async (controller) => {
        this.#clock.clearTimer(timer);
        try {
          const piece = new Uint8Array(Math.min(PIECE, left));
          const count = left === 0 ? 0 : await file.read(piece);
          if (!open) return;
          // The length has been promised: a file that has become shorter must break off, not end.
          if (count === null) throw new Error("Cannot send the file: it has become shorter");
          left -= count;
          if (count > 0) controller.enqueue(piece.subarray(0, count));
          if (left === 0) {
            finish();
            controller.close();
            return;
          }
          if (!open) return; // a server that cannot pass the piece on hangs up while it is given it
          timer = this.#clock.setTimer(() => {
            finish();
            controller.error(new Error("Cannot send the file: nobody takes it"));
          }, STALL_MS);
        } catch (error) {
          finish();
          controller.error(error);
        }
      },
      cancel: finish,
    }, { highWaterMark: 0 });
  }
}
