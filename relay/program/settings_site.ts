/** Settings of what the relay serves beside its rooms. @module */
import { setting } from "./setting.ts";
import { text, yesOrNo } from "./values.ts";

/** Settings of pages and files. */
export const SITE_SETTINGS = {
  serveClient: setting<boolean>({
    group: "Pages and files",
    flag: "--serve-client",
    env: "SERVE_CLIENT",
    about: "serve the client as /client.js, from dist/client.js beside this program",
    fallback: false,
    read: yesOrNo,
  }),
  clientJs: setting<string | undefined>({
    group: "Pages and files",
    flag: "--client-js <file>",
    env: "CLIENT_JS",
    about: "serve this file as /client.js instead",
    fallback: undefined,
    read: text,
    example: "/usr/share/sotto/client.js",
  }),
  web: setting<boolean>({
    group: "Pages and files",
    flag: "--web",
    env: "SERVE_WEB",
    about: "serve the client for browsers as /web, from dist/sotto.html beside this program",
    fallback: false,
    read: yesOrNo,
  }),
  webPage: setting<string | undefined>({
    group: "Pages and files",
    flag: "--web-page <file>",
    env: "WEB_PAGE",
    about: "serve this file as /web instead",
    fallback: undefined,
    read: text,
    example: "/usr/share/sotto/sotto.html",
  }),
  downloads: setting<string | undefined>({
    group: "Pages and files",
    flag: "--downloads <folder>",
    env: "DOWNLOADS",
    about: "list the plain files of this folder at /download and serve them; SHA256SUMS there is checked",
    fallback: undefined,
    read: text,
    example: "/usr/share/sotto/downloads",
  }),
};
