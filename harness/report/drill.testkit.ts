import { type SyntheticRun, syntheticRun } from "../events/events.testkit.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import { judgeRun } from "../gate/judge-run.ts";
import type { ReportInput } from "./input.ts";

/** A report's input from a synthetic run, made to look like a real one: images, outputs, uneven latencies. */
export function drill(
  run: SyntheticRun = {},
  change: (event: FiredrillEvent) => FiredrillEvent[] = keep,
): ReportInput {
  const events = syntheticRun(run)
    .flatMap((event) => imagesAfter(uneven(event)))
    .flatMap(change)
    .map((event, seq) => ({ ...event, seq }));
  const profileNotes = ["A stopped container is killed after 10 s (documented default of docker stop)."];
  return {
    events,
    judgement: judgeRun(events),
    metadata: { scenarioPath: "scenarios/failover.mjs", ...(run.tier === "compose" ? {} : { profileNotes }) },
  };
}

const keep = (event: FiredrillEvent): FiredrillEvent[] => [event];

/** The three decisions, each for the reason it is usually made. */
export const DRILLS = {
  go: () => drill({ tier: "compose" }),
  noGo: () =>
    drill(
      {
        tier: "compose",
        trials: [
          {},
          {
            apiOutageMs: 27_300,
            redundancyOutageMs: 34_000,
            lostOps: 3,
            hygienic: false,
            observedUntilMs: 75_000,
          },
        ],
      },
      failVerifyInTrial(2),
    ),
  hold: () => drill({ tier: "compose", trials: [{ confirmed: false }] }),
} as const;

type Told = Extract<FiredrillEvent, { kind: "node.state" | "pod.state" }>;
type Body<E> = E extends unknown ? Omit<E, "seq" | "trial" | "t"> : never;

/** What became of nodes and pods in one trial, told beside the other events. */
export function clusterDrill(...told: readonly (readonly [t: number, body: Body<Told>])[]): ReportInput {
  const waiting = told.toSorted(([a], [b]) => a - b);
  return drill({ tier: "k3d" }, (event) => {
    const due = event.trial === 0 ? [] : waiting.splice(0, waiting.filter(([t]) => t <= event.t).length);
    return [...due.map(([t, body]): FiredrillEvent => ({ ...body, t, trial: 1, seq: 0 })), event];
  });
}

/** `agent-1` is lost with the pod on it, which comes back elsewhere, and returns. */
export function lostAgent(): ReportInput {
  const node = (t: number, name: string, state: NodeWord, detail = "") =>
    [t, { kind: "node.state", node: name, state, detail }] as const;
  const pod = (t: number, name: string, on: string | null, state: PodWord, detail = "") =>
    [t, { kind: "pod.state", pod: name, service: "control-plane", node: on, state, detail }] as const;
  const [lost, heir, crowded] = ["x2x9p", "k4j7q", "m8n2v"].map((it) => `control-plane-5d8f9c7b6d-${it}`) as [
    string,
    string,
    string,
  ];
  return clusterDrill(
    ...["server-0", "agent-0", "agent-1"].map((it) => node(4_000, it, "ready")),
    pod(4_000, lost, "agent-1", "ready"),
    pod(4_000, crowded, "agent-0", "ready"),
    node(9_520, "agent-1", "down", "its container has ended (exit status 137)"),
    pod(9_520, lost, "agent-1", "not-ready", "its node agent-1 is down"),
    pod(14_000, crowded, "agent-0", "evicted", "Evicted: low on memory"),
    pod(17_000, lost, "agent-1", "terminating"),
    pod(17_000, heir, null, "pending", "no node fits"),
    pod(20_000, heir, "agent-0", "starting"),
    pod(20_700, heir, "agent-0", "crashing", "CrashLoopBackOff"),
    pod(26_000, heir, "agent-0", "ready"),
    node(24_000, "agent-1", "unknown", "no heartbeat since its container runs again"),
    node(28_000, "agent-1", "ready"),
    pod(28_500, lost, "agent-1", "gone"),
  );
}

type NodeWord = Extract<Told, { kind: "node.state" }>["state"];
type PodWord = Extract<Told, { kind: "pod.state" }>["state"];

/** The last step of the runbook fails and says why. */
function failVerifyInTrial(trial: number): (event: FiredrillEvent) => FiredrillEvent[] {
  return (event) => {
    if (event.trial !== trial) return [event];
    if (event.kind === "runbook.expected") return [{ ...event, met: false, detail: "bad for 12 s of 60 s" }];
    if (event.kind === "runbook.step.ended" && event.step === "verify") {
      return [
        {
          ...event,
          outcome: "failed",
          exitCode: 1,
          output: "\u001b[31mcurl: (22) The requested URL returned error: 503\u001b[0m\n",
        },
      ];
    }
    if (event.kind === "runbook.ended")
      return [{ ...event, outcome: "failed", detail: "step verify failed" }];
    return [event];
  };
}

function imagesAfter(event: FiredrillEvent): FiredrillEvent[] {
  if (event.kind !== "run.planned") return [event];
  const image = { kind: "run.image", trial: 0, t: 0, seq: 0 } as const;
  return [
    event,
    {
      ...image,
      image: "node:24-alpine",
      use: "firedrill-base:24",
      how: "built",
      substitution: "built from Debian packages and Node from npm, because it could not be pulled",
    },
    { ...image, image: "postgres:16", use: "postgres:16", how: "present", substitution: null },
  ];
}

/** Latencies with a long tail instead of a narrow band, and a step that prints; the same in every run. */
function uneven(event: FiredrillEvent): FiredrillEvent {
  if (event.kind === "op.ok") {
    const noise = Math.sin(event.startedMs * 12.9898) * 43_758.5453;
    const latencyMs = Math.round(9 * Math.exp(3 * (noise - Math.floor(noise)) ** 3));
    return { ...event, latencyMs, t: event.startedMs + latencyMs };
  }
  if (event.kind === "runbook.step.ended" && event.step === "look") {
    const output =
      "NAME              STATUS\ncontrol-plane-1   exited (137)\ncontrol-plane-2   running (leader)\nload-balancer     running\n";
    return { ...event, output };
  }
  return event;
}
