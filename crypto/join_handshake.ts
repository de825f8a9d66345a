/**
 * Coming into a room: SPAKE2 from the code, ML-KEM beside it, identities inside (SPEC §5).
 *
 * ```
 * joiner                        sponsor
 * JoinerExchange.start
 *   KNOCK   ------------------> SponsorExchange.answer
 * readAnswer <---------------   ANSWER     from here on a failed guess, until the proof
 *   PROVE   ------------------> readProve
 * readWelcome <--------------   sealWelcome
 * ```
 *
 * @module
 */
export { JoinerExchange, type WelcomeChunk } from "./joiner_exchange.ts";
export { SponsorExchange, type SponsorOptions } from "./sponsor_exchange.ts";
export {
  decodeRefused,
  encodeFailed,
  encodeRefused,
  JoinKind,
  readExchangeId,
  readKnockHeader,
  type Refused,
  WELCOME_CHUNK_BYTES,
} from "./join_payloads.ts";
