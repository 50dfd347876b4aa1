import type { ReviewHost } from './host.ts';

/** Ends the server when nothing was asked of it for so long; following the progress is not asking. */
export function openIdle({ end, signal }: Pick<ReviewHost, 'end' | 'signal'>, idleMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const touch = () => {
    clearTimeout(timer);
    if (signal.aborted || !Number.isFinite(idleMs)) return;
    timer = setTimeout(() => end('idle'), idleMs);
    timer.unref();
  };
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  touch();
  return { touch };
}
