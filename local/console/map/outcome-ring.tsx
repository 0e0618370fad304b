import type { Numbers } from './numbers.ts';
import { outcomes } from './numbers.ts';

export interface OutcomeRingProps {
  /** Undefined where nobody counts, as for clients. */
  readonly numbers: Numbers | undefined;
  readonly radius: number;
}

const WIDTH = 6;

/** A share of one in a thousand is still seen, in parts of the circle. */
const LEAST_PART = 0.025;

/** How the requests ended: parts of a ring in X-Ray's colours, those that failed with a pattern of their own, too. */
export function OutcomeRing({ numbers, radius }: OutcomeRingProps) {
  const length = 2 * Math.PI * radius;
  const circle = { r: radius, fill: 'none', 'stroke-width': WIDTH, transform: 'rotate(-90)' };
  if (numbers === undefined || numbers.total === 0) return <circle class="ring empty" {...circle} />;
  const present = outcomes.filter((outcome) => numbers.counts[outcome] > 0);
  const raised = present.map((outcome) => Math.max(LEAST_PART, numbers.counts[outcome] / numbers.total));
  const all = raised.reduce((sum, part) => sum + part, 0);
  let begin = 0;
  return (
    <g>
      {present.map((outcome, index) => {
        const part = ((raised[index] ?? 0) / all) * length;
        const dash = {
          'stroke-dasharray': `${part} ${length - part}`,
          'stroke-dashoffset': -begin,
        };
        begin += part;
        return (
          <g key={outcome} class={`status-${outcome}`}>
            <circle class="ring" {...circle} {...dash} />
            {outcome !== 'ok' && <circle stroke={`url(#map-${outcome})`} {...circle} {...dash} />}
          </g>
        );
      })}
    </g>
  );
}
