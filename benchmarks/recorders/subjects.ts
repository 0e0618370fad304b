/** One of the things that are compared: a bundle, and the environment that it runs in. */
export interface Subject {
  readonly title: string;
  /** The file in `subjects/` that exports the handler. */
  readonly source: string;
  /** The one that exports what loads its recorder alone, beside a logger that is there already. */
  readonly loads?: string;
  /** Whether the trace header that it is given says so. */
  readonly sampled: boolean;
  readonly env: Readonly<Record<string, string>>;
}

const ON = { POWERTOOLS_TRACE_ENABLED: 'true' };
const OFF = { POWERTOOLS_TRACE_ENABLED: 'false' };

/** The subject that all are measured against, and the one that ours are to be ahead of. */
export const BASE = 'Middy, Logger, parser';
export const RIVAL = 'Powertools Tracer, sampled';

export const SUBJECTS: readonly Subject[] = [
  { title: BASE, source: 'base.ts', sampled: true, env: OFF },
  { title: 'Lantern, off', source: 'lantern.ts', sampled: true, env: OFF },
  { title: 'Lantern, X-Ray, unsampled', source: 'lantern.ts', sampled: false, env: ON },
  { title: 'Lantern, X-Ray, sampled', source: 'lantern.ts', loads: 'lantern.ts', sampled: true, env: ON },
  {
    title: 'Lantern, OpenTelemetry, unsampled',
    source: 'opentelemetry.ts',
    sampled: false,
    env: ON,
  },
  {
    title: 'Lantern, OpenTelemetry, sampled',
    source: 'opentelemetry.ts',
    loads: 'xray-udp-load.ts',
    sampled: true,
    env: ON,
  },
  { title: 'Lantern, xray-udp alone, unsampled', source: 'xray-udp.ts', sampled: false, env: OFF },
  {
    title: 'Lantern, xray-udp alone, sampled',
    source: 'xray-udp.ts',
    loads: 'xray-udp-load.ts',
    sampled: true,
    env: OFF,
  },
  { title: 'Powertools Tracer, unsampled', source: 'powertools.ts', sampled: false, env: ON },
  { title: RIVAL, source: 'powertools.ts', loads: 'powertools-load.ts', sampled: true, env: ON },
];
