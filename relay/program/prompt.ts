/** Asks for a secret at the terminal, without showing it. @module */

const ETX = 3; // Ctrl-C
const EOT = 4; // Ctrl-D
const ENDS = [10, 13];
const ERASES = [8, 127];

/** Asks on standard error, so that what the program prints stays clean. Gives bytes, to be wiped; null after Ctrl-C, Ctrl-D or the end of input. */
export async function askSecret(question: string): Promise<Uint8Array | null> {
  if (!Deno.stdin.isTerminal()) throw new RangeError("there is no terminal to ask at");
  const say = (text: string): number => Deno.stderr.writeSync(new TextEncoder().encode(text));
  const show = (): void => Deno.stdin.setRaw(false);
  const typed: number[] = [];
  const buffer = new Uint8Array(256);
  addEventListener("unload", show);
  Deno.stdin.setRaw(true); // before the question: what is typed at once must not be shown either
  try {
    say(question);
    while (true) {
      const count = await Deno.stdin.read(buffer);
      if (count === null) return null;
      for (const byte of buffer.subarray(0, count)) {
        if (byte === ETX || byte === EOT) return null;
        if (ENDS.includes(byte)) return new Uint8Array(typed);
        if (ERASES.includes(byte)) { while (((typed.pop() ?? 0) & 0xc0) === 0x80); // all bytes of one character
         } else if (byte >= 32) typed.push(byte);
      }
    }
  } finally {
    show();
    removeEventListener("unload", show);
    buffer.fill(0);
    typed.fill(0);
    say("\r\n");
  }
}
