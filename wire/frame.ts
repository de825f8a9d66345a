/** All frames of the relay wire, both ways. @module */
export * from "./client_frame.ts";
export * from "./relay_frame.ts";
