import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { useEffect, useRef, useState } from 'react';
import type { DecisionKind } from '../../src/model/approval.ts';
import type { ReviewRow } from '../../src/model/review.ts';
import type { ConfirmationAnswer, Overview, RecordedAnswer } from '../../src/web/shapes.ts';
import { confirm, propose, Refusal, readConfirmed } from './api.ts';
import { CostWords } from './cost.tsx';
import { count, counted, keys, Said, utcText } from './words.tsx';

const SIZE = 10;

const HOUR = 3_600_000;
interface Life {
  readonly value: string;
  readonly label: string;
}
const inTime = (hours: number, label: string): Life => ({ value: String(hours * HOUR), label });
const LIVES: readonly Life[] = [
  inTime(4, 'after 4 hours'),
  inTime(24, 'after a day'),
  inTime(7 * 24, 'after 7 days'),
  inTime(30 * 24, 'after 30 days'),
];
const DEFAULT_LIFE = 2;
const NO_LIFE: Life = { value: '', label: '' };

export const DECIDE: Readonly<Record<DecisionKind, string>> = {
  approve: 'Approve',
  decline: 'Decline',
  defer: 'Defer',
};

interface Props {
  readonly decision: DecisionKind;
  readonly selection: string;
  readonly overview: Overview;
  readonly onRecorded: (recorded: RecordedAnswer) => void;
  readonly onClose: () => void;
  readonly caught: (thrown: unknown) => void;
}

/** The last step: first why, then exactly what would be recorded, and the number of keys to type. */
export function LastStep(props: Props) {
  const [confirmation, setConfirmation] = useState<ConfirmationAnswer>();
  return confirmation ? (
    <Confirm {...props} confirmation={confirmation} />
  ) : (
    <Why {...props} onProposed={setConfirmation} />
  );
}

interface WhyProps extends Props {
  readonly onProposed: (confirmation: ConfirmationAnswer) => void;
}

function Why({ decision, selection, onProposed, onClose, caught }: WhyProps) {
  const [reason, setReason] = useState('');
  const field = useRef<TextareaProps.Ref>(null);
  // The dialog puts the focus on its close button, where the first space of a reason would close it.
  useEffect(() => {
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const [life, setLife] = useState(LIVES[DEFAULT_LIFE] ?? NO_LIFE);
  const [refusal, setRefusal] = useState<Refusal>();
  const isNeeded = decision !== 'approve';
  const given = reason.trim();
  const goOn = () =>
    propose({
      selection,
      decision,
      ...(given !== '' && { reason: given }),
      ...(decision === 'approve' && { lifeMs: Number(life.value) }),
    }).then(onProposed, shown(setRefusal, caught));
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={`${DECIDE[decision]}: why?`}
      footer={
        <Footer
          onClose={onClose}
          primary={
            <Button variant="primary" disabled={isNeeded && given === ''} onClick={() => void goOn()}>
              Show what will be recorded
            </Button>
          }
        />
      }
    >
      <SpaceBetween size="m">
        <Refused refusal={refusal} />
        <FormField
          label={
            isNeeded ? (
              'Reason'
            ) : (
              <>
                Reason <i>– optional</i>
              </>
            )
          }
          description="It goes on the record, with your name."
        >
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} ref={field} />
        </FormField>
        {decision === 'approve' && (
          <FormField
            label="The approval expires"
            description="Once it has, configure changes nothing under it."
          >
            <Select
              options={LIVES}
              selectedOption={life}
              onChange={({ detail }) => setLife({ ...NO_LIFE, ...detail.selectedOption } as Life)}
            />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}

interface ConfirmProps extends Props {
  readonly confirmation: ConfirmationAnswer;
}

function Confirm({ decision, overview, confirmation, onRecorded, onClose, caught }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const wanted = String(confirmation.keys);
  const isTyped = typed.trim() === wanted;
  const record = () => {
    if (!isTyped || isBusy) return;
    setBusy(true);
    confirm(confirmation.confirmation, typed).then(onRecorded, (thrown) => {
      setBusy(false);
      shown(setRefusal, caught)(thrown);
    });
  };
  return (
    <Modal
      visible
      size="large"
      onDismiss={onClose}
      header={`${DECIDE[decision]} ${keys(confirmation.keys)}`}
      footer={
        // Beside the button, so that the field is in sight however long the list is.
        <SpaceBetween size="s">
          <Refused refusal={refusal} />
          {isBusy && overview.signed && (
            <Alert type="info">
              Type {wanted} in the terminal that runs <code>keyturn review</code> to sign this decision.
            </Alert>
          )}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              record();
            }}
          >
            <FormField
              label={`Type ${wanted} to confirm`}
              description="The number of keys in the list above."
            >
              <Input
                value={typed}
                inputMode="numeric"
                autoComplete={false}
                onChange={({ detail }) => setTyped(detail.value)}
              />
            </FormField>
          </form>
          <Footer
            onClose={onClose}
            primary={
              <Button variant="primary" loading={isBusy} disabled={!isTyped} onClick={record}>
                {DECIDE[decision]} {keys(confirmation.keys)}
              </Button>
            }
          />
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        <Effect decision={decision} overview={overview} confirmation={confirmation} />
        <Replaced confirmation={confirmation} />
        <Notes decision={decision} confirmation={confirmation} />
        <Bound overview={overview} confirmation={confirmation} />
        <ListOfKeys confirmation={confirmation} caught={caught} />
      </SpaceBetween>
    </Modal>
  );
}

function Effect({
  decision,
  overview,
  confirmation,
}: Pick<ConfirmProps, 'decision' | 'overview' | 'confirmation'>) {
  if (decision !== 'approve') {
    return <Box>Rotation stays off on these keys. Nothing is called.</Box>;
  }
  return (
    <Box>
      <strong>keyturn configure</strong> may then call <code>EnableKeyRotation</code> with a period of{' '}
      <strong>{overview.RotationPeriodInDays} days</strong> on each of these {keys(confirmation.keys)}, after
      a fresh check of each. Nothing is called now. <CostWords cost={confirmation.cost} />
    </Box>
  );
}

/** What an approver should know of the cost and of who else has a say. */
function Notes({
  decision,
  confirmation: { inStacks, refusals, cost },
}: Pick<ConfirmProps, 'decision' | 'confirmation'>) {
  if (decision !== 'approve') return null;
  return (
    <>
      {refusals.refused + refusals.conditional > 0 && (
        <Alert type="warning">
          The change will probably be refused by the key policy of {keys(refusals.refused)} of these, and may
          be by that of {keys(refusals.conditional)}. The details of each key say why.
        </Alert>
      )}
      {inStacks > 0 && (
        <Alert type="warning">
          In CloudFormation stacks: {keys(inStacks)} of these. Removing EnableKeyRotation: true from a
          template or a REVERT_DRIFT change set turns rotation off again. The details of each key say what to
          set.
        </Alert>
      )}
      <ExpandableSection headerText="The cost by year, and what is not certain of it" headingTagOverride="h3">
        <ul>
          <li>{cost.yearly}</li>
          {cost.caveats.map((caveat) => (
            <li key={caveat}>{caveat}</li>
          ))}
        </ul>
      </ExpandableSection>
    </>
  );
}

function Replaced({ confirmation: { replaces } }: { confirmation: ConfirmationAnswer }) {
  if (replaces.length === 0) return null;
  const told = replaces.map(({ decision, keys: number }) => `${count(number)} to ${decision}`).join(', ');
  return <Alert type="warning">Some of these were decided on before: {told}.</Alert>;
}

function Bound({ overview, confirmation }: Pick<ConfirmProps, 'overview' | 'confirmation'>) {
  const { planDigest, listDigest, places, reason, decision, lifeMs } = confirmation;
  const accounts = new Set(places.map(({ account }) => account)).size;
  const regions = new Set(places.map(({ region }) => region)).size;
  return (
    <KeyValuePairs
      columns={2}
      items={[
        { label: 'Plan', value: <span className="digest">{planDigest}</span> },
        { label: 'List of keys, SHA-256', value: <span className="digest">{listDigest}</span> },
        { label: 'In', value: `${counted(accounts, 'account')}, ${counted(regions, 'Region')}` },
        ...(decision === 'approve'
          ? [
              {
                label: 'Expires',
                value: `${LIVES.find(({ value }) => value === String(lifeMs))?.label}, about ${when(lifeMs)}`,
              },
            ]
          : []),
        { label: 'Recorded as submitted by', value: <Said text={overview.submitter} /> },
        { label: 'Signed', value: overview.signed ? 'yes, after you confirm it in the terminal' : 'no' },
        { label: 'Reason', value: <Said text={reason} none="none given" /> },
      ]}
    />
  );
}

const when = (lifeMs: number): string => utcText(new Date(Date.now() + lifeMs).toISOString());

function ListOfKeys({ confirmation, caught }: Pick<ConfirmProps, 'confirmation' | 'caught'>) {
  const [page, setPage] = useState(1);
  const [rows, setRows] = useState<readonly ReviewRow[]>();
  useEffect(() => {
    readConfirmed(confirmation.confirmation, page, SIZE).then(({ findings }) => setRows(findings), caught);
  }, [confirmation.confirmation, page, caught]);
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      wrapLines
      loading={rows === undefined}
      loadingText="Loading keys"
      items={rows ?? []}
      trackBy="keyArn"
      ariaLabels={{ tableLabel: 'Keys that this is about' }}
      columnDefinitions={[
        {
          id: 'alias',
          header: 'Key',
          isRowHeader: true,
          cell: ({ alias, keyId }) => <Said text={alias || keyId} />,
        },
        { id: 'account', header: 'Account', cell: ({ account }) => account },
        { id: 'region', header: 'Region', cell: ({ region }) => region },
        { id: 'decision', header: 'Now', cell: ({ decision }) => decision },
      ]}
      pagination={
        confirmation.keys > SIZE && (
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.ceil(confirmation.keys / SIZE)}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )
      }
    />
  );
}

export function Refused({ refusal }: { refusal: Refusal | undefined }) {
  if (!refusal) return null;
  return (
    <Alert type="error" header={<Said text={refusal.message} />}>
      <Said text={refusal.fix} none="" />
      {refusal.problems.length > 0 && (
        <ul>
          {refusal.problems.map((problem) => (
            <li key={problem}>
              <Said text={problem} />
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

const Footer = ({ onClose, primary }: { onClose: () => void; primary: React.ReactNode }) => (
  <Box float="right">
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" onClick={onClose}>
        Cancel
      </Button>
      {primary}
    </SpaceBetween>
  </Box>
);

/** What the person can do something about stands where it was asked; the rest is the page's. */
const shown =
  (setRefusal: (refusal: Refusal) => void, caught: (thrown: unknown) => void) =>
  (thrown: unknown): void => {
    if (thrown instanceof Refusal && thrown.status !== 401 && thrown.status !== 0) setRefusal(thrown);
    else caught(thrown);
  };
