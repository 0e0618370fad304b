import { useRef } from 'preact/hooks';
import { usePageKeys } from '../timeline/use-page-keys.ts';

/** What a key does, where it does it. */
const KEYS: readonly (readonly [place: string, keys: readonly (readonly [key: string, what: string])[]])[] = [
  ['Everywhere', [['?', 'Shows this sheet']]],
  [
    'Timeline',
    [
      ['↑ ↓ Home End Page', 'Move from row to row'],
      ['← →', 'Close and open a row'],
      ['Enter', 'Shows the details of a row'],
      ['Esc', 'Closes the details'],
      ['n / Shift+N', 'Next and previous failure'],
      ['/', 'Searches in the trace; Enter and Shift+Enter step through what is found'],
      ['c', 'Shows the critical path'],
      ['z', 'Zooms to the row'],
      ['0', 'Shows all of the time'],
    ],
  ],
  [
    'Overview of the time',
    [
      ['← →', 'Move what is shown'],
      ['+ −', 'Come closer, go further'],
      ['Home End', 'The beginning, the end'],
      ['Esc', 'Shows all of the time'],
    ],
  ],
  [
    'Edge of the names',
    [
      ['← →', 'Narrower, wider; with Shift in larger steps'],
      ['Enter', 'As it was at first'],
    ],
  ],
];

/** Opened with `?` or its button; Escape closes it, as the browser does with every dialog. */
export function HelpSheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => {
    if (dialog.current?.open === false) dialog.current.showModal();
  };
  usePageKeys({ '?': open });
  return (
    <>
      <button type="button" class="button quiet" aria-label="Keys" title="Keys (?)" onClick={open}>
        ?
      </button>
      <dialog ref={dialog} class="help-sheet" aria-labelledby="help-heading">
        <div class="section-header">
          <h2 id="help-heading">Keys</h2>
          <button type="button" class="button small" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        {KEYS.map(([place, keys]) => (
          <section key={place}>
            <h3>{place}</h3>
            <dl class="properties">
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </dialog>
    </>
  );
}
