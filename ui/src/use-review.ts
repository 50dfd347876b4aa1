import { useCallback, useEffect, useRef, useState } from 'react';
import type { SelectionChange } from '../../src/model/review.ts';
import type { LiveStatus, Overview, SelectionAnswer } from '../../src/web/shapes.ts';
import { changeSelection, openSelection, Refusal, readOverview, readSelection } from './api.ts';
import { secret } from './secret.ts';

/** What went wrong last, and how the page stands with the server. */
export type Standing = 'loading' | 'open' | 'shut-out' | 'ended';

export interface ReviewState {
  readonly standing: Standing;
  readonly overview: Overview | undefined;
  /** Whether this tab may decide. */
  readonly mayDecide: boolean;
  /** Whether there is a first list; what is less urgent waits for it. */
  readonly isListed: boolean;
  setListed(): void;
  readonly selection: SelectionAnswer | undefined;
  readonly refusal: Refusal | undefined;
  /** Another number whenever lists have to be read again. */
  readonly version: number;
  select(change: SelectionChange): Promise<void>;
  refresh(): void;
  setRefusal(refusal: Refusal | undefined): void;
  /** Has a refusal shown; for promises that nobody waits for. */
  caught(thrown: unknown): void;
  setEnded(): void;
}

const REREAD_MS = 700;

/** The state that all parts of the page share: the rollout, live, and this tab's selection. */
export function useReview(): ReviewState {
  const [standing, setStanding] = useState<Standing>('loading');
  const [overview, setOverview] = useState<Overview>();
  const [selection, setSelection] = useState<SelectionAnswer>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [version, setVersion] = useState(0);
  const [isSelecting, setSelecting] = useState(secret() !== null);
  const [isListed, setListed] = useState(false);
  const refresh = useCallback(() => setVersion((known) => known + 1), []);

  const caught = useCallback((thrown: unknown) => {
    if (!(thrown instanceof Refusal)) throw thrown;
    if (thrown.status === 401) setStanding('shut-out');
    else if (thrown.status === 0) setStanding('ended');
    else setRefusal(thrown);
  }, []);

  useEffect(() => {
    if (secret() !== null) {
      openSelection().then(setSelection, (thrown) => {
        setSelecting(false);
        // Where nobody may decide there is nothing to select, and the overview says so.
        if (!(thrown instanceof Refusal && thrown.code === 'read-only')) caught(thrown);
      });
    }
    readOverview().then((read) => {
      setOverview(read);
      setStanding((known) => (known === 'loading' ? 'open' : known));
    }, caught);
  }, [caught]);

  const onStatus = useCallback(
    (status: LiveStatus) => {
      setOverview((known) => known && { ...known, status });
      refresh();
    },
    [refresh],
  );
  useProgress(standing === 'open' && isListed, onStatus, () => setStanding('ended'));

  const id = selection?.selection;
  // What was selected can be changed elsewhere, and is then no longer selected.
  useEffect(() => {
    if (id !== undefined && version > 0) readSelection(id).then(setSelection, caught);
  }, [id, version, caught]);

  const select = useCallback(
    async (change: SelectionChange) => {
      if (id === undefined) return;
      try {
        setSelection(await changeSelection(id, change));
      } catch (thrown) {
        caught(thrown);
      }
      refresh();
    },
    [id, caught, refresh],
  );
  return {
    standing,
    overview,
    mayDecide: isSelecting && selection !== undefined,
    isListed,
    setListed: useCallback(() => setListed(true), []),
    selection,
    refusal,
    version,
    select,
    refresh,
    setRefusal,
    caught,
    setEnded: () => setStanding('ended'),
  };
}

/** Follows the rollout live; many changes in a moment are shown as one. */
function useProgress(isOpen: boolean, onStatus: (status: LiveStatus) => void, onEnd: () => void): void {
  const listeners = useRef({ onStatus, onEnd });
  listeners.current = { onStatus, onEnd };
  useEffect(() => {
    if (!isOpen) return;
    const source = new EventSource('/api/progress');
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isFirst = true;
    source.addEventListener('status', ({ data }) => {
      clearTimeout(timer);
      const tell = () => listeners.current.onStatus(JSON.parse(data) as LiveStatus);
      // The page has just read what the first one says.
      if (!isFirst) timer = setTimeout(tell, REREAD_MS);
      isFirst = false;
    });
    source.addEventListener('end', () => {
      source.close();
      listeners.current.onEnd();
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) listeners.current.onEnd();
    };
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [isOpen]);
}
