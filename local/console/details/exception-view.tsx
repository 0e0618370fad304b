import type { ExceptionData } from '../../xray/document.ts';
import { arrayOf, isRecord, textOf } from '../format/value.ts';
import { plural } from '../format/plural.ts';

export interface ExceptionViewProps {
  readonly exception: ExceptionData;
  /** It caused the exception above it. */
  readonly isCause: boolean;
}

export function ExceptionView({ exception, isCause }: ExceptionViewProps) {
  const frames = arrayOf(exception.stack).filter(isRecord);
  return (
    <div class="exception">
      {isCause && <h4>Caused by</h4>}
      <p class="exception-title">
        <strong>{textOf(exception.type) ?? 'Error'}</strong>:{' '}
        <span>{textOf(exception.message) ?? 'no message'}</span>
      </p>
      {exception.remote === true && <p class="hint">Answered by the service that was called.</p>}
      {frames.length > 0 && (
        <ol class="stack" aria-label="Stack">
          {frames.map((frame, index) => (
            <li key={index}>
              <span class="frame-label">{textOf(frame['label']) ?? '(anonymous)'}</span>{' '}
              <span class="frame-place">{placeOf(frame)}</span>
            </li>
          ))}
        </ol>
      )}
      {typeof exception.truncated === 'number' && exception.truncated > 0 && (
        <p class="hint">{plural(exception.truncated, 'more frame')} not recorded.</p>
      )}
    </div>
  );
}

function placeOf(frame: Readonly<Record<string, unknown>>): string {
  return [textOf(frame['path']), textOf(frame['line'])].filter((part) => part !== undefined).join(':');
}
