import { useState } from 'preact/hooks';
import type { Theme } from './theme.ts';
import { applyTheme, nextTheme, rememberedTheme } from './theme.ts';

const LABELS: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' };

/** Steps through system, light and dark. */
export function ThemeToggle() {
  const [theme, setTheme] = useState(rememberedTheme);
  const following = nextTheme(theme);
  const step = () => {
    applyTheme(following);
    setTheme(following);
  };
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={`Theme: ${LABELS[theme]}`}
      title={`Switch to ${LABELS[following].toLowerCase()}`}
      onClick={step}
    >
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
      <span class="wide-only">{LABELS[theme]}</span>
    </button>
  );
}
