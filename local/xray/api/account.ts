/** Whose X-Ray it is. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** @param resource for example `group/checkout/…`. */
export function arnOf({ region, accountId }: Account, resource: string): string {
  return `arn:aws:xray:${region}:${accountId}:${resource}`;
}

/** Where the API keeps what it was told, with the traces. Values are plain JSON. */
export interface Settings {
  /** What was written under the name; undefined when nothing was. */
  read(name: string): unknown;
  write(name: string, value: object): void;
}
