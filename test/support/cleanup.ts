import { afterAll } from 'vitest';

const cleanups: (() => unknown)[] = [];

/** Has something undone when the tests of this file have ended; unlike onTestFinished, concurrent tests may use it. */
export function cleanUp(undo: () => unknown): void {
  cleanups.push(undo);
}

afterAll(async () => {
  for (const undo of cleanups.splice(0).reverse()) await undo();
});
