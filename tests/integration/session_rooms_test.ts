import assert from "node:assert/strict";
import { joinRoom, type SessionEvent } from "../../client/mod.ts";
import { Events, inviteOf, inWorld, refusalOf, turns, type World } from "../helpers.ts";

Deno.test("joinRoom() by name founds the room if nobody is there, and says so", () =>
  inWorld(async (world) => {
    const ada = await world.join("Lobby", "ada");
    assert.equal(ada.events.of("joined")[0]?.founded, true);
    assert.deepEqual(ada.events.of("notice").map(({ code }) => code), ["founding", "alone"]);
    assert.match(ada.events.of("notice")[1]?.message ?? "", /^You are alone .* anyone who guesses the name/);
    assert.deepEqual([ada.events.of("invite")[0]?.name, ada.events.of("invite")[0]?.code], ["lobby", null]);
    const bob = await world.join(" LOBBY ", "bob");
    assert.equal(bob.events.of("joined")[0]?.room, ada.events.of("joined")[0]?.room);
    assert.deepEqual(bob.events.of("joined")[0]?.members.map(({ nick }) => nick), ["ada", "bob"]);
  }));

Deno.test("joinRoom(): of two that found a named room at once, the one that loses joins the other", () =>
  inWorld(async (world) => {
    const people = await Promise.all([world.join("race", "ada"), world.join("race", "bob")]);
    assert.equal(people.filter(({ events }) => events.of("joined")[0]?.founded === true).length, 1);
    assert.equal(new Set(people.map(({ events }) => events.of("joined")[0]?.room)).size, 1);
    await Promise.all(people.map(({ events }) => events.until("safety")));
  }));

Deno.test("joinRoom() with a wrong password is told so, and so are those inside; the right one opens", () =>
  inWorld(async (world) => {
    const ada = await world.join("lobby", "ada", { password: "hunter2" });
    assert.equal(ada.events.of("notice").at(-1)?.message, "You are alone and opened this room");
    assert.match(
      await refusalOf(world.join("lobby", "eve", { password: "hunter3" })),
      /^wrong_code 1: .*letter by letter$/,
    );
    const failed = await ada.events.until("knock_failed");
    assert.deepEqual(failed, { type: "knock_failed", door: "named", count: 1, by: "ada", proof: "wrong" });
    await world.join("lobby", "bob", { password: "hunter2" });
  }));

Deno.test("whoever typed a room's name knows whether it takes a password, and an invite tells nobody", () =>
  inWorld(async (world) => {
    for (const password of ["hunter2", undefined]) {
      const name = password === undefined ? "open" : "shut";
      const ada = await world.join(name, "ada", password === undefined ? {} : { password });
      const bob = await world.join(name, "bob", password === undefined ? {} : { password });
      const carol = await world.join(inviteOf(ada), "carol");
      for (const [{ session, events }, knows] of [[ada, true], [bob, true], [carol, false]] as const) {
        await session.run({ command: "invite" });
        assert.equal(events.of("invite").at(-1)?.name, name);
        assert.equal(events.of("invite").at(-1)?.password, knows ? password !== undefined : undefined);
      }
    }
  }));

Deno.test("joinRoom() with a code that nobody opened waits, comes in when it is, and stops when told to", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada");
    const invite = inviteOf(ada);
    await ada.session.leave();
    const stop = new AbortController();
    const events = new Events();
    const waiting = joinRoom({
      relay: world.url,
      code: invite,
      nick: "bob",
      clock: world.clock,
      connect: world.connect,
      onEvent: events.take,
      signal: stop.signal,
    });
    const refused = refusalOf(waiting);
    const notice = await events.until("notice", ({ code }) => code === "waiting");
    assert.match(notice.message, /^Nobody is there yet; looking again/);
    await world.clock.jump(6_000);
    stop.abort();
    assert.match(await refused, /^aborted 1/);
    const said = events.of("notice").filter(({ code }) => code === "waiting");
    assert.equal(said.length, 1, "it is said once");
  }));

Deno.test("createRoom({ limit }): a full room takes nobody, and only its founder lets in", () =>
  inWorld(async (world) => {
    const [ada] = await world.room(["ada", "bob"], { limit: 2 });
    assert.ok(ada);
    assert.match(
      await refusalOf(world.join(inviteOf(ada), "carol")),
      /^room_full 1: Cannot join: the room is full$/,
    );
    await ada.run({ command: "limit", limit: 3 });
    const carol = await world.join(inviteOf(ada), "carol");
    assert.equal(carol.events.of("joined")[0]?.members.length, 3);
    await ada.run({ command: "limit", limit: null });
    ada.unplug();
    await carol.events.until("member_away");
  }));

Deno.test("joinRoom() into a limited room whose founder is away says who is missing", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { limit: 3 });
    assert.ok(ada && bob);
    ada.unplug();
    await bob.events.until("member_away");
    assert.match(await refusalOf(world.join(inviteOf(ada), "carol")), /^no_sponsor 1/);
  }));

Deno.test("joinRoom() into a locked room, or with a nickname that is taken or not allowed, is refused in words", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada");
    const invite = inviteOf(ada);
    assert.match(await refusalOf(world.join(invite, "Ada")), /^nick_taken 1/);
    assert.match(await refusalOf(world.join(invite, "a b")), /^bad_nick 2/);
    assert.match(await refusalOf(world.join("", "bob")), /^bad_code 2/);
    assert.match(await refusalOf(world.join(invite.slice(0, -3), "bob")), /^bad_code 2/);
    await ada.run({ command: "lock" });
    assert.match(await refusalOf(world.join(invite, "bob")), /^locked 1: .*\/unlock/);
    await ada.run({ command: "unlock" });
    await world.join(invite, "bob");
    assert.deepEqual(ada.events.of("lock").map(({ locked }) => locked), [true, false]);
  }));

Deno.test("A connection that does not come back in the time given ends the session with status 3", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { giveUpMs: 20_000 });
    assert.ok(ada && bob);
    bob.unplug();
    const waiting = await bob.events.until("connection", ({ state }) => state === "reconnecting");
    assert.ok(waiting.state === "reconnecting" && waiting.attempt === 1 && waiting.retryMs <= 300);
    assert.match(waiting.reason, /the connection was cut/);
    const saying = refusalOf(bob.say("into the void", 7));
    assert.equal((await bob.events.until("pending")).ref, 7);
    await world.clock.jump(20_000);
    assert.deepEqual(await bob.session.ended, {
      status: 3,
      code: "gave_up",
      message: "Cannot get back into the room: nothing has helped for 20 s. One message was not sent",
    });
    assert.match(await saying, /^(ended|gave_up)/);
    assert.equal(bob.events.all.at(-1)?.type, "ended");
    assert.deepEqual((await ada.events.until("member_away")).nick, "bob");
    bob.session.abort();
    await bob.session.leave();
    assert.equal(bob.events.of("ended").length, 1);
  }));

Deno.test("leave() waits for what was said to arrive, and gives up after ten seconds", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await bob.say("last words");
    const [line] = world.sockets;
    assert.ok(line);
    line.onMessage = () => {}; // ada hears nothing any more
    let gone = false;
    const leaving = bob.session.leave().then(() => gone = true);
    await world.clock.jump(9_000);
    assert.equal(gone, false);
    await world.clock.jump(1_500);
    await leaving;
    assert.equal((await bob.session.ended).status, 0);
  }));

Deno.test("leave() of the last operator names a successor", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    await ada.run({ command: "leave" });
    const role = await bob.events.until("role");
    assert.deepEqual([role.nick, role.operator], ["bob", true]);
    await bob.run({ command: "topic", text: "mine now" });
    await bob.run({ command: "leave" });
  }));

Deno.test("KEYS rotate by the clock, and who is away for too long is expired", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"], { awayMs: 20_000, rotateMs: 15_000 });
    assert.ok(ada && bob && carol);
    await world.clock.jump(16_000);
    await ada.say("after the turn");
    await bob.events.text("after the turn");
    await bob.say("and back");
    await ada.events.text("and back");
    carol.unplug();
    await world.clock.jump(5_000);
    await ada.events.until("member_away");
    await world.clock.jump(25_000);
    const left = await ada.events.until("member_left");
    assert.deepEqual([left.nick, left.reason], ["carol", "expired"]);
  }));

Deno.test("A member that is told to be away while it is there comes back by itself", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { awayMs: 5_000 });
    assert.ok(ada && bob);
    await expire(world, ada, bob.id);
    await ada.events.until("member_back", ({ id }) => id === bob.id);
    await ada.say("still there?");
    await bob.events.text("still there?");
    await bob.say("of course");
    await ada.events.text("of course");
  }));

/** Has a member say that another is away, as one whose relay hides that other would. */
async function expire(
  world: World,
  by: { session: unknown; events: { until(type: "member_left"): Promise<SessionEvent> } },
  target: string,
): Promise<void> {
  const { session } = by as { session: { say(body: { kind: "expire"; target: string }): Promise<number> } };
  await session.say({ kind: "expire", target });
  await by.events.until("member_left");
  await world.clock.jump(6_000);
  await turns();
}
