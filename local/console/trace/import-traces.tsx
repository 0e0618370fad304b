import { useEffect, useRef, useState } from 'preact/hooks';
import type { Imported } from '../../xray/trace-file.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { messageOf, plural } from '../format/text.ts';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';

export interface ImportTracesProps {
  readonly api: ConsoleApi;
}

/** Takes files of traces: chosen with the button, or dropped anywhere on the list of traces. */
export function ImportTraces({ api }: ImportTracesProps) {
  const input = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState('');

  const take = async (files: Iterable<File>) => {
    for (const file of files) {
      try {
        const imported = await api.importTraces(await file.text());
        setOutcome(`${file.name}: ${importedText(imported)}`);
        const [traceId] = imported.traceIds;
        const isPlain = imported.traceIds.length === 1 && Object.keys(imported.refused).length === 0;
        if (isPlain && traceId !== undefined) navigate(hrefOf({ page: 'trace', traceId }));
      } catch (error) {
        setOutcome(`${file.name} was not imported. ${messageOf(error)}`);
      }
    }
  };

  useEffect(() => {
    const allow = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void take(files);
    };
    addEventListener('dragover', allow);
    addEventListener('drop', drop);
    return () => {
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
        class="button"
        title="A file that was exported here, or what `aws xray batch-get-traces` answered; it can be dropped anywhere"
        onClick={() => input.current?.click()}
      >
        Import
      </button>
      <span role="status">{outcome}</span>
    </>
  );
}

function importedText({ traceIds, kept, refused }: Imported): string {
  const reasons = Object.entries(refused).map(([kind, count]) => `${count} × ${kind}`);
  const what = `${plural(kept, 'document')} of ${plural(traceIds.length, 'trace')}`;
  return reasons.length === 0 ? `${what}.` : `${what}; not kept: ${reasons.join(', ')}.`;
}
