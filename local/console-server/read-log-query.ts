import { RequestError } from '../http/request-error.ts';
import { present } from '../json.ts';
import type { LogLevel, LogQuery } from '../logs/log-line.ts';
import { LOG_LEVELS } from '../logs/log-line.ts';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1000;

/**
 * What `/api/logs` is asked for.
 *
 * @throws RequestError for a level, a limit, an id or a choice that is none.
 */
export function readLogQuery(query: URLSearchParams, range: LogQuery['range']): LogQuery {
  const given = (name: string): string | undefined => query.get(name) || undefined;
  return present<LogQuery>({
    level: levelIn(given('level')),
    functionKey: given('function'),
    text: given('text'),
    correlationId: given('correlation'),
    requestId: given('request'),
    traceId: given('trace'),
    platform: platformIn(given('platform')),
    range,
    before: idIn('cursor', given('cursor')),
    after: idIn('after', given('after')),
    limit: limitIn(given('limit')),
  });
}

function levelIn(text: string | undefined): LogLevel | undefined {
  if (text === undefined) return undefined;
  const level = LOG_LEVELS.find((each) => each === text.toUpperCase());
  return level ?? refuse('level', LOG_LEVELS.join(', '), text);
}

function platformIn(text = 'on'): boolean {
  return text === 'on' || text === 'off' ? text === 'on' : refuse('platform', 'on or off', text);
}

function idIn(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse(name, 'the id of a line', text);
}

function limitIn(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : refuse('limit', `1 to ${MAX_LIMIT}`, text);
}

function refuse(name: string, expected: string, got: string): never {
  throw new RequestError('malformed', `Expected "${name}" to be ${expected}; got ${JSON.stringify(got)}.`);
}
