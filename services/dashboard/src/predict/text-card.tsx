import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

interface TextCardProps {
  readonly onAsk: (text: string) => void;
  readonly busy: boolean;
}

export function TextCard({ onAsk, busy }: TextCardProps) {
  const [text, setText] = useState('');
  function submit(event: FormEvent) {
    event.preventDefault();
    onAsk(text);
  }
  return (
    <Card title="Text">
      <form onSubmit={submit} className="space-y-3 px-4 pb-4">
        <textarea
          aria-label="Text"
          value={text}
          onChange={(event) => setText(event.target.value)}
          rows={4}
          className="w-full rounded-lg border border-line-strong bg-canvas p-3"
        />
        <Button look="primary" type="submit" disabled={busy || text.trim() === ''}>
          {busy ? 'Asking…' : 'Ask'}
        </Button>
      </form>
    </Card>
  );
}
