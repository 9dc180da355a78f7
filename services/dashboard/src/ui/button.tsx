import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-accent text-on-accent enabled:hover:bg-accent-strong border-transparent',
  plain: 'bg-surface text-ink enabled:hover:bg-sunken border-line-strong',
  danger: 'bg-surface text-bad enabled:hover:bg-bad-back border-bad',
  quiet: 'bg-transparent text-ink-soft enabled:hover:bg-sunken enabled:hover:text-ink border-transparent',
} as const;

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof looks;
}

export function Button({ look = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg border px-3.5 py-1.5 font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${looks[look]} ${className}`}
      {...rest}
    />
  );
}
