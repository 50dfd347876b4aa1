import Button from '@cloudscape-design/components/button';
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useEffect, useState, useSyncExternalStore } from 'react';

const KEY = 'keyturn-theme';

const SYSTEM = '(prefers-color-scheme: dark)';

function listenToSystem(listener: () => void): () => void {
  const query = matchMedia(SYSTEM);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Light or dark: as the system has it at any time, until somebody says otherwise. */
export function ThemeButton() {
  const isSystemDark = useSyncExternalStore(listenToSystem, () => matchMedia(SYSTEM).matches);
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(KEY));
  const isDark = chosen === null ? isSystemDark : chosen === 'dark';
  useEffect(() => applyMode(isDark ? Mode.Dark : Mode.Light), [isDark]);
  const change = () => {
    const wanted = isDark ? 'light' : 'dark';
    sessionStorage.setItem(KEY, wanted);
    setChosen(wanted);
  };
  return (
    <Button variant="normal" onClick={change}>
      {isDark ? 'Light' : 'Dark'}
    </Button>
  );
}
