/** Files between real clients, on a real disk. */
import assert from "node:assert/strict";
import { openRelay } from "../../relay/open_relay.ts";
import { bytesOfLength } from "../files.ts";
import { JsonClient } from "./_client_process.ts";

async function withFolder(test: (folder: string, url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const relay = await openRelay({ port: 0 });
  try {
    await test(folder, relay.url);
  } finally {
    await relay.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file of three megabytes goes from one process to two others and is the same there, byte by byte", () =>
  withFolder(async (folder, url) => {
    const bytes = bytesOfLength(3_000_001);
    await Deno.writeFile(`${folder}/plan.pdf`, bytes);
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { invite } = await alice.until("invite");
    const others = ["bob", "carol"].map((nick) => new JsonClient(["join", String(invite), "--nick", nick]));
    for (const other of others) await other.until("member_confirmed", (line) => line["nick"] === "alice");
    await alice.say({ command: "file", path: `${folder}/plan.pdf`, ref: "f1" });
    const offered = await alice.until("offered", (line) => line["ref"] === "f1");
    for (const [index, other] of others.entries()) {
      const message = await other.until("message", (line) => line["id"] === offered["id"]);
      assert.equal((message["file"] as { size: number }).size, 3_000_001);
      const path = `${folder}/got-${index}.pdf`;
      await other.say({ command: "save", id: String(message["id"]), path });
      const saved = await other.until("file", (line) => line["state"] === "saved");
      assert.equal(saved["path"], path);
      assert.deepEqual(await Deno.readFile(path), bytes);
      const { mode } = await Deno.stat(path);
      if (Deno.build.os !== "windows") assert.equal((mode ?? 0) & 0o777, 0o600);
    }
    await alice.until("file_taken", (line) => (line["to"] as { nick: string }).nick === "carol");
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["got-0.pdf", "got-1.pdf", "plan.pdf"]);
    for (const other of others) await other[Symbol.asyncDispose]();
  }));

Deno.test("nothing that is there is written over, and what cannot be offered or saved is refused in a sentence", () =>
  withFolder(async (folder, url) => {
    await Deno.writeTextFile(`${folder}/mine`, "mine");
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { invite } = await alice.until("invite");
    await using bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
    await bob.until("member_confirmed");
    await alice.say({ command: "file", path: `${folder}/nothing` });
    await alice.until(
      "error",
      (line) => line["message"] === `Cannot offer ${folder}/nothing: it does not exist`,
    );
    await alice.say({ command: "file", path: folder });
    await alice.until("error", (line) => line["message"] === `Cannot offer ${folder}: it is a folder`);
    await alice.say({ command: "file", path: `${folder}/mine` });
    const message = await bob.until("message");
    await bob.say({ command: "save", id: String(message["id"]), path: `${folder}/mine` });
    await bob.until(
      "error",
      (line) => /there is one already\. Give another name$/.test(String(line["message"])),
    );
    assert.equal(await Deno.readTextFile(`${folder}/mine`), "mine");
    await bob.say({ command: "save", id: String(message["id"]), path: `${folder}/no/such/folder` });
    await bob.until("error", (line) => /there is no such folder$/.test(String(line["message"])));
  }));

Deno.test("what is only half there when the session ends is taken away", () =>
  withFolder(async (folder, url) => {
    await Deno.writeFile(`${folder}/long`, bytesOfLength(40_000_000));
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { invite } = await alice.until("invite");
    await using bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
    await bob.until("member_confirmed");
    await alice.say({ command: "file", path: `${folder}/long` });
    const message = await bob.until("message");
    await bob.say({ command: "save", id: String(message["id"]), path: `${folder}/copy` });
    await bob.until("file", (line) => line["state"] === "getting" && Number(line["done"]) > 0);
    assert.ok((await Deno.stat(`${folder}/copy.part`)).isFile);
    await bob.say({ command: "leave" });
    assert.equal(await bob.status(), 0);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["long"]);
  }));
