import type { Subsegment } from 'aws-xray-sdk-core';
import { MAX_DATAGRAM_BYTES, MAX_DOCUMENT_BYTES } from './limits.ts';

/** The header line that precedes a document in its datagram. */
const DATAGRAM_HEADER = '{"format":"json","version":1}\n';

const LIMIT = Math.min(MAX_DOCUMENT_BYTES, MAX_DATAGRAM_BYTES - DATAGRAM_HEADER.length);

/** Namespace of the metadata that Lantern writes for itself. */
export const OWN_NAMESPACE = 'lantern';

/** The fields of a subsegment that can be given up. */
interface Expendable {
  metadata?: Record<string, Record<string, unknown>>;
  cause?:
    | { exceptions?: ReadonlyArray<{ readonly message?: string; readonly stack?: readonly unknown[] }> }
    | string;
  annotations?: unknown;
  http?: unknown;
  aws?: unknown;
}

/**
 * The document of a subsegment, below the limits of X-Ray and of UDP whatever it holds: what matters least is given
 * up first, and named in `metadata.lantern.cut`. A document that is too large would be lost whole, silently.
 */
export function fitDocument(subsegment: Subsegment): string {
  const document = serialize(subsegment);
  if (document !== undefined && Buffer.byteLength(document) <= LIMIT) return document;
  const expendable = subsegment as unknown as Expendable;
  const cut: string[] = [];
  for (const { what, giveUp } of sacrifices) {
    if (!giveUp(expendable)) continue;
    cut.push(what);
    expendable.metadata = { ...expendable.metadata, [OWN_NAMESPACE]: { ...own(expendable), cut } };
    const smaller = serialize(subsegment);
    if (smaller !== undefined && Buffer.byteLength(smaller) <= LIMIT) return smaller;
  }
  throw new Error(`A subsegment cannot be written in ${LIMIT} bytes`);
}

/** From what is missed least to what is missed most. Each answers whether there was anything to give up. */
const sacrifices: ReadonlyArray<{ what: string; giveUp: (entity: Expendable) => boolean }> = [
  {
    what: 'captured response',
    giveUp: (entity) => {
      const { response, event, ...rest } = own(entity);
      if (response === undefined && event === undefined) return false;
      entity.metadata = { ...entity.metadata, [OWN_NAMESPACE]: rest };
      return true;
    },
  },
  {
    what: 'metadata',
    giveUp: (entity) => {
      if (Object.keys(entity.metadata ?? {}).every((namespace) => namespace === OWN_NAMESPACE)) return false;
      entity.metadata = { [OWN_NAMESPACE]: own(entity) };
      return true;
    },
  },
  {
    what: 'stack frames',
    giveUp: (entity) => {
      if (typeof entity.cause !== 'object') return false;
      const exceptions = entity.cause.exceptions ?? [];
      entity.cause = {
        ...entity.cause,
        exceptions: exceptions.map((exception) => ({
          ...exception,
          stack: exception.stack?.slice(0, 1) ?? [],
        })),
      };
      return true;
    },
  },
  { what: 'error messages', giveUp: (entity) => shortenMessages(entity) },
  { what: 'details of the call', giveUp: (entity) => remove(entity, 'aws') || remove(entity, 'http') },
  { what: 'annotations', giveUp: (entity) => remove(entity, 'annotations') },
];

const SHORT_MESSAGE_LENGTH = 200;

function shortenMessages(entity: Expendable): boolean {
  if (typeof entity.cause !== 'object') return false;
  entity.cause = {
    ...entity.cause,
    exceptions: (entity.cause.exceptions ?? []).map((exception) => ({
      ...exception,
      message: exception.message?.slice(0, SHORT_MESSAGE_LENGTH) ?? '',
    })),
  };
  return true;
}

function remove(entity: Expendable, field: 'aws' | 'http' | 'annotations'): boolean {
  if (entity[field] === undefined) return false;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- one of three known fields
  delete entity[field];
  return true;
}

function own(entity: Expendable): Record<string, unknown> {
  return entity.metadata?.[OWN_NAMESPACE] ?? {};
}

/** Undefined when something in the subsegment cannot be written as JSON: that is given up as if it were too large. */
function serialize(subsegment: Subsegment): string | undefined {
  try {
    return subsegment.format();
  } catch {
    return undefined;
  }
}
