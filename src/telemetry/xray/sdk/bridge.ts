import type { Segment, Subsegment as SdkSubsegment } from 'aws-xray-sdk-core';
import type { Subsegment } from '../subsegment.ts';
import { createInvocationRoot } from './invocation-root.ts';
import type { InvocationHeader } from './invocation-root.ts';
import { keep } from './kept-subsegment.ts';
import type { Keeper } from './kept-subsegment.ts';
import { followPlace } from './sdk-context.ts';

/*
 * What the recorder needs where the X-Ray SDK is in the process, because the service uses it, or Powertools' Tracer. It loads the
 * SDK, so it is itself loaded then only.
 */

/** Where the running code stands: what records there, its subsegment, and the invocation that it belongs to. */
export interface Standing {
  readonly keeper: Keeper;
  readonly subsegment: Subsegment;
  readonly invocation: InvocationHeader;
}

/**
 * Has the SDK take for current what is current here; see {@link followPlace}.
 *
 * @param standing tells where the running code stands.
 */
export function follow(standing: () => Standing | undefined): ReturnType<typeof followPlace> {
  return followPlace(() => {
    const place = standing();
    return place && { key: place.keeper, entity: handOut(place) };
  });
}

/** The innermost subsegment that the SDK has begun below one of ours, around the running code; or ours. */
export function innermost(place: Standing, standing: () => Standing | undefined): Subsegment {
  const found = follow(standing)?.find(place.keeper) as (SdkSubsegment & Subsegment) | undefined;
  const isBelow = found?.segment === roots.get(place.invocation) && found?.in_progress === true;
  return isBelow ? found : place.subsegment;
}

/** Takes in what the SDK begins below a subsegment. */
export function adopt(child: SdkSubsegment, { subsegment, keeper, invocation }: Standing): void {
  Object.assign(child, {
    segment: rootOf(invocation),
    parent: subsegment,
    parent_id: subsegment.id,
    trace_id: invocation.traceId,
    ...(keeper.isOver
      ? // It is not sent, nor is what it begins, and no header goes out for it.
        { notTraced: true, noOp: true }
      : { notTraced: (subsegment as { notTraced?: boolean }).notTraced === true }),
  });
}

export { keep };

/** Our subsegment, as one of the SDK's: what the SDK records on it is recorded on ours. */
function handOut({ subsegment, keeper, invocation }: Standing): SdkSubsegment {
  const entity = subsegment as unknown as SdkSubsegment;
  if ((entity.segment as Segment | undefined) === undefined) {
    keep(subsegment, keeper);
    Object.assign(entity, { segment: rootOf(invocation), counter: 0, notTraced: false });
  }
  return entity;
}

const roots = new WeakMap<InvocationHeader, Segment>();

function rootOf(invocation: InvocationHeader): Segment {
  const known = roots.get(invocation);
  if (known !== undefined) return known;
  const root = createInvocationRoot(invocation);
  roots.set(invocation, root);
  return root;
}
