/** A plain relay: what comes is sent to everybody else at the same path, at once. Outside of `/room` nothing is. @module */
import { collect } from "./collect.mjs";

const rooms = new Map<string, Set<WebSocket>>();
const print = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => print(`port ${port}`),
}, (request) => {
  const { pathname } = new URL(request.url);
  const protocol = request.headers.get("sec-websocket-protocol") ?? "";
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol, idleTimeout: 0 });
  socket.binaryType = "arraybuffer";
  if (!pathname.startsWith("/room")) {
    socket.onmessage = () => {};
    return response;
  }
  const room = rooms.get(pathname) ?? new Set();
  rooms.set(pathname, room);
  socket.onopen = () => void room.add(socket);
  socket.onclose = () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(pathname);
  };
  socket.onmessage = ({ data }) => {
    for (const other of room) if (other !== socket && other.readyState === WebSocket.OPEN) other.send(data);
  };
  return response;
});

for await (const _ of Deno.stdin.readable) {
  await collect();
  print("collected");
}
Deno.exit(0); // whoever started it is gone
