import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FilterError } from '../../xray/filter/expression.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { filterProblem } from './conditions.ts';
import { isPlainText } from './meanings.ts';
import { NOTHING_KNOWN } from './known-values.ts';
import type { SearchOption } from './search-options.ts';
import { searchOptions } from './search-options.ts';
import { useKnown } from './use-known.ts';

export interface SearchBoxProps {
  readonly api: ConsoleApi;
  /** What the page shows now. */
  readonly filter: string;
  readonly onSearch: (filter: string) => void;
}

/**
 * Where filter expressions are written: a combobox (ARIA Authoring Practices, "Combobox Pattern", with a list that is
 * not chosen from automatically). What is wrong is underlined where it is, and said below.
 */
export function SearchBox({ api, filter, onSearch }: SearchBoxProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filter);
  const [caret, setCaret] = useState(filter.length);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  /** The text that was sent off and could not be read. */
  const [refused, setRefused] = useState<string>();
  const [opened, setOpened] = useState(0);

  // The address has the last word: after Back, and when something else on the page wrote the filter.
  useEffect(() => {
    setText(filter);
    setCaret(filter.length);
    setOpen(false);
    setActive(-1);
    setRefused(undefined);
  }, [filter]);

  const isPlain = isPlainText(text);
  const known = useKnown(api, opened === 0 ? undefined : '', opened) ?? NOTHING_KNOWN;
  const found = useKnown(api, isPlain ? text.trim() : undefined, opened);
  const options = useMemo(() => searchOptions(text, caret, known, found), [text, caret, known, found]);
  const problem = useMemo(() => filterProblem(text), [text]);
  const isShown = isOpen && options.length > 0;
  // What is still being written at the end is not wrong yet.
  const isBeingWritten =
    problem !== undefined && (isPlain || problem.position + problem.length >= text.trimEnd().length);
  const said = problem !== undefined && (refused === text || text === filter || !isBeingWritten);

  // Where the caret comes to be after a completion is known when the text is there.
  const caretWanted = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (caretWanted.current === undefined) return;
    input.current?.setSelectionRange(caretWanted.current, caretWanted.current);
    caretWanted.current = undefined;
  }, [text]);

  // What words may mean is known a moment later than they are sent off.
  useEffect(() => setActive(refused === text ? meaningIn(options) : -1), [options, refused, text]);

  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const search = (wanted: string) => {
    close();
    setText(wanted);
    setCaret(wanted.length);
    onSearch(wanted);
  };
  const submit = () => {
    if (problem === undefined) {
      search(text.trim());
      return;
    }
    setRefused(text);
    setOpen(true);
    setActive(meaningIn(options));
  };
  const take = ({ act }: SearchOption) => {
    switch (act.kind) {
      case 'search':
        search(act.filter);
        return;
      case 'open':
        navigate(hrefOf({ page: 'trace', traceId: act.traceId }));
        return;
      case 'write':
        caretWanted.current = act.caret;
        setText(act.text);
        setCaret(act.caret);
        setActive(-1);
        setOpen(true);
        input.current?.focus();
    }
  };
  const move = (by: 1 | -1) => {
    setOpen(true);
    setActive((before) => {
      const next = before + by;
      if (next >= options.length) return -1;
      return next < -1 ? options.length - 1 : next;
    });
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    switch (event.key) {
      case 'ArrowDown':
        move(1);
        break;
      case 'ArrowUp':
        move(-1);
        break;
      case 'Enter': {
        const option = isShown ? options[active] : undefined;
        if (option === undefined) submit();
        else take(option);
        break;
      }
      case 'Escape':
        if (isShown) close();
        else {
          setText(filter);
          setRefused(undefined);
        }
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div class="search" role="search" aria-label="Traces">
      <div class="search-field">
        <Underlined text={text} problem={said ? problem : undefined} input={input} />
        <input
          ref={input}
          type="text"
          role="combobox"
          class="search-input"
          aria-label="Search traces"
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={`${id}-options`}
          {...(isShown && active >= 0 && { 'aria-activedescendant': `${id}-${active}` })}
          aria-invalid={said}
          {...(said && { 'aria-describedby': `${id}-problem` })}
          placeholder='Order id, correlation id, service, or an expression: service("payments") { fault }'
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={text}
          onFocus={() => setOpened((count) => count + 1)}
          onBlur={close}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setCaret(currentTarget.selectionStart ?? currentTarget.value.length);
            setActive(-1);
            setOpen(currentTarget.value !== '');
          }}
          onSelect={({ currentTarget }) =>
            setCaret(currentTarget.selectionStart ?? currentTarget.value.length)
          }
          onKeyDown={press}
        />
        {text !== '' && (
          <button
            type="button"
            class="search-clear"
            aria-label="Clear the search"
            title="Clear the search"
            onClick={() => {
              search('');
              input.current?.focus();
            }}
          >
            ×
          </button>
        )}
        <button type="button" class="button primary" onClick={submit}>
          Search
        </button>
      </div>
      <ul
        id={`${id}-options`}
        class="search-options"
        role="listbox"
        aria-label="What it could be"
        hidden={!isShown}
      >
        {isShown &&
          options.map((option, index) => (
            <li
              key={`${option.act.kind} ${option.text}`}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              ref={(element) => {
                if (index === active) element?.scrollIntoView({ block: 'nearest' });
              }}
              // Before the field loses the focus to it.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(option)}
            >
              <code>{option.text}</code>
              <span>{option.detail}</span>
            </li>
          ))}
      </ul>
      <p id={`${id}-problem`} class="problem" role="alert">
        {said && problem.message}
      </p>
    </div>
  );
}

/** The place of the likeliest meaning among the options; -1 where there is none. */
function meaningIn(options: readonly SearchOption[]): number {
  return options.findIndex(({ act }) => act.kind !== 'write');
}

interface UnderlinedProps {
  readonly text: string;
  readonly problem: FilterError | undefined;
  readonly input: { readonly current: HTMLInputElement | null };
}

/** Lies under the field with the same text, which cannot be seen, and underlines what is wrong with it. */
function Underlined({ text, problem, input }: UnderlinedProps) {
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = input.current;
    if (field === null || problem === undefined) return;
    const follow = () => {
      if (layer.current !== null) layer.current.scrollLeft = field.scrollLeft;
    };
    follow();
    field.addEventListener('scroll', follow, { passive: true });
    return () => field.removeEventListener('scroll', follow);
  }, [input, problem, text]);
  if (problem === undefined) return null;
  const { position, length } = problem;
  return (
    <div ref={layer} class="search-underline" aria-hidden="true">
      {text.slice(0, position)}
      <mark>{text.slice(position, position + length) || ' '}</mark>
      {text.slice(position + length)}
    </div>
  );
}
