import { type PodView, wavered } from "../cluster-view.ts";
import { type Html, html } from "../html/html.ts";
import type { TrialView } from "../trial-view.ts";
import { count } from "../words.ts";
import { type Frame, type Lane, NAME_PX } from "./lane.ts";
import { type StateRow, stateRow, stateRowPx } from "./state-row.ts";
import { fitText } from "./text-width.ts";

/** More rows than this make a chart that nobody reads; events.jsonl has them all. */
const MAX_NODES = 16;
const MAX_PODS = 24;
/** Of the lane's name beside the lane, of a service's name, of the line that says what is left out. */
const LINE_PX = 20;

/** A row per node; of many, those that were not always ready come first. */
export function nodeLane({ nodes, fromMs }: TrialView, frame: Frame): Lane | null {
  const shown = choose(nodes, MAX_NODES, (node) => wavered(node, fromMs));
  const rows = shown.map(({ id, stretches }) => ({ name: id, stretches }));
  return lane("Nodes", [{ head: null, rows }], leftOut("node", nodes, shown, fromMs), frame);
}

/** A row per pod under its service, with its node; of many, those that were not always ready come first. */
export function podLane({ pods, fromMs }: TrialView, frame: Frame): Lane | null {
  const alive = pods.filter(({ stretches }) => stretches.some(({ toMs }) => toMs > fromMs));
  const shown = choose(alive, MAX_PODS, (pod) => wavered(pod, fromMs));
  const groups = [...Map.groupBy(shown, ({ service }) => service)].map(([service, own]) => ({
    head: service,
    rows: own.map((pod): StateRow => ({ name: podName(pod), stretches: pod.stretches })),
  }));
  return lane("Pods", groups, leftOut("pod", alive, shown, fromMs), frame);
}

interface Group {
  readonly head: string | null;
  readonly rows: readonly StateRow[];
}

function lane(name: string, groups: readonly Group[], rest: string | null, frame: Frame): Lane | null {
  if (groups.every(({ rows }) => rows.length === 0)) return null;
  const parts: Html[] = [];
  // Beside the lane its name has a line of its own, so that it does not lie on the first row's.
  let y = frame.labels === "beside" ? LINE_PX : 0;
  for (const { head, rows } of groups) {
    if (head !== null) {
      const text = fitText(head, NAME_PX, frame.scale.leftPx + 100);
      parts.push(html`<text class="name" x="0" y="${y + 15}">${text}</text>`);
      y += LINE_PX;
    }
    for (const row of rows) {
      parts.push(stateRow(row, y, frame));
      y += stateRowPx(frame);
    }
  }
  if (rest !== null) {
    const x = frame.labels === "beside" ? frame.scale.leftPx : 0;
    parts.push(html`<text class="label muted" x="${x}" y="${y + 14}">${rest}</text>`);
    y += LINE_PX;
  }
  return { name, note: "", heightPx: y + 4, body: html`${parts}` };
}

/** At most `max` of them in their own order, the telling ones before the others. */
function choose<Item>(all: readonly Item[], max: number, telling: (item: Item) => boolean): Item[] {
  const chosen = new Set([...all].toSorted((a, b) => Number(telling(b)) - Number(telling(a))).slice(0, max));
  return all.filter((item) => chosen.has(item));
}

function leftOut<Item extends Parameters<typeof wavered>[0]>(
  noun: string,
  all: readonly Item[],
  shown: readonly Item[],
  fromMs: number,
): string | null {
  const left = all.filter((item) => !shown.includes(item));
  if (left.length === 0) return null;
  const steady = left.every((item) => !wavered(item, fromMs));
  return `not drawn: ${count(left.length, noun)}, ${steady ? "always ready" : "not all of them always ready"}`;
}

/** What tells a pod from its brothers, and where it ran: `"x2x9p · agent-1"`. */
function podName({ id, service, node }: PodView): string {
  const own = id.startsWith(`${service}-`) ? id.slice(service.length + 1) : id;
  // Of `5d8f9c7b6d-x2x9p` the first part names the template, which is the same for most.
  const short = /^[a-z0-9]{6,10}-([a-z0-9]{5})(?=$|\.)/.exec(own)?.[1] ?? own;
  return node === null ? short : `${short} · ${node}`;
}
