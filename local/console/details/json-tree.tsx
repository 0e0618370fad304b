import { useState } from 'preact/hooks';
import { plural } from '../format/text.ts';
import { isRecord } from '../format/value.ts';

/** Entries drawn at once in one object or array. */
const PAGE_SIZE = 100;

/** Objects down to this depth are open at first. */
const OPEN_DEPTH = 2;

export interface JsonTreeProps {
  readonly name?: string;
  readonly value: unknown;
  readonly depth: number;
}

/** A JSON value that can be folded. What is folded is not drawn, so neither depth nor size can stop the page. */
export function JsonTree({ name, value, depth }: JsonTreeProps) {
  const [open, setOpen] = useState(depth <= OPEN_DEPTH);
  const label = name === undefined ? null : <span class="json-key">{name}: </span>;
  if (!isRecord(value) && !Array.isArray(value)) {
    return (
      <div class="json-leaf">
        {label}
        <span class={`json-value ${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const entries = Object.entries(value);
  if (name === undefined) return <JsonEntries entries={entries} depth={depth} />;
  return (
    <details class="json-node" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span class="json-size">
          {Array.isArray(value) ? plural(entries.length, 'item') : plural(entries.length, 'field')}
        </span>
      </summary>
      {open && <JsonEntries entries={entries} depth={depth} />}
    </details>
  );
}

interface JsonEntriesProps {
  readonly entries: readonly (readonly [string, unknown])[];
  readonly depth: number;
}

function JsonEntries({ entries, depth }: JsonEntriesProps) {
  const [shown, setShown] = useState(PAGE_SIZE);
  const rest = entries.length - shown;
  return (
    <div class="json-entries">
      {entries.slice(0, shown).map(([key, value]) => (
        <JsonTree key={key} name={key} value={value} depth={depth + 1} />
      ))}
      {rest > 0 && (
        <button type="button" class="button small" onClick={() => setShown(shown + PAGE_SIZE)}>
          Show {Math.min(rest, PAGE_SIZE)} more of {rest}
        </button>
      )}
    </div>
  );
}
