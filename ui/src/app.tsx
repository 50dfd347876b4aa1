import Alert from '@cloudscape-design/components/alert';
import Flashbar from '@cloudscape-design/components/flashbar';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { DecisionKind } from '../../src/model/approval.ts';
import type { FilterToken } from '../../src/model/review-words.ts';
import type { Overview, RecordedAnswer } from '../../src/web/shapes.ts';
import { endReview } from './api.ts';
import { Chosen } from './chosen.tsx';
import { Details } from './details.tsx';
import { EndButton } from './end.tsx';
import { FIRST_LISTING, Keys, type Listing } from './keys.tsx';
import { LastStep, Refused } from './last-step.tsx';
import { NotSeen } from './not-seen.tsx';
import { Posture } from './posture.tsx';
import { Progress } from './progress.tsx';
import { ThemeButton } from './theme.tsx';
import { type ReviewState, useReview } from './use-review.ts';
import { count, keys, Said } from './words.tsx';

export function App() {
  const review = useReview();
  const { standing, overview } = review;
  return (
    <main className="page">
      {standing === 'shut-out' && (
        <Alert type="warning" header="This browser was not let in">
          Open the link that <code>keyturn review</code> printed. It works once.
        </Alert>
      )}
      {standing === 'ended' && (
        <Alert type="info" header="Keyturn review has ended">
          What was recorded is kept. To go on, start <code>keyturn review</code> again.
        </Alert>
      )}
      {(standing === 'open' || standing === 'loading') && <Rollout review={review} overview={overview} />}
    </main>
  );
}

function Rollout({ review, overview }: { review: ReviewState; overview: Overview | undefined }) {
  const [listing, setListing] = useState(FIRST_LISTING);
  const [shownKey, setShownKey] = useState<string>();
  const [deciding, setDeciding] = useState<DecisionKind>();
  const [recorded, setRecorded] = useState<RecordedAnswer>();
  const change = (changed: Partial<Listing>) => setListing((known) => ({ ...known, ...changed }));
  const filterBy = (token: FilterToken) => {
    change({ filter: { operation: 'and', tokens: [token], within: [] }, group: undefined, page: 1 });
    document.getElementById('keys')?.scrollIntoView({ block: 'start' });
  };
  const id = review.selection?.selection;
  return (
    <SpaceBetween size="l">
      <Title review={review} overview={overview} />
      {overview && (
        <Notices
          review={review}
          overview={overview}
          recorded={recorded}
          onSeen={() => setRecorded(undefined)}
        />
      )}
      <Progress overview={overview} />
      <Posture review={review} onFilter={filterBy} />
      <Keys review={review} listing={listing} onListing={change} onShow={setShownKey} />
      <Chosen review={review} onDecide={setDeciding} />
      {shownKey !== undefined && (
        <Details keyArn={shownKey} onClose={() => setShownKey(undefined)} caught={review.caught} />
      )}
      {deciding && overview && id !== undefined && (
        <LastStep
          decision={deciding}
          selection={id}
          overview={overview}
          caught={review.caught}
          onClose={() => setDeciding(undefined)}
          onRecorded={(answer) => {
            setDeciding(undefined);
            setRecorded(answer);
            review.refresh();
            scrollTo({ top: 0 });
          }}
        />
      )}
    </SpaceBetween>
  );
}

function Title({ review, overview }: { review: ReviewState; overview: Overview | undefined }) {
  const { mayDecide, caught, setEnded } = review;
  return (
    <Header
      variant="h1"
      description={
        <>
          Plan <span className="digest">{overview?.planDigest ?? '…'}</span>
          {overview?.filter !== undefined && (
            <>
              {' '}
              · only findings that match <Said text={overview.filter} />
            </>
          )}
        </>
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ThemeButton />
          {mayDecide && <EndButton onEnd={() => void endReview().then(setEnded, caught)} />}
        </SpaceBetween>
      }
    >
      Keyturn: rollout {overview?.status.rollout ?? '…'}
    </Header>
  );
}

interface NoticesProps {
  readonly review: ReviewState;
  readonly overview: Overview;
  readonly recorded: RecordedAnswer | undefined;
  readonly onSeen: () => void;
}

function Notices({ review, overview, recorded, onSeen }: NoticesProps) {
  return (
    <SpaceBetween size="s">
      {recorded && <Flashbar items={[told(recorded, onSeen)]} />}
      {review.refusal && <Refused refusal={review.refusal} />}
      {overview.readOnly && <Alert type="info">This page is for looking only.</Alert>}
      {!overview.readOnly && !review.mayDecide && (
        <Alert type="info">This tab can only look. Decide in the tab that the printed link opened.</Alert>
      )}
      <NotSeen overview={overview} />
    </SpaceBetween>
  );
}

const told = ({ decision, keys: number, totals, blocked }: RecordedAnswer, onSeen: () => void) => ({
  type: 'success' as const,
  dismissible: true,
  onDismiss: onSeen,
  header: `Recorded: ${decision} on ${keys(number)}`,
  content: `In all: ${count(totals.approved)} approved, ${count(totals.declined)} declined, ${count(totals.deferred)} deferred, ${count(totals.undecided)} undecided.${blocked > 0 ? ` ${keys(blocked)} stay declined, as somebody else declines them.` : ''}`,
});
