/*
 * Negotiates stereo where the server offers it (RFC 7587 §6.1).
 *
 * A browser decodes to one channel unless its own answer contains `stereo=1`. Chromium
 * neither adds it by itself nor has an API for it.
 */

const SECTION = /^(?=m=)/m;
const OPUS = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im;

/** Matches the line with the parameters of Opus in a section; null: it has no Opus. */
function opusLine(section: string): RegExp | null {
  const number = OPUS.exec(section)?.[1];
  return number === undefined ? null : new RegExp(`^a=fmtp:${number} [^\\r\\n]*`, 'm');
}

/** The answer with `stereo=1` in each section that is offered in stereo. */
export function inStereo(answer: string, offer: string): string {
  const offered = offer.split(SECTION);
  return answer
    .split(SECTION)
    .map((section, place) => {
      const theirs = offered[place] ?? '';
      const wanted = opusLine(theirs)?.exec(theirs)?.[0].includes('sprop-stereo=1');
      const line = opusLine(section);
      if (!wanted || !line) return section;
      return section.replace(line, (own) =>
        /[ ;]stereo=1/.test(own) ? own : `${own};stereo=1`,
      );
    })
    .join('');
}
