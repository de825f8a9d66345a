import { equal, fail, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { concat, randomBytes, utf8 } from "../../crypto/bytes.ts";
import { parseCode } from "../../crypto/codes.ts";
import { RelayLink } from "../../client/link.ts";
import { platformClock } from "../../client/platform.ts";
import { canReadMemory, searchMemory } from "./process_memory.ts";
import { HostileRelay } from "./hostile_relay.ts";
import { type Person, Stage, until } from "./room_helpers.ts";

const MESSAGES = 300;

/** A relay in a process of its own. */
class RelayProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, readonly url: string) {
    this.#child = child;
  }

  static async start(): Promise<RelayProcess> {
    const root = new URL("../../", import.meta.url);
    const args = [
      "run",
      "-A",
      "--config",
      "deno.json",
      "server.ts",
      "--port",
      "0",
      "--max-messages",
      "100000",
    ];
    const child = new Deno.Command(Deno.execPath(), { args, cwd: root, stdout: "piped", stderr: "null" })
      .spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    for (let said = "";;) {
      const { value, done } = await reader.read();
      if (done) fail("the relay did not start");
      said += value;
      const url = /ws:\/\/\S+\/ws/.exec(said)?.[0];
      if (url === undefined) continue;
      await reader.cancel();
      return new RelayProcess(child, url);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGINT");
    await this.#child.status;
  }
}

/** A text as a process may hold it: one or two bytes a character. */
function spellings(name: string, text: string): [string, Uint8Array][] {
  return [[`${name} (8 bit)`, utf8(text)], [`${name} (16 bit)`, Buffer.from(text, "utf16le")]];
}

/** Says many things, each of which carries `tag`. */
async function chat(people: Person[], tag: string): Promise<void> {
  const [first] = people;
  ok(first);
  await first.room.run({ command: "topic", text: `about ${tag}` });
  for (let i = 0; i < MESSAGES; i++) {
    const speaker = people[i % people.length];
    await speaker?.say(`message ${i} is ${tag}`);
  }
  await first.room.run({ command: "msg", to: people[1]?.id ?? "", text: `whispered ${tag}` });
  await until(
    "everybody has heard everything",
    () => people.every((person) => person.texts.length >= MESSAGES * (people.length - 1) / people.length),
  );
}

Deno.test({
  name: "whoever looks into the relay's memory finds nothing that was said, no name, no code and no password",
  ignore: !canReadMemory,
  async fn() {
    await using relay = await RelayProcess.start();
    const tag = `zq${randomBytes(8).toHex()}`;
    const planted = `yk${randomBytes(8).toHex()}`;
    const stage = new Stage(await HostileRelay.before(relay.url));
    const control = await RelayLink.open(relay.url, {
      connect: stage.connectAs("control"),
      clock: platformClock,
    });
    try {
      const alice = await stage.create("alice", { nick: `alice.${tag}` });
      const invite = alice.of("invite")[0];
      ok(invite?.code);
      await stage.join("bob", invite.invite, { nick: `bob.${tag}` });
      await stage.join("carol", invite.code, { nick: `carol.${tag}` });
      const name = `the ${tag} room`;
      const password = `word-${tag}`;
      await stage.join("dave", name, { nick: `dave.${tag}`, password });
      await stage.join("eve", name, { nick: `eve.${tag}`, password });
      await chat([alice, stage.person("bob"), stage.person("carol")], tag);
      await chat([stage.person("dave"), stage.person("eve")], tag);

      await control.join(randomBytes(16), "mustBeNew");
      control.send(concat(utf8(planted)));
      await (await fetch(relay.url.replace("ws:", "http:").replace("/ws", `/${planted}`))).body?.cancel();

      const secret = parseCode(invite.invite);
      ok(secret.kind === "invite");
      const words = invite.code.split("-").slice(1);
      const needles = new Map<string, Uint8Array>([
        ...spellings("planted", planted),
        ...spellings("tag", tag),
        ...spellings("two words of the code", words.slice(0, 2).join("-")),
        ...spellings("two words in a row", words.slice(0, 2).join(" ")),
        ["the secret half of the invite", utf8(new URL(invite.invite).hash.slice(25, 45))],
        ["invite's secret", secret.secret],
      ]);
      const look = searchMemory(relay.pid, needles);
      ok(look.bytes > 20_000_000, `only ${look.bytes} bytes could be read`);
      ok((look.found.get("planted (8 bit)") ?? 0) > 0, "what was planted is found");
      for (const [needle, hits] of look.found) {
        if (!needle.startsWith("planted")) equal(hits, 0, `${needle} is in the relay's memory`);
      }
    } finally {
      control.leave();
      await stage.close();
    }
  },
});
