/** Signals and crashes, in one place. Deno needs all of these listeners together. @module */

/** What to do when the process is asked, or forced, to end. */
export interface ShutdownHandlers {
  /** Ctrl-C or a polite request: leave in order. */
  interrupt: () => void;
  /** The terminal has gone: end at once. */
  hangup: () => void;
  /** An error that nobody caught. */
  crash: (error: unknown) => void;
}

/**
 * Listens for the process's end.
 *
 * @param handlers What to do.
 * @returns Stops listening.
 */
export function onShutdown(handlers: ShutdownHandlers): () => void {
  const signals: [Deno.Signal, () => void][] = [
    ["SIGINT", handlers.interrupt],
    ["SIGTERM", handlers.interrupt],
    ["SIGHUP", handlers.hangup],
  ];
  const listening = signals.filter(([signal, handler]) => {
    try {
      Deno.addSignalListener(signal, handler);
      return true;
    } catch {
      return false; // a system without that signal
    }
  });
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    handlers.crash(event.error);
  };
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    handlers.crash(event.reason);
  };
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onRejection);
  return () => {
    for (const [signal, handler] of listening) Deno.removeSignalListener(signal, handler);
    removeEventListener("error", onError);
    removeEventListener("unhandledrejection", onRejection);
  };
}

/** What a user is told of an error that should not have happened: its class, never a stack. */
export function internalError(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  return `Sotto stopped because of an internal error (${/^\w{1,40}$/.test(name) ? name : "Error"}).`;
}
