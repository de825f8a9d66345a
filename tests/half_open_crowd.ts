/**
 * Opens connections that send half a head and no more, says `ready`, holds them until its input ends, and says how many were not left open. A process
 * of its own, as the open files of one do not suffice for both ends of ten thousand.
 *
 *     deno run --allow-net tests/half_open_crowd.ts <port> <count>
 *
 * @module
 */
import { halfOpen } from "./http_helpers.ts";

if (import.meta.main) {
  const [port, count] = Deno.args.map(Number);
  const say = (text: string): Promise<number> => Deno.stdout.write(new TextEncoder().encode(text));
  const crowd = await halfOpen(port ?? 0, count ?? 0);
  let answered = 0;
  for (const connection of crowd) {
    void connection.read(new Uint8Array(1)).then(() => answered++, () => answered++);
  }
  await say("ready\n");
  await new Response(Deno.stdin.readable).text();
  await say(`${answered} answered or cut\n`);
  Deno.exit(0);
}
