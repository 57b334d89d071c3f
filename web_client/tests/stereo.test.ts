import { expect, it } from 'vitest';
import { inStereo } from '../src/media/stereo';

function section(mid: string, parameters: string | null): string {
  const fmtp = parameters === null ? '' : `a=fmtp:111 ${parameters}\r\n`;
  return (
    `m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:${mid}\r\n` +
    `a=rtpmap:111 opus/48000/2\r\n${fmtp}a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n`
  );
}
const HEAD = 'v=0\r\ns=-\r\n';
const VIDEO = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n';
const OFFER =
  HEAD +
  VIDEO +
  section('1', 'useinbandfec=1;stereo=1;sprop-stereo=1') +
  section('3', 'useinbandfec=1');

it('an answer is stereo where stereo is offered, and nowhere else', () => {
  const answer =
    HEAD + VIDEO + section('1', 'minptime=10') + section('3', 'minptime=10');
  expect(inStereo(answer, OFFER)).toBe(
    HEAD + VIDEO + section('1', 'minptime=10;stereo=1') + section('3', 'minptime=10'),
  );
});

it.each(['minptime=10;stereo=1', 'stereo=1;useinbandfec=1', null])(
  'an answer that is stereo already, or has no parameters, is not changed: %s',
  (parameters) => {
    const answer =
      HEAD + VIDEO + section('1', parameters) + section('3', 'minptime=10');
    expect(inStereo(answer, OFFER)).toBe(answer);
  },
);
