interface CodeTextProps {
  readonly text: string;
  readonly height: 'max-h-96' | 'max-h-[36rem]';
}

/** A text in letters of one width, as part of a card; a long one scrolls, also by the keyboard. */
export function CodeText({ text, height }: CodeTextProps) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
      className={`mx-4 mb-4 ${height} overflow-auto rounded-lg bg-sunken p-3 font-mono text-sm`}
    >
      {text}
    </pre>
  );
}
