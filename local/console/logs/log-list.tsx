import { useEffect, useRef } from 'preact/hooks';
import type { LogLine } from '../../logs/log-line.ts';
import { useIsRead } from '../list/use-is-read.ts';
import { LogRow } from './log-row.tsx';
import { useGlidingRows } from './use-gliding-rows.ts';

export interface LogListProps {
  /** The newest first. */
  readonly lines: readonly LogLine[];
  /** Whether somebody reads in the list, rather than watching what comes. */
  readonly onReading: (isReading: boolean) => void;
}

/** Lines that grow at their top. */
export function LogList({ lines, onReading }: LogListProps) {
  const list = useRef<HTMLOListElement>(null);
  useGlidingRows(list, lines);
  const isRead = useIsRead(list);
  useEffect(() => onReading(isRead), [isRead, onReading]);
  return (
    <ol ref={list} class="log-lines growing" aria-label="Log lines, the newest first">
      {lines.map((line) => (
        <LogRow key={line.id} line={line} />
      ))}
    </ol>
  );
}
