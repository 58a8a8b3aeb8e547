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
