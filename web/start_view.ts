/** The first page: a name, and a way into a room. @module */
import { ClientError, registerAccount } from "../client/mod.ts";
import { friendlyName } from "../terminal/friendly_name.ts";
import { relayPlace, relayUrl } from "../terminal/relay_url.ts";
import { failureOf } from "../terminal/failure.ts";
import { sanitize, sanitizeName } from "../terminal/sanitize.ts";
import { sentence } from "../terminal/wording.ts";
import { targetOf } from "./address.ts";
import { button, el, field, PRIVATE, setText } from "./dom.ts";
import { showListedRooms } from "./listed_rooms.ts";
import { loginsOf, type Wish } from "./visit.ts";

/** What the first page is given. */
export interface StartOptions {
  /** The relay of the page; null for one that was opened from a file. */
  relay: string | null;
  /** An invite that came with the address. */
  invite: string | null;
  /** What is wrong with the address; empty when nothing is. */
  problem: string;
  /** What to say first; empty for nothing. */
  notice: string;
  /** Goes in. */
  enter: (wish: Wish) => void;
  /** Gives up on the way. */
  giveUp: () => void;
}

/** The first page. */
export class StartView {
  readonly node: HTMLElement;
  readonly #options: StartOptions;
  readonly #nick = input("nick", { maxlength: "64", value: friendlyName() });
  readonly #code = input("code", { placeholder: "41793-copper-lemon-orbit-walnut" });
  readonly #password = input("password", { type: "password" });
  readonly #relay = input("relay", { placeholder: "wss://relay.example" });
  readonly #relayPassword = input("relay-password", { type: "password" });
  readonly #token = input("token", { type: "password" });
  readonly #account = input("account", {});
  readonly #accountPassword = input("account-password", { type: "password" });
  readonly #status = el("p", { class: "status", attributes: { role: "status" } });
  readonly #problem = el("p", { class: "problem", attributes: { role: "alert" } });
  readonly #logins: HTMLDetailsElement;
  readonly #form: HTMLFieldSetElement;
  readonly #stop: HTMLButtonElement;
  /** Where the keyboard was when the way in began. */
  #focused: Element | null = null;
  #making: AbortController | null = null;

  /** Lays it out. */
  constructor(options: StartOptions) {
    this.#options = options;
    const { relay, invite, problem, notice, giveUp } = options;
    this.#stop = button("Give up", () => {
      this.#making?.abort(new ClientError("aborted", "Cannot register: it was given up"));
      giveUp();
    });
    this.#stop.hidden = true;
    this.#logins = el(
      "details",
      { class: "logins" },
      el("summary", { text: "Login, or a new account at the relay" }),
      field(
        "Password of the relay",
        this.#relayPassword,
        "It is never sent: the relay is shown that you know it.",
      ),
      field("Or an account at the relay", this.#account),
      field("Its password", this.#accountPassword),
      el("p", { class: "row" }, button("Make this account", () => void this.#register())),
      field("Or an access token", this.#token),
    );
    // One form around all fields: browsers, and what helps people to fill fields in, expect one.
    const join = el("button", { text: "Join", class: "strong", attributes: { type: "submit" } });
    const joining = el(
      "div",
      { class: "card" },
      el("h2", { text: invite === null ? "Join a room" : "You are invited" }),
      invite === null ? field("Invite link, spoken code or name of the room", this.#code) : el("p", {
        text:
          "The code of the link has been read, and taken out of the address bar. Nobody was sent it. The history of this browser has it, unless it is a private window.",
      }),
      invite === null
        ? field("Password of the room, if its name has one", this.#password, "It is never sent to anybody.")
        : null,
      el(
        "p",
        { class: "row" },
        join,
        invite === null ? button("Public rooms", () => void this.#list()) : null,
      ),
    );
    this.#form = el(
      "fieldset",
      { class: "bare" },
      field("Your nickname", this.#nick, "The members of the room see it. The relay does not."),
      relay === null ? field("Relay", this.#relay, "An invite link names it by itself.") : null,
      joining,
      el(
        "div",
        { class: "card" },
        el("h2", { text: "Make a room" }),
        el("p", { text: "You get a link and a code to pass on to others." }),
        el("p", { class: "row" }, button("Make a new room", () => this.#go(null), { class: "make" })),
      ),
      this.#logins,
    );
    const form = el("form", { attributes: { autocomplete: "off" } }, this.#form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go(invite ?? this.#code.value);
    });
    setText(this.#problem, problem);
    this.node = el(
      "main",
      { class: "start" },
      el("h1", { text: "Sotto" }),
      el("p", {
        class: "soft",
        text: "Rooms that are end-to-end encrypted. Nothing is kept: close the page and it is gone.",
      }),
      relay === null ? null : el("p", {
        class: "soft",
        text: `You trust ${
          new URL(relay).host
        }, which gave you this page: what that means stands at its end.`,
      }),
      notice === "" ? null : el("p", { class: "notice", text: notice, attributes: { role: "status" } }),
      this.#problem,
      form,
      el("div", { class: "row now" }, this.#status, this.#stop),
      trustNote(relay),
    );
  }

  /** On the way in: what is being waited for. */
  busy(text: string): void {
    if (!this.#form.disabled) this.#focused = document.activeElement;
    this.#form.disabled = true;
    this.#stop.hidden = false;
    setText(this.#problem, "");
    setText(this.#status, text);
  }

  /** It did not lead in. */
  failed(message: string, { login }: { login: boolean }): void {
    this.#form.disabled = false;
    this.#stop.hidden = true;
    if (this.#focused instanceof HTMLElement) this.#focused.focus({ preventScroll: true });
    setText(this.#status, "");
    this.say(message);
    if (!login) return;
    this.#logins.open = true;
    this.#relayPassword.focus();
  }

  /** Empties the fields that hold secrets. */
  wipe(): void {
    for (
      const secret of [this.#code, this.#password, this.#relayPassword, this.#token, this.#accountPassword]
    ) {
      secret.value = "";
    }
  }

  /** The relay of the page, or the one that was typed. @throws {ClientError} When that is no address. */
  get #place(): string {
    return this.#options.relay ?? (this.#relay.value.trim() === "" ? "" : relayUrl(this.#relay.value));
  }

  /** What is in the fields of the login. */
  get #given(): Wish["logins"] {
    return {
      password: this.#relayPassword.value,
      token: this.#token.value,
      account: { name: this.#account.value.trim(), password: this.#accountPassword.value },
    };
  }

  /** Shows the rooms that the relay lists. */
  async #list(): Promise<void> {
    try {
      if (this.#place === "") return this.say("Say which relay.");
      await showListedRooms(this.#place, this.#given, (invite) => this.#go(invite));
      this.say("");
    } catch (error) {
      this.#refused(error);
    }
  }

  /** Makes the account that is in the fields: a password of the relay, or a token, may have to be shown for it. */
  async #register(): Promise<void> {
    try {
      const place = this.#place;
      if (place === "") return this.say("Say which relay.");
      const { account, ...login } = this.#given;
      this.busy("Making the account…");
      this.#making = new AbortController();
      await registerAccount(place, account, {
        login: loginsOf({ ...login, account: { name: "", password: "" } }),
        signal: this.#making.signal,
      });
      this.failed("", { login: false });
      setText(
        this.#status,
        `The account ${sanitizeName(account.name)} is yours at ${
          relayPlace(place)
        }, and is what you log in with here.`,
      );
    } catch (error) {
      this.failed("", { login: false });
      this.#refused(error);
    } finally {
      this.#making = null;
    }
  }

  #go(code: string | null): void {
    try {
      const { relay: own } = this.#options;
      const typed = this.#place;
      if (code?.trim() === "") return this.say("Say which room: an invite link, a spoken code or a name.");
      const target = targetOf(code ?? "-", own, typed);
      if (typeof target === "string") return this.say(sanitize(target));
      this.#options.enter({
        nick: this.#nick.value.trim(),
        relay: target.relay,
        code: code === null ? null : target.code,
        password: this.#password.value,
        logins: this.#given,
      });
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error: unknown): void {
    const failure = failureOf(error);
    if (failure === null) throw error;
    this.say(sentence(sanitize(failure.message)));
    if (failure.code === "auth_required" || failure.code === "account_required") this.#logins.open = true;
  }

  /** Says what is wrong, or nothing. */
  say(text: string): void {
    setText(this.#problem, text);
    if (text !== "") this.#problem.scrollIntoView({ block: "nearest" }); // the button may be far below it
  }
}

function input(id: string, attributes: Record<string, string>): HTMLInputElement {
  return el("input", { attributes: { ...PRIVATE, id, name: id, ...attributes } });
}

/** Whom one trusts by using this page, in plain words. */
function trustNote(relay: string | null): HTMLElement {
  const text = relay === null
    ? "This page was opened from a file. It is as trustworthy as where you got it from: compare its SHA-256 with the " +
      "one of the release before you rely on it."
    : `This page is code that ${
      new URL(relay).host
    } gave to your browser, and could change each time it is loaded. The ` +
      "relay cannot read the rooms of an honest page; of a page that it has changed it could. If you do not trust whoever " +
      "runs it, use the program for the terminal, or this page saved from a release and checked by its SHA-256.";
  return el(
    "section",
    { class: "trust" },
    el("h2", { text: "Whom you trust by using this page" }),
    el("p", { text }),
  );
}
