import type { TimelineRow } from '../../xray/timeline.ts';
import type { Failure } from './exceptions.ts';
import type { Frame } from './frames.ts';
import { foldFrames } from './frames.ts';
import type { ExceptionData } from '../../xray/document.ts';
import { arrayOf, isRecord, textOf } from '../format/value.ts';
import { plural } from '../format/text.ts';

export interface ErrorSectionProps {
  readonly failure: Failure;
  /** The row that recorded the exceptions, where it is not the one the panel shows. */
  readonly thrownBy: TimelineRow | undefined;
  readonly onShow: (key: string) => void;
}

export function ErrorSection({ failure, thrownBy, onShow }: ErrorSectionProps) {
  return (
    <section class="error-section" aria-labelledby="error-heading">
      <h3 id="error-heading">Error</h3>
      {thrownBy !== undefined && (
        <p>
          Comes from{' '}
          <button type="button" class="link-button" onClick={() => onShow(thrownBy.key)}>
            {thrownBy.name}
          </button>
        </p>
      )}
      {failure.exceptions.map((exception, index) => (
        <ExceptionView
          key={index}
          exception={exception}
          isCause={index > 0 && exception.id === failure.exceptions[index - 1]?.cause}
        />
      ))}
    </section>
  );
}

interface ExceptionViewProps {
  readonly exception: ExceptionData;
  /** It caused the exception above it. */
  readonly isCause: boolean;
}

function ExceptionView({ exception, isCause }: ExceptionViewProps) {
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
          {foldFrames(frames).map(({ frames: together, isLibrary }, index) =>
            isLibrary ? (
              <li key={index}>
                <details>
                  <summary>{plural(together.length, 'frame')} of libraries</summary>
                  {together.map((frame, place) => (
                    <FrameLine key={place} frame={frame} />
                  ))}
                </details>
              </li>
            ) : (
              together.map((frame, place) => (
                <li key={`${index} ${place}`}>
                  <FrameLine frame={frame} />
                </li>
              ))
            ),
          )}
        </ol>
      )}
      {typeof exception.truncated === 'number' && exception.truncated > 0 && (
        <p class="hint">{plural(exception.truncated, 'more frame')} not recorded.</p>
      )}
    </div>
  );
}

function FrameLine({ frame }: { readonly frame: Frame }) {
  return (
    <div>
      <span class="frame-label">{textOf(frame['label']) ?? '(anonymous)'}</span>{' '}
      <span class="frame-place">{placeOf(frame)}</span>
    </div>
  );
}

function placeOf(frame: Readonly<Record<string, unknown>>): string {
  return [textOf(frame['path']), textOf(frame['line'])].filter((part) => part !== undefined).join(':');
}
