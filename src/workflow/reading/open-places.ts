import type { Place } from '../../model/place.ts';
import type { Aws, KmsPlace } from '../ports.ts';

/** The places in use: whoever reads in the same one shares its connection and its pace. */
export interface OpenPlaces {
  of(place: Place): KmsPlace;
  /** Nothing more is to be read there, but for what a replica asks. */
  leave(place: Place): void;
}

export function openPlaces(aws: Aws): OpenPlaces {
  const open = new Map<string, KmsPlace>();
  const nameOf = ({ account, region }: Place) => `${account} ${region}`;
  return {
    of: (place) => {
      const known = open.get(nameOf(place)) ?? aws.place(place);
      open.set(nameOf(place), known);
      return known;
    },
    leave: (place) => {
      open.delete(nameOf(place));
    },
  };
}
