interface ChoiceProps<Name extends string> {
  readonly label: string;
  readonly value: Name;
  readonly options: readonly Name[];
  /** What each option reads; its own name where there is none. */
  readonly words?: Readonly<Partial<Record<Name, string>>>;
  readonly onChange: (value: Name) => void;
}

/** One of a few names. */
export function Choice<Name extends string>({ label, value, options, words, onChange }: ChoiceProps<Name>) {
  return (
    <label className="flex min-w-0 items-center gap-2 text-sm">
      {label}
      <select
        value={value}
        onChange={(event) => onChange(event.target.value as Name)}
        className="min-h-9 max-w-72 min-w-0 rounded-lg max-sm:max-w-52 border border-line-strong bg-surface px-2 py-1"
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {words?.[option] ?? option}
          </option>
        ))}
      </select>
    </label>
  );
}
