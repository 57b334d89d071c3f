import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { needsSlices } from '../src/design/scripts';

const read = (name: string): string =>
  readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8');

describe('the fonts of our own texts', () => {
  for (const language of ['en', 'ko']) {
    it(`have nearly every character of ${language}: else run scripts/subset_fonts.py`, () => {
      const texts = read(`text/${language}.ftl`).replace(/^#.*$/gm, '');
      const all = [...new Set(texts)].filter((c) => c > ' ');
      const missing = all.filter(needsSlices);
      // A few come with the slices; more would cost the first load of every visit.
      expect(missing.length, missing.join('')).toBeLessThanOrEqual(all.length / 20);
    });
  }

  it('declare the ranges that they cover', () => {
    const rules = read('design/fonts/own_texts.css');
    for (const letter of ['한', '가', '…']) {
      const code = letter.codePointAt(0)?.toString(16).toUpperCase() ?? '';
      expect(rules).toContain(`U+${code}`);
    }
  });
});

describe('other letters', () => {
  it('are those of names and messages', () => {
    expect(needsSlices('Pavilion 김')).toBe(needsSlices('김'));
    for (const text of ['뷁', 'é', 'Ж', '李', '😀'])
      expect(needsSlices(text)).toBe(true);
    for (const text of ['', 'plain ~', '한국어', null, undefined]) {
      expect(needsSlices(text)).toBe(false);
    }
  });
});
