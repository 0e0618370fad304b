import type { SegmentDocument } from './document.ts';
import { isObject } from '../json.ts';
import { parseDocument } from './parse-document.ts';

export type ParsedDatagram = { readonly document: SegmentDocument } | { readonly reason: string };

/** Reads what an SDK sends over UDP: a line with a JSON header, then one document. Never throws. */
export function parseDatagram(datagram: string): ParsedDatagram {
  const lineEnd = datagram.indexOf('\n');
  const header = lineEnd === -1 ? datagram : datagram.slice(0, lineEnd);
  if (!isHeader(header)) {
    return { reason: 'Invalid header: a datagram begins with the line {"format":"json","version":1}.' };
  }
  const body = lineEnd === -1 ? '' : datagram.slice(lineEnd + 1);
  if (body.trim() === '') return { reason: 'Missing segment: nothing follows the header line.' };
  const parsed = parseDocument(body);
  return 'document' in parsed ? parsed : { reason: `${parsed.error.code}: ${parsed.error.message}` };
}

function isHeader(text: string): boolean {
  try {
    const header: unknown = JSON.parse(text);
    if (!isObject(header) || typeof header['format'] !== 'string') return false;
    return header['format'].toLowerCase() === 'json' && header['version'] === 1;
  } catch {
    return false;
  }
}
