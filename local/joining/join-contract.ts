/**
 * What two processes of Lantern say to each other, below `/api/join` of the page's port. Both are of the same version, and each
 * request carries the token of the running one as `Authorization: Bearer`.
 *
 * - `GET /api/join` answers a `JoinOffer`.
 * - `POST /api/join` takes a `JoinRequest` and answers lines of JSON, each a `JoinMessage`, for as long as the service runs: it leaves
 *   when this connection ends, whoever ends it. What cannot run is refused (409) with `{ message }`.
 * - `DELETE /api/join?service=` answers when the service has left, and its processes have ended.
 * - `POST /api/join/code` takes a `CodeChange` and answers when no process runs the code of before.
 */
import type { ServiceSource } from './service-source.ts';

export const JOIN_PATH = '/api/join';
export const CODE_PATH = '/api/join/code';

export interface JoinOffer {
  readonly version: string;
  readonly region: string;
  readonly services: readonly { readonly name: string; readonly stage: string }[];
  /** What they export: see `exportsOf` of the template. */
  readonly exports: Readonly<Record<string, string>>;
  readonly settings: SharedSettings;
}

/** What holds for all services of one Lantern, as the first has it. */
export interface SharedSettings {
  /** Real milliseconds that a minute of CloudWatch lasts. */
  readonly minuteMs: number;
  readonly freeze: boolean;
  /** What serves calls to AWS instead of what is here, for people. */
  readonly elsewhere: readonly string[];
}

export interface JoinRequest {
  readonly version: string;
  readonly source: ServiceSource;
}

export type JoinMessage =
  /** It runs. `functions` are those that do. */
  | { readonly joined: string; readonly functions: readonly RunningFunction[] }
  /** To be written to the terminal. */
  | { readonly line: string };

export interface RunningFunction {
  /** The deployed name. */
  readonly name: string;
  readonly codeDirectory: string;
}

export interface CodeChange {
  readonly service: string;
  /** By deployed name. */
  readonly codeDirectories: Readonly<Record<string, string>>;
}
