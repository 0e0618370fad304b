import type { Entry } from './entry.ts';

export interface EntryTextProps {
  readonly entry: Entry;
}

export function EntryText({ entry }: EntryTextProps) {
  return (
    <>
      {entry.method !== undefined && <span class="method">{entry.method} </span>}
      <span class="target">{entry.target}</span>
      {entry.httpStatus !== undefined && <span class="http-status"> {entry.httpStatus}</span>}
    </>
  );
}
