/** The desk as the HTTP calls for operators see it. @module */
import type { AccessDesk } from "../access_desk.ts";
import type { HttpAdmin } from "../http_admin.ts";

/** The name under which the relay's own password is sent. */
const ADMIN = "admin";

/** `admin` proves itself with the relay's password, an operator's account with its own. */
export function deskAdmin(desk: AccessDesk): HttpAdmin {
  return {
    get size() {
      return desk.activeTokens;
    },
    async check({ name, password }, ip) {
      const answer = await desk.checkAdmin(name === ADMIN ? { password } : { name, password }, ip);
      if (answer.admitted) return "ok";
      return answer.retryAfterMs > 0 ? { retryAfterMs: answer.retryAfterMs } : "wrong";
    },
    create: (wish) => desk.createToken(wish),
    revoke: (idOrToken) => desk.revokeToken(idOrToken),
    list: () => desk.listTokens(),
  };
}
