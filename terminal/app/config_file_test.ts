import assert from "node:assert/strict";
import fc from "fast-check";
import { ClientError } from "../../client/errors.ts";
import { loadConfig, usualPath } from "./config_file.ts";
import { ConfigError, parseConfig } from "./config_text.ts";

const EXAMPLE = `
# How Sotto looks
theme = contrast
nick = alice
bell = all
notifications = off
mouse = off
hints = off
members = on
lock = 5m
privacy.typing = off
privacy.presence = on
bind.find = ctrl+g
bind.burn = f12, ctrl+x ctrl+x
bind.transpose = none
`;

Deno.test("a config with every setting is read", () => {
  assert.deepEqual(parseConfig(EXAMPLE), {
    theme: "contrast",
    nick: "alice",
    bell: "all",
    notifications: "off",
    mouse: false,
    hints: false,
    members: true,
    lockMs: 300_000,
    typing: false,
    presence: true,
    keys: { find: ["ctrl+g"], burn: ["f12", "ctrl+x ctrl+x"], transpose: [] },
  });
  assert.deepEqual(parseConfig("\ufeff\r\n# nothing\r\n"), {});
  assert.deepEqual(parseConfig("bell = off   # at work\nnick = c#\nbind.find = alt+#"), {
    bell: "off",
    nick: "c#",
    keys: { find: ["alt+#"] },
  });
});

for (
  const [what, text, said] of [
    ["no equals sign", "# a\n\ntheme dark", /^line 3: it does not read key = value/],
    ["no value", "theme =", /^line 1: there is no value behind =/],
    ["an unknown setting", "\nthem = dark", /^line 2: there is no setting "them"; did you mean theme\?/],
    [
      "an unknown theme",
      "theme = pink",
      /^line 1: theme cannot be "pink": use dark, light, contrast or plain/,
    ],
    ["a switch that is neither on nor off", "mouse = yes", /^line 1: mouse cannot be "yes": use on or off/],
    [
      "a lock that would be too quick",
      "lock = 3s",
      /^line 1: lock cannot be "3s": use a time of 10s or more/,
    ],
    ["a setting that stands there twice", "bell = off\nbell = all", /^line 2: bell stands in line 1 already/],
    ["an unknown action", "bell = off\nbind.fly = f5", /^line 2: cannot bind fly: there is no action/],
    ["an unknown key", "bind.find = hyper+x", /^line 1: cannot bind find: there is no key "hyper\+x"/],
    [
      "one key for two things",
      "bind.find = f9\nbind.members = f9",
      /^line [12]: cannot bind (members|find): f9 is chosen for (members|find) already/,
    ],
  ] as const
) {
  Deno.test(`a config with ${what} is refused with the number of the line`, () => {
    assert.throws(
      () => parseConfig(text),
      (error) => error instanceof ConfigError && said.test(error.message),
    );
  });
}

Deno.test("any text at all is a config or is refused with a line of it", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(...EXAMPLE.split("\n")),
    fc.string().map((v) => `bind.find = ${v}`),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
    const text = lines.join("\n");
    try {
      parseConfig(text);
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      assert.ok(error.line >= 1 && error.line <= text.split(/\r\n|\n|\r/).length);
    }
  }));
});

const env = (values: Record<string, string>) => (name: string): string | undefined => values[name];
const HOME = env({ HOME: "/home/alice" });
const bytes = (text: string): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode(text));

Deno.test("the config is looked for where XDG says, else under HOME, else nowhere", () => {
  assert.equal(usualPath(env({ XDG_CONFIG_HOME: "/x", HOME: "/h" })), "/x/sotto/config");
  assert.equal(usualPath(env({ XDG_CONFIG_HOME: "relative", HOME: "/h" })), "/h/.config/sotto/config");
  assert.equal(usualPath(env({})), null);
});

Deno.test("without the permission to read, or without a file, there is no config and no question", async () => {
  const read = (): Promise<Uint8Array> => Promise.reject(new Deno.errors.NotFound());
  assert.deepEqual(
    await loadConfig(undefined, { env: HOME, mayRead: () => false, read: () => bytes("theme = dark") }),
    {},
  );
  assert.deepEqual(await loadConfig(undefined, { env: HOME, mayRead: () => true, read }), {});
  assert.deepEqual(await loadConfig(undefined, { env: env({}) }), {});
  assert.deepEqual(
    await loadConfig("none", { env: HOME, mayRead: () => true, read: () => bytes("rubbish") }),
    {},
  );
});

Deno.test("a config that is named must be there, and a bad line ends with status 2 and says where", async () => {
  const failure = async (
    named: string | undefined,
    read: () => Promise<Uint8Array>,
    mayRead = true,
  ): Promise<string> => {
    try {
      await loadConfig(named, { env: HOME, mayRead: () => mayRead, read });
    } catch (error) {
      assert.ok(error instanceof ClientError);
      assert.equal(error.status, 2);
      return error.message;
    }
    return "";
  };
  const missing = (): Promise<Uint8Array> => Promise.reject(new Deno.errors.NotFound());
  assert.equal(await failure("/c", missing), "Cannot use the config file /c: it does not exist");
  assert.equal(
    await failure("/c", missing, false),
    'Cannot use the config file /c: Sotto may not read it; put --allow-read=/c behind "deno run"',
  );
  assert.equal(
    await failure(undefined, () => bytes("theme = dark\nbel = off")),
    'Cannot use the config file /home/alice/.config/sotto/config: line 2: there is no setting "bel"; did you mean bell?',
  );
  assert.match(await failure("/c", () => Promise.resolve(new Uint8Array(70_000))), /longer than 65536 bytes/);
  assert.match(await failure("/c", () => Promise.resolve(Uint8Array.of(0xff, 0xfe))), /not text in UTF-8/);
});

Deno.test("a config with more lines than are read is refused, and one with as many is not", () => {
  assert.deepEqual(parseConfig("# x\n".repeat(999)), {});
  assert.throws(() => parseConfig("# x\n".repeat(1_000)), {
    name: "ConfigError",
    line: 1_001,
    message: /more than 1000 lines/,
  });
});
