import { readFileSync } from 'node:fs';

/** The correlation id that every fixture carries which can carry one. */
export const FIXTURE_ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

/** A full event as AWS sends it. */
export function fixture(name: string): unknown {
  const url = new URL(`../../fixtures/events/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as unknown;
}

/** How {@link rewrite} changes an event: `value` gives undefined for what is to be removed. */
export interface Rewriting {
  readonly key?: (key: string) => string;
  readonly value?: (text: string) => string | undefined;
}

/** An event with another id. */
export function withId(event: unknown, id: string): unknown {
  return rewrite(event, { value: (text) => (text === FIXTURE_ID ? id : text) });
}

/** An event whose sender knew nothing of correlation ids. */
export function withoutId(event: unknown): unknown {
  return rewrite(event, { value: (text) => (text === FIXTURE_ID ? undefined : text) });
}

/** An event whose sender has another name for the id. */
export function withIdNamed(event: unknown, name: string): unknown {
  return rewrite(event, { key: (key) => (key.toLowerCase() === 'x-correlation-id' ? name : key) });
}

/** An event with the name of the id in upper case. */
export function withUpperCaseNames(event: unknown): unknown {
  return rewrite(event, {
    key: (key) => (key.toLowerCase() === 'x-correlation-id' ? key.toUpperCase() : key),
  });
}

/**
 * Changes keys and texts wherever they are in an event: in JSON inside a text, in base64, and in arrays of bytes, so that
 * one test can go through every kind of event.
 */
function rewrite(event: unknown, rewriting: Rewriting): unknown {
  const keyOf = (key: string): string => rewriting.key?.(key) ?? key;
  const valueOf = (text: string): string | undefined =>
    rewriting.value === undefined ? text : rewriting.value(text);
  if (typeof event === 'string') return rewriteText(event, rewriting);
  if (isBytes(event)) {
    const text = valueOf(Buffer.from(event).toString('utf8'));
    return text === undefined ? undefined : [...Buffer.from(text)];
  }
  if (Array.isArray(event)) {
    return (event as unknown[])
      .map((element) => rewrite(element, rewriting))
      .filter((element) => element !== undefined);
  }
  if (typeof event !== 'object' || event === null) return event;
  const rewritten: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(event as Record<string, unknown>)) {
    // The headers of a mail are pairs: the name is a value there.
    const isName = key === 'name' && typeof value === 'string';
    const changed = isName ? keyOf(value) : rewrite(value, rewriting);
    if (changed !== undefined) rewritten[keyOf(key)] = changed;
  }
  return rewritten;
}

function rewriteText(text: string, rewriting: Rewriting): string | undefined {
  const json = parsed(text);
  if (json !== undefined) return JSON.stringify(rewrite(json, rewriting));
  const decoded = parsed(Buffer.from(text, 'base64').toString('utf8'));
  if (decoded !== undefined) {
    return Buffer.from(JSON.stringify(rewrite(decoded, rewriting))).toString('base64');
  }
  return rewriting.value === undefined ? text : rewriting.value(text);
}

function parsed(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function isBytes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    (value as unknown[]).every((element) => typeof element === 'number')
  );
}
