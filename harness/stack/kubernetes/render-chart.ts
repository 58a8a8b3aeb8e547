import { execa, ExecaError } from "execa";
import { FiredrillError } from "../../error.ts";
import type { ReleaseSpec } from "../spec.ts";

export type ChartRelease = Extract<ReleaseSpec, { kind: "chart" }>;

/** Turns a chart into the YAML of its objects. */
export type RenderChart = (release: ChartRelease) => Promise<string>;

/** Charts of some hundred objects take about a second. */
const RENDER_WITHIN_MS = 60_000;
/** Longer than any sensible chart; a loop in a template must not fill the memory. */
const MAX_OUTPUT_BYTES = 32 * 2 ** 20;

/** Renders with `helm template`, without the chart's tests; nothing is fetched and no cluster is asked. */
export function helmTemplate(findHelm: () => Promise<string>): RenderChart {
  return async ({ name, chart, namespace, valuesFiles }) => {
    const args = ["template", name, chart, "--namespace", namespace, "--skip-tests"];
    for (const file of valuesFiles) args.push("--values", file);
    const options = { timeout: RENDER_WITHIN_MS, maxBuffer: MAX_OUTPUT_BYTES, stdin: "ignore" } as const;
    try {
      return (await execa(await findHelm(), args, options)).stdout;
    } catch (cause) {
      if (!(cause instanceof ExecaError)) throw cause;
      if (cause.code === "ENOENT") throw noHelm(cause);
      throw new FiredrillError("USAGE_STACK", `helm cannot render the chart ${chart}`, {
        received: complaint(String(cause.stderr ?? "")) || cause.shortMessage,
        expected: "a chart that `helm template` renders",
        hint: `helm ${args.join(" ")}`,
        cause,
      });
    }
  };
}

/** Helm's own error, without its advice below and its remarks on links above. */
const complaint = (stderr: string): string => /^Error: (.*)$/m.exec(stderr)?.[1]?.slice(0, 500) ?? "";

function noHelm(cause: ExecaError): FiredrillError {
  return new FiredrillError("ENV_TOOL", "helm was not found, and the stack's chart needs it", {
    received: cause.command.split(" ")[0] ?? "",
    expected: "helm 3",
    hint: "npx firedrill doctor --fix",
    cause,
  });
}
