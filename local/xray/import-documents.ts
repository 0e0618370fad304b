import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { parseDocument } from './parse-document.ts';
import type { Imported } from './trace-file.ts';
import type { TraceStore } from './trace-store.ts';

/** What a file is refused as, when its size says enough. Bytes. */
export const MAX_FILE_BYTES = 50_000_000;

/** Documents refused because their trace had reached its size limit. */
const TRACE_TOO_LARGE = 'TraceTooLarge';

/**
 * Puts the documents of a file into the store: one that the page exported, or what `aws xray batch-get-traces` answered.
 *
 * @returns undefined for what is no file of traces
 */
export function importDocuments(file: JsonObject, store: TraceStore): Imported | undefined {
  const texts = textsIn(file);
  if (texts === undefined) return undefined;
  const traceIds = new Set<string>();
  const refused = new Map<string, number>();
  const refuse = (kind: string): void => void refused.set(kind, (refused.get(kind) ?? 0) + 1);
  let kept = 0;
  for (const text of texts) {
    const parsed = parseDocument(text);
    if ('error' in parsed) {
      refuse(parsed.error.code);
      store.countInvalid(parsed.error.code);
      continue;
    }
    for (const { code } of parsed.leftOut ?? []) {
      refuse(code);
      store.countInvalid(code);
    }
    if (store.put(parsed.document)) {
      kept += 1;
      traceIds.add(parsed.document.trace_id);
    } else refuse(TRACE_TOO_LARGE);
  }
  return { traceIds: [...traceIds], kept, refused: Object.fromEntries(refused) };
}

function textsIn({ documents, Traces: traces }: JsonObject): string[] | undefined {
  if (Array.isArray(documents)) return documents.map((document) => JSON.stringify(document));
  if (!Array.isArray(traces)) return undefined;
  return traces.flatMap((trace: unknown) => {
    const segments = isObject(trace) ? trace['Segments'] : undefined;
    if (!Array.isArray(segments)) return [''];
    return segments.map((segment: unknown) => {
      const document = isObject(segment) ? segment['Document'] : undefined;
      return typeof document === 'string' ? document : '';
    });
  });
}
