import type { Clock } from "../../../time/clock.ts";
import { type KubeApi, KubeSilence, type WatchEvent } from "../api/kube-api.ts";
import type { Metadata } from "../api/objects.ts";

/** A watch may die without a word when its server is killed, so that each is begun anew after a while. */
const TURN_MS = 30_000;
const PAUSE_AFTER_BREAK_MS = { first: 250, last: 4_000 } as const;
/** A day of turns. */
const MAX_TURNS = 3_000;

interface Named {
  readonly metadata: Metadata;
}

/** The objects of one list, by namespace and name. */
export type Objects<T> = Map<string, T>;

export interface Follow<T> {
  readonly api: KubeApi;
  /** `/api/v1/nodes`. */
  readonly path: string;
  /** Kept up to date; what was known last stays while the API server is silent. */
  readonly into: Objects<T>;
  /** After every change of `into`. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A list that is being followed. */
export interface Following {
  /** Resolves when the list was read for the first time. */
  readonly read: Promise<void>;
  /** Reads the list again at once: the API server has been away. */
  again(): void;
  /** Resolves after `signal` was aborted. */
  readonly ended: Promise<void>;
}

/** Lists, watches from there, and lists again whenever the watch breaks or has lasted a while. */
export function followList<T extends Named>(follow: Follow<T>): Following {
  const { clock, signal } = follow;
  const first = Promise.withResolvers<void>();
  let turn = new AbortController();
  const run = async () => {
    let pauseMs: number = PAUSE_AFTER_BREAK_MS.first;
    for (let left = MAX_TURNS; left > 0 && !signal.aborted; left--) {
      turn = new AbortController();
      const until = AbortSignal.any([signal, turn.signal]);
      const { abort } = turn;
      void clock.sleep(TURN_MS, until).then(abort.bind(turn));
      try {
        const version = await list(follow);
        first.resolve();
        await watch(follow, version, until);
        pauseMs = PAUSE_AFTER_BREAK_MS.first;
      } catch {
        // A break says nothing by itself: ask-api.ts finds out whether the server is away.
        await clock.sleep(pauseMs, until);
        pauseMs = Math.min(pauseMs * 2, PAUSE_AFTER_BREAK_MS.last);
      } finally {
        turn.abort();
      }
    }
    first.resolve();
  };
  return { read: first.promise, again: () => turn.abort(), ended: run() };
}

/** Takes over what the list says now. Returns its version. */
async function list<T extends Named>({ api, path, into, onChange }: Follow<T>): Promise<string> {
  const { items, metadata } = await api.get<{
    readonly metadata: { readonly resourceVersion: string };
    readonly items: readonly T[] | null;
  }>(path);
  into.clear();
  for (const object of items ?? []) into.set(keyOf(object), object);
  onChange();
  return metadata.resourceVersion;
}

async function watch<T extends Named>(follow: Follow<T>, version: string, until: AbortSignal): Promise<void> {
  const { api, path, into, onChange } = follow;
  const broken = new AbortController();
  const take = ({ type, object }: WatchEvent<T>) => {
    // The version is too old, or the server gives up.
    if (type === "ERROR") return broken.abort();
    if (type === "BOOKMARK") return;
    if (type === "DELETED") into.delete(keyOf(object));
    else into.set(keyOf(object), object);
    onChange();
  };
  const separator = path.includes("?") ? "&" : "?";
  await api.watch(
    `${path}${separator}resourceVersion=${version}`,
    take,
    AbortSignal.any([until, broken.signal]),
  );
  if (broken.signal.aborted) throw new KubeSilence(`the watch of ${path} was ended`);
}

const keyOf = ({ metadata }: Named): string => `${metadata.namespace ?? ""}/${metadata.name}`;
