import { types } from 'node:util';
import { withoutLabels } from './labels.ts';
import { isOwnMember } from './own-fields.ts';
import { decodePercent, decodeText } from './decode-response.ts';

/** A text that a capture shows, without what is structure. */
export interface ShownText {
  readonly path: string;
  readonly text: string;
}

/** A value, and where it stands. */
interface Located {
  readonly value: unknown;
  readonly path: string;
  readonly key?: string;
}

/** Field names of X-Ray documents, of Powertools' log lines, and of captures. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...['id', 'parent_id', 'trace_id', 'name', 'type', 'namespace', 'origin', 'start_time', 'end_time'],
  ...['in_progress', 'error', 'throttle', 'fault', 'http', 'request', 'response', 'method', 'url', 'status'],
  ...['content_length', 'client_ip', 'user_agent', 'aws', 'operation', 'region', 'table_name', 'queue_url'],
  ...['topic_arn', 'request_id', 'retries', 'cause', 'exceptions', 'working_directory', 'message', 'stack'],
  ...['path', 'line', 'label', 'remote', 'annotations', 'metadata', 'subsegments', 'links', 'attributes'],
  ...['lantern', 'event', 'result', 'cut', 'streamedBytes', 'unfinished', 'link', 'traced', 'service'],
  ...['level', 'timestamp', 'correlation_id', 'cold_start', 'function_arn', 'function_memory_size'],
  ...['function_name', 'function_request_id', 'sampling_rate', 'xray_trace_id', 'location', 'Service'],
  ...['ColdStart', 'CorrelationId', '<map>', '<or>', '<name>', '…'],
]);

/**
 * Every text in a capture, decoded where it is JSON, JSON lines or base64.
 *
 * @param names of fields of the response: a capture may repeat them as keys.
 * @param allowed values that may be shown.
 */
export function shownTexts(
  capture: unknown,
  names: ReadonlySet<string>,
  allowed: ReadonlySet<string>,
): readonly ShownText[] {
  const texts: ShownText[] = [];
  const seen = new Set<object>();
  const show = (text: string, path: string): void => {
    texts.push({ path, text: withoutLabels(withoutAllowed(text, allowed)) });
  };
  const showText = (text: string, path: string): Located[] => {
    const { decoded, encoded } = decodeText(text);
    if (decoded !== undefined && !encoded) return [{ value: decoded, path }];
    const lines = text.split('\n');
    if (lines.length > 1) return lines.map((line, at) => ({ value: line, path: `${path} line ${at + 1}` }));
    show(text, path);
    if (text.includes('%')) show(decodePercent(text), path);
    return decoded === undefined ? [] : [{ value: decoded, path }];
  };
  const visit = ({ value, path, key }: Located): Located[] => {
    if (typeof value === 'string') return showText(value, path);
    if (typeof value === 'number' || typeof value === 'bigint') {
      show(String(value), path);
      return [];
    }
    if (typeof value !== 'object' || value === null || seen.has(value)) return [];
    seen.add(value);
    if (types.isDate(value)) return [{ value: value.toISOString(), path }];
    if (value instanceof Map || value instanceof Set) return [{ value: [...value], path }];
    if (ArrayBuffer.isView(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return [{ value: bytes.toString('utf8'), path }];
    }
    if (Array.isArray(value)) {
      return (value as unknown[]).map((each, at) => ({ value: each, path: `${path}[${at}]` }));
    }
    const hidden = value instanceof Error ? ['message', 'stack', 'cause', 'errors'] : [];
    return [...new Set([...Object.keys(value), ...hidden])].flatMap((name) => {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      if (!names.has(name) && !OWN_NAMES.has(name)) show(name, `a key of ${path}`);
      if (isOwnMember(value, key, name, member)) return [];
      return [{ value: member, path: `${path}.${name}`, key: name }];
    });
  };
  const toVisit: Located[] = [{ value: capture, path: 'capture' }];
  for (let located = toVisit.pop(); located !== undefined; located = toVisit.pop()) {
    for (const inner of visit(located).reverse()) toVisit.push(inner);
  }
  return texts;
}

function withoutAllowed(text: string, allowed: ReadonlySet<string>): string {
  let rest = text;
  for (const each of allowed) if (each.length >= 2) rest = rest.replaceAll(each, '\0');
  return rest;
}
