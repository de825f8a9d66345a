import assert from "node:assert/strict";
import { TtyOutput, type TtySink } from "./tty_output.ts";

Deno.test("a frame that is being handed over when the end comes is not painted after the last word", async () => {
  const screen: string[] = [];
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  let frame: (() => void) | null = null; // another thread writes it when it likes
  const out: TtySink = {
    write: (bytes) =>
      new Promise((resolve) => {
        frame = (): void => {
          screen.push(text(bytes));
          frame = null;
          resolve(bytes.length);
        };
      }),
    writeSync: () => {
      throw new Error("busy: the write that is under way has not been heard of");
    },
    isTerminal: () => true,
  };
  const err: TtySink = {
    ...out,
    writeSync: (bytes) => {
      screen.push(text(bytes));
      return bytes.length;
    },
  };
  const output = new TtyOutput({ out, err, wait: () => frame?.() });
  output.write("a frame with a secret");
  await Promise.resolve();
  output.last("all wiped");
  (frame as (() => void) | null)?.();
  assert.deepEqual(screen, ["a frame with a secret", "all wiped"]);
});

Deno.test("the last word waits for nothing when nothing is under way", () => {
  const written: string[] = [];
  const out: TtySink = {
    write: (bytes) => Promise.resolve(bytes.length),
    writeSync: (bytes) => written.push(new TextDecoder().decode(bytes)) * 0 + bytes.length,
    isTerminal: () => true,
  };
  const output = new TtyOutput({ out, err: out, wait: () => assert.fail("nothing to wait for") });
  output.last("all wiped");
  assert.deepEqual(written, ["all wiped"]);
});
