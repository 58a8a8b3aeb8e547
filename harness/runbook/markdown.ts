import { fromMarkdown } from "mdast-util-from-markdown";

/** A Markdown node of the document's top level, with its place. */
export type Block = ReturnType<typeof fromMarkdown>["children"][number];

interface AnyNode {
  readonly type: string;
  readonly value?: string;
  readonly lang?: string | null;
  readonly children?: readonly AnyNode[];
  readonly position?: { readonly start: { readonly line: number } } | undefined;
}

/** The blocks of a document, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return fromMarkdown(markdown).children;
}

/** Everything inside a block, in document order; by hand instead of by recursion, as lists may nest deeply. */
export function* inside(block: Block): Generator<AnyNode> {
  const stack: AnyNode[] = "children" in block ? block.children.map(asAny).toReversed() : [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    stack.push(...[...(node.children ?? [])].toReversed());
  }
}

/** The tree's precise union is of no use to a walk that looks at three fields. */
function asAny(node: object): AnyNode {
  return node as AnyNode;
}

/** A block's text without its markup. */
export function plainText(block: Block): string {
  return [...inside(block)]
    .map(({ value }) => value ?? "")
    .join("")
    .trim();
}

export function firstLine(node: Pick<AnyNode, "position">): number {
  return node.position?.start.line ?? 1;
}

export function lastLine(block: Block): number {
  return block.position?.end.line ?? 1;
}
