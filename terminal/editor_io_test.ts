import assert from "node:assert/strict";
import { EditorIo } from "./editor_io.ts";
import { Output } from "./output.ts";

/** An editor whose keys come from a list of chunks, and which notes what happens to its terminal. */
function editor(...chunks: string[]): { io: EditorIo; output: Output; screen: () => string; told: string[] } {
  let written = "";
  const told: string[] = [];
  const output = new Output({
    write: (bytes) => {
      written += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  });
  const io = new EditorIo({
    source: {
      read: (buffer) => {
        const chunk = chunks.shift();
        return Promise.resolve(
          chunk === undefined ? null : new TextEncoder().encodeInto(chunk, buffer).written,
        );
      },
    },
    output,
    columns: () => 40,
    enter: () => told.push("enter"),
    leave: () => told.push("leave"),
    suspend: () => (told.push("suspend"), Promise.resolve()),
  });
  return { io, output, told, screen: () => written };
}

Deno.test("EditorIo.next() gives lines, also several from one paste", async () => {
  const { io } = editor("hel", "lo\rsecond\rthi", "rd\r");
  const lines = [await io.next(), await io.next(), await io.next(), await io.next()];
  assert.deepEqual(lines, [
    { type: "line", text: "hello" },
    { type: "line", text: "second" },
    { type: "line", text: "third" },
    { type: "end" },
  ]);
});

Deno.test("EditorIo.next() tells Ctrl-C and Ctrl-D", async () => {
  const { io } = editor("abc\x03", "\x15\x04");
  assert.deepEqual([await io.next(), await io.next()], [{ type: "interrupt" }, { type: "end" }]);
});

Deno.test("EditorIo.print() draws the line being typed again below what it prints", async () => {
  const { io, output, screen } = editor("half");
  const next = io.next(); // reads "half", then waits for more
  await output.flush();
  await next;
  const { io: other, screen: otherScreen, output: otherOutput } = editor();
  other.print("line\nnext");
  await otherOutput.flush();
  assert.equal(otherScreen(), "\r\x1b[Kline\r\nnext\r\n");
  assert.ok(screen().endsWith("> half\r\x1b[6C"));
});

Deno.test("EditorIo.ask() shows an answer but never a secret, and keeps neither for the up key", async () => {
  const { io, output, screen } = editor("den\r", "hunter2\r", "\x1b[A\r");
  assert.equal(await io.ask("Room: "), "den");
  assert.equal(await io.ask("Password: ", { secret: true }), "hunter2");
  assert.deepEqual(await io.next(), { type: "line", text: "" });
  await output.flush();
  assert.ok(screen().includes("Room: den\r\n"));
  assert.ok(!screen().includes("hunter2"));
});

Deno.test("EditorIo does not keep a line with a code or password for the up key", async () => {
  const { io } = editor("/join lobby hunter2\r", "/who\r", "\x1b[A\x1b[A\x1b[A\r");
  await io.next();
  await io.next();
  assert.deepEqual(await io.next(), { type: "line", text: "/who" });
});

Deno.test("EditorIo.putBack() offers a line again, but never overwrites one", async () => {
  const { io } = editor("\r", "new text\x03");
  assert.ok(io.putBack("old text"));
  assert.deepEqual(await io.next(), { type: "line", text: "old text" });
  await io.next();
  assert.ok(!io.putBack("old text"));
});

Deno.test("EditorIo gives the terminal back while it is suspended and when it is closed", async () => {
  const { io, told } = editor("\x1a", "x\r");
  await io.next();
  await io.close();
  assert.deepEqual(told, ["enter", "leave", "suspend", "enter", "leave"]);
});

Deno.test("EditorIo.ask() takes the next line while somebody waits for one, who waits on", async () => {
  const { io, output, screen } = editor("hal", "f\x15alice\r", "se", "cret\rsaid\r");
  const line = io.next();
  const name = await io.ask("Name: ");
  const secret = await io.ask("Password: ", { secret: true });
  assert.deepEqual([name, secret, await line], ["alice", "secret", { type: "line", text: "said" }]);
  await output.flush();
  assert.ok(screen().includes("Name: alice\r\n"));
  assert.doesNotMatch(screen(), /secret|secre/);
});

Deno.test("EditorIo remembers no line that may hold a password", async () => {
  const { io } = editor(
    "/who\r",
    "/login ada pw\r",
    " /register ada pw\r",
    "/join den pw\r",
    "/joni a b\r",
    "\x1b[A\r",
  );
  for (let i = 0; i < 5; i++) await io.next();
  assert.deepEqual(await io.next(), { type: "line", text: "/who" });
});
