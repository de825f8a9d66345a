/** A plain relay of Bun: what comes is published to everybody else at the same path, by its native code. */
import process from "node:process";

const server = globalThis.Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    const upgraded = server.upgrade(request, {
      data: pathname,
      headers: { "sec-websocket-protocol": request.headers.get("sec-websocket-protocol") ?? "" },
    });
    return upgraded ? undefined : new Response("no WebSocket", { status: 426 });
  },
  websocket: {
    idleTimeout: 0,
    backpressureLimit: 1 << 26,
    open: (socket) => socket.subscribe(socket.data),
    message: (socket, data) => void socket.publish(socket.data, data),
  },
});
process.stdout.write(`port ${server.port}\n`);
process.stdin.on("end", () => process.exit(0)).resume(); // whoever started it is gone
