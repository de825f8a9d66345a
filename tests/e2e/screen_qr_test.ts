import assert from "node:assert/strict";
import { HAS_ZBAR, photograph, scanned } from "./_raster.ts";
import { CLIENT, onScreen } from "./_screen.ts";

const SIZE = { columns: 80, rows: 24 };
const LINK = /http:\/\/127\.0\.0\.1:\d+\/#[\w-]+/;

for (
  const [name, how, light] of [
    ["the dark theme", "--theme dark", false],
    ["the light theme", "--theme light", true],
    ["high contrast on a light terminal", "--theme contrast", true],
    ["no colours", "--theme plain", false],
  ] as const
) {
  onScreen(`a QR reader decodes a picture of /invite at 80x24 in ${name}`, async (relay, open) => {
    const alice = await open(SIZE);
    await alice.line(`${CLIENT} create --nick alice --relay ${relay} ${how}`);
    await alice.shows(/● online/);
    await alice.line("/invite");
    await alice.shows(/Let a phone scan this/);
    const [link] = await alice.shows(LINK);
    const picture = await photograph(await alice.painted(), { ...SIZE, light });
    assert.deepEqual(await scanned(picture), [link]);
  }, { ignore: !HAS_ZBAR });
}

for (
  const [name, how, light] of [["in colour", " -u NO_COLOR", true], [
    "without colours",
    " NO_COLOR=1",
    false,
  ]] as const
) {
  onScreen(
    `a QR reader decodes a picture of the first page of line mode at 80x24 ${name}`,
    async (relay, open) => {
      const alice = await open(SIZE);
      await alice.line(`${CLIENT.replace(" -u NO_COLOR", how)} create --lines --nick alice --relay ${relay}`);
      await alice.shows(/Type to talk/);
      const [link] = await alice.shows(LINK);
      const picture = await photograph(await alice.painted(), { ...SIZE, light });
      assert.deepEqual(await scanned(picture), [link], await alice.view());
    },
    { ignore: !HAS_ZBAR },
  );
}
