import type { ComponentProps } from 'react';

interface FieldProps extends Omit<ComponentProps<'input'>, 'onChange'> {
  readonly label: string;
  readonly onChange: (value: string) => void;
}

/** One line of a form, its name above. */
export function Field({ label, onChange, className = '', ...rest }: FieldProps) {
  return (
    <label className={`block text-sm ${className}`}>
      <span className="mb-1 block text-ink-soft">{label}</span>
      <input
        {...rest}
        onChange={(event) => onChange(event.target.value)}
        className="min-h-9 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-3 py-1 text-ink"
      />
    </label>
  );
}
