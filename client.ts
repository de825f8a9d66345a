/** The client: `deno run -A client.ts --help` tells what it does. @module */
import { clientMain } from "./terminal/client_main.ts";

if (import.meta.main) Deno.exit(await clientMain(Deno.args));
