import { useView } from './use-view.ts';

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: Readonly<Record<Name, string>>;
  readonly current: Name;
  /** Name in the address; the first tab has none. */
  readonly name?: string;
}

/** Parts of one page. Which one is shown stands in the address, and the back button goes back to the one before. */
export function Tabs<Name extends string>({ label, tabs, current, name = 'tab' }: TabsProps<Name>) {
  const [, change] = useView();
  const names = Object.keys(tabs) as Name[];
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line max-sm:-mx-4 max-sm:px-4">
      <ul className="flex gap-1">
        {names.map((tab, index) => (
          <li key={tab}>
            <button
              type="button"
              aria-current={tab === current ? 'page' : undefined}
              onClick={() => change({ [name]: index === 0 ? '' : tab }, { push: true })}
              className="-mb-px border-b-2 border-transparent px-3 py-2 font-medium whitespace-nowrap text-ink-soft hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
            >
              {tabs[tab]}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The tab that the address names; the first one where it names none. */
export function useTab<Name extends string>(tabs: Readonly<Record<Name, string>>, name = 'tab'): Name {
  const [view] = useView();
  const names = Object.keys(tabs) as Name[];
  return names.find((tab) => tab === view.get(name)) ?? names[0]!;
}
