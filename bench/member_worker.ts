/** A worker that holds many members of a room. @module */
import { type Answer, MemberHost, type Order } from "./member_host.ts";

/** What a worker has and the compiler, set up for the main thread, does not know of. */
const scope = self as unknown as {
  postMessage(answer: Answer): void;
  onmessage: (event: MessageEvent<Order>) => void;
  close(): void;
};
const host = new MemberHost((answer) => scope.postMessage(answer));

scope.onmessage = ({ data }): void => {
  host.handle(data);
  if (data.order === "end") scope.close();
};
