/* The initials shown in place of a picture. Pure. */

/** Up to two letters: the given name of a Korean name, otherwise the initials. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = ''] = words;
  const letters = [...first];
  if (/^\p{Script=Hangul}+$/u.test(first)) return letters.slice(-2).join('');
  const last = words.length > 1 ? [...(words.at(-1) ?? '')][0] : '';
  return `${letters[0] ?? ''}${last}`.toUpperCase();
}
