import Button from '@cloudscape-design/components/button';
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useEffect, useState } from 'react';

const KEY = 'keyturn-theme';

const isDarkAtFirst = (): boolean => {
  const chosen = sessionStorage.getItem(KEY);
  return chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
};

/** Light or dark: as the system has it, until somebody says otherwise. */
export function ThemeButton() {
  const [isDark, setDark] = useState(isDarkAtFirst);
  useEffect(() => applyMode(isDark ? Mode.Dark : Mode.Light), [isDark]);
  const change = () => {
    sessionStorage.setItem(KEY, isDark ? 'light' : 'dark');
    setDark(!isDark);
  };
  return (
    <Button variant="normal" onClick={change}>
      {isDark ? 'Light' : 'Dark'}
    </Button>
  );
}
