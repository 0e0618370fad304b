/** The name of X-Ray's header, in HTTP and in the environment of an invocation. */
export const TRACE_HEADER_NAME = 'X-Amzn-Trace-Id';

/** `X-Amzn-Trace-Id`, read by key: its fields come in any order, and senders add fields of their own. */
export interface TraceHeader {
  /** The trace id: `1-` epoch in 8 hex digits `-` 24 hex digits. */
  readonly root?: string;
  /** Id of the segment or subsegment that is calling, 16 hex digits. */
  readonly parent?: string;
  /** Undefined while nobody has decided. */
  readonly sampled?: boolean;
  /** Every other field as it came. `Lineage` is among them: without it Lambda cannot stop recursive loops. */
  readonly rest: ReadonlyArray<readonly [key: string, value: string]>;
}

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const PARENT = /^[0-9a-f]{16}$/i;

/** Reads a header. Never throws: a field of the wrong form counts as absent. */
export function parseTraceHeader(header: string | undefined): TraceHeader {
  let root: string | undefined;
  let parent: string | undefined;
  let sampled: boolean | undefined;
  const rest: Array<[string, string]> = [];
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at < 1) continue;
    const key = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (key === 'Root') root = ROOT.test(value) ? value : root;
    else if (key === 'Parent') parent = PARENT.test(value) ? value : parent;
    else if (key === 'Sampled') sampled = value === '1' ? true : value === '0' ? false : sampled;
    else rest.push([key, value]);
  }
  return {
    ...(root !== undefined && { root }),
    ...(parent !== undefined && { parent }),
    ...(sampled !== undefined && { sampled }),
    rest,
  };
}

/** Whether a header may be that of a sampled trace, told without reading all of it: false where it surely is not. */
export function maySample(header: string | undefined): boolean {
  return header !== undefined && SAMPLED.test(header);
}

const SAMPLED = /Sampled\s*=\s*1/;

/** Writes a header, known fields first and every other field after them, unchanged. */
export function formatTraceHeader(header: TraceHeader): string {
  const fields: Array<readonly [string, string]> = [];
  if (header.root !== undefined) fields.push(['Root', header.root]);
  if (header.parent !== undefined) fields.push(['Parent', header.parent]);
  if (header.sampled !== undefined) fields.push(['Sampled', header.sampled ? '1' : '0']);
  return [...fields, ...header.rest].map(([key, value]) => `${key}=${value}`).join(';');
}

/**
 * The header of the running invocation, as the Lambda runtime hands it over: in the environment, or, where
 * invocations overlap in one process (Lambda Managed Instances), in the runtime's own invocation store.
 */
export function incomingTraceHeader(): string | undefined {
  const runtime = globalThis as {
    awslambda?: { InvokeStore?: { getXRayTraceId?: () => string | undefined } };
  };
  return runtime.awslambda?.InvokeStore?.getXRayTraceId?.() ?? process.env._X_AMZN_TRACE_ID;
}
