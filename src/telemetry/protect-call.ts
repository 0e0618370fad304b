import type { TextGuard } from '../redaction/text-guard.ts';
import type { CallData } from './tracer.ts';

/** Names that callers make up for one call, often out of data; other resources are named when they are created. */
const MADE_UP_NAMES: ReadonlySet<string> = new Set(['execution_arn', 'schedule_name', 'schedule_group_name']);

/**
 * The data of a call as it may be recorded: labels in the place of what is somebody's in the path of a URL or in the name
 * of an execution or a schedule. Names of queues, topics, tables and buckets stay as they are.
 */
export function protectCall(data: CallData, texts: TextGuard): CallData {
  const { http, aws } = data;
  return {
    ...data,
    ...(http?.request !== undefined && {
      http: { ...http, request: { ...http.request, url: protectUrl(http.request.url, texts) } },
    }),
    ...(aws !== undefined && {
      aws: Object.fromEntries(
        Object.entries(aws).map(([name, value]) => [
          name,
          MADE_UP_NAMES.has(name) && typeof value === 'string' ? texts.text(value) : value,
        ]),
      ),
    }),
  };
}

const URL_PARTS = /^(?:(?<origin>[a-z][a-z\d+.-]*:\/\/[^/?#]*)(?=[/?#]|$)|(?=\/))(?<path>[^?#]*)/i;

/** Clients leave out the query string; what is left of it here goes too. */
function protectUrl(url: string, texts: TextGuard): string {
  const { origin, path } = URL_PARTS.exec(url)?.groups ?? {};
  return path === undefined ? texts.text(url) : (origin ?? '') + texts.path(path);
}
