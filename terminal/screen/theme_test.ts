import assert from "node:assert/strict";
import { rgb } from "./ansi.ts";
import { NICK_COLOURS, type NickRole } from "./style.ts";
import { type Theme, themeOf, THEMES, usualTheme } from "./theme.ts";

type Colour = readonly [number, number, number];

/** Linear light, from 0 to 1. */
const linear = (colour: string): Colour =>
  rgb(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Colour;

function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map((colour) => {
    const [r, g, b] = linear(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }).sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** What people see who lack red, green or blue (Machado, Oliveira and Fernandes, 2009), and everybody else. */
const EYES: Readonly<Record<string, readonly Colour[]>> = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};

/** CIE L*a*b* of a colour as seen by somebody. */
function lab(colour: string, eyes: readonly Colour[]): Colour {
  const source = linear(colour);
  const [r = 0, g = 0, b = 0] = eyes.map((row) =>
    Math.max(0, Math.min(1, row[0] * source[0] + row[1] * source[1] + row[2] * source[2]))
  );
  const f = (t: number): number => t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116;
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function nicks(theme: Theme): string[] {
  return Array.from({ length: NICK_COLOURS }, (_, index) => {
    const { colour } = theme.look(`nick${index}` as NickRole);
    assert.ok(colour !== undefined);
    return colour;
  });
}

const GROUNDED: readonly [Theme, grounds: readonly string[], least: number][] = [
  [themeOf("dark", "true"), ["#000000", "#1e1e1e"], 4.5],
  [themeOf("light", "true"), ["#ffffff", "#fafafa"], 4.5],
  [themeOf("contrast", "true", { dark: true }), ["#000000", "#1e1e1e"], 7],
  [themeOf("contrast", "true", { dark: false }), ["#ffffff"], 7],
];

Deno.test("every colour of text can be read on its background", () => {
  const roles = ["dim", "accent", "good", "warn", "bad", "me", "mention", "code", "quote", "unread"] as const;
  for (const [theme, grounds, least] of GROUNDED) {
    const colours = [...nicks(theme), ...roles.map((role) => theme.look(role).colour)];
    for (const colour of colours) {
      if (colour === undefined) continue;
      for (const ground of grounds) {
        assert.ok(
          contrast(colour, ground) >= least,
          `${theme.name}: ${colour} on ${ground}: ${contrast(colour, ground)}`,
        );
      }
    }
    for (const role of ["mention", "unread", "bad", "warn", "good"] as const) {
      const { colour, ink } = theme.ground(role);
      if (colour !== undefined && ink !== undefined) {
        assert.ok(contrast(colour, ink) >= 4.5, `${theme.name}: ${role}`);
      }
    }
  }
});

Deno.test("colours of nicknames can be told apart, also without seeing red or green", () => {
  for (const [theme] of GROUNDED) {
    const colours = nicks(theme);
    for (const [name, eyes] of Object.entries(EYES)) {
      for (let i = 0; i < colours.length; i++) {
        for (let j = 0; j < i; j++) {
          const [one, other] = [lab(colours[i] ?? "", eyes), lab(colours[j] ?? "", eyes)];
          const distance = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
          assert.ok(distance > 8, `${theme.name}, ${name}: ${colours[i]} and ${colours[j]}: ${distance}`);
        }
      }
    }
  }
});

Deno.test("without colours every theme is plain, and what matters is still marked", () => {
  for (const name of THEMES) {
    const theme = themeOf(name, 0);
    assert.equal(theme.name, "plain");
    for (const role of ["bad", "mention", "me"] as const) assert.ok(theme.look(role).bold);
    assert.ok(theme.ground("selected").inverse);
  }
});

Deno.test("warnings and mentions are never told by colour alone", () => {
  for (const [theme] of GROUNDED) {
    for (const role of ["warn", "bad", "mention", "me", "unread"] as const) {
      assert.ok(theme.look(role).bold, `${theme.name}: ${role}`);
    }
    assert.ok(theme.ground("selected").inverse);
  }
});

Deno.test("the theme to begin with follows the background", () => {
  assert.equal(usualTheme(256, undefined).name, "dark");
  assert.equal(usualTheme(256, true).name, "dark");
  assert.equal(usualTheme(256, false).name, "light");
  assert.equal(usualTheme(0, false).name, "plain");
});
