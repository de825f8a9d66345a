/** The page: what it needs, its first view, and the room. @module */
import { ClientError, type Ending } from "../client/mod.ts";
import { type ModernSubtle, useModern } from "../crypto/modern.ts";
import { failureOf } from "../terminal/failure.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { sentence } from "../terminal/wording.ts";
import { inviteIn, relayOf } from "./address.ts";
import { closeWindows } from "./dialogs.ts";
import { el } from "./dom.ts";
import { notReady, type Surroundings } from "./ready.ts";
import { RoomView } from "./room_view.ts";
import { filledIn, lacking } from "./stand_ins.ts";
import { StartView } from "./start_view.ts";
import { Visit, type Wish } from "./visit.ts";

const FAULT = "Something went wrong inside this page. If it behaves oddly, leave the room and come in again";
/** How soon what has changed is drawn, in milliseconds: all of a burst at once. */
const DRAW_MS = 16;

/** Runs the page. */
class Page {
  readonly #relay = relayOf(location);
  #visit: Visit | null = null;
  #view: RoomView | null = null;
  #start: StartView | null = null;
  #drawing = false;

  /** Shows the first view. */
  begin(notice = ""): void {
    const found = inviteIn(location);
    // The code is not to stay in the address bar, nor in the history.
    if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
    const damaged = found === "damaged"
      ? "The part of the link after # is damaged. Ask for the link again."
      : "";
    this.#start = new StartView({
      relay: this.#relay,
      invite: damaged === "" ? found : null,
      problem: damaged,
      notice,
      enter: (wish) => void this.#enter(wish),
      giveUp: () => void this.#visit?.abort(),
    });
    this.#show(this.#start.node);
  }

  /** Another invite was put into the address bar. */
  addressed(): void {
    if (location.hash === "") return;
    if (this.#visit === null) return this.begin();
    history.replaceState(null, "", location.pathname + location.search);
    const say = (text: string): void => this.#visit?.model.tell(text, "problem");
    if (this.#view !== null) say("You are in a room already: leave it, and open the link again.");
    else say("You are on the way into a room: give up first, and open the link again.");
  }

  /** Wipes the keys as the page goes. */
  gone(): void {
    void this.#visit?.abort();
    document.body.replaceChildren();
  }

  /** Something failed that should not: said without what it was, which may hold a secret. */
  fault(): void {
    this.#visit?.model.tell(FAULT, "problem");
    this.#start?.say(FAULT);
  }

  /** Whether leaving the page would end a session. */
  get inRoom(): boolean {
    return (this.#visit?.session ?? null) !== null;
  }

  /** The page is looked at, or no longer. */
  looked(): void {
    const model = this.#visit?.model;
    model?.setActive(document.visibilityState === "visible");
    if (document.visibilityState === "visible" && model?.connection.offline === true) {
      this.#visit?.session?.run({ command: "reconnect" }).catch(() => {}); // timers of a hidden page sleep
    }
  }

  async #enter(wish: Wish): Promise<void> {
    const start = this.#start;
    start?.busy("Making keys…");
    let codes: Parameters<RoomView["invited"]>[0] | null = null; // of a room of ours they come before we are in
    const visit = this.#visit = new Visit({
      changed: () => this.#changed(),
      invited: (event) => this.#view === null ? codes = event : this.#view.invited(event),
      ended: (ending) => this.#ended(ending),
    });
    try {
      await visit.enter(wish);
      start?.wipe();
      this.#enterView();
      if (codes !== null) this.#view?.invited(codes, true);
      this.looked();
    } catch (error) {
      this.#visit = null;
      visit.model.wipe();
      const { code, message } = failureOf(error) ?? { code: "fault", message: FAULT };
      const given = error instanceof ClientError && code === "aborted";
      start?.failed(given ? "" : sentence(sanitize(message)), {
        login: code === "auth_required" || code === "account_required",
      });
    }
  }

  /** Shows the room, once there is a session. */
  #enterView(): void {
    const visit = this.#visit;
    if (this.#view !== null || visit === null || visit.session === null) return;
    this.#start = null;
    this.#view = new RoomView({
      visit,
      served: this.#relay !== null,
      leave: () => void this.#leave(),
      burn: () => void this.#burn(),
    });
    this.#show(this.#view.node);
    this.#view.update();
  }

  /** Draws once for all that changes in one go. */
  #changed(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    setTimeout(() => {
      this.#drawing = false;
      if (this.#visit === null) return;
      if (this.#view === null) {
        const last = this.#visit.model.entries.last;
        if (last?.kind === "line") this.#start?.busy(last.text);
        return;
      }
      this.#view.update();
      const { unread } = this.#visit.model;
      document.title = unread === 0 ? "Sotto" : `(${unread}) Sotto`;
    }, DRAW_MS);
  }

  #ended(ending: Ending): void {
    this.#view?.ended(ending);
  }

  async #leave(): Promise<void> {
    this.#show(
      el(
        "main",
        { class: "start" },
        el("p", { text: "Leaving: what you said is on its way…", attributes: { role: "status" } }),
      ),
    );
    await this.#visit?.leave();
    this.#reset();
    this.begin("You have left the room. Nothing of it is kept here.");
  }

  async #burn(): Promise<void> {
    const visit = this.#visit;
    const gone = visit?.abort();
    this.#reset();
    this.#show(el("main", { class: "start" }, el("p", { text: "Wiped." })));
    await gone;
    location.replace("about:blank"); // the memory of the page goes with it
  }

  #reset(): void {
    this.#view?.wipe();
    this.#view = this.#visit = null;
    document.title = "Sotto";
    /./.test(document.title); // the engine keeps the text that a pattern has matched last
  }

  #show(node: HTMLElement): void {
    closeWindows();
    document.body.replaceChildren(node);
  }
}

/** Begins, or says why it cannot. */
async function main(): Promise<void> {
  const why = notReady(globalThis as unknown as Surroundings);
  if (why !== null) {
    document.body.replaceChildren(
      el("main", { class: "start" }, el("h1", { text: "Sotto" }), el("p", { class: "problem", text: why })),
    );
    return;
  }
  const platform = crypto.subtle as unknown as ModernSubtle;
  useModern(filledIn(platform, await lacking(platform)));
  const page = new Page();
  page.begin();
  addEventListener("unhandledrejection", () => page.fault());
  addEventListener("error", () => page.fault());
  addEventListener("hashchange", () => page.addressed());
  addEventListener("pagehide", () => page.gone());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload(); // what comes back from the browser's memory has no keys any more
  });
  addEventListener("beforeunload", (event) => {
    if (page.inRoom) event.preventDefault(); // a reload by mistake would end the session
  });
  document.addEventListener("visibilitychange", () => page.looked());
  document.addEventListener("resume", () => page.looked()); // a page that the browser had frozen
  addEventListener("online", () => page.looked()); // the network is there again
}

await main();
