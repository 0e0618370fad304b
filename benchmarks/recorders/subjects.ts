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
  /** The module of a peer that is loaded before the bundle, and brings the OpenTelemetry API that both use. */
  readonly preload?: string;
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

/** AWS's distribution of OpenTelemetry, as its layer sets it up. */
const ADOT = {
  OTEL_SERVICE_NAME: 'benchmark',
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'aws-lambda,aws-sdk,http,undici',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};
const REGISTER = '@aws/aws-distro-opentelemetry-node-autoinstrumentation/register';

/** Those that are installed for the benchmark alone, where it is asked for peers. */
export const PEER_SUBJECTS: readonly Subject[] = [true, false].flatMap((sampled) =>
  [
    { title: 'ADOT, fast start', env: { ...ADOT, OTEL_AWS_LAMBDA_FAST_START: 'true' } },
    { title: 'ADOT, whole SDK', env: ADOT },
  ].map(({ title, env }) => ({
    title: `${title}, ${sampled ? 'sampled' : 'unsampled'}`,
    source: 'adot.ts',
    sampled,
    env: { ...env, ...OFF },
    preload: REGISTER,
  })),
);
