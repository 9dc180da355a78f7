import type { ReactNode } from 'react';

const tones = {
  bad: 'bg-bad-back text-bad',
  good: 'bg-good-back text-good',
  warn: 'bg-warn-back text-warn',
  idle: 'bg-idle-back text-idle',
} as const;

interface NoticeProps {
  readonly tone: keyof typeof tones;
  readonly children: ReactNode;
}

/** A message that appears by itself; read out by screen readers. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={`rounded-lg px-3 py-2 break-words ${tones[tone]}`}
    >
      {children}
    </div>
  );
}
