import type { JsonObject } from '../../json.ts';
import type { DocumentReceiver } from '../daemon-requests.ts';
import { reportInvalid } from '../daemon-requests.ts';
import { parseDocument } from '../parse-document.ts';
import { requiredTexts } from './input.ts';

/** `PutTraceSegments`: takes what is a document, and says of each that is none why. */
export function putTraceSegments(input: JsonObject, { onDocument, onInvalid }: DocumentReceiver): object {
  const unprocessed = requiredTexts(input, 'TraceSegmentDocuments').flatMap((text) => {
    const parsed = parseDocument(text);
    if ('document' in parsed) {
      onDocument(parsed.document);
      return [];
    }
    const { code, message, id } = parsed.error;
    reportInvalid(onInvalid, `${code}: ${message}`, text);
    return [{ Id: id, ErrorCode: code, Message: `Invalid segment. ErrorCode: ${code}. ${message}` }];
  });
  return { UnprocessedTraceSegments: unprocessed };
}
