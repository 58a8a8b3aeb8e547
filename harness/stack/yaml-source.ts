import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from "yaml";
import { FiredrillError, type ErrorDetails } from "../error.ts";

type Path = readonly (string | number)[];

/** A value of a YAML file that knows where it stands, so that every complaint names line and column. */
export interface Spot {
  readonly value: unknown;
  readonly path: Path;
  /** The value under `key`; its value is undefined where there is none. */
  at(key: string | number): Spot;
  /** The entries of a mapping, or none; @throws USAGE_STACK when it is something else. */
  entries(): [string, Spot][];
  /** The items of a list; @throws USAGE_STACK when it is something else. */
  items(): Spot[];
  /** @throws USAGE_STACK always, with the place in front. */
  fail(message: string, details?: ErrorDetails): never;
}

/** A text in YAML, read once: the value itself, and spots for values of the same shape. */
export interface YamlSource {
  readonly root: Spot;
  /** The same places with other values, for example after interpolation. */
  spotOf(value: unknown): Spot;
}

/**
 * Reads one YAML document; `file` stands in error messages, `expected` says what the file ought to be.
 * @throws USAGE_STACK at the first syntax error, with the place.
 */
export function readYaml(text: string, file: string, expected: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors[0];
  if (broken) {
    throw new FiredrillError("USAGE_STACK", `${place(broken.pos[0])}: ${broken.message}`, {
      expected,
      hint: "fix the line; an editor with YAML support shows the same place",
    });
  }
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      throw new FiredrillError(
        "USAGE_STACK",
        `${place(alias.range?.[0] ?? 0)}: "*${alias.source}" has no anchor before it`,
        {
          expected: `"&${alias.source}" further up`,
        },
      );
    },
  });
  const spot = (value: unknown, path: Path): Spot => ({
    value,
    path,
    at: (key) => spot(member(value, key), [...path, key]),
    entries() {
      if (value === undefined || value === null) return [];
      if (!isRecord(value))
        return this.fail(`${name(path)} is no mapping`, {
          received: show(value),
          expected: "key: value lines",
        });
      return Object.keys(value).map((key) => [key, this.at(key)]);
    },
    items() {
      if (value === undefined || value === null) return [];
      if (!Array.isArray(value))
        return this.fail(`${name(path)} is no list`, {
          received: show(value),
          expected: 'lines that start with "- "',
        });
      return value.map((_, index) => this.at(index));
    },
    fail(message, details = {}): never {
      throw new FiredrillError("USAGE_STACK", `${place(offsetOf(document, path))}: ${message}`, details);
    },
  });
  return {
    root: spot(document.toJS({ maxAliasCount: 100 }) as unknown, []),
    spotOf: (value) => spot(value, []),
  };
}

/** A value as an error message shows it, on one short line. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** `["services", "api", "ports"]` → `services.api.ports`. */
export function name(path: Path): string {
  return path.length === 0 ? "the file" : path.join(".");
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)] as unknown;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Where the deepest part of the path begins that is written in the file; of a mapping's member, its key. */
function offsetOf(document: Document, path: Path): number {
  let node = document.contents as Node | null | undefined;
  let offset = node?.range?.[0] ?? 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = node.items[Number(key)] as Node | undefined;
      offset = node?.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
