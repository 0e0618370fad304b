import type { Histogram } from '../../xray/graph/statistics.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { plural } from '../format/text.ts';
import { Link } from '../routing/link.tsx';
import type { HistogramBin } from './numbers.ts';
import { binsOf } from './numbers.ts';

export interface ResponseTimesProps {
  readonly histogram: Histogram;
  /** The address of the traces of a column; without it columns lead nowhere. */
  readonly hrefOfBin: ((bin: HistogramBin) => string) | undefined;
}

/** How often which time was measured; each column is a link to its traces. */
export function ResponseTimes({ histogram, hrefOfBin }: ResponseTimesProps) {
  const bins = binsOf(histogram);
  const most = bins.reduce((largest, { count }) => Math.max(largest, count), 0);
  const column = (bin: HistogramBin) => {
    const text = `${plural(bin.count, 'time')}: ${formatDuration(bin.least)} to ${formatDuration(bin.most)}`;
    const bar = (
      <>
        <span class="column" style={{ height: `${(bin.count / most) * 100}%` }} />
        <span class="visually-hidden">{text}</span>
      </>
    );
    return hrefOfBin === undefined || bin.count === 0 ? (
      <span title={text}>{bar}</span>
    ) : (
      <Link href={hrefOfBin(bin)} title={text}>
        {bar}
      </Link>
    );
  };
  return (
    <div class="response-times">
      <ul>
        {bins.map((bin) => (
          <li key={bin.least}>{column(bin)}</li>
        ))}
      </ul>
      <p class="scale" aria-hidden="true">
        <span>{formatDuration(bins[0]?.least ?? 0)}</span>
        <span>{formatDuration(bins.at(-1)?.most ?? 0)}</span>
      </p>
    </div>
  );
}
