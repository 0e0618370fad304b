import { isProxy } from 'node:util/types';
import { count } from '../texts/labels.ts';
import type { Containers, Extent, Items, Place, Visitor } from './containers.ts';
import { closed, isList, NOTE_BYTES } from './containers.ts';
import { positionOfItem, positionOfMember } from './key-book.ts';
import type { KeyFacts } from './key-book.ts';
import { define, entriesOfMap, freeName, namesOfProxy, sizeOfMap, take, threw } from './members.ts';
import { CUT, jsonBytes } from './meter.ts';
import { besideItems, isOfNames, Siblings } from './named-values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Containers in `values` mode: objects with their members, and lists with their items, as far as the budget goes. */
export class ShownContainers implements Containers {
  readonly #visitor: Visitor;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  /**
   * The members of an object with what is shown of each. Reads each once: `for … in` with the object's own key is what
   * engines make fastest, so this is the one place that does not go through `read`.
   */
  members(fields: Fields, { mayInherit, total }: Extent, { key: owner, position, depth }: Place): unknown {
    const visitor = this.#visitor;
    const { meter, keys } = visitor;
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const shape: Record<string, unknown> = {};
    let serials: Map<string, number> | undefined;
    let siblings: Siblings | undefined;
    let naming: unknown[] | undefined;
    const most = visitor.policy.budget.keys;
    let before: KeyFacts | undefined;
    let at = 0;
    let all = 0;
    let isCut = false;
    for (const key in fields) {
      if (mayInherit && !Object.hasOwn(fields, key)) continue;
      all += 1;
      if (isCut) {
        // Engines have listed an ordinary object's names by now; a proxy would be asked about each.
        if (!isProxy(fields)) continue;
        all = Math.max(all, namesOfProxy(fields));
        break;
      }
      const facts = before === undefined ? keys.first(owner, key) : keys.after(before, key);
      before = facts;
      let name = key;
      let nameBytes = facts.bytes;
      if (!facts.isPlain || serials !== undefined) {
        // Masked names are often equal: the second one gets a number.
        name = freeName(shape, facts.shown, (serials ??= new Map<string, number>()));
        if (name !== facts.shown) nameBytes = jsonBytes(name) + 2;
      }
      isCut = at >= most || !meter.take(nameBytes);
      if (isCut) continue;
      let value: unknown;
      const { role } = facts;
      if (role !== undefined && (siblings !== undefined || isOfNames(role))) {
        siblings ??= new Siblings(fields, keys, most, naming);
        value = siblings.read(facts);
      } else {
        try {
          value = fields[key];
        } catch (error) {
          value = threw(error);
        }
        // Most objects have names and nothing that they are beside.
        if (role !== undefined) (naming ??= []).push(facts, value);
      }
      const child = visitor.visit(value, facts, positionOfMember(position, facts, fields), depth - 1);
      if (child === CUT) {
        meter.bytes += nameBytes;
        isCut = true;
        continue;
      }
      if (facts.isPlain) shape[name] = child;
      else define(shape, name, child);
      at += 1;
    }
    meter.read(all - at);
    const left = (total ?? all) - at;
    if (left > 0) define(shape, '…', count(left, 'more key'));
    else meter.bytes += NOTE_BYTES;
    return shape;
  }

  /** Items as a list of what is shown of each. */
  items(items: Items, { key, position, depth, parent }: Place): unknown {
    const visitor = this.#visitor;
    const { meter, policy, keys } = visitor;
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const inside = positionOfItem(position);
    const list: unknown[] = [];
    const most = Math.min(items.reach, policy.budget.items);
    const { total, noun, valueAt } = besideItems(items, most, key, isList(parent), keys);
    for (let at = 0; at < most; at += 1) {
      const before = meter.bytes;
      const child = meter.take(1) ? visitor.visit(valueAt(at), key, inside, depth - 1) : CUT;
      if (child === CUT) {
        meter.bytes = before;
        break;
      }
      list.push(child);
    }
    return closed(list, total, noun, meter);
  }

  /** A map as the object that it could be. */
  map(map: ReadonlyMap<unknown, unknown>, place: Place): unknown {
    const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const serials = new Map<string, number>();
    for (const [key, value] of take(entriesOfMap(map), this.#visitor.policy.budget.keys)) {
      const name = typeof key === 'string' || typeof key === 'number' ? String(key) : `<${typeof key}>`;
      define(fields, freeName(fields, name, serials), value);
    }
    return this.members(fields, { mayInherit: false, total: sizeOfMap(map) }, { ...place, key: undefined });
  }
}
