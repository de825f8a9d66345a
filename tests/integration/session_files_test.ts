/** Files between sessions: offered, fetched in parts, believed only when all of it is what was offered. */
import assert from "node:assert/strict";
import { FILES } from "../../client/file_info.ts";
import { bytesOfLength, ending, fetches, MemorySink, MemorySource, offers } from "../files.ts";
import { inviteOf, inWorld, refusalOf } from "../helpers.ts";

const LONG = 20 * FILES.partBytes + 77;

Deno.test("a file reaches whoever saves it, whole, and its owner is told", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    const bytes = bytesOfLength(LONG);
    const id = await offers(ada, new MemorySource("plan.pdf", bytes));
    const told = await bob.events.until("message", (event) => event.id === id);
    assert.deepEqual([told.kind, told.text, told.file?.size], ["file", "plan.pdf", LONG]);
    for (const person of [bob, carol]) {
      const sink = await fetches(person, id);
      assert.equal(await ending(person, id), "saved");
      assert.deepEqual(sink.bytes, bytes);
      assert.equal(sink.state, "done");
      await ada.events.until("file_taken", ({ to }) => to.id === person.id);
    }
    const shares = bob.events.of("file").flatMap((event) => event.state === "getting" ? [event.done] : []);
    assert.deepEqual(shares, [...shares].sort((a, b) => a - b));
    assert.equal(shares.at(-1), LONG);
  }));

Deno.test("an empty file, one of one part and one of a part and a byte arrive whole", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    for (const length of [0, FILES.partBytes, FILES.partBytes + 1]) {
      const bytes = bytesOfLength(length);
      const id = await offers(ada, new MemorySource(`${length}`, bytes));
      const sink = await fetches(bob, id);
      assert.equal(await ending(bob, id), "saved");
      assert.deepEqual(sink.bytes, bytes);
    }
  }));

Deno.test("a file goes on after the connection was lost on either side, and is whole", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const bytes = bytesOfLength(3 * LONG);
    const id = await offers(ada, new MemorySource("long", bytes));
    const sink = await fetches(bob, id);
    await bob.events.until("file", (event) => event.state === "getting" && event.done > LONG / 2);
    ada.unplug();
    await bob.events.until("file", ({ state }) => state === "waiting");
    ada.plug();
    await ada.run({ command: "reconnect" });
    await bob.events.until("file", (event) => event.state === "getting" && event.done > 2 * LONG);
    bob.cut();
    await bob.run({ command: "reconnect" });
    assert.equal(await ending(bob, id), "saved");
    assert.deepEqual(sink.bytes, bytes);
  }));

Deno.test("a private file is for one alone: the others are not told, and are not given it", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    const source = new MemorySource("secret.txt", bytesOfLength(1_000));
    const id = await offers(ada, source, "bob");
    const sink = await fetches(bob, id);
    assert.equal(await ending(bob, id), "saved");
    assert.equal(sink.bytes.length, 1_000);
    const told = bob.events.of("message").find((event) => event.id === id);
    assert.deepEqual([told?.kind, told?.file?.name, told?.to?.id], ["private", "secret.txt", bob.id]);
    await ada.say("after it");
    await carol.events.text("after it");
    assert.equal(carol.events.of("message").some((event) => event.id === id), false);
    assert.match(
      await refusalOf(carol.run({ command: "save", id, sink: new MemorySink() })),
      /^no_file 1: Cannot save: this message offers no file$/,
    );
  }));

Deno.test("a file that changes after it was offered is refused, and nothing of it is kept", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const source = new MemorySource("notes", bytesOfLength(LONG));
    const id = await offers(ada, source);
    source.bytes = source.bytes.with(LONG - 1, 1 ^ (source.bytes[LONG - 1] ?? 0));
    const sink = await fetches(bob, id);
    assert.equal(await ending(bob, id), "failed: Cannot get the file: what came is not what was offered");
    assert.equal(sink.state, "aborted");
    assert.deepEqual(ada.events.of("file_taken"), []);
  }));

Deno.test("a file that got shorter is offered no more, and both are told", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const source = new MemorySource("notes", bytesOfLength(LONG));
    const id = await offers(ada, source);
    source.bytes = source.bytes.slice(0, 100);
    await fetches(bob, id);
    assert.equal(await ending(bob, id), "failed: Cannot get the file: it is not offered any more");
    const told = await ada.events.until("file", (event) => event.id === id);
    assert.ok(told.state === "failed" && /^Cannot offer the file any more: /.test(told.message));
    assert.equal(source.closed, true);
  }));

Deno.test("a file whose offer is deleted stops, and so does one that is cancelled by whoever fetches it", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const source = new MemorySource("long", bytesOfLength(12 * LONG));
    const id = await offers(ada, source);
    const first = await fetches(bob, id);
    await bob.events.until("file", ({ state }) => state === "getting");
    await bob.run({ command: "cancel", id });
    assert.equal(await ending(bob, id), "cancelled: The file is not fetched any more");
    assert.equal(first.state, "aborted");
    bob.events.all.splice(bob.events.all.findIndex(({ type }) => type === "file")); // the next fetch is told anew
    const again = new MemorySink();
    await bob.run({ command: "save", id, sink: again });
    await bob.events.until("file", ({ state }) => state === "getting");
    await ada.run({ command: "cancel", id });
    assert.equal(await ending(bob, id), "failed: Cannot get the file: it is not offered any more");
    assert.equal(source.closed, true);
    await bob.events.until("deleted", (event) => event.id === id);
    assert.match(await refusalOf(bob.run({ command: "save", id, sink: new MemorySink() })), /^no_file /);
  }));

Deno.test("a file that takes long to be read for its offer tells how far that is, and can be cancelled", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const sources = ["one", "two", "three"].map((name) => new MemorySource(name, bytesOfLength(1_000)));
    for (const source of sources) source.stuck = true;
    const running = sources.map((source) => ada.run({ command: "file", source, ref: `r-${source.name}` }));
    await world.clock.jump(1_000);
    const told = ada.events.of("file_reading").map((
      event,
    ) => [event.ref, event.name, event.size, event.state]);
    assert.deepEqual(told, ["one", "two", "three"].map((name) => [`r-${name}`, name, 1_000, "reading"]));
    await ada.run({ command: "cancel", ref: "r-two" });
    await ada.events.until("file_reading", (event) => event.ref === "r-two" && event.state === "cancelled");
    await ada.run({ command: "cancel" });
    await ada.events.until("file_reading", (event) => event.ref === "r-three" && event.state === "cancelled");
    await running[1];
    await running[2];
    assert.deepEqual(sources.map(({ closed }) => closed), [false, true, true]);
    assert.match(await refusalOf(ada.run({ command: "cancel", ref: "r-two" })), /^no_file /);
    const [why] = await Promise.all([refusalOf(running[0] ?? Promise.resolve()), ada.session.leave()]);
    assert.match(why, /^ended /);
    assert.equal(sources[0]?.closed, true);
    assert.deepEqual(ada.events.of("offered"), []);
    assert.deepEqual(bob.events.of("message"), []);
  }));

Deno.test("cancelling without a number ends the only fetch, and names what else could be meant", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const nothing = /^no_file 1: Cannot cancel: no file is being read or fetched/;
    assert.match(await refusalOf(bob.run({ command: "cancel" })), nothing);
    const ids: string[] = [];
    for (const name of ["one", "two"]) {
      ids.push(await offers(ada, new MemorySource(name, bytesOfLength(12 * LONG))));
    }
    for (const id of ids) await fetches(bob, id);
    assert.match(await refusalOf(bob.run({ command: "cancel" })), /^no_file 1: .*several files/);
    await bob.run({ command: "cancel", id: ids[0] ?? "" });
    await bob.run({ command: "cancel" });
    assert.match(await ending(bob, ids[1] ?? ""), /^cancelled/);
  }));

Deno.test("a newcomer is not given a file that was offered before it came, nor is somebody that was put out", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const source = new MemorySource("old", bytesOfLength(12 * LONG));
    const id = await offers(ada, source);
    const carol = await world.join(inviteOf(ada), "carol");
    await carol.events.until("member_confirmed", ({ id }) => id === ada.id);
    assert.match(await refusalOf(carol.run({ command: "save", id, sink: new MemorySink() })), /^no_file /);
    const sink = await fetches(bob, id);
    await bob.events.until("file", ({ state }) => state === "getting");
    await ada.run({ command: "kick", member: "bob" });
    await bob.events.until("ended");
    assert.equal(sink.state, "aborted");
    const { reads } = source;
    await ada.say("without bob");
    await carol.events.text("without bob");
    assert.ok(source.reads <= reads + 2 * FILES.window); // what had been asked for already
  }));

Deno.test("whoever offers a file and leaves ends it for those who fetch it, in plain words", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const source = new MemorySource("long", bytesOfLength(12 * LONG));
    const id = await offers(bob, source);
    const sink = await fetches(ada, id);
    await ada.events.until("file", ({ state }) => state === "getting");
    await bob.session.leave();
    assert.equal(
      await ending(ada, id),
      "failed: Cannot get the file: bob is gone, and nobody else can give it",
    );
    assert.equal(sink.state, "aborted");
    assert.equal(source.closed, true);
    assert.match(
      await refusalOf(ada.run({ command: "save", id, sink: new MemorySink() })),
      /^gone 1: Cannot save: bob is gone, and nobody else can give it$/,
    );
  }));

Deno.test("a place that is full ends a fetch with the reason", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const id = await offers(ada, new MemorySource("long", bytesOfLength(LONG)));
    await bob.events.until("message", (event) => event.id === id);
    const sink = new MemorySink();
    sink.full = LONG / 2;
    await bob.run({ command: "save", id, sink });
    assert.equal(await ending(bob, id), "failed: Cannot get the file: the disk is full");
    assert.equal(sink.state, "aborted");
  }));

Deno.test("what disappears takes the offer of a file along", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.run({ command: "expire", ms: 60_000 });
    await bob.events.until("expire");
    const source = new MemorySource("short lived", bytesOfLength(100));
    const id = await offers(ada, source);
    await bob.events.until("message", (event) => event.id === id);
    await world.clock.jump(61_000);
    for (const person of [ada, bob]) await person.events.until("expired", ({ ids }) => ids.includes(id));
    assert.equal(source.closed, true);
    assert.match(await refusalOf(bob.run({ command: "save", id, sink: new MemorySink() })), /^no_file /);
  }));

Deno.test("what cannot be offered, saved or cancelled is refused with a sentence", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const refused = (name: string): Promise<string> =>
      refusalOf(ada.run({ command: "file", source: new MemorySource(name, bytesOfLength(1)) }));
    for (const name of ["../up", "a\\b", "a\nb", ".", "", "x".repeat(256), "\ud800"]) {
      assert.match(await refused(name), /^bad_file 1: Cannot offer the file: /, JSON.stringify(name));
    }
    const huge = new MemorySource("huge", bytesOfLength(1));
    Object.defineProperty(huge, "size", { value: FILES.maxBytes + 1 });
    assert.match(
      await refusalOf(ada.run({ command: "file", source: huge })),
      /^file_too_large 1: .*larger than 4 GiB$/,
    );
    assert.equal(huge.closed, true);
    const id = await offers(ada, new MemorySource("mine", bytesOfLength(1)));
    assert.match(await refusalOf(ada.run({ command: "save", id, sink: new MemorySink() })), /^own_file /);
    assert.match(await refusalOf(ada.run({ command: "edit", id, text: "x" })), /^is_file /);
    assert.match(await refusalOf(bob.run({ command: "cancel", id: `${ada.id}-999` })), /^no_file /);
  }));

Deno.test("no more files are offered or fetched at a time than the bounds say", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const ids: string[] = [];
    for (let i = 0; i < FILES.offers; i++) {
      const source = new MemorySource(`file ${i}`, bytesOfLength(10));
      ids.push(await offers(ada, source));
      source.stuck = true;
    }
    const source = new MemorySource("one more", bytesOfLength(1));
    assert.match(await refusalOf(ada.run({ command: "file", source })), /^too_many_files .*64 already/);
    assert.equal(source.closed, true);
    for (const id of ids.slice(0, FILES.getting)) await fetches(bob, id);
    const id = ids[FILES.getting] ?? "";
    await bob.events.until("message", (event) => event.id === id);
    const sink = new MemorySink();
    assert.match(await refusalOf(bob.run({ command: "save", id, sink })), /^too_many_files .*8 files/);
    assert.equal(sink.state, "aborted");
  }));

Deno.test("where the relay takes no frame as long as a part, a file is refused in a sentence", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const long = new MemorySource("long", bytesOfLength(FILES.partBytes));
    const why = /: this relay takes at most 65536 bytes at once, and a part of it needs \d+$/;
    assert.match(await refusalOf(ada.run({ command: "file", source: long })), why);
    assert.equal(long.closed, true);
    const bytes = bytesOfLength(50_000);
    const id = await offers(ada, new MemorySource("short", bytes));
    const sink = await fetches(bob, id);
    assert.equal(await ending(bob, id), "saved");
    assert.deepEqual(sink.bytes, bytes);
  }, { maxPayload: 65_536 }));
