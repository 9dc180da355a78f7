import { isDescentError } from '@descent/client';
import { useEffect, useRef, useState } from 'react';
import { FailureNotice } from '../ui/failure-notice.tsx';

/** A query is asked for when the typing stops for so long. */
const pauseMs = 300;

const examples = [
  ['mnist tag = best', 'words and a tag'],
  ['metrics.accuracy > 0.9 and optimizer.learningRate = 0.1', 'a score and a setting'],
  ['state = running or state = queued', 'one or the other'],
  ['owner = me created > -7d', 'your own of the last week'],
  ['layers[0].units >= 128 not tag = old', 'of the model, and without a tag'],
] as const;

interface SearchFieldProps {
  readonly words: string;
  readonly onSearch: (words: string) => void;
  readonly error: unknown;
  /** Characters that stand before the words in what was asked. */
  readonly offset: number;
}

/** Words or the search language. A mistake is shown where it is. `/` puts the cursor here. */
export function SearchField({ words, onSearch, error, offset }: SearchFieldProps) {
  const [text, setText] = useState(words);
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef(words);

  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onSearch(text);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [text, onSearch]);

  // The back button and links change the address without the field.
  useEffect(() => {
    if (words === sent.current) return;
    sent.current = words;
    setText(words);
  }, [words]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input, textarea, select');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || typing) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (
    <search className="min-w-0 flex-1 basis-72">
      <div className="flex items-center gap-2">
        <input
          ref={field}
          type="search"
          aria-label="Search the jobs"
          aria-keyshortcuts="/"
          placeholder="Search: words, tag = best, metrics.accuracy > 0.9"
          spellCheck={false}
          autoCapitalize="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="min-h-9 min-w-0 flex-1 rounded-lg border border-line-strong bg-surface px-3 py-1"
        />
        <SearchHelp onTry={setText} />
      </div>
      {isDescentError(error, 'QUERY_INVALID') ? (
        <QueryMistake
          words={text}
          column={Number(error.details.column) - 1 - offset}
          message={error.message}
        />
      ) : (
        error !== null && (
          <div className="mt-2">
            <FailureNotice error={error} />
          </div>
        )
      )}
    </search>
  );
}

function QueryMistake({
  words,
  column,
  message,
}: {
  readonly words: string;
  readonly column: number;
  readonly message: string;
}) {
  return (
    <div role="alert" className="mt-2 rounded-lg bg-bad-back px-3 py-2 text-sm text-bad">
      <p>{message}</p>
      <pre className="overflow-x-auto font-mono" aria-hidden="true">
        {words}
        {'\n'}
        {' '.repeat(Math.max(0, column))}^
      </pre>
    </div>
  );
}

function SearchHelp({ onTry }: { readonly onTry: (words: string) => void }) {
  const menu = useRef<HTMLDetailsElement>(null);
  return (
    <details ref={menu} className="relative">
      <summary className="grid min-h-9 list-none place-items-center rounded-lg border border-line-strong bg-surface px-3 text-sm font-medium hover:bg-sunken">
        How to search
      </summary>
      <div className="absolute right-0 z-10 mt-1 w-[min(32rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-3 shadow-xl max-sm:fixed max-sm:inset-x-4">
        <ul>
          {examples.map(([query, meaning]) => (
            <li key={query}>
              <button
                type="button"
                onClick={() => {
                  onTry(query);
                  if (menu.current !== null) menu.current.open = false;
                }}
                className="w-full rounded px-2 py-1.5 text-left hover:bg-sunken"
              >
                <code className="block font-mono text-sm break-words">{query}</code>
                <span className="text-sm text-ink-faint">{meaning}</span>
              </button>
            </li>
          ))}
        </ul>
        <p className="px-2 pt-2 text-sm text-ink-soft">
          Keys: <kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next and previous job · <kbd>x</kbd> choose ·{' '}
          <kbd>Enter</kbd> open
        </p>
      </div>
    </details>
  );
}
