/** Has a process believe that it is so much later. */
export const later = (ms: number) => ({
  NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(`
    const now = Date.now;
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(now() + ${ms}) : super(...given); }
      static now() { return now() + ${ms}; }
    };`)}"`,
});
