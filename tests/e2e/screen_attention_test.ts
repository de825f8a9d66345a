import assert from "node:assert/strict";
import { Peer } from "./_peer.ts";
import { CLIENT, onScreen } from "./_screen.ts";

const FOCUS_LOST = "\x1b[O";
const FOCUS_BACK = "\x1b[I";
// deno-lint-ignore no-control-regex
const OSC = /\x1b\]([^\x07\x1b]*)(?:\x07|\x1b\\)/g;

/** What the terminal was sent, byte by byte, as it comes. */
class Bytes {
  readonly #path: string;
  #from = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What has come since {@linkcode Bytes.forget}. */
  async now(): Promise<string> {
    return new TextDecoder().decode((await Deno.readFile(this.#path)).subarray(this.#from));
  }

  /** Waits for something to come. */
  async shows(pattern: RegExp): Promise<void> {
    for (let look = 0; look < 2_400; look++) {
      if (pattern.test(await this.now())) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`Cannot see ${pattern} in ${JSON.stringify(await this.now())}`);
  }

  async forget(): Promise<void> {
    this.#from = (await Deno.readFile(this.#path)).length;
  }

  /** Bells that ring: those that end a sequence do not. */
  async bells(): Promise<number> {
    return (await this.now()).replace(OSC, "").split("\x07").length - 1;
  }

  /** What was said to the window and the desktop. */
  async asides(): Promise<string[]> {
    return [...(await this.now()).matchAll(OSC)].map(([, text = ""]) => text);
  }
}

for (
  const [kind, env, mention] of [
    ["OSC 9", "", "9;Sotto: somebody named you"],
    [
      "OSC 777",
      "VTE_VERSION=7600 ",
      "777;notify;Sotto;somebody named you",
      "777;notify;Sotto;private message",
    ],
  ] as const
) {
  onScreen(
    `at the terminal: a mention rings, notifies (${kind}) and is counted in the title, only while nobody looks`,
    async (relay, open) => {
      await using peer = await Peer.founds(relay, "mallory");
      const alice = await open();
      const path = await Deno.makeTempFile();
      const bytes = new Bytes(path);
      try {
        await alice.record(path);
        const client = CLIENT.replace(
          "-u CI -u NO_COLOR ",
          `-u CI -u NO_COLOR ${env ? "-u TMUX " : ""}${env}`,
        );
        await alice.line(`${client} join ${await peer.code()} --nick alice --relay ${relay}`);
        await alice.shows(/● online/);
        await bytes.forget();
        await peer.says("@alice the first secret");
        await alice.shows(/mallory: @alice the first secret/);
        assert.equal(await bytes.bells(), 0, "somebody looks");

        await alice.sends(FOCUS_LOST);
        await alice.type("typed after it");
        await alice.shows(/› typed after it/);
        await peer.says("a second secret");
        await alice.shows(/a second secret[\s\S]*1 unread/);
        assert.equal(await bytes.bells(), 0, "it is not for us");
        await peer.says("alice: a third secret");
        await alice.shows(/a third secret[\s\S]*2 unread \(1 for you\)/);
        await bytes.shows(/somebody named you/);
        assert.equal(await bytes.bells(), 1);
        assert.equal(await alice.title(), "(2, 1 for you) Sotto");
        const asides = await bytes.asides();
        assert.ok(asides.includes(mention), asides.join("\n"));
        assert.doesNotMatch(asides.join("\n"), /mallory|alice|secret/);

        await alice.sends(FOCUS_BACK);
        await alice.shows(/^(?![\s\S]*unread)[\s\S]*● online/);
        assert.equal(await alice.title(), "Sotto");
        await alice.sends(FOCUS_LOST);
        await alice.press("C-u");
        await alice.line("/mute on");
        await alice.shows(/This room rings no more/);
        await bytes.forget();
        await peer.says("alice! a fourth secret");
        await alice.shows(/fourth secret/);
        assert.equal(await bytes.bells(), 0, "the room is muted");
        assert.doesNotMatch((await bytes.asides()).join("\n"), /mallory|alice|secret/);
      } finally {
        await Deno.remove(path);
      }
    },
  );
}
