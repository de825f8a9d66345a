/** A plain relay of `ws` on `node:http`: what comes is sent to everybody else at the same path. Outside of `/room` nothing is. */
import { createServer } from "node:http";
import process from "node:process";
import { WebSocketServer } from "ws";
import { collect } from "./collect.mjs";

const rooms = new Map();
const server = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });

function ignore() {}

server.on("upgrade", (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => {
    const { url } = request;
    ws.on("error", ignore);
    if (!url.startsWith("/room")) return ws.on("message", ignore);
    const room = rooms.get(url) ?? new Set();
    rooms.set(url, room);
    room.add(ws);
    ws.on("close", () => {
      room.delete(ws);
      if (room.size === 0) rooms.delete(url);
    });
    ws.on("message", (data) => {
      for (const other of room) {
        if (other !== ws && other.readyState === 1) other.send(data, { binary: true });
      }
    });
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

process.stdin.on("data", async () => {
  await collect();
  process.stdout.write("collected\n");
});
process.stdin.on("end", () => process.exit(0)); // whoever started it is gone
