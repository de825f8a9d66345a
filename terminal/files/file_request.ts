/** What a user asks for of files. @module */

/** A file to offer, or one to save. */
export type FileRequest =
  | { kind: "file"; path: string; to?: string; ref?: string | number }
  | { kind: "save"; id: string; path?: string };
