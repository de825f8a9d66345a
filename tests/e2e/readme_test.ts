/** The commands of README and guide, run as they stand. Ports and relays come from the environment, as a user could set them. @module */
import assert from "node:assert/strict";
import { openRelay } from "../../relay/mod.ts";
import { DocCommands, DOCUMENTS, ROOT, shell, Started } from "./_doc_commands.ts";
import { NOT_RUN } from "./_doc_not_run.ts";

const README = Deno.readTextFileSync(`${ROOT}README.md`);

Deno.test("every command that is listed as not run is in a document, with a reason or a test that exists", () => {
  const { all } = new DocCommands();
  for (const [command, reason] of Object.entries(NOT_RUN)) {
    assert.ok(all.includes(command), `no document has it: ${command}`);
    for (const [, test] of reason.matchAll(/\{([^}]+)\}/g)) Deno.statSync(ROOT + test);
  }
});

Deno.test("what the other documents tell people to type is run, or listed as not run", () => {
  const typed = new Set(new DocCommands(["README.md", "docs/GUIDE.md", "docs/OPERATIONS.md"]).all);
  const others = new DocCommands(
    DOCUMENTS.filter((path) => !/README|GUIDE|OPERATIONS/.test(path)),
  );
  assert.deepEqual(others.left.filter((command) => !typed.has(command)), [], "nothing runs these");
});

Deno.test("every task that a document names exists", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as {
    tasks: Record<string, unknown>;
  };
  let found = 0;
  for (const path of DOCUMENTS) {
    for (const [, task = ""] of Deno.readTextFileSync(ROOT + path).matchAll(/deno task ([a-z:]*[a-z])/g)) {
      assert.ok(task in tasks, `${path}: there is no task ${task}`);
      found++;
    }
  }
  assert.ok(found > 5, "the tasks were found");
});

Deno.test("every command of README and guide does what they say", async (t) => {
  const commands = new DocCommands(["README.md", "docs/GUIDE.md"]);

  await t.step("the relay listens and says what to type next", async () => {
    await using relay = new Started(commands.one("deno run -A server.ts"), { env: { SERVER_PORT: "0" } });
    await relay.says(/listening on ws:\/\/127\.0\.0\.1:\d+\/ws[\s\S]*client\.ts create/);
    assert.equal(await relay.stop("SIGTERM"), 0);
  });

  // Each command has a relay of its own: what it does must not hang on who was there before.
  const run = async (command: string): Promise<string> => {
    const relay = await openRelay({ port: 0 });
    const { code, out } = await shell(command, { env: { SOTTO_RELAY: relay.url } });
    assert.equal(code, 0, out);
    await relay.close();
    return out;
  };
  await t.step("create prints an invite and a code, with options of the full screen too", async () => {
    for (const create of commands.take("client.ts create")) {
      const out = await run(create);
      assert.match(out, /http:\/\/127\.0\.0\.1:\d+\/#/);
      assert.match(out, /\d{5}(-[a-z]+){4}/);
    }
  });

  await t.step("join comes in with a code", async () => {
    const join = commands.one("<invite or code>");
    const out = await run(join.replace("<invite or code>", "SECRET123"));
    assert.match(out, /bob/);
  });

  await t.step("what is piped in is said", async () => {
    const out = await run(commands.one("hello from a pipe"));
    assert.match(out, /carol: hello from a pipe/);
  });

  await t.step("JSON lines are carried out", async () => {
    for (const command of commands.take("--json")) {
      const out = await run(command);
      const events = out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
      if (command.includes('"ref":1')) assert.equal(events.find(({ event }) => event === "sent")?.["ref"], 1);
      if (command.includes('"who"')) assert.ok(events.some(({ event }) => event === "members"));
      assert.equal(events.at(-1)?.["event"], "ended");
    }
  });
  assert.deepEqual(commands.left, [], "nothing runs these");
});

Deno.test("README: every file that it names in a link exists", () => {
  for (const [, path = ""] of README.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) Deno.statSync(ROOT + path);
});
