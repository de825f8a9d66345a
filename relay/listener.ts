/** What the listeners have in common. @module */

/** A listener that runs. */
export interface Listener {
  /** The port it has. */
  readonly port: number;
  /** Stops listening and ends what is left of connections. */
  close(): Promise<void>;
}

/** Where to listen. */
export interface ListenOptions {
  /** The address. */
  hostname: string;
  /** 0 takes any free port. */
  port: number;
}
