import { useState } from 'preact/hooks';
import type { LogLine } from '../../logs/log-line.ts';
import { fieldsIn } from '../../logs/log-line.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonTree } from '../details/json-tree.tsx';
import { Properties } from '../details/properties.tsx';
import { formatExact, toIso } from '../format/time.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf, hrefWith } from '../routing/route.ts';

export interface LogRowProps {
  readonly line: LogLine;
  /** In place of the time of day: how long after the first. */
  readonly offset?: string;
  /** Not what the reader has chosen, but beside it. */
  readonly isApart?: boolean;
}

/** A log line that opens: its fields, and what else belongs to it. */
export function LogRow({ line, offset, isApart = false }: LogRowProps) {
  const [open, setOpen] = useState(false);
  const { level, kind, time, functionKey, message } = line;
  const exact = formatExact(time / 1000);
  return (
    <li class={`log-line ${kind} ${tones[level ?? 'INFO']}${isApart ? ' apart' : ''}`}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <time class="number" dateTime={toIso(time / 1000)} title={exact}>
            {offset ?? exact.slice(11)}
          </time>
          <span class="log-level">{level ?? (kind === 'platform' ? 'Lambda' : '–')}</span>
          <span class="log-function clipped" title={functionKey}>
            {functionKey}
          </span>
          <span class="log-message">{message === '' ? '(empty line)' : message}</span>
        </summary>
        {open && <LineDetails line={line} />}
      </details>
    </li>
  );
}

/** Classes; each level is a word, too. */
const tones = {
  TRACE: 'quiet',
  DEBUG: 'quiet',
  INFO: 'plain',
  WARN: 'status-error',
  ERROR: 'status-fault',
  FATAL: 'status-fault',
} as const;

function LineDetails({ line }: { readonly line: LogLine }) {
  const { text, kind, requestId, traceId, correlationIds, time, functionKey } = line;
  const fields = fieldsIn(text);
  return (
    <div class="log-details">
      <Properties
        of={[
          ['Time', formatExact(time / 1000)],
          ['Written by', kind === 'platform' ? `Lambda, for ${functionKey}` : functionKey],
          [
            'Invocation',
            requestId && (
              <Link href={hrefWith({ page: 'logs' }, undefined, { request: requestId })}>{requestId}</Link>
            ),
          ],
          ['Trace', traceId && <Link href={hrefOf({ page: 'trace', traceId })}>{traceId}</Link>],
          [
            correlationIds.length === 1 ? 'Correlation id' : 'Correlation ids',
            correlationIds.length === 0
              ? undefined
              : correlationIds.map((correlationId) => (
                  <span key={correlationId} class="log-id">
                    <Link href={hrefOf({ page: 'request', correlationId })}>{correlationId}</Link>
                  </span>
                )),
          ],
        ]}
      />
      {fields === undefined ? <pre class="raw">{text}</pre> : <JsonTree value={fields} depth={0} />}
      <CopyButton text={text} what="line" />
    </div>
  );
}
