/** Asks for a secret without showing it. @module */
import { KeyDecoder } from "./keys.ts";
import { LineEditor } from "./line_editor.ts";
import type { Source } from "./line_reader.ts";
import type { Output } from "./output.ts";
import { enterRaw, leaveRaw } from "./raw_terminal.ts";

/** Where a secret is asked for; tests give their own. */
export interface SecretPrompt {
  /** Shows the question. */
  output: Output;
  /** Gives the keys. @default standard input */
  source?: Source;
  /** Switches echo off. @default raw mode of the terminal */
  hide?: () => void;
  /** Switches echo on again. @default raw mode is left */
  show?: () => void;
}

/**
 * Asks for a secret; nothing of it, not even its length, appears.
 *
 * @param question What to ask.
 * @param prompt Where.
 * @returns What was typed, or null after Ctrl-C, Ctrl-D or the end of input. Echo is on again in every case.
 */
export async function promptSecret(question: string, prompt: SecretPrompt): Promise<string | null> {
  const { output, source = Deno.stdin, hide = enterRaw, show = leaveRaw } = prompt;
  const editor = new LineEditor();
  const decoder = new KeyDecoder();
  const buffer = new Uint8Array(1024);
  output.write(question);
  hide();
  try {
    while (true) {
      const count = await source.read(buffer);
      if (count === null) return null;
      for (const key of decoder.push(buffer.subarray(0, count))) {
        const outcome = editor.apply(key);
        if (outcome === "submit") return editor.take();
        if (outcome === "interrupt" || outcome === "end") return null;
      }
    }
  } finally {
    show();
    buffer.fill(0);
    output.write("\n");
    await output.flush();
  }
}
