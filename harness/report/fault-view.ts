import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";

/** The life of one fault in one trial; a time is null while it has not come that far. */
export interface FaultView {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  readonly params: EventOf<"fault.armed">["params"];
  readonly armedMs: number;
  readonly appliedMs: number | null;
  readonly confirmedMs: number | null;
  /** What was read from inside the target: of the confirmation, or of its failure. */
  readonly evidence: string | null;
  readonly unconfirmed: boolean;
  /** Whom it met, in words: `rate.bucket on llm: 57 hits`; null for kinds that do not count. */
  readonly met: string | null;
  readonly revertedMs: number | null;
  readonly revertedBy: EventOf<"fault.reverted">["by"] | null;
  readonly revertError: string | null;
  readonly audit: { readonly clean: boolean; readonly detail: string } | null;
  readonly lapses: readonly {
    readonly atMs: number;
    readonly reapplied: boolean;
    readonly evidence: string;
  }[];
}

type Draft = { -readonly [Key in keyof FaultView]: FaultView[Key] };

/** Every fault that was armed, in that order. */
export function faultViews(events: readonly FiredrillEvent[]): FaultView[] {
  const views = new Map<string, Draft>();
  for (const event of events) {
    if (event.kind === "fault.armed") {
      if (!views.has(event.fault)) views.set(event.fault, armed(event));
      continue;
    }
    if (!("fault" in event)) continue;
    const view = views.get(event.fault);
    if (view !== undefined) follow(view, event);
  }
  return [...views.values()];
}

function armed({ fault, type, targets, params, t }: EventOf<"fault.armed">): Draft {
  return {
    id: fault,
    type,
    targets,
    params,
    armedMs: t,
    appliedMs: null,
    confirmedMs: null,
    evidence: null,
    unconfirmed: false,
    met: null,
    revertedMs: null,
    revertedBy: null,
    revertError: null,
    audit: null,
    lapses: [],
  };
}

function follow(view: Draft, event: FiredrillEvent): void {
  if (event.kind === "fault.applied") view.appliedMs = event.t;
  else if (event.kind === "fault.confirmed") {
    view.confirmedMs = event.t;
    view.evidence = event.evidence;
  } else if (event.kind === "fault.unconfirmed") {
    view.unconfirmed = true;
    view.evidence = event.evidence;
  } else if (event.kind === "fault.lapsed") {
    const { t: atMs, reapplied, evidence } = event;
    view.lapses = [...view.lapses, { atMs, reapplied, evidence }];
  } else if (event.kind === "fault.met") {
    view.met = wordMet(event);
  } else if (event.kind === "fault.reverted") {
    view.revertedMs = event.t;
    view.revertedBy = event.by;
  } else if (event.kind === "fault.revert-failed") view.revertError = event.error;
  else if (event.kind === "fault.audited") view.audit = { clean: event.clean, detail: event.detail };
}

/** `rate.bucket on llm: 57 hits`. */
export function wordMet({
  what,
  hits,
  looks,
}: Pick<EventOf<"fault.met">, "what" | "hits" | "looks">): string {
  if (hits === 0 && looks > 0) return `${what}: met ${looks} times`;
  return `${what}: ${hits} ${hits === 1 ? "hit" : "hits"}`;
}

/** `"kill of control-plane-1"`: what was done to whom. */
export function faultTitle({
  type,
  targets,
  params,
}: Pick<FaultView, "type" | "targets" | "params">): string {
  const own = mockFaultName({ type, params });
  return own === null ? `${type} of ${targets.join(", ")}` : `${own} on ${targets.join(", ")}`;
}

/** The mock's own name for its fault, such as `rate.bucket`; null for faults of other kinds. */
export function mockFaultName({ type, params }: Pick<FaultView, "type" | "params">): string | null {
  if (type !== "mock" || typeof params !== "object" || params === null || Array.isArray(params)) return null;
  return typeof params["fault"] === "string" ? params["fault"] : null;
}
