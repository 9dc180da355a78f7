import { type Job, renderSnippet, type SnippetLanguage, snippetLanguages } from '@descent/client';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { CodeText } from '../ui/code-text.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { useView } from '../ui/use-view.ts';

const words: Record<SnippetLanguage, string> = {
  curl: 'curl',
  cli: 'descent',
  python: 'Python',
  typescript: 'TypeScript',
};

/** The same job as text to paste into a terminal, a notebook or a program. */
export function SnippetCard({ job }: { readonly job: Job }) {
  const [view, change] = useView();
  const language = snippetLanguages.find((name) => name === view.get('copy')) ?? 'curl';
  const text = renderSnippet(language, { url: window.location.origin, request: job.request });
  return (
    <Card
      title="Submit it from elsewhere"
      aside={
        <span className="flex items-center gap-2">
          <Choice
            label="as"
            value={language}
            options={snippetLanguages}
            words={words}
            onChange={(copy) => change({ copy: copy === 'curl' ? '' : copy })}
          />
          <CopyButton text={text} name={words[language]} />
        </span>
      }
    >
      <CodeText text={text} height="max-h-96" />
    </Card>
  );
}
