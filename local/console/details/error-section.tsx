import type { TimelineRow } from '../../xray/timeline.ts';
import type { Failure } from './exceptions.ts';
import { ExceptionView } from './exception-view.tsx';

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
