import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { listDownloads, type Listing } from "./downloads.ts";
import { UsageError } from "./usage_error.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-downloads-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function reasons({ leftOut }: Listing): Record<string, string> {
  return Object.fromEntries(leftOut.map(({ name, why }) => [name, why]));
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

Deno.test("listDownloads() lists plain files with size and hash", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/sotto-1`, "one");
    await Deno.writeTextFile(`${folder}/empty`, "");
    const { files, leftOut } = await listDownloads(folder);
    assert.deepEqual([...files.keys()], ["empty", "sotto-1"]);
    assert.deepEqual([files.get("sotto-1")?.size, files.get("sotto-1")?.sha256], [3, hash("one")]);
    assert.deepEqual(leftOut, []);
  }));

Deno.test({
  name: "listDownloads() leaves out links, folders, pipes and odd names, and says why",
  ignore: Deno.build.os === "windows", // has no such names
  fn: () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/real`, "real");
      await Deno.symlink("/etc/passwd", `${folder}/passwd`);
      await Deno.symlink(`${folder}/real`, `${folder}/inside`);
      await Deno.mkdir(`${folder}/sub`);
      await Deno.writeTextFile(`${folder}/sub/deep`, "deep");
      const odd = [
        ".hidden",
        "a b",
        'a"b',
        "a%2fb",
        "a\nb",
        "ä",
        "-rf",
        "a;b",
        "a$(b)",
        "x".repeat(129),
        "<script>",
      ];
      for (const name of odd) await Deno.writeTextFile(`${folder}/${name}`, "odd");
      const { success } = await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      assert.ok(success);
      const listing = await listDownloads(folder);
      assert.deepEqual([...listing.files.keys()], ["real"]);
      const why = reasons(listing);
      assert.deepEqual([why.passwd, why.inside, why.sub, why.pipe], [
        "it is a link",
        "it is a link",
        "it is no file",
        "it is no file",
      ]);
      for (const name of odd) assert.match(why[name] ?? "", /other characters/, name);
    }),
});

Deno.test("listDownloads() leaves out a huge file without reading it", () =>
  inFolder(async (folder) => {
    const file = await Deno.create(`${folder}/huge`);
    await file.truncate(1_099_511_627_776); // holes: a terabyte that takes no room
    file.close();
    assert.deepEqual(reasons(await listDownloads(folder)), { huge: "it is larger than 2 GB" });
  }));

Deno.test("listDownloads() lists 256 files and says that there are more", () =>
  inFolder(async (folder) => {
    for (let i = 0; i < 258; i++) await Deno.writeTextFile(`${folder}/file-${i}`, "");
    const listing = await listDownloads(folder);
    assert.equal(listing.files.size, 256);
    assert.deepEqual(Object.values(reasons(listing)), Array(2).fill("there are more than 256"));
  }));

Deno.test("listDownloads() leaves out files that SHA256SUMS contradicts", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/good`, "good");
    await Deno.writeTextFile(`${folder}/half`, "ha");
    await Deno.writeTextFile(`${folder}/unnamed`, "x");
    await Deno.writeTextFile(
      `${folder}/SHA256SUMS`,
      `${hash("good")}  good\n${hash("half")} *half\n${hash("gone")}  gone\n# nonsense\n`,
    );
    const listing = await listDownloads(folder);
    assert.deepEqual([...listing.files.keys()], ["SHA256SUMS", "good", "unnamed"]);
    assert.match(reasons(listing).half ?? "", /copy it again/);
  }));

Deno.test("open() gives the file that was listed, and no other that lies there later", () =>
  inFolder(async (folder) => {
    const names = ["same", "longer", "swapped", "linked", "gone", "folder"];
    for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, "text");
    const { files } = await listDownloads(folder);
    const opens = async (name: string): Promise<boolean> => {
      const file = await files.get(name)?.open();
      file?.close();
      return file !== undefined;
    };
    for (const name of names) assert.ok(await opens(name), name);
    await Deno.writeTextFile(`${folder}/longer`, "more text");
    await Deno.writeTextFile(`${folder}/other`, "text");
    await Deno.rename(`${folder}/other`, `${folder}/swapped`);
    await Deno.remove(`${folder}/linked`);
    await Deno.symlink("/etc/passwd", `${folder}/linked`);
    await Deno.remove(`${folder}/gone`);
    await Deno.remove(`${folder}/folder`);
    await Deno.mkdir(`${folder}/folder`);
    assert.deepEqual(await Promise.all(names.map(opens)), [true, false, false, false, false, false]);
  }));

Deno.test("open() follows no link that the folder itself has become", () =>
  inFolder(async (parent) => {
    await Deno.mkdir(`${parent}/real`);
    await Deno.mkdir(`${parent}/secret`);
    await Deno.writeTextFile(`${parent}/real/file`, "text");
    await Deno.writeTextFile(`${parent}/secret/file`, "hush");
    const { files } = await listDownloads(`${parent}/real`);
    await Deno.rename(`${parent}/real`, `${parent}/away`);
    await Deno.symlink(`${parent}/secret`, `${parent}/real`);
    assert.equal(await files.get("file")?.open(), undefined);
  }));

Deno.test("listDownloads() names what is wrong with the folder", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    for (const [path, why] of [["none", "there is no such folder"], ["file", "it is no folder"]]) {
      const refused = listDownloads(`${folder}/${path}`, "DOWNLOADS");
      await assert.rejects(
        refused,
        (error) =>
          error instanceof UsageError && error.message === `Cannot use DOWNLOADS ${folder}/${path}: ${why}`,
      );
    }
  }));
