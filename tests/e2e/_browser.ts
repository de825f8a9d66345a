/** Drives Chromium by its DevTools protocol. @module */
import assert from "node:assert/strict";

/** Far more than anything takes, in milliseconds. */
const DEADLINE_MS = 60_000;
/** How often a page is looked at, in milliseconds; a page tells nobody when its document has changed. */
const LOOK_MS = 50;

/** The browser's program; undefined where there is none. */
export const CHROMIUM: string | undefined = await find(["chromium", "chromium-browser", "google-chrome"]);

async function find(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    try {
      const { success } = await new Deno.Command(name, { args: ["--version"], stderr: "null" }).output();
      if (success) return name;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

type Answer = {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
};

/** A browser with a profile of its own, which is removed with it. */
export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #closed: Promise<unknown>;
  readonly #said: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #pages = new Map<string, BrowserPage>();
  #last = 0;
  #left: ((profile: string) => Promise<void>) | undefined;

  private constructor(child: Deno.ChildProcess, profile: string, socket: WebSocket, said: Promise<void>) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    this.#said = said;
    this.#closed = new Promise((resolve) => socket.onclose = resolve);
    socket.onmessage = ({ data }) => this.#heard(JSON.parse(String(data)));
  }

  /** Starts one. @param left Called with its profile after its end, before that is removed. */
  static async start(
    args: readonly string[] = [],
    left?: (profile: string) => Promise<void>,
  ): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "sotto-browser-" });
    const child = new Deno.Command(CHROMIUM ?? "", {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        ...args,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = Promise.withResolvers<string>();
    const said = listen(child.stderr, address);
    const socket = new WebSocket(await address.promise);
    const browser = new Browser(child, profile, socket, said);
    browser.#left = left;
    await new Promise((resolve) => socket.onopen = resolve);
    return browser;
  }

  /** Opens a page. */
  async open(url: string, { before }: { before?: string } = {}): Promise<BrowserPage> {
    const { targetId } = await this.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new BrowserPage((method, params) => this.send(method, params, sessionId));
    this.#pages.set(sessionId, page);
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await page.send(`${domain}.enable`);
    if (before !== undefined) {
      await page.send("Page.addScriptToEvaluateOnNewDocument", { source: before });
    }
    await page.send("Page.navigate", { url });
    return page;
  }

  /** Sends a command, and waits for its answer. */
  async send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return await waiting.promise as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.send(JSON.stringify({ id: ++this.#last, method: "Browser.close" }));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await this.#child.status;
    clearTimeout(timer);
    this.#socket.close();
    await this.#closed;
    await this.#said;
    await this.#left?.(this.#profile);
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {}); // a helper may still write there
  }

  #heard(answer: Answer & { sessionId?: string }): void {
    const waiting = answer.id === undefined ? undefined : this.#waiting.get(answer.id);
    if (answer.id !== undefined && waiting !== undefined) {
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiting.resolve(answer.result);
      else waiting.reject(new Error(answer.error.message));
      return;
    }
    if (answer.method !== undefined) {
      this.#pages.get(answer.sessionId ?? "")?.heard(answer.method, answer.params as Record<string, unknown>);
    }
  }
}

type Send = <T>(method: string, params?: object) => Promise<T>;

/** One page. */
export class BrowserPage {
  /** Addresses of all that it asked for, in order. */
  readonly requests: string[] = [];
  /** What its WebSockets sent and got, as text of one character a byte. */
  readonly frames: string[] = [];
  /** What it said on its console, and what the browser said of it. */
  readonly said: string[] = [];
  /** Kinds of the questions that the browser asked about it; each was answered with yes. */
  readonly asked: string[] = [];
  /** Sends a command about this page. */
  readonly send: Send;
  #snapshot: string[] = [];

  /** @param send Sends a command about this page. */
  constructor(send: Send) {
    this.send = send;
  }

  /** The value of an expression there. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send<
      { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } }
    >("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      allowUnsafeEvalBlockedByCSP: false,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`Cannot evaluate ${expression}: ${exceptionDetails.exception?.description}`);
    }
    return result.value;
  }

  /** Waits until an expression there is true. */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!await this.#holds(expression)) {
      if (Date.now() > deadline) {
        const text = await this.evaluate<string>("document.body.innerText");
        assert.fail(`Cannot see ${expression} in:\n${text}\n${this.said.join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Whether it is true now; of a page that is just going nothing is. */
  async #holds(expression: string): Promise<boolean> {
    try {
      return await this.evaluate<boolean>(`Boolean(${expression})`);
    } catch (error) {
      if (error instanceof Error && /navigated or closed|context/.test(error.message)) return false;
      throw error;
    }
  }

  /** Waits until the page shows a text; of what is out of sight, or behind another page, nothing is laid out. */
  async shows(text: string): Promise<void> {
    const entries = "...document.querySelectorAll('.entries > *')";
    await this.until(
      `[document.body?.innerText, ${entries}].some((each) => (each?.textContent ?? each)?.includes(${
        JSON.stringify(text)
      }))`,
    );
  }

  /** What it shows. */
  async text(): Promise<string> {
    return await this.evaluate("document.body.innerText");
  }

  /** Presses the button that is called so, where one can be seen. */
  async press(name: string): Promise<void> {
    const found = `[...document.querySelectorAll("button")].findLast((each) => each.checkVisibility() && ` +
      `[each.textContent, each.getAttribute("aria-label")].includes(${JSON.stringify(name)}))`;
    await this.until(found);
    await this.evaluate(`void ${found}.click()`);
  }

  /** Puts a text into a field, as somebody who types it. */
  async write(selector: string, text: string): Promise<void> {
    const found = `document.querySelector(${JSON.stringify(selector)})`;
    await this.until(found);
    await this.evaluate(`void (${found}.focus(), ${found}.select())`);
    await this.send("Input.insertText", { text });
  }

  /** Says something in a room. */
  async say(text: string): Promise<void> {
    await this.write("textarea", text);
    await this.key("Enter");
  }

  /** Presses a key. */
  async key(key: string): Promise<void> {
    const codes: Record<string, object> = {
      Enter: { windowsVirtualKeyCode: 13, text: "\r" },
      Escape: { windowsVirtualKeyCode: 27 },
    };
    const code = codes[key] ?? {};
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", key, code: key, ...code });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, ...code });
  }

  /** All that its scripts can still reach, as a heap snapshot: names, texts and what holds them. */
  async heap(): Promise<string> {
    this.#snapshot = [];
    await this.send("HeapProfiler.collectGarbage");
    await this.send("HeapProfiler.takeHeapSnapshot");
    return this.#snapshot.splice(0).join("");
  }

  /** A picture of it, as PNG. */
  async picture(
    { width, height, dark = false }: { width: number; height: number; dark?: boolean },
  ): Promise<Uint8Array> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.send("Emulation.setEmulatedMedia", { features });
    const { data } = await this.send<{ data: string }>("Page.captureScreenshot", { format: "png" });
    return Uint8Array.fromBase64(data);
  }

  /** Called with each event of the protocol. */
  heard(method: string, params: Record<string, unknown>): void {
    if (method === "HeapProfiler.addHeapSnapshotChunk") this.#snapshot.push(String(params.chunk));
    if (method === "Network.requestWillBeSent") this.requests.push((params.request as { url: string }).url);
    if (method === "Network.webSocketCreated") this.requests.push(String(params.url));
    if (method === "Network.webSocketFrameSent" || method === "Network.webSocketFrameReceived") {
      const { opcode, payloadData } = params.response as { opcode: number; payloadData: string };
      this.frames.push(opcode === 2 ? atob(payloadData) : payloadData);
    }
    if (method === "Runtime.consoleAPICalled") {
      this.said.push(
        (params.args as { value?: unknown; description?: string }[])
          .map(({ value, description }) => String(value ?? description)).join(" "),
      );
    }
    if (method === "Runtime.exceptionThrown") this.said.push(JSON.stringify(params.exceptionDetails));
    if (method === "Log.entryAdded") {
      const { level, text } = params.entry as { level: string; text: string };
      if (level !== "verbose") this.said.push(text); // that is advice on forms
    }
    if (method === "Page.javascriptDialogOpening") {
      this.asked.push(String(params.type));
      void this.send("Page.handleJavaScriptDialog", { accept: true });
    }
  }
}

async function listen(
  stream: ReadableStream<Uint8Array>,
  address: PromiseWithResolvers<string>,
): Promise<void> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + chunk).slice(-4_096);
    const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
    if (found !== undefined) address.resolve(found);
  }
  address.reject(new Error(`Cannot start the browser: ${text}`));
}
