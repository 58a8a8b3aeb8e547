import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../../fault/injector.ts";
import type { ComposeFaultContext } from "../../../compose/faults/context.ts";
import { confirmEach, runningTargets, sameLife, type Target } from "../../../compose/faults/target.ts";
import {
  execIn,
  faultToken,
  findHelpers,
  marked,
  removeHelpers,
  runHelper,
  startHelper,
  succeeded,
  type Toolbox,
  toolboxFor,
} from "../../../compose/faults/toolbox.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { execInNode } from "../in-node.ts";
import { nodesAsContainers, onNodes } from "./node-context.ts";
import { findProcesses, type NodeDaemon, PROCESS_NAMES, signalProcesses, statesOf } from "./processes.ts";

/** Whoever gives no answer by then gives none. */
const ANSWER_LIMIT_S = 2;
/** The kubelet's own health endpoint (kubelet configuration, `healthzPort`), and any question to the runtime. */
const ASK = {
  kubelet: `require("node:http").get("http://127.0.0.1:10248/healthz", () => process.exit(0)).on("error", () => process.exit(1))`,
  runtime: ["timeout", String(ANSWER_LIMIT_S), "ctr", "version"],
} as const;

/** A node with the processes that are to hang. */
interface Hanging extends Target {
  readonly toolbox: Toolbox;
  readonly token: string;
  readonly processes: readonly string[];
}

/** SIGSTOP to a node's kubelet or container runtime: its connections stay open, and it does nothing. */
export function hangInjector(context: K3dFaultContext, daemon: NodeDaemon): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const spelled = await onNodes(context, fault);
      const containers = nodesAsContainers(context, spelled.nodes);
      const targets = await runningTargets(containers, spelled.fault);
      const hanging = await Promise.all(
        targets.map((target) => findDaemon(containers, fault, target, daemon)),
      );
      const helpers = new Map<string, string>();
      let proven = false;
      return {
        undo: hanging.map(({ id, token, toolbox, processes }) => ({
          op: "continue-processes",
          args: { container: id, token, processes, ...toolboxArgs(toolbox) },
        })),
        apply: async () => {
          for (const it of hanging) helpers.set(it.id, await stop(it, fault.ttlMs));
        },
        confirm: async () => {
          const answer = await confirmEach(hanging, async (it) => {
            const stopped = await isStopped(containers, it, helpers.get(it.id) ?? "");
            if (!stopped.confirmed || proven) return stopped;
            const silent = await isSilent(it, daemon);
            return { ...silent, evidence: `${stopped.evidence}; ${silent.evidence}` };
          });
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

async function findDaemon(
  containers: ComposeFaultContext,
  fault: ResolvedFault,
  target: Target,
  daemon: NodeDaemon,
): Promise<Hanging> {
  const toolbox = await toolboxFor(containers, target.id);
  const script = ["sh", "-c", findProcesses(PROCESS_NAMES[daemon])];
  const found = await runHelper(toolbox, script, amongProcessesOf(target.id));
  const processes = succeeded("looking for processes", found).split("\n").filter(Boolean);
  if (processes.length > 0) {
    return { ...target, toolbox, processes, token: faultToken(containers, fault.id, target.id) };
  }
  throw new FiredrillError("USAGE_FAULT", `${fault.kind} finds no ${daemon} on "${target.service}"`, {
    received: `no process called ${PROCESS_NAMES[daemon].join(" or ")}`,
    expected: "a node whose kubelet can hang by itself: in rancher/k3s only an agent's",
  });
}

/** The helper comes first: it sets them going again when the time is up, even if nobody else is left to do it. */
async function stop({ id, toolbox, token, processes }: Hanging, ttlMs: number): Promise<string> {
  await removeHelpers(toolbox.docker, token);
  const atEnd = `sleep ${Math.ceil(ttlMs / 1_000)}; ${signalProcesses("CONT", processes)}`;
  const helper = await startHelper(marked(toolbox, token), ["sh", "-c", atEnd], amongProcessesOf(id));
  const stopped = await execIn(toolbox.docker, helper, ["sh", "-c", signalProcesses("STOP", processes)]);
  succeeded("stopping processes", stopped);
  return helper;
}

/** Also in the node's network, where its kubelet answers. */
const amongProcessesOf = (id: string) => ({
  PidMode: `container:${id}`,
  NetworkMode: `container:${id}`,
  CapAdd: ["KILL"],
});

async function isStopped(
  containers: ComposeFaultContext,
  target: Hanging,
  helper: string,
): Promise<Confirmation> {
  const { docker } = containers;
  if (!(await sameLife(containers, target))) return { confirmed: false, evidence: "the node was restarted" };
  if (!(await findHelpers(docker, target.token)).includes(helper)) {
    return { confirmed: false, evidence: "the helper that ends the fault in time is gone" };
  }
  const look = await execIn(docker, helper, ["sh", "-c", statesOf(target.processes)]);
  const states = succeeded("looking at processes", look).split("\n").filter(Boolean);
  const stopped = states.length === target.processes.length && states.every((it) => it.endsWith(":T"));
  return { confirmed: stopped, evidence: `processes and their states: ${states.join(", ") || "gone"}` };
}

async function isSilent({ id, toolbox }: Hanging, daemon: NodeDaemon): Promise<Confirmation> {
  const { exitCode } =
    daemon === "runtime"
      ? await execInNode(toolbox.docker, id, ASK.runtime)
      : await runHelper(
          toolbox,
          ["timeout", String(ANSWER_LIMIT_S), "node", "-e", ASK.kubelet],
          amongProcessesOf(id),
        );
  const evidence =
    exitCode === 0 ? `the ${daemon} answers` : `the ${daemon} gives no answer within ${ANSWER_LIMIT_S} s`;
  return { confirmed: exitCode !== 0, evidence };
}
