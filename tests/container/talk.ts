/** Two clients of this checkout talk through a relay: `deno run -A tests/container/talk.ts URL [option…]`. @module */
import { denoRun, ROOT, talk } from "../integration/_shipped.ts";

const [url = "", ...options] = Deno.args;
await talk(denoRun(["-A"], `${ROOT}client.ts`), url, options);
