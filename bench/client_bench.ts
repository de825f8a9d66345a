/** What a person waits for: founding, joining, the first line of the program. @module */
import { createRoom, joinRoom, type RoomSession } from "../client/mod.ts";
import { Program, startRelay } from "./processes.ts";
import { median, type Report, within } from "./report.ts";

const TIMES = 7;
const PATIENCE_MS = 30_000;
const PASSWORD = "hunter2";

/** Wall time of founding and joining over loopback, with the full cost of Argon2id. */
export async function benchJoin(report: Report): Promise<void> {
  const { program, url } = await startRelay();
  const sessions: RoomSession[] = [];
  try {
    const times = {
      create: [] as number[],
      invite: [] as number[],
      spoken: [] as number[],
      named: [] as number[],
    };
    let invite = "";
    let code = "";
    // Who comes first waits three seconds before founding a named room: all of them at the same time.
    const named = Array.from({ length: TIMES }, (_, i) => `bench ${i} ${crypto.randomUUID()}`);
    const join = async (nick: string, code: string, password?: string): Promise<void> => {
      sessions.push(
        await joinRoom({ relay: url, nick, code, ...(password === undefined ? {} : { password }) }),
      );
    };
    await Promise.all(named.map((name) => join("first", name, PASSWORD)));
    for (const name of named) {
      const there = sessions.length;
      times.create.push(
        await time(async () => {
          sessions.push(
            await createRoom({
              relay: url,
              nick: "founder",
              onEvent: (event) => {
                if (event.type === "invite") [invite, code] = [event.invite, event.code ?? ""];
              },
            }),
          );
        }),
      );
      times.invite.push(await time(() => join("invite", invite)));
      times.spoken.push(await time(() => join("spoken", code)));
      times.named.push(await time(() => join("second", name, PASSWORD)));
      for (const session of sessions.splice(there)) session.abort();
    }
    report.figure("client/create_ms", median(times.create), "ms");
    report.figure("client/join_ms/invite", median(times.invite), "ms");
    report.figure("client/join_ms/spoken", median(times.spoken), "ms");
    report.figure("client/join_ms/named", median(times.named), "ms");
    report.figure("client/join_ms", median([...times.invite, ...times.spoken, ...times.named]), "ms");
  } finally {
    for (const session of sessions) session.abort();
    await program[Symbol.asyncDispose]();
  }
}

/** From the start of the program until it asks for a nickname at a terminal, and until its first line in JSON mode. */
export async function benchFirstPrompt(report: Report): Promise<void> {
  const create = ["client.ts", "create", "--json", "--relay", "127.0.0.1:1", "--nick", "a"];
  report.figure("client/first_event_ms", await startTime(() => new Program(create), /\n/), "ms");
  const prompt = await startTime(() => new Program(["client.ts"], { terminal: true }), /nickname/);
  report.figure("client/first_prompt_ms", prompt, "ms");
}

async function startTime(start: () => Program, pattern: RegExp): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMES + 2; i++) {
    const began = performance.now();
    await using program = start();
    await program.prints(pattern);
    if (i >= 2) times.push(performance.now() - began); // the first ones fill the caches
  }
  return median(times);
}

async function time(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await within(PATIENCE_MS, "entering a room", work());
  return performance.now() - began;
}
