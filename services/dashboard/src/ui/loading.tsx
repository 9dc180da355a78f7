export function Loading({ what }: { readonly what: string }) {
  return (
    <p role="status" className="py-16 text-center text-ink-faint">
      Loading {what}…
    </p>
  );
}
