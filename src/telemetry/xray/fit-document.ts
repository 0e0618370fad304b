import { MAX_CONTENT_BYTES } from '../../daemon/datagram-sender.ts';
import { OWN_NAMESPACE } from '../own-names.ts';
import { MAX_DOCUMENT_BYTES } from './limits.ts';
import type { Subsegment } from './subsegment.ts';

/** What stands before the document of a subsegment that travels alone: its type, its trace and its parent, 108 bytes. */
const HEAD = 128;

/** Bytes of a document at most. */
export const LIMIT = Math.min(MAX_DOCUMENT_BYTES, MAX_CONTENT_BYTES) - HEAD;

/**
 * Bytes kept free for what an invocation adds to its document as it ends: flags, a status, the bytes of a streamed body,
 * late annotations, and the description of an error of ordinary length.
 */
const RESERVE = 12_000;

/**
 * The document of a subsegment, below the limits of X-Ray and of UDP whatever it holds: what matters least is given
 * up first, and named in `metadata.lantern.cut`. A document that is too large would be lost whole, silently.
 */
export function fitDocument(subsegment: Subsegment): string {
  const document = serialize(subsegment);
  if (document !== undefined && fits(document)) return document;
  // The subsegment itself keeps what is given up here.
  const expendable = { ...written(subsegment) };
  const cut: string[] = [];
  for (const { what, giveUp } of sacrifices) {
    if (!giveUp(expendable)) continue;
    cut.push(what);
    expendable.metadata = { ...expendable.metadata, [OWN_NAMESPACE]: { ...own(expendable), cut } };
    const smaller = serialize(expendable);
    if (smaller !== undefined && fits(smaller)) return smaller;
  }
  throw new Error(`A subsegment cannot be written in ${LIMIT} bytes`);
}

/** Bytes of JSON that metadata may still take, so that the subsegment is not cut when it is sent. */
export function roomLeft(subsegment: Subsegment): number {
  const document = serialize(subsegment);
  return document === undefined ? 0 : Math.max(0, LIMIT - RESERVE - Buffer.byteLength(document));
}

/** Whether a document is short enough; a character of JavaScript is three bytes at most. */
function fits(document: string): boolean {
  return document.length * 3 <= LIMIT || Buffer.byteLength(document) <= LIMIT;
}

/** From what is missed least to what is missed most. Each answers whether there was anything to give up. */
const sacrifices: ReadonlyArray<{ what: string; giveUp: (entity: Subsegment) => boolean }> = [
  { what: 'captured event', giveUp: (entity) => removeOwn(entity, 'event') },
  { what: 'captured response', giveUp: (entity) => removeOwn(entity, 'response') },
  { what: 'captured result', giveUp: (entity) => removeOwn(entity, 'result') },
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
          stack: exception.stack.slice(0, 1),
        })),
      };
      return true;
    },
  },
  { what: 'error messages', giveUp: (entity) => shortenMessages(entity) },
  { what: 'details of the call', giveUp: (entity) => remove(entity, 'aws') || remove(entity, 'http') },
  { what: 'annotations', giveUp: (entity) => remove(entity, 'annotations') },
];

function removeOwn(entity: Subsegment, key: 'event' | 'response' | 'result'): boolean {
  const { [key]: given, ...rest } = own(entity);
  if (given === undefined) return false;
  entity.metadata = { ...entity.metadata, [OWN_NAMESPACE]: rest };
  return true;
}

const SHORT_MESSAGE_LENGTH = 200;

function shortenMessages(entity: Subsegment): boolean {
  if (typeof entity.cause !== 'object') return false;
  entity.cause = {
    ...entity.cause,
    exceptions: (entity.cause.exceptions ?? []).map((exception) => ({
      ...exception,
      message: exception.message?.slice(0, SHORT_MESSAGE_LENGTH).toWellFormed() ?? '',
    })),
  };
  return true;
}

function remove(entity: Subsegment, field: 'aws' | 'http' | 'annotations'): boolean {
  if (entity[field] === undefined) return false;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- one of three known fields
  delete entity[field];
  return true;
}

function own(entity: Subsegment): Record<string, unknown> {
  return entity.metadata?.[OWN_NAMESPACE] ?? {};
}

/** Undefined when something in the subsegment cannot be written as JSON: that is given up as if it were too large. */
function serialize(subsegment: Subsegment): string | undefined {
  try {
    return JSON.stringify(written(subsegment));
  } catch {
    return serializeBigInts(subsegment);
  }
}

/** As the X-Ray SDK writes what it was given. */
function serializeBigInts(subsegment: Subsegment): string | undefined {
  try {
    return JSON.stringify(written(subsegment), (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  } catch {
    return undefined;
  }
}

/** What the X-Ray SDK keeps on its subsegments for itself. Children travel alone, as they close. */
const NOT_WRITTEN: ReadonlySet<string> = new Set([
  'segment',
  'parent',
  'counter',
  'notTraced',
  'noOp',
  'subsegments',
  // These are written where a document travels alone.
  'type',
  'trace_id',
  'parent_id',
]);

/** The part of a subsegment that X-Ray is told; all of ours, unless the SDK has got hold of it. */
function written(subsegment: Subsegment): Subsegment {
  if (Object.getPrototypeOf(subsegment) === Object.prototype) return subsegment;
  const known = Object.entries(subsegment).filter(([name]) => !NOT_WRITTEN.has(name));
  return Object.fromEntries(known) as unknown as Subsegment;
}
