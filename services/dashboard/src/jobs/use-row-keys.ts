import { useEffect } from 'react';

/** `j` and `k` go from job to job, `x` chooses the one that has the focus. Rows mark their link and their check box. */
export function useRowKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target, key } = event;
      if (!(target instanceof Element) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest('textarea, select, dialog, input:not([type="checkbox"])')) return;
      const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
      const row = target.closest('tr');
      const here = links.findIndex((link) => row?.contains(link));
      if (key === 'j' || key === 'k') {
        const next = links[here === -1 ? 0 : here + (key === 'j' ? 1 : -1)];
        next?.focus();
        next?.scrollIntoView({ block: 'nearest' });
      } else if (key === 'x' && here !== -1) {
        row?.querySelector<HTMLElement>('[data-row-check]')?.click();
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
