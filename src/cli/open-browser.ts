import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** What a desktop needs to find and start a browser, by platform: Unix, the Linux desktops, WSL, Windows. */
const PASSED = new Set(
  `PATH HOME USER LOGNAME LANG LANGUAGE TMPDIR TZ
  DISPLAY WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS DESKTOP_SESSION KDE_FULL_SESSION KDE_SESSION_VERSION
  GNOME_DESKTOP_SESSION_ID BROWSER
  WSL_DISTRO_NAME WSL_INTEROP
  SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA
  PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432 TEMP TMP`.split(/\s+/),
);
const PASSED_FAMILIES = /^(LC|XDG)_/;

/**
 * The environment of the browser: what is named here and nothing else, so that no credentials, passphrase or token
 * reaches a program that outlives Keyturn.
 */
export function environmentOfBrowser(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isPassed = (name: string) => PASSED.has(name.toUpperCase()) || PASSED_FAMILIES.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isPassed(name)));
}

/** Has the desktop open a file; where there is none, the printed address is there to be opened by hand. */
export function openInBrowser(path: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const env = environmentOfBrowser(process.env);
  const opener = spawn(command, [...args, path], { stdio: 'ignore', detached: true, env });
  opener.on('error', () => {});
  opener.unref();
}
