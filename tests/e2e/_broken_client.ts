/** The client with a fault of a chosen kind, brought about by SIGUSR1. @module */
import { clientMain } from "../../terminal/client_main.ts";

const [fault = "", ...args] = Deno.args;
Deno.addSignalListener("SIGUSR1", () => {
  switch (fault) {
    case "throw":
      throw new TypeError("hello from a handler");
    case "reject":
      void Promise.reject(new TypeError("hello from a promise"));
      return;
    case "exit":
      Deno.exit(7);
  }
});
Deno.exit(await clientMain(args));
