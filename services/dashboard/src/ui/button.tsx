import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-accent text-on-accent not-disabled:hover:bg-accent-strong border-transparent',
  plain: 'bg-surface text-ink not-disabled:hover:bg-sunken border-line-strong',
  danger: 'bg-surface text-bad not-disabled:hover:bg-bad-back border-bad',
  quiet:
    'bg-transparent text-ink-soft not-disabled:hover:bg-sunken not-disabled:hover:text-ink border-transparent',
} as const;

/** For a link that looks like a button. */
export function buttonClass(look: keyof typeof looks): string {
  return `inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg border px-3.5 py-1.5 font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${looks[look]}`;
}

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof looks;
}

export function Button({ look = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonClass(look)} ${className}`} {...rest} />;
}
