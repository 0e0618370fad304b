import { useEffect, useMemo, useState } from 'preact/hooks';
import type { SourcePlace } from '../../console-contract.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import type { TimelineRow } from '../../xray/timeline.ts';
import type { Failure } from './exceptions.ts';
import type { Frame, SourcePlaces } from './frames.ts';
import { foldFrames, frameKey, placeOf } from './frames.ts';
import type { ExceptionData } from '../../xray/document.ts';
import { arrayOf, isRecord, textOf } from '../format/value.ts';
import { plural } from '../format/text.ts';

export interface ErrorSectionProps {
  readonly api: ConsoleApi;
  readonly failure: Failure;
  /** The row that recorded the exceptions, where it is not the one the panel shows. */
  readonly thrownBy: TimelineRow | undefined;
  readonly onShow: (key: string) => void;
}

export function ErrorSection({ api, failure, thrownBy, onShow }: ErrorSectionProps) {
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
          api={api}
          exception={exception}
          isCause={index > 0 && exception.id === failure.exceptions[index - 1]?.cause}
        />
      ))}
    </section>
  );
}

interface ExceptionViewProps {
  readonly api: ConsoleApi;
  readonly exception: ExceptionData;
  /** It caused the exception above it. */
  readonly isCause: boolean;
}

function ExceptionView({ api, exception, isCause }: ExceptionViewProps) {
  const frames = useMemo(() => arrayOf(exception.stack).filter(isRecord), [exception]);
  const places = useSourcePlaces(api, frames);
  const groups = foldFrames(frames, places);
  const first = groups
    .find(({ isLibrary }) => !isLibrary)
    ?.frames.find((frame) => placeOf(frame, places)?.excerpt);
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
          {groups.map(({ frames: together, isLibrary }, index) =>
            isLibrary ? (
              <li key={index}>
                <details>
                  <summary>{plural(together.length, 'frame')} of libraries</summary>
                  {together.map((frame, place) => (
                    <FrameLine key={place} frame={frame} place={placeOf(frame, places)} isOpen={false} />
                  ))}
                </details>
              </li>
            ) : (
              together.map((frame, place) => (
                <li key={`${index} ${place}`}>
                  <FrameLine frame={frame} place={placeOf(frame, places)} isOpen={frame === first} />
                </li>
              ))
            ),
          )}
        </ol>
      )}
      {[...places.values()].some(({ isAmbiguous }) => isAmbiguous) && (
        <p class="hint">
          Lines of minified code stand for many lines of source, and columns were not recorded. With{' '}
          <code>NODE_OPTIONS=--enable-source-maps</code> Node writes the lines of the source itself.
        </p>
      )}
      {typeof exception.truncated === 'number' && exception.truncated > 0 && (
        <p class="hint">{plural(exception.truncated, 'more frame')} not recorded.</p>
      )}
    </div>
  );
}

interface FrameLineProps {
  readonly frame: Frame;
  /** Where it is in the sources. */
  readonly place: SourcePlace | undefined;
  /** Its source lines are shown at once. */
  readonly isOpen: boolean;
}

function FrameLine({ frame, place, isOpen }: FrameLineProps) {
  const recorded = [frame['path'], frame['line'], frame['column']]
    .map(textOf)
    .filter((part) => part !== undefined);
  const title = (
    <>
      <span class="frame-label">{textOf(frame['label']) ?? '(anonymous)'}</span>{' '}
      <span class="frame-place" title={place?.file && recorded.join(':')}>
        {place?.file === undefined ? recorded.slice(0, 2).join(':') : `${place.file}:${linesText(place)}`}
      </span>
    </>
  );
  if (place?.excerpt === undefined) return <div>{title}</div>;
  return (
    <details class="frame" open={isOpen}>
      <summary>{title}</summary>
      <SourceExcerpt place={place} excerpt={place.excerpt} />
    </details>
  );
}

function linesText({ line, lastLine }: SourcePlace): string {
  return lastLine === undefined ? String(line) : `${line}–${lastLine}`;
}

interface SourceExcerptProps {
  readonly place: SourcePlace;
  readonly excerpt: NonNullable<SourcePlace['excerpt']>;
}

function SourceExcerpt({ place: { file, line = 0, lastLine = line }, excerpt }: SourceExcerptProps) {
  const { firstLine, lines } = excerpt;
  // What all of them are indented by says nothing, and takes room.
  const indent = Math.min(...lines.filter((text) => text.trim() !== '').map((text) => text.search(/\S/)));
  return (
    <pre
      class="source"
      tabIndex={0}
      role="group"
      aria-label={`Source of ${file ?? 'the frame'}, line ${line}`}
    >
      {lines.map((text, index) => {
        const number = firstLine + index;
        const isMeant = number >= line && number <= lastLine;
        return (
          <div key={number} class={isMeant ? 'source-line meant' : 'source-line'}>
            <span class="source-number" aria-hidden="true">
              {isMeant ? '▸ ' : '  '}
              {number}
            </span>
            <code>{text.slice(indent) || ' '}</code>
          </div>
        );
      })}
    </pre>
  );
}

/** Frames that are asked for: those below are of the runtime, and seldom read. `/api/sources` takes 100. */
const MAX_ASKED = 40;

/** Where the frames of a stack are in the sources; what is not known, or not yet, is shown as it was recorded. */
function useSourcePlaces(api: ConsoleApi, frames: readonly Frame[]): SourcePlaces {
  const [places, setPlaces] = useState<SourcePlaces>(new Map());
  const keys = frames.map(frameKey).filter((key) => key !== undefined);
  const asked = JSON.stringify([...new Set(keys)].slice(0, MAX_ASKED));
  useEffect(() => {
    let stopped = false;
    const wanted = JSON.parse(asked) as string[];
    if (wanted.length === 0) return;
    api.sources(wanted).then(
      (found) => {
        if (!stopped) setPlaces(new Map(found.map((place) => [place.frame, place])));
      },
      // The stack is there as it was recorded; the connection says itself that it is lost.
      () => undefined,
    );
    return () => {
      stopped = true;
    };
  }, [api, asked]);
  return places;
}
