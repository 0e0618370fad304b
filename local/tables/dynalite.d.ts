declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Milliseconds that a table stays in CREATING; 500 by default. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  /** An HTTP server, not listening yet, with a DynamoDB in memory that ends when it is closed. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
