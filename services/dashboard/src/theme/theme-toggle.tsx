import { useSyncExternalStore } from 'react';
import { Button } from '../ui/button.tsx';
import { currentTheme, setTheme, subscribeToTheme, type Theme, themes } from './theme.ts';

const labels: Record<Theme, string> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export function ThemeToggle() {
  const theme = useSyncExternalStore(subscribeToTheme, currentTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <Button
      look="quiet"
      className="px-2.5"
      onClick={() => setTheme(next)}
      aria-label={`Colours: ${labels[theme]}. Switch to ${labels[next]}`}
    >
      <svg viewBox="0 0 16 16" className="size-4" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        {theme === 'system' && <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />}
        {theme === 'dark' && <circle cx="8" cy="8" r="6" fill="currentColor" />}
      </svg>
      <span className="max-sm:hidden">{labels[theme]}</span>
    </Button>
  );
}
