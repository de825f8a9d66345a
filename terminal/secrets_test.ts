import assert from "node:assert/strict";
import { FakeIo } from "./_fakes.ts";
import { findPassword } from "./secrets.ts";

const NONE = {
  given: undefined,
  options: { passwordFile: undefined, askPassword: false },
  io: null,
} as const;
const nothing = (): Promise<null> => Promise.resolve(null);

/** A terminal at which every question gets one answer. */
function answering(answer: string | null): FakeIo {
  const io = new FakeIo({ interactive: true });
  io.ask = () => Promise.resolve(answer);
  return io;
}

Deno.test("findPassword() takes the command line first, and nothing where nothing was said", async () => {
  assert.equal(await findPassword({ ...NONE, given: "pw", nextLine: nothing }), "pw");
  assert.equal(await findPassword({ ...NONE, nextLine: nothing }), undefined);
});

Deno.test("findPassword() reads the first line of standard input for -", async () => {
  const options = { passwordFile: "-", askPassword: false };
  assert.equal(await findPassword({ ...NONE, options, nextLine: () => Promise.resolve("pw") }), "pw");
  await assert.rejects(findPassword({ ...NONE, options, nextLine: nothing }), { status: 2 });
});

Deno.test("findPassword() asks a person, and takes no empty answer", async () => {
  const options = { passwordFile: undefined, askPassword: true };
  assert.equal(await findPassword({ ...NONE, options, io: answering("pw"), nextLine: nothing }), "pw");
  for (const io of [answering(""), answering(null), null]) {
    await assert.rejects(findPassword({ ...NONE, options, io, nextLine: nothing }), { status: 2 });
  }
});

Deno.test("findPassword() reads the first line of a file, and says what is wrong with a bad one", async () => {
  const file = await Deno.makeTempFile();
  const read = (passwordFile: string): Promise<string | undefined> =>
    findPassword({ ...NONE, options: { passwordFile, askPassword: false }, nextLine: nothing });
  try {
    await Deno.writeTextFile(file, "pass word\r\nsecond");
    assert.equal(await read(file), "pass word");
    await Deno.writeTextFile(file, "\n");
    await assert.rejects(read(file), /is empty/);
    await Deno.writeFile(file, Uint8Array.of(0xff, 0xfe));
    await assert.rejects(read(file), /UTF-8/);
  } finally {
    await Deno.remove(file);
  }
  await assert.rejects(read(file), /does not exist/);
});
