import { Fragment } from 'react';

/** A sentence of the service, in which backticks mark code. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {parts(text).map(({ start, code, text: part }) =>
        code ? (
          <code key={start} className="font-mono text-[0.95em]">
            {part}
          </code>
        ) : (
          <Fragment key={start}>{part}</Fragment>
        ),
      )}
    </>
  );
}

function parts(text: string): { readonly start: number; readonly code: boolean; readonly text: string }[] {
  let start = 0;
  return text.split('`').map((part, index) => {
    const found = { start, code: index % 2 === 1, text: part };
    start += part.length + 1;
    return found;
  });
}
