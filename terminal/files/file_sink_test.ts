import assert from "node:assert/strict";
import { ClientError } from "../../client/errors.ts";
import { openSink } from "./file_sink.ts";
import { openSource } from "./file_source.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

Deno.test("openSink() writes beside the place, and there once all is done", () =>
  inFolder(async (folder) => {
    const sink = await openSink("../a.txt", folder);
    assert.deepEqual(names(folder), []);
    await sink.write(bytes("one "));
    assert.deepEqual(names(folder), ["_a.txt.part"]);
    await sink.write(bytes("two"));
    assert.equal(await sink.done(), `${folder}/_a.txt`);
    assert.equal(await Deno.readTextFile(`${folder}/_a.txt`), "one two");
    sink.abort();
    assert.deepEqual(names(folder), ["_a.txt"], "what is done stays");
  }));

Deno.test("openSink() numbers a name that is taken, also by what is on its way, and writes over nothing", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "mine");
    await Deno.writeTextFile(`${folder}/a-2.txt.part`, "on its way");
    const sink = await openSink("a.txt", folder);
    await sink.write(bytes("theirs"));
    assert.equal(await sink.done(), `${folder}/a-3.txt`);
    await assert.rejects(openSink("a.txt", `${folder}/a.txt`), { code: "exists" });
    await Deno.symlink(`${folder}/nowhere`, `${folder}/link`);
    await assert.rejects(openSink("a.txt", `${folder}/link`), { code: "exists" });
    await assert.rejects(openSink("a.txt", `${folder}/no/where`), { code: "unwritable" });
    assert.equal(await Deno.readTextFile(`${folder}/a.txt`), "mine");
  }));

Deno.test("openSink() leaves nothing of what is given up, and does not write over what came meanwhile", () =>
  inFolder(async (folder) => {
    const given = await openSink("a", folder);
    await given.write(bytes("x"));
    given.abort();
    assert.deepEqual(names(folder), []);
    await assert.rejects(given.write(bytes("y")), /no longer wanted/);
    const late = await openSink("b", `${folder}/b`);
    await late.write(bytes("theirs"));
    await Deno.writeTextFile(`${folder}/b`, "mine");
    await assert.rejects(late.done(), /is there by now/);
    late.abort();
    assert.deepEqual(names(folder), ["b"]);
    assert.equal(await Deno.readTextFile(`${folder}/b`), "mine");
  }));

Deno.test("openSink() keeps an empty file too", () =>
  inFolder(async (folder) => {
    const sink = await openSink("empty", `${folder}/other name`);
    assert.equal(await sink.done(), `${folder}/other name`);
    assert.equal((await Deno.stat(`${folder}/other name`)).size, 0);
  }));

Deno.test("openSource() reads anywhere in a file, also several at a time, and nothing once it is closed", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "0123456789");
    const source = await openSource(`${folder}/a.txt`);
    assert.deepEqual([source.name, source.size], ["a.txt", 10]);
    const read = async (at: number, length: number): Promise<string> =>
      new TextDecoder().decode(await source.read(at, length));
    assert.deepEqual(await Promise.all([read(8, 2), read(0, 3), read(3, 5)]), ["89", "012", "34567"]);
    assert.equal(await read(8, 5), "89", "fewer, where there are no more");
    source.close();
    await assert.rejects(read(0, 1), /closed/);
  }));

Deno.test("openSource() refuses folders, devices and what is not there", () =>
  inFolder(async (folder) => {
    await assert.rejects(openSource(folder), /: it is a folder$/);
    await assert.rejects(openSource(`${folder}/no`), ClientError);
    if (Deno.build.os !== "windows") {
      await assert.rejects(openSource("/dev/null"), /: it is no ordinary file$/);
    }
  }));

Deno.test("openSink() writes over nothing that comes between its last look and the end", () =>
  inFolder(async (folder) => {
    const { link, rename } = Deno;
    const sinks = [await openSink("x", `${folder}/a`), await openSink("a", folder)];
    for (const sink of sinks) await sink.write(bytes("theirs"));
    const faster = async (): Promise<void> => {
      await Deno.writeTextFile(`${folder}/a`, "mine", { createNew: true }).catch(() => {});
    };
    Deno.link = async (from, to) => await faster().then(() => link(from, to));
    Deno.rename = async (from, to) => await faster().then(() => rename(from, to));
    try {
      await assert.rejects(sinks[0]?.done() ?? Promise.resolve(), /is there by now/);
      assert.equal(await sinks[1]?.done(), `${folder}/a-2`);
    } finally {
      Deno.link = link;
      Deno.rename = rename;
    }
    sinks[0]?.abort();
    assert.deepEqual(names(folder), ["a", "a-2"]);
    assert.equal(await Deno.readTextFile(`${folder}/a`), "mine");
  }));

Deno.test("openSink() saves two files of one name at the same time, each under its own", () =>
  inFolder(async (folder) => {
    const sinks = [await openSink("a.png", folder), await openSink("a.png", folder)];
    for (const [index, sink] of sinks.entries()) await sink.write(bytes(`${index}`));
    for (const sink of sinks) await sink.done();
    assert.deepEqual(names(folder), ["a-2.png", "a.png"]);
    assert.equal(await Deno.readTextFile(`${folder}/a-2.png`), "1");
  }));

Deno.test("openSink() gives up when there are too many files of one name", () =>
  inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/a`, "");
    for (let number = 2; number < 1_000; number++) Deno.writeTextFileSync(`${folder}/a-${number}`, "");
    await openSink("a", folder);
    Deno.writeTextFileSync(`${folder}/a-1000`, "");
    await assert.rejects(openSink("a", folder), { code: "exists", message: /too many of that name/ });
    assert.equal(names(folder).length, 1_000);
  }));
