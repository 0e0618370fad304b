import { useEffect, useRef, useState } from 'preact/hooks';
import type { Imported } from '../../xray/trace-file.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { messageOf, plural } from '../format/text.ts';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';

export interface ImportTracesProps {
  readonly api: ConsoleApi;
  /** Classes of the button. @default 'button' */
  readonly class?: string;
}

/** Takes files of traces: chosen with the button, or dropped anywhere on the page that has it. Says of each what came of it. */
export function ImportTraces({ api, class: look = 'button' }: ImportTracesProps) {
  const input = useRef<HTMLInputElement>(null);
  const [outcomes, setOutcomes] = useState<readonly string[]>([]);
  const [isOver, setOver] = useState(false);

  const take = async (files: readonly File[]) => {
    setOutcomes([]);
    for (const file of files) {
      const tell = (text: string) => setOutcomes((before) => [...before, text]);
      try {
        const imported = await api.importTraces(await file.text());
        tell(`${file.name}: ${importedText(imported)}`);
        const [traceId] = imported.traceIds;
        const isPlain = imported.traceIds.length === 1 && Object.keys(imported.refused).length === 0;
        // Of several files each has something to say, which another page would hide.
        if (files.length === 1 && isPlain && traceId !== undefined)
          navigate(hrefOf({ page: 'trace', traceId }));
      } catch (error) {
        tell(`${file.name} was not imported. ${messageOf(error)}`);
      }
    }
  };

  useEffect(() => {
    const allow = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void take(files);
    };
    addEventListener('dragover', allow);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', allow);
      removeEventListener('drop', drop);
    };
  }, [api]);

  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="application/json,.json"
        onChange={({ currentTarget }) => {
          void take([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class={look}
        title="A file that was exported here, or what `aws xray batch-get-traces` answered; it can be dropped anywhere"
        onClick={() => input.current?.click()}
      >
        Import
      </button>
      <div class="import-outcome" role="status">
        {outcomes.map((outcome, index) => (
          <p key={index}>{outcome}</p>
        ))}
      </div>
      {isOver && (
        <div class="drop-here" aria-hidden="true">
          Drop files of traces to import them
        </div>
      )}
    </>
  );
}

function importedText({ traceIds, kept, refused }: Imported): string {
  const reasons = Object.entries(refused).map(([kind, count]) => `${count} × ${kind}`);
  const what = `${plural(kept, 'document')} of ${plural(traceIds.length, 'trace')}`;
  return reasons.length === 0 ? `${what}.` : `${what}; not kept: ${reasons.join(', ')}.`;
}
