/** Runs what needs no room: `register`, `login`, `list`, `check-client`. @module */
import { ClientError } from "../client/errors.ts";
import type { SessionEvent } from "../client/events.ts";
import { readNewAccount } from "../client/login.ts";
import { asInstalled } from "../relay/program/own_name.ts";
import { type Colour, colours } from "./colour.ts";
import type { CommonOptions, Errand } from "./tasks.ts";
import { failureOf } from "./failure.ts";
import type { LineIo } from "./line_io.ts";
import type { LineReader } from "./line_reader.ts";
import { accountPassword } from "./login_sources.ts";
import type { RelayAccess } from "./relay_access.ts";
import { RelayDesk } from "./relay_desk.ts";
import { roomsText } from "./rooms_wording.ts";
import { type Streams, withTimeout } from "./running.ts";
import { internalError } from "./shutdown.ts";
import { accessOf, readPem } from "./start.ts";
import { askerAt, openIo, VISIBLE_TOKEN } from "./start_lines.ts";
import { wantsColour } from "./wants_colour.ts";
import { notice, problem, sentence } from "./wording.ts";

/** How an errand is told. */
interface Voice {
  /** Everything that is not the answer. */
  onEvent: (event: SessionEvent) => void;
  /** The answer. */
  answer: (text: string, event: { event: string } & Record<string, unknown>) => void;
}

const VISIBLE_PASSWORD =
  "The password was on the command line, where others on this computer can see it (ps). " +
  "Next time leave it out, or use --account-password-file or SOTTO_ACCOUNT_PASSWORD.";
/** Exit status after Ctrl-C, as shells know it. */
const INTERRUPTED = 130;
/** Longest wait for the terminal to take our last words, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Runs one errand to its end.
 *
 * @param task What the user wants.
 * @param options Options of the command line.
 * @param streams Where to write.
 * @param reader Standard input.
 * @returns The exit status.
 */
export async function startErrand(
  task: Errand,
  options: CommonOptions,
  { out, err, ready }: Streams,
  reader: LineReader,
): Promise<number> {
  const io = options.json ? null : await openIo({ ...options, plain: true }, out, reader);
  const colour = colours(!options.json && !options.plain && wantsColour());
  const json = (event: Record<string, unknown>): void => out.line(JSON.stringify(event));
  const voice: Voice = {
    onEvent: ({ type, ...rest }) => {
      if (io === null) json({ event: type, ...rest });
      else if ("message" in rest) err.line(notice(sentence(rest.message), colour));
    },
    answer: (text, event) => io === null ? json(event) : io.print(text),
  };
  const stopped = Promise.withResolvers<number>();
  ready({
    run: () => stopped.promise,
    interrupt: () => stopped.resolve(INTERRUPTED),
    abort: (status) => Promise.resolve(stopped.resolve(status)),
  });
  try {
    const work = run(task, options, { io, colour, voice, nextLine: () => reader.next() }).then(() => null);
    const status = await Promise.race([work, stopped.promise]);
    if (status !== null) return status;
    if (io === null) json({ event: "ended", status: 0, code: "done", message: "Done" });
    return 0;
  } catch (error) {
    const failure = failureOf(error) ?? { code: "internal", message: internalError(error), status: 1 };
    const { code, message, status } = failure;
    if (io === null) {
      json({ event: "error", code, message });
      json({ event: "ended", status, code, message });
    } else err.line(problem(message, colour));
    return status;
  } finally {
    if (io !== null) await withTimeout(io.close(), FLUSH_MS);
  }
}

/** What an errand works with. */
interface Setting {
  io: LineIo | null;
  colour: Colour;
  voice: Voice;
  nextLine: () => Promise<string | null>;
}

async function run(
  task: Errand,
  options: CommonOptions,
  { io, colour, voice, nextLine }: Setting,
): Promise<void> {
  if (task.action === "check-client") return await check(task.invite, options, voice);
  const tell = (code: string, message: string): void => voice.onEvent({ type: "notice", code, message });
  if (options.token !== undefined) tell("visible_token", VISIBLE_TOKEN);
  const asker = io === null ? null : askerAt(io, colour);
  const { accountPasswordFile, ...others } = options;
  const access: RelayAccess = await accessOf(others, { nextLine, io, asker });
  const desk = new RelayDesk(access);
  try {
    if (task.action === "list") {
      const rooms = await desk.list(voice.onEvent);
      const text = roomsText(rooms, desk.place, {
        how: asInstalled("Enter one with: client.ts join <link>"),
        links: true,
      });
      return voice.answer(text, { event: "rooms", rooms });
    }
    const { action, name } = task;
    if (task.password !== undefined) tell("visible_password", VISIBLE_PASSWORD);
    let typed = false;
    const password = task.password ??
      await accountPassword(name, accountPasswordFile, { nextLine, io }, () => typed = true);
    if (action === "register") readNewAccount({ name, password }); // before it is asked for again
    if (action === "register" && typed && io?.interactive === true) {
      const again = await io.ask("The same once more: ", { secret: true });
      if (again !== password) {
        throw new ClientError("no_password", "Cannot register: the two passwords differ");
      }
    }
    const done = await desk[action]({ name, password }, voice.onEvent);
    const next = action === "register"
      ? `. Use it with --account ${name}, or SOTTO_ACCOUNT=${name}; the relay cannot tell you the password again`
      : "";
    const code = action === "register" ? "registered" : "logged_in";
    voice.answer(sentence(done + next), { event: "notice", code, message: done });
  } finally {
    access.logins.wipe();
  }
}

/** Says whether a relay hands out the client of an invite; another one is a refusal. */
async function check(invite: string, { ca }: CommonOptions, voice: Voice): Promise<void> {
  const { checkClient } = await import("./relay_client.ts");
  const { same, text, sha256 } = await checkClient(
    invite,
    ca === undefined ? {} : { caCerts: [await readPem(ca)] },
  );
  voice.answer(text, { event: "client", same, sha256 });
  if (!same) {
    throw new ClientError("other_client", "Cannot trust the client of this relay: it is another one");
  }
}
