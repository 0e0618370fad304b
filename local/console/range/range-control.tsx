import { useState } from 'preact/hooks';
import { showSpan } from '../routing/navigation.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { spanText } from '../routing/time-span.ts';
import { CustomRange } from './custom-range.tsx';

const PRESETS: ReadonlyArray<{ readonly label: string; readonly ms: number }> = [
  { label: '5 min', ms: 5 * 60_000 },
  { label: '15 min', ms: 15 * 60_000 },
  { label: '1 h', ms: 3_600_000 },
];

export interface RangeControlProps {
  readonly span: TimeSpan | undefined;
  /** What the page shows without a time: everything, or as much as its charts hold. */
  readonly otherwise: 'All' | 'Newest';
}

/** Which time the page shows. It lies in the address, so that a link leads to the same. */
export function RangeControl({ span, otherwise }: RangeControlProps) {
  const [custom, setCustom] = useState(false);
  const isPreset = span === undefined || (span.kind === 'last' && PRESETS.some(({ ms }) => ms === span.ms));
  const choose = (chosen: TimeSpan | undefined) => {
    setCustom(false);
    showSpan(chosen);
  };
  return (
    <div class="range" role="group" aria-label="Time">
      <div class="segmented">
        {PRESETS.map(({ label, ms }) => (
          <button
            key={ms}
            type="button"
            aria-pressed={span?.kind === 'last' && span.ms === ms}
            title={`The last ${label}`}
            onClick={() => choose({ kind: 'last', ms })}
          >
            {label}
          </button>
        ))}
        <button type="button" aria-pressed={span === undefined} onClick={() => choose(undefined)}>
          {otherwise}
        </button>
        <button type="button" aria-expanded={custom} onClick={() => setCustom(!custom)}>
          Custom
        </button>
      </div>
      {!isPreset && (
        <span class="chip">
          <span class="chip-text">{spanText(span, Date.now())}</span>
          <button
            type="button"
            aria-label="Remove the time"
            title="Remove the time"
            onClick={() => choose(undefined)}
          >
            ×
          </button>
        </span>
      )}
      {custom && <CustomRange span={span} onChoose={choose} />}
    </div>
  );
}
