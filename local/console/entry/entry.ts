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

/** Path and query of an absolute web address, to be read; anything else comes back as it is. */
function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol)
    ? readable(parsed.pathname + parsed.search)
    : url;
}

/**
 * Letters beyond ASCII as they were typed, for `/%D8%B7` says nothing to anybody. What is encoded in ASCII stays encoded, because it may
 * mean something else without, and so does what could not be seen, or would turn the direction of the text around it.
 */
function readable(path: string): string {
  return path.replace(/(?:%[89A-F][0-9A-F])+/gi, (encoded) => {
    try {
      const text = decodeURIComponent(encoded);
      return /[\p{C}\p{Z}]/u.test(text) ? encoded : text;
    } catch {
      return encoded;
    }
  });
}
