interface TagListProps {
  readonly tags: readonly string[];
  /** How many are shown; the others are counted. */
  readonly most?: number;
}

export function TagList({ tags, most = tags.length }: TagListProps) {
  if (tags.length === 0) return null;
  return (
    <span className="flex shrink-0 gap-1 max-sm:hidden" title={tags.join(', ')}>
      {tags.slice(0, most).map((tag) => (
        <span key={tag} className="max-w-24 truncate rounded bg-sunken px-1.5 py-0.5 text-xs text-ink-soft">
          {tag}
        </span>
      ))}
      {tags.length > most && <span className="text-xs text-ink-faint">+{tags.length - most}</span>}
    </span>
  );
}
