import type { JsonObject } from '../../json.ts';
import type { DocumentReceiver } from '../received-documents.ts';
import { handIn } from '../received-documents.ts';
import { readReceivedText } from '../received-text.ts';
import { requiredTexts } from '../../http/api-input.ts';

/** `PutTraceSegments`: takes documents, and spans as the daemon passes them on, and says of each that is neither why. */
export function putTraceSegments(input: JsonObject, receiver: DocumentReceiver): object {
  const unprocessed = requiredTexts(input, 'TraceSegmentDocuments').flatMap((text) => {
    const received = readReceivedText(text);
    handIn(received, text, receiver);
    return received.errors.map(({ code, message, id }) => ({
      Id: id,
      ErrorCode: code,
      Message: `Invalid segment. ErrorCode: ${code}. ${message}`,
    }));
  });
  return { UnprocessedTraceSegments: unprocessed };
}
