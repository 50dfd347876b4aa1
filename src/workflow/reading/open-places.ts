import { nameOfPlace, type Place } from '../../model/place.ts';
import type { Aws, KmsPlace } from '../ports.ts';

/** The places in use: whoever reads in the same one shares its connection and its pace. */
export interface OpenPlaces {
  of(place: Place): KmsPlace;
  /** Nothing more is to be read there, but for what a replica asks. */
  leave(place: Place): void;
}

export function openPlaces(aws: Aws): OpenPlaces {
  const open = new Map<string, KmsPlace>();
  return {
    of: (place) => {
      const known = open.get(nameOfPlace(place)) ?? aws.place(place);
      open.set(nameOfPlace(place), known);
      return known;
    },
    leave: (place) => {
      open.delete(nameOfPlace(place));
    },
  };
}
