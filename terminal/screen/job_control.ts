/** Being stopped and continued by the user. @module */

/**
 * Listens to a signal where the system has it.
 *
 * @returns Stops listening.
 */
export function onSignal(signal: Deno.Signal, handler: () => void): () => void {
  try {
    Deno.addSignalListener(signal, handler);
  } catch {
    return () => {};
  }
  return () => Deno.removeSignalListener(signal, handler);
}

/** Stops this process as Ctrl-Z does. Resolves when it goes on: with false where there is no such thing. */
export async function stopProcess(): Promise<boolean> {
  const { default: process } = await import("node:process"); // not before: it would delay every start
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stopListening = onSignal("SIGCONT", () => {
    stopListening();
    resolve(true);
  });
  try {
    process.kill(Deno.pid, "SIGSTOP"); // needs no permission, unlike Deno.kill
  } catch {
    stopListening();
    resolve(false);
  }
  return await promise;
}
