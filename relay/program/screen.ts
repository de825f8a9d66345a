/** A terminal that is drawn on, and given back as it was. @module */

/** What a live screen needs. */
export interface Screen {
  /** Draws on it. */
  write(text: string): void;
  /** How large it is. */
  size(): { columns: number; rows: number };
  /** Keys as they are pressed. Ends when the screen is given back. */
  keys: AsyncIterable<string>;
  /** Gives it back. */
  close(): void;
}

/** The terminal that the program runs in, or `undefined` where its input or output is none. */
export function openScreen(): Screen | undefined {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  const write = (text: string): void => void Deno.stdout.writeSync(encoder.encode(text));
  const reader = Deno.stdin.readable.getReader();
  Deno.stdin.setRaw(true);
  write("\x1b[?1049h\x1b[?25l");
  let open = true;
  return {
    write,
    size: () => Deno.consoleSize(),
    keys: readKeys(reader),
    close() {
      if (!open) return;
      open = false;
      write("\x1b[?25h\x1b[?1049l");
      Deno.stdin.setRaw(false);
      reader.cancel().catch(() => {});
    },
  };
}

async function* readKeys(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield* decoder.decode(value, { stream: true });
  }
}
