import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FluentBundle, FluentResource } from '@fluent/bundle';
import { describe, expect, it } from 'vitest';
import { wantedLanguage } from '../src/text';
import { SHORTCUTS } from '../src/room/seat/shortcuts';

const SOURCE = join(import.meta.dirname, '../src');
/** Keys that are put together at run time: every one of a family is needed. */
const FAMILIES = [
  /^error-/,
  /^notice-muted-/,
  /^receive-/,
  /^verdict-/,
  /^check-/,
  /^figure-limited-/,
  /^shortcut-/,
];

function read(code: string): FluentResource {
  return new FluentResource(readFileSync(join(SOURCE, `text/${code}.ftl`), 'utf8'));
}

const keysOf = (resource: FluentResource): string[] => resource.body.map((m) => m.id);

function sources(): string {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(SOURCE, name), 'utf8'))
    .join('\n');
}

const english = read('en');
const korean = read('ko');
const code = sources();
const defined = new Set(keysOf(english));

function variables(pattern: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(pattern)) for (const part of pattern) variables(part, found);
  else if (pattern !== null && typeof pattern === 'object') {
    const node = pattern as Record<string, unknown>;
    if (node.type === 'var') found.add(String(node.name));
    else for (const part of Object.values(node)) variables(part, found);
  }
  return found;
}

describe('texts', () => {
  it('have the same keys in both languages, each once', () => {
    expect(keysOf(korean)).toEqual(keysOf(english));
    expect(defined.size).toBe(english.body.length);
  });

  it('use the same variables in both languages', () => {
    const other = new Map(korean.body.map((m) => [m.id, m]));
    const differing = english.body.filter((m) => {
      const a = [...variables(m.value)].sort();
      const b = [...variables(other.get(m.id)?.value)].sort();
      return a.join() !== b.join();
    });
    expect(differing.map((m) => m.id)).toEqual([]);
  });

  it('exist for every key in the code', () => {
    const literal = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((m) => m[1] ?? '');
    const branches = [
      ...code.matchAll(/\bt\(\s*[^'`()]+\?\s*'([^']+)'\s*:\s*'([^']+)'/g),
    ];
    const tables = [
      ...code.matchAll(/_KEYS\b[^=]*=\s*[[{]([^;]*?)[\]}](?: as const)?;/g),
    ]
      .flatMap((m) => [
        ...(m[1] ?? '').matchAll(/'([a-z0-9]+(?:-[a-z0-9]+)+)'(?!\s*:)/g),
      ])
      .map((m) => m[1] ?? '');
    const wanted = [
      ...literal,
      ...branches.flatMap((m) => [m[1] ?? '', m[2] ?? '']),
      ...tables,
      ...SHORTCUTS.map((s) => s.text),
    ];
    expect(wanted.length).toBeGreaterThan(150);
    expect([...new Set(wanted)].filter((key) => !defined.has(key))).toEqual([]);
  });

  it('are all in use', () => {
    const unused = [...defined].filter(
      (key) =>
        !code.includes(`'${key}'`) && !FAMILIES.some((family) => family.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it('never shout and never say "error" or "oops"', () => {
    const text = readFileSync(join(SOURCE, 'text/en.ftl'), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.replace(/^[a-z-]+ =/, ''))
      .join('\n');
    expect(text).not.toMatch(/!|oops|\berror\b/i);
  });

  it('end Korean sentences in the polite style', () => {
    const sentences = korean.body
      .flatMap((m) => (typeof m.value === 'string' ? m.value.split(/(?<=\.)\s/) : []))
      .filter((s) => s.endsWith('.'));
    expect(sentences.length).toBeGreaterThan(60);
    expect(sentences.filter((s) => !/(니다|십시오)\.$/.test(s))).toEqual([]);
  });

  it('count people in both languages', () => {
    for (const [tag, resource, one] of [
      ['en', english, '1 person here'],
      ['ko', korean, '1명 참가 중'],
    ] as const) {
      const bundle = new FluentBundle(tag, { useIsolating: false });
      bundle.addResource(resource);
      const pattern = bundle.getMessage('present-count')?.value;
      expect(pattern && bundle.formatPattern(pattern, { count: 1 })).toBe(one);
    }
  });
});

describe('the language shown', () => {
  it.each([
    ['', ['ko-KR', 'en'], 'ko'],
    ['', ['fr', 'ko'], 'ko'],
    ['', ['de'], 'en'],
    ['en', ['ko'], 'en'],
    ['', [], 'en'],
  ])('chosen %j, browser %j: %s', (chosen, browser, wanted) => {
    expect(wantedLanguage(chosen, browser)).toBe(wanted);
  });
});
