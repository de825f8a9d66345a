/** Reads the statements of a welcome: all of them verify, or none counts (SPEC §5.3). @module */
import { type Bytes, toHex } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import { decodePack } from "../crypto/pack.ts";
import { idOf } from "./ids.ts";
import { readStatement, verifyStatement } from "./reading_statements.ts";
import { StatementLog } from "./statement_log.ts";
import type { VerifierCache } from "./verifier_cache.ts";

/** The room id that signatures of FOUND carry: it is not known before FOUND is. */
export const NO_ROOM: Bytes = new Uint8Array(16);

/** Reads the packs of a welcome: FOUND must give `roomId`; what does not verify is refused as a whole. */
export async function readWelcomePacks(
  packs: readonly Bytes[],
  roomId: Uint8Array,
  verifiers: VerifierCache,
): Promise<StatementLog> {
  const decoded = packs.map((bytes) => decodePack(bytes));
  const first = decoded[0]?.contents[0];
  const foundPack = decoded[0];
  if (first === undefined || foundPack === undefined || toHex(first.hash.subarray(0, 16)) !== toHex(roomId)) {
    throw refuse("its founding statement is not this room's");
  }
  for (const pack of decoded) {
    for (const item of pack.contents) {
      const bundle = readStatement(idOf(pack.author), item)?.bundle ?? null;
      if (bundle !== null) verifiers.learn(bundle);
    }
  }
  const found = await verifyStatement(idOf(foundPack.author), first);
  if (found?.body.kind !== "found" || !(await verifiers.verify(foundPack, NO_ROOM))) {
    throw refuse("its founding statement does not verify");
  }
  const log = new StatementLog(found, foundPack.encoded);
  const checked = await Promise.all(
    decoded.slice(1).map(async (pack) => {
      const item = pack.contents[0];
      if (item === undefined || pack.contents.length !== 1) return null;
      const [statement, signed] = await Promise.all([
        verifyStatement(idOf(pack.author), item),
        verifiers.verify(pack, roomId),
      ]);
      return statement !== null && signed ? { statement, pack } : null;
    }),
  );
  for (const entry of checked) {
    if (entry === null) throw refuse("one of its statements does not verify");
    log.add(entry.statement, entry.pack.encoded);
  }
  return log;
}

function refuse(why: string): CryptoError {
  return new CryptoError("bad_signature", `Cannot accept the welcome: ${why}`);
}
