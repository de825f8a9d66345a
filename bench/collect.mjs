/** Lets the collector take everything that it can, and gives back what it does not need; needs `--expose-gc`. */
export async function collect() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
