/** A process that holds members of a room: orders come by lines on its standard input, answers go by its output. @module */
import { LineReader } from "../terminal/line_reader.ts";
import { MemberHost, type Order } from "./member_host.ts";

const encoder = new TextEncoder();
const lines = new LineReader(Deno.stdin);
const host = new MemberHost((answer) => {
  Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(answer)}\n`));
});

for (let line = await lines.next(); line !== null; line = await lines.next()) {
  const order: Order = JSON.parse(line);
  host.handle(order);
  if (order.order === "end") break;
}
Deno.exit(0);
