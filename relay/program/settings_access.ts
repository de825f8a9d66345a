/** Settings of who may come in. @module */
import { setting } from "./setting.ts";
import { duration, oneOf, showDuration, text, wholeNumber, yesOrNo } from "./values.ts";

const DAY = 86_400_000;

/** Settings of who may come in. */
export const ACCESS_SETTINGS = {
  password: setting<string | undefined>({
    group: "Who may come in",
    flag: "--password <password>",
    env: "ADMIN_PASSWORD",
    about: "the relay's password, for guests and for its admin; better in a file, `ps` shows flags",
    fallback: undefined,
    read: text,
    secret: true,
  }),
  passwordFile: setting<string | undefined>({
    group: "Who may come in",
    flag: "--password-file <file>",
    env: "ADMIN_PASSWORD_FILE",
    about: "file whose first line is that password; only its owner may read it",
    fallback: undefined,
    read: text,
    example: "/etc/sotto/password",
  }),
  askPassword: setting<boolean>({
    group: "Who may come in",
    flag: "--ask-password",
    about: "ask for that password at start, without echo",
    fallback: false,
    read: yesOrNo,
  }),
  passwordIterations: setting<number>({
    group: "Who may come in",
    flag: "--password-iterations <count>",
    env: "PASSWORD_ITERATIONS",
    about: "steps of PBKDF2 that one guess at the password costs",
    fallback: 600_000,
    read: wholeNumber(10_000, 1_000_000),
  }),
  tokenTtl: setting<number>({
    group: "Who may come in",
    flag: "--token-ttl <time>",
    env: "TOKEN_TTL",
    about: "how long an access token is good unless it says otherwise, in seconds or such as 24h",
    fallback: DAY,
    read: duration(1_000, 365 * DAY),
    show: showDuration,
  }),
  accounts: setting<string | undefined>({
    group: "Who may come in",
    flag: "--accounts <file>",
    env: "ACCOUNTS_FILE",
    about: "turn accounts on and keep them in this file, sealed with the relay's password",
    fallback: undefined,
    read: text,
    example: "/var/lib/sotto/accounts",
  }),
  registration: setting<"open" | "invited" | "closed">({
    group: "Who may come in",
    flag: "--registration <who>",
    env: "REGISTRATION",
    about: "who may make an account: open (anyone), invited (who has come in by password or token), closed",
    fallback: "invited",
    read: oneOf("open", "invited", "closed"),
  }),
  requireAccount: setting<boolean>({
    group: "Who may come in",
    flag: "--require-account",
    env: "REQUIRE_ACCOUNT",
    about: "only accounts enter rooms; password and tokens open registration alone",
    fallback: false,
    read: yesOrNo,
  }),
  operator: setting<string | undefined>({
    group: "Who may come in",
    flag: "--operator <name>",
    env: "OPERATOR",
    about: "make this account at first start; it may use the admin's HTTP calls, and has no power over rooms",
    fallback: undefined,
    read: text,
    example: "root",
  }),
  operatorPassword: setting<string | undefined>({
    group: "Who may come in",
    env: "OPERATOR_PASSWORD",
    about: "the password of that account; asked for without it",
    fallback: undefined,
    read: text,
    secret: true,
  }),
  publicRooms: setting<boolean>({
    group: "Who may come in",
    flag: "--no-public-rooms",
    env: "PUBLIC_ROOMS",
    about: "forbid rooms that are listed for everybody",
    fallback: true,
    read: yesOrNo,
  }),
};
