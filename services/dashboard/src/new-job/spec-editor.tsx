import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import { type JsonSchema, suggestAt } from './complete-spec.ts';
import { type Mark, readSpec } from './read-spec.ts';

interface SpecEditorProps {
  /** What the editor starts with; a new value of `revision` puts it in place of what was typed. */
  readonly text: string;
  readonly revision: number;
  readonly mark: Mark | null;
  readonly schemas: Readonly<Record<string, JsonSchema>> | undefined;
  readonly onChange: (text: string) => void;
}

/** The tokens of the page, which know both themes. */
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.content], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--curve-validation)' },
  { tag: [tags.comment, tags.punctuation, tags.separator, tags.bracket], color: 'var(--ink-soft)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono, ui-monospace, monospace)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in oklab, var(--sunken) 60%, transparent)',
  },
  '&.cm-focused .cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
});

/** JSON or YAML with the fields of a job offered as one types (Ctrl-Space), and mistakes marked where they stand. */
export function SpecEditor({ text, revision, mark, schemas, onChange }: SpecEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ schemas, onChange });
  latest.current = { schemas, onChange };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor keeps its own text; only a new revision replaces it
  useEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      doc: text,
      extensions: [
        basicSetup,
        yaml(),
        lintGutter(),
        autocompletion({ override: [(context) => completions(context, latest.current.schemas)] }),
        EditorView.contentAttributes.of({ 'aria-label': 'Job in JSON or YAML' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
        }),
        syntaxHighlighting(colours),
        theme,
      ],
    });
    // What scrolls must be reachable by the keyboard.
    editor.scrollDOM.tabIndex = 0;
    view.current = editor;
    return () => editor.destroy();
  }, [revision]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const { length } = editor.state.doc;
    const marks =
      mark === null ? [] : [{ ...mark, from: Math.min(mark.from, length), to: Math.min(mark.to, length) }];
    editor.dispatch(
      setDiagnostics(
        editor.state,
        marks.map((found) => ({ ...found, severity: 'error' as const })),
      ),
    );
  }, [mark]);

  return <div ref={host} className="h-full overflow-hidden rounded-lg border border-line-strong" />;
}

function completions(context: CompletionContext, schemas: SpecEditorProps['schemas']) {
  const word = context.matchBefore(/[\w$-]*/);
  const job = schemas?.JobCreate;
  if (schemas === undefined || job === undefined || (word?.from === word?.to && !context.explicit))
    return null;
  const text = context.state.doc.toString();
  const { document } = readSpec(text);
  const quoted = text[(word?.from ?? context.pos) - 1] === '"';
  // JSON wants its quotes; in YAML they are left out.
  const json = /^\s*[{[]/.test(text);
  const found = suggestAt(document, context.pos, job, schemas);
  return {
    from: word?.from ?? context.pos,
    validFor: /^[\w$-]*$/,
    options: found.map(({ label, kind, detail }) => ({
      label,
      detail,
      type: kind === 'field' ? 'property' : 'enum',
      apply: json && !quoted ? (kind === 'field' ? `"${label}": ` : `"${label}"`) : label,
    })),
  };
}
