import type { FaultSubject } from "../mock.ts";
import type { FaultSpec } from "./spec.ts";

/** Does the fault concern this subject at all? Looks at no time and draws nothing. */
export function concerns({ when: { match }, scope }: FaultSpec, subject: FaultSubject): boolean {
  for (const [label, value] of Object.entries(scope)) if (subject.labels[label] !== value) return false;
  if (match === undefined) return true;
  if (match.method !== undefined && match.method !== subject.method) return false;
  if (match.path !== undefined && !match.path.test(subject.path ?? "")) return false;
  for (const [name, wanted] of Object.entries(match.header ?? {}))
    if (!wanted.test(subject.headers?.[name.toLowerCase()] ?? "")) return false;
  return match.body === undefined || match.body.test(subject.text?.() ?? "");
}

/** Is the fault on at `nowMs`? */
export function isOn({ when, duration }: FaultSpec, putMs: number, nowMs: number): boolean {
  const startMs = Math.max(putMs, when.atTime ?? 0);
  if (nowMs < startMs) return false;
  if (duration !== undefined && nowMs >= startMs + duration) return false;
  if (when.window === undefined) return true;
  const sinceMs = nowMs - putMs - when.window.from;
  if (sinceMs < 0) return false;
  const everyMs = when.window.every ?? Infinity;
  return (everyMs === Infinity ? sinceMs : sinceMs % everyMs) < when.window.for;
}

/** The next moment after `nowMs` at which `isOn` may change; infinity when there is none. */
export function nextChangeMs({ when, duration }: FaultSpec, putMs: number, nowMs: number): number {
  const startMs = Math.max(putMs, when.atTime ?? 0);
  const moments = [startMs];
  if (duration !== undefined) moments.push(startMs + duration);
  if (when.window !== undefined) {
    const { from, for: lengthMs, every } = when.window;
    const round = every === undefined ? 0 : Math.max(0, Math.floor((nowMs - putMs - from) / every));
    for (const k of every === undefined ? [0] : [round, round + 1]) {
      const opensMs = putMs + from + k * (every ?? 0);
      moments.push(opensMs, opensMs + lengthMs);
    }
  }
  return Math.min(Infinity, ...moments.filter((atMs) => atMs > nowMs));
}
