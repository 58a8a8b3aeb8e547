import { isHealthy } from "../services/bring-up.ts";
import type { Container } from "../services/container.ts";
import type { CommandResult } from "../services/program.ts";
import { containerName, ok } from "./context.ts";
import type { Desk } from "./context.ts";
import { containerId } from "./identity.ts";
import { parseOptions } from "./options.ts";
import { renderTemplate } from "./template.ts";
import { Unsupported } from "./unsupported.ts";

/** `docker compose ps`, for the services that `select` finds. */
export async function composePs(
  desk: Desk,
  args: readonly string[],
  select: (names: readonly string[]) => readonly Container[],
): Promise<CommandResult> {
  const known = [
    "--all -a",
    "--quiet -q",
    "--services",
    "--no-trunc",
    "--status =",
    "--filter =",
    "--format =",
  ];
  const options = parseOptions("docker compose ps", args, known);
  const states = new Set([...options.values("--status"), ...options.values("--filter").map(statusOf)]);
  const shown = select(options.rest).filter(({ state: { state } }) => {
    if (states.size > 0) return states.has(state);
    return options.has("--all") || (state !== "exited" && state !== "missing");
  });
  if (options.has("--services")) return ok(lines(shown.map(({ spec }) => spec.name)));
  if (options.has("--quiet")) return ok(lines(shown.map((container) => containerId(desk, container))));
  const rows = await Promise.all(shown.map((container) => describe(desk, container)));
  const format = options.value("--format") ?? "table";
  if (format === "json") return ok(lines(rows.map((row) => JSON.stringify(row))));
  if (format === "table") return ok(table(rows));
  return ok(lines(rows.map((row) => renderTemplate("docker compose ps", format, row))));
}

function statusOf(filter: string): string {
  const state = /^status=(\w+)$/.exec(filter)?.[1];
  if (state === undefined) throw new Unsupported(`docker compose ps --filter ${filter}`);
  return state;
}

type PsRow = Readonly<
  Record<"ID" | "Name" | "Image" | "Project" | "Service" | "State" | "Status" | "Health", string>
> & {
  readonly ExitCode: number;
};

async function describe(desk: Desk, container: Container): Promise<PsRow> {
  const { state, exitCode } = container.state;
  const health = await healthOf(desk, container);
  const status = {
    running: `Up (${health})`,
    paused: "Up (Paused)",
    restarting: `Restarting (${exitCode ?? 0})`,
  };
  return {
    ID: containerId(desk, container).slice(0, 12),
    Name: containerName(desk, container),
    Image: container.spec.image ?? "",
    Project: desk.projectName,
    Service: container.spec.name,
    State: state,
    Status: state in status ? status[state as keyof typeof status] : `Exited (${exitCode ?? 0})`,
    Health: health,
    ExitCode: exitCode ?? 0,
  };
}

async function healthOf({ world }: Desk, container: Container): Promise<string> {
  if (container.state.state !== "running") return "";
  if (await isHealthy(world, container)) return "healthy";
  return container.process?.ready ? "unhealthy" : "starting";
}

function table(rows: readonly PsRow[]): string {
  const cells = rows.map((row) => [row.Name, row.Image, row.Service, row.Status]);
  const all = [["NAME", "IMAGE", "SERVICE", "STATUS"], ...cells];
  const widths = all.reduce<number[]>(
    (max, row) => row.map((cell, at) => Math.max(cell.length, max[at] ?? 0)),
    [],
  );
  return lines(
    all.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("   ")
        .trimEnd(),
    ),
  );
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
