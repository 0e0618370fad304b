import type { Entity, Segment, SegmentDocument, Subsegment } from './document.ts';
import { byStart, subsegmentsOf } from './entities.ts';
import { isInProgress } from './status.ts';
import type { Trace } from './trace.ts';

/**
 * Readers recurse through a trace, `JSON.stringify` among them, and stacks end. What hangs deeper stands among
 * the orphans, with its `parent_id`.
 */
export const MAX_ENTITY_DEPTH = 500;

/** Without its subsegments: they are nodes of their own. */
type Leaf<E extends Entity> = Omit<E, 'subsegments'>;

type Growing<E extends Entity> = Leaf<E> & { subsegments?: Subsegment[] };

interface Node {
  readonly entity: Leaf<Entity>;
  readonly kind: 'segment' | 'subsegment';
  readonly parentId?: string;
  /** Of several versions of one id the highest is kept. */
  readonly rank: number;
}

/**
 * Puts the documents of one trace together as X-Ray does: subsegments sent alone are folded in under the entity
 * whose id is their `parent_id`, and what has no such entity yet is an orphan. The order of the documents does not
 * matter. Of an id that appears more than once the complete version is kept.
 *
 * @param documents at most one for each id.
 */
export function assembleTrace(
  id: string,
  documents: Iterable<SegmentDocument>,
  counters: Pick<Trace, 'revision' | 'dropped'> = { revision: 0, dropped: 0 },
): Trace {
  const sorted = [...documents].sort(byStart);
  const nodes = indexNodes(sorted);
  const ordered = [...nodes.values()].sort((one, other) => byStart(one.entity, other.entity));
  const subsegments = ordered.filter(({ kind }) => kind === 'subsegment');
  const children = Map.groupBy(subsegments, ({ parentId }) => parentId);
  const placed = new Set<Node>();

  const growBelow = (root: Node, rootEntity: Growing<Entity>): void => {
    placed.add(root);
    const pending = [{ entity: rootEntity, depth: 1 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.depth === MAX_ENTITY_DEPTH) continue;
      for (const child of children.get(next.entity.id) ?? []) {
        if (placed.has(child)) continue;
        placed.add(child);
        const entity: Growing<Subsegment> = { ...(child.entity as Leaf<Subsegment>) };
        (next.entity.subsegments ??= []).push(entity);
        pending.push({ entity, depth: next.depth + 1 });
      }
    }
  };

  const segments = ordered.flatMap((node) => {
    if (node.kind !== 'segment') return [];
    const segment: Growing<Segment> = { ...(node.entity as Leaf<Segment>) };
    growBelow(node, segment);
    return [segment];
  });

  const orphans: Subsegment[] = [];
  const parentless = subsegments.filter(({ parentId }) => parentId === undefined || !nodes.has(parentId));
  // After the parentless only those are left that hang too deep, or are each other's ancestors.
  for (const node of [...parentless, ...subsegments]) {
    if (placed.has(node)) continue;
    const orphan: Growing<Subsegment> = withParentId(node);
    growBelow(node, orphan);
    orphans.push(orphan);
  }
  return { id, ...counters, segments, orphans: orphans.sort(byStart), documents: sorted };
}

function indexNodes(documents: readonly SegmentDocument[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const add = (node: Node): void => {
    const known = nodes.get(node.entity.id);
    if (known === undefined || node.rank > known.rank) nodes.set(node.entity.id, node);
  };
  for (const document of documents) {
    const kind = document.type === 'subsegment' ? 'subsegment' : 'segment';
    add(toNode(document, kind, document.parent_id, true));
    const pending: Entity[] = [document];
    for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
      for (const subsegment of subsegmentsOf(parent)) {
        add(toNode(subsegment, 'subsegment', parent.id, false));
        pending.push(subsegment);
      }
    }
  }
  return nodes;
}

function toNode(
  source: Segment | Subsegment,
  kind: Node['kind'],
  parentId: string | undefined,
  alone: boolean,
): Node {
  const entity: Leaf<Entity> & { subsegments?: unknown } = { ...source };
  delete entity.subsegments;
  const rank = Number(kind === 'segment') * 4 + Number(!isInProgress(entity)) * 2 + Number(alone);
  return { entity, kind, rank, ...(parentId !== undefined && { parentId }) };
}

function withParentId({ entity, parentId }: Node): Leaf<Subsegment> {
  return { ...(entity as Leaf<Subsegment>), ...(parentId !== undefined && { parent_id: parentId }) };
}
