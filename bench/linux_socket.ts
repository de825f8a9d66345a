/** TCP by Linux's own calls: what writes the load must cost less than the relay that is measured. @module */

const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
/** MSG_DONTWAIT and MSG_NOSIGNAL. */
const FLAGS = 0x40 | 0x4000;
const POLLIN = 1;
const POLLOUT = 4;
/** Bytes of a `struct pollfd`. */
const POLL_BYTES = 8;

const { symbols: c } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
});

/** A connection to a port of this machine. Nothing here waits. */
export class LinuxSocket {
  readonly fd: number;

  /** Connects. */
  constructor(port: number) {
    this.fd = c.socket(AF_INET, SOCK_STREAM, 0);
    const address = new Uint8Array(16);
    new Uint16Array(address.buffer)[0] = AF_INET;
    new DataView(address.buffer).setUint16(2, port);
    address.set([127, 0, 0, 1], 4);
    if (this.fd < 0 || c.connect(this.fd, address, address.length) !== 0) {
      throw new Error(`no connection to ${port}`);
    }
    c.setsockopt(this.fd, IPPROTO_TCP, TCP_NODELAY, new Int32Array([1]), 4);
  }

  /** Writes what goes at once; gives how many bytes that was. */
  write(bytes: Uint8Array<ArrayBuffer>): number {
    return Math.max(0, Number(c.send(this.fd, bytes, BigInt(bytes.length), FLAGS)));
  }

  /** Reads what is there: 0 at the end of the connection, -1 if there is nothing. */
  read(buffer: Uint8Array<ArrayBuffer>): number {
    return Number(c.recv(this.fd, buffer, BigInt(buffer.length), FLAGS));
  }

  /** Hangs up. */
  close(): void {
    c.close(this.fd);
  }
}

/** Which of many sockets can be read from or written to. */
export class Readiness {
  readonly #fields: Int16Array<ArrayBuffer>;

  /** Looks at these. */
  constructor(sockets: readonly LinuxSocket[]) {
    const fds = new Int32Array(sockets.length * POLL_BYTES / 4);
    sockets.forEach(({ fd }, i) => fds[2 * i] = fd);
    this.#fields = new Int16Array(fds.buffer);
    sockets.forEach((_, i) => this.want(i, false));
  }

  /** Whether the socket at `i` has something to write. */
  want(i: number, writing: boolean): void {
    this.#fields[4 * i + 2] = writing ? POLLIN | POLLOUT : POLLIN;
  }

  /** Waits until something can be done, `ms` at most. */
  wait(ms: number): void {
    c.poll(this.#fields, BigInt(this.#fields.byteLength / POLL_BYTES), ms);
  }

  /** Whether the socket at `i` has something to read, or has ended. */
  readable(i: number): boolean {
    return ((this.#fields[4 * i + 3] as number) & ~POLLOUT) !== 0;
  }

  /** Whether the socket at `i` takes bytes again. */
  writable(i: number): boolean {
    return ((this.#fields[4 * i + 3] as number) & POLLOUT) !== 0;
  }
}
