import type { Frame } from "./lane.ts";

/** Narrower than this, a stretch cannot be seen. */
const SLIVER_PX = 1;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch, or many that are too short to be told apart. */
export type Block<Stretch extends Span> = Stretch & { readonly flapping: boolean };

/**
 * Neighbours that are all too narrow to see become one block. `merge` gives it the worse of two states, because a chart
 * must not hide trouble.
 */
export function mergeSlivers<Stretch extends Span>(
  stretches: readonly Stretch[],
  { scale }: Frame,
  merge: (one: Stretch, other: Stretch) => Stretch,
): Block<Stretch>[] {
  const blocks: Block<Stretch>[] = [];
  let inSlivers = false;
  for (const stretch of stretches) {
    const last = blocks.at(-1);
    const sliver = scale.x(stretch.toMs) - scale.x(stretch.fromMs) < SLIVER_PX;
    if (last !== undefined && inSlivers && sliver) {
      const merged = { ...merge(last, stretch), fromMs: last.fromMs, toMs: stretch.toMs };
      blocks.splice(-1, 1, { ...merged, flapping: true });
    } else blocks.push({ ...stretch, flapping: false });
    inSlivers = sliver;
  }
  return blocks;
}
