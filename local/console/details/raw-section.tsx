import { useMemo, useState } from 'preact/hooks';
import { CopyButton } from '../components/copy-button.tsx';

export interface RawSectionProps {
  readonly document: unknown;
}

/** The document as it arrived. */
export function RawSection({ document }: RawSectionProps) {
  const [open, setOpen] = useState(false);
  const text = useMemo(() => JSON.stringify(document, null, 2), [document]);
  return (
    <section aria-labelledby="raw-heading">
      <div class="heading-line">
        <h3 id="raw-heading">Raw JSON</h3>
        <CopyButton text={text} what="raw JSON" />
      </div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show as it arrived</summary>
        {open && (
          <pre class="raw" tabIndex={0} role="group" aria-label="Raw JSON">
            {text}
          </pre>
        )}
      </details>
    </section>
  );
}
