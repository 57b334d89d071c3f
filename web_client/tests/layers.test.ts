/* The layers of this client: a file imports only its own folder and lower layers. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../src');

/**
 * From the top down; folders of one line do not import each other.
 *
 * An entry is a folder without its subfolders, or a file of `src` itself. The same list is
 * in docs/architecture.md.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['main.tsx'],
  ['app.tsx'],
  ['pages'],
  ['room'],
  ['room/stage', 'room/panels', 'room/bars', 'room/dialogs'],
  ['room/parts'],
  ['room/seat'],
  ['preflight', 'invitations'],
  ['devices', 'navigation', 'layout'],
  ['design'],
  ['text'],
  ['media'],
  ['state', 'signaling'],
  ['protocol'],
  ['deadline.ts', 'design/fonts'],
];

type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * The imports between files, `import type` and `import()` included; names relative to
 * `src`.
 */
function importsBetween(files: readonly string[]): Imports {
  const known = new Set(files);
  const target = (file: string, path: string): string[] => {
    const name = relative(SOURCE, resolve(SOURCE, dirname(file), path));
    const names = [`${name}.ts`, `${name}.tsx`, `${name}/index.ts`];
    const found = names.find((candidate) => known.has(candidate));
    // Only style sheets and texts are no modules.
    if (!found && !/\.(css|ftl\?raw)$/.test(path)) {
      throw new Error(`${file} imports ${path}, which is no file of src`);
    }
    return found ? [found] : [];
  };
  return new Map(
    files.map((file) => {
      const code = readFileSync(join(SOURCE, file), 'utf8');
      const paths = ts.preProcessFile(code).importedFiles.map((i) => i.fileName);
      const own = paths.filter((path) => path.startsWith('.'));
      return [file, own.flatMap((path) => target(file, path))];
    }),
  );
}

/** Which layer a file is in, counted from the top; -1: none. */
const layerOf = (file: string): number =>
  LAYERS.findIndex((layer) => layer.some((entry) => entry === placeOf(file)));

const placeOf = (file: string): string =>
  dirname(file) === '.' ? file : dirname(file);

/** Imports that go up, or across to another folder of the same layer. */
function violations(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets
      .filter(
        (target) =>
          placeOf(target) !== placeOf(file) && layerOf(target) <= layerOf(file),
      )
      .map((target) => `${file} imports ${target}`),
  );
}

/** The first circle that a walk along the imports meets; empty: there is none. */
function circle(imports: Imports): readonly string[] {
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    for (const target of imports.get(file) ?? []) {
      const found = walk(target, [...path, file]);
      if (found.length > 0) return found;
    }
    finished.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => /\.tsx?$/.test(file));
const IMPORTS = importsBetween(FILES);

describe('the layers of the client', () => {
  it('contain every file', () => {
    expect(FILES.length).toBeGreaterThan(100);
    expect(FILES.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('import only downwards', () => {
    expect(violations(IMPORTS)).toEqual([]);
  });

  it('have no circular imports', () => {
    expect(circle(IMPORTS)).toEqual([]);
  });
});

describe('the check itself', () => {
  it('reports imports that go up or across', () => {
    const imports = new Map([
      ['media/a.ts', ['pages/b.tsx', 'state/c.ts']],
      ['state/c.ts', ['signaling/d.ts', 'protocol/index.ts', 'state/e.ts']],
    ]);
    expect(violations(imports)).toEqual([
      'media/a.ts imports pages/b.tsx',
      'state/c.ts imports signaling/d.ts',
    ]);
  });

  it('reports a circle within one folder', () => {
    const imports = new Map([
      ['a.ts', ['b.ts']],
      ['b.ts', ['c.ts']],
      ['c.ts', ['b.ts']],
    ]);
    expect(circle(imports)).toEqual(['b.ts', 'c.ts', 'b.ts']);
  });
});
