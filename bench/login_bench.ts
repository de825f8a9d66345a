/**
 * Whether the time that a refusal takes tells anything: accounts that do not exist or are disabled against a wrong
 * password, with the throttle off, at the desk itself, where no network blurs the difference.
 *
 * @module
 */
import { AccessDesk } from "../relay/access_desk.ts";
import { Accounts } from "../relay/accounts.ts";
import { NO_THROTTLE } from "../relay/login_throttle.ts";
import { makeVerifier } from "../relay/password.ts";
import { decodeLoginAnswer, encodeLoginStep } from "../wire/mod.ts";
import { median, type Report } from "./report.ts";

/** Logins of each kind, by turns, so that whatever else goes on disturbs all of them. */
const LOGINS = 10_000;
const WARM_UP = 2_000;
/** Logins over HTTP, which hash a password each. */
const ADMIN_LOGINS = 60;
const ITERATIONS = 20_000;
const KINDS = ["wrong", "unknown", "disabled"] as const;
type Kind = (typeof KINDS)[number];
const UNIT = "x wrong password";
const GUEST = { ip: "192.0.2.1", secure: true };

/** Ratios to the time of a wrong password: 1 tells nothing. */
export async function benchLogin(report: Report): Promise<void> {
  const accounts = new Accounts();
  const keys = await makeVerifier("a password", { iterations: ITERATIONS });
  for (const name of ["wrong", "disabled"]) {
    accounts.add({ name, ...keys, disabled: name === "disabled", operator: true, created: "2026-11-21" });
  }
  const desk = new AccessDesk({ accounts, accountIterations: ITERATIONS, throttle: NO_THROTTLE });
  const guest = times();
  for (let i = -WARM_UP; i < LOGINS; i++) {
    for (const kind of shuffled()) {
      const ms = refusedGuest(desk, kind);
      if (i >= 0) guest[kind].push(ms);
    }
  }
  const admin = times();
  for (let i = -5; i < ADMIN_LOGINS; i++) {
    for (const kind of shuffled()) {
      const began = performance.now();
      const { admitted } = await desk.checkAdmin({ name: kind, password: "another one" }, GUEST.ip);
      if (admitted) throw new Error("a wrong password was let in");
      if (i >= 0) admin[kind].push(performance.now() - began);
    }
  }
  const ratio = (of: Record<Kind, number[]>, kind: Kind): number => median(of[kind]) / median(of.wrong);
  report.figure("login/login/unknown", ratio(guest, "unknown"), UNIT);
  report.figure("login/login/disabled", ratio(guest, "disabled"), UNIT);
  report.figure("login/admin/unknown", ratio(admin, "unknown"), UNIT);
  report.figure("login/admin/disabled", ratio(admin, "disabled"), UNIT);
}

/** Milliseconds that both steps of a login take at the relay until it is refused. */
function refusedGuest(desk: AccessDesk, name: Kind): number {
  const login = desk.begin(GUEST, () => {});
  const first = encodeLoginStep({ method: "account", message: `n,,n=${name},r=rOprNGfwEbeRWgbNEkqO` });
  const began = performance.now();
  const answer = login.take(first, 0);
  let ms = performance.now() - began;
  if (!("step" in answer)) throw new Error("the first step was refused");
  const nonce = /r=([^,]+)/.exec(decodeLoginAnswer(answer.step).message)?.[1] ?? "";
  const proof = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  const last = encodeLoginStep({ method: "account", message: `c=biws,r=${nonce},p=${proof}` });
  const then = performance.now();
  if (!("refused" in login.take(last, 0))) throw new Error("a wrong proof was let in");
  ms += performance.now() - then;
  login.ended();
  return ms;
}

function times(): Record<Kind, number[]> {
  return { wrong: [], unknown: [], disabled: [] };
}

function shuffled(): Kind[] {
  return [...KINDS].map((kind) => ({ kind, by: Math.random() })).sort((a, b) => a.by - b.by)
    .map(({ kind }) => kind);
}
