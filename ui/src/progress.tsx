import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { LiveStatus, Overview } from '../../src/web/shapes.ts';
import { count } from './words.tsx';

/** Where the rollout stands, live: what configure and validate do elsewhere, and what to type next. */
const NOTHING_YET: LiveStatus = {
  rollout: '',
  phase: 'assessed',
  candidate: 0,
  decisions: { approved: 0, declined: 0, deferred: 0, undecided: 0 },
  outcomes: { applied: 0, 'already-in-place': 0, skipped: 0, failed: 0, pending: 0, unsettled: 0 },
  verdicts: { requested: 0, confirmed: 0, discrepant: 0, unreadable: 0, notChanged: 0 },
  next: 'approve',
  nextCommand: '',
};

export function Progress({ overview }: { overview: Overview | undefined }) {
  const status = overview?.status ?? NOTHING_YET;
  const { approved, declined, deferred, undecided } = status.decisions;
  const { outcomes, verdicts } = status;
  const ended = approved - outcomes.pending - outcomes.unsettled;
  const judged = verdicts.confirmed + verdicts.discrepant + verdicts.unreadable;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button href="/api/report" download iconName="download">
                Report
              </Button>
              <Button href="/api/evidence" download iconName="download">
                Evidence (ZIP)
              </Button>
            </SpaceBetween>
          }
        >
          Progress
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={3} borders="vertical">
          <Phase
            name="Approve"
            done={status.candidate - undecided}
            of={status.candidate}
            told={`${count(approved)} approved, ${count(declined)} declined, ${count(deferred)} deferred, ${count(undecided)} undecided`}
          />
          <Phase
            name="Configure"
            done={ended}
            of={approved}
            told={`${count(outcomes.applied + outcomes['already-in-place'])} on, ${count(outcomes.skipped)} skipped, ${count(outcomes.failed)} failed, ${count(outcomes.pending + outcomes.unsettled)} pending`}
          />
          <Phase
            name="Validate"
            done={judged}
            of={outcomes.applied}
            told={`${count(verdicts.confirmed)} confirmed, ${count(verdicts.discrepant)} discrepant, ${count(verdicts.unreadable)} unreadable`}
          />
        </ColumnLayout>
        <Next status={status} />
      </SpaceBetween>
    </Container>
  );
}

interface PhaseProps {
  readonly name: string;
  readonly done: number;
  readonly of: number;
  readonly told: string;
}

const Phase = ({ name, done, of, told }: PhaseProps) => (
  <ProgressBar
    label={name}
    value={of === 0 ? 0 : Math.floor((100 * done) / of)}
    description={`${count(done)} of ${count(of)}`}
    additionalInfo={told}
  />
);

function Next({ status: { next, nextCommand } }: { status: LiveStatus }) {
  if (next === 'approve') return <Box>Next: select keys below and decide on them.</Box>;
  return (
    <Box>
      Next, in a terminal: <code>{nextCommand}</code>. This page follows it and starts nothing.
    </Box>
  );
}
