import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { Overview } from '../../src/web/shapes.ts';
import { count, Said } from './words.tsx';

const SHOWN_FIRST = 5;

/** The accounts and places that could not be read: counted, and every one of them in the list. */
export function NotSeen({ overview: { notSeen, unreachable, unreachableTotal } }: { overview: Overview }) {
  if (unreachable.length === 0) return null;
  const more = unreachable.slice(SHOWN_FIRST);
  const left = unreachableTotal - unreachable.length;
  return (
    <Alert type="warning" header={notSeen}>
      <Places places={unreachable.slice(0, SHOWN_FIRST)} />
      {more.length > 0 && (
        <ExpandableSection headerText={`and ${count(more.length)} more`}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reached by keyboard */}
          <section className="places" aria-label="Accounts and places that could not be listed" tabIndex={0}>
            <Places places={more} />
          </section>
          {left > 0 && <Box>{count(left)} more are in the report.</Box>}
        </ExpandableSection>
      )}
    </Alert>
  );
}

const Places = ({ places }: { places: Overview['unreachable'] }) => (
  <>
    {places.map(({ account, region, reason }) => (
      <Box key={`${account} ${region}`}>
        {account} {region === '*' ? 'all Regions' : region}: <Said text={reason} />
      </Box>
    ))}
  </>
);
