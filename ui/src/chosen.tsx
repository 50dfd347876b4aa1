import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { DecisionKind } from '../../src/model/approval.ts';
import { EVERY_KEY } from '../../src/model/review-words.ts';
import { CostWords } from './cost.tsx';
import { useNarrow } from './use-narrow.ts';
import type { ReviewState } from './use-review.ts';
import { counted, keys } from './words.tsx';

interface Props {
  readonly review: ReviewState;
  readonly onDecide: (decision: DecisionKind) => void;
}

/** How many keys are selected and what they cost: always in sight, with what can be done about them. */
export function Chosen({ review, onDecide }: Props) {
  const { selection, mayDecide, select } = review;
  const isNarrow = useNarrow();
  if (!mayDecide || !selection) return null;
  const none = selection.keys === 0;
  const clear = (
    <Button
      variant={isNarrow ? 'inline-link' : 'link'}
      disabled={none}
      onClick={() => void select({ kind: 'matching', on: false, filter: EVERY_KEY })}
    >
      Clear
    </Button>
  );
  return (
    <section className="chosen" aria-label="Selected keys">
      <div>
        <div role="status">
          <Box fontWeight="bold">
            {none ? 'No keys selected' : `${keys(selection.keys)} selected`} {isNarrow && !none && clear}
          </Box>
          {!none && (
            <Box variant="small" display="block" color="text-body-secondary">
              in {counted(selection.accounts, 'account')}, {counted(selection.regions, 'Region')}.{' '}
              <CostWords cost={selection.cost} />
            </Box>
          )}
        </div>
        {/* On a small screen the bar takes room from the list: with nothing selected it is one line. */}
        {!(isNarrow && none) && (
          <SpaceBetween direction="horizontal" size="xs">
            {!isNarrow && clear}
            <Button disabled={none} onClick={() => onDecide('defer')}>
              Defer…
            </Button>
            <Button disabled={none} onClick={() => onDecide('decline')}>
              Decline…
            </Button>
            <Button variant="primary" disabled={none} onClick={() => onDecide('approve')}>
              Approve…
            </Button>
          </SpaceBetween>
        )}
      </div>
    </section>
  );
}
