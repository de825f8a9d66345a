/**
 * The least that needs repair, holding back and telling repeats: run in a copy of the project that lacks one of them.
 * The argument is how long it may take, in milliseconds. Exit status 0 and `whole`, or 1 and `red:` with what is wrong.
 *
 * @module
 */
import { Scenario } from "./scenario.ts";

const print = (text: string): unknown => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

try {
  await Scenario.run({ members: 3, patienceMs: Number(Deno.args[0]) }, async (s) => {
    // Only what is shown counts here; alarms have tests of their own.
    for (const member of s.members) member.tolerates = ["notice replayed"];
    const [m0, m1, m2] = [s.member("m0"), s.member("m1"), s.member("m2")];
    await s.talkAll({ texts: 5, paceMs: 5 });
    await s.until("all is shown", () => s.members.every((m) => m.missing(s.members) === 0));

    // While one is away the others talk; the relay forgets it; they talk on while it gets what it missed.
    m2.proxy.refuses = true;
    m2.proxy.cutAll();
    await Promise.all([m0, m1].map((m) => s.talk(m, { texts: 30, paceMs: 10 })));
    await s.until("those connected have it", () => m0.missing([m1]) === 0 && m1.missing([m0]) === 0);
    await s.relay.restart();
    const talking = Promise.all([m0, m1].map((m) => s.talk(m, { texts: 150, paceMs: 20 })));
    m2.proxy.refuses = false;
    await talking;
    await s.until("all is shown", () => s.members.every((m) => m.missing(s.members) === 0));

    // One does not hear that the relay took what it says, another does not hear what it says. After a kill -9 that one
    // gets it from a third; the author, back last, says it again, and everybody has it already.
    await s.until("all are connected", () => s.members.every((m) => m.online && m.proxy.live.length > 0));
    m0.proxy.halfOpen(1, ["down"]);
    m2.proxy.halfOpen(1, ["down"]);
    await s.talk(m0, { texts: 10, paceMs: 5 });
    await s.until("the third has it", () => m1.missing([m0]) === 0);
    m0.proxy.refuses = true;
    m0.proxy.cutAll();
    m2.proxy.cutAll();
    await s.relay.restart();
    await s.until("the third has passed it on", () => m2.missing([m0]) === 0);
    m0.proxy.refuses = false;
    await s.talkAll({ texts: 10, paceMs: 5 });
  });
  print("whole");
  Deno.exit(0);
} catch (error) {
  print(`red: ${error instanceof Error ? error.message : String(error)}`);
  Deno.exit(1);
}
