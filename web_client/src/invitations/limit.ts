/* The field for the greatest number of people in a room by one invitation. Pure. */

export const MOST_PEOPLE = 100_000; // the protocol's limit

/** The number that was entered; null: no limit (empty), `invalid`: refused. */
export function limitFrom(entered: string): number | null | 'invalid' {
  const text = entered.trim();
  if (text === '') return null;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST_PEOPLE ? count : 'invalid';
}
