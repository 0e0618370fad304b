import type { TraceSummary } from '../../xray/trace.ts';
import { textOf } from '../format/value.ts';

/** What began a trace, in the words of whoever sent the request. */
export interface Entry {
  readonly method?: string;
  /** Path of the request, or the name of the root segment where there was none. */
  readonly target: string;
  readonly httpStatus?: string;
}

export function entryOf({ name, http }: Pick<TraceSummary, 'name' | 'http'>): Entry {
  const url = textOf(http?.url);
  const method = textOf(http?.method);
  const httpStatus = textOf(http?.status);
  return {
    ...(method !== undefined && { method }),
    target: url === undefined ? name : pathOf(url),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}

/** The entry in one line, for titles. */
export function entryText({ method, target }: Entry): string {
  return method === undefined ? target : `${method} ${target}`;
}

/** Path and query of an absolute web address; anything else comes back as it is. */
function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.pathname + parsed.search : url;
}
