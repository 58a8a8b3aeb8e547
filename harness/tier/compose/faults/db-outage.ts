import type { Confirmation, Injector } from "../../../fault/injector.ts";
import { blow, lifeEnded } from "./blow.ts";
import { inspectOrNull } from "../containers.ts";
import type { ComposeFaultContext } from "./context.ts";
import { CONNECT_PROBE, readConnectProbe } from "./connect-probe.ts";
import { killContainer } from "./kill.ts";
import { confirmEach, runningTargets, type Target } from "./target.ts";
import { runHelper, succeeded, toolboxFor } from "./toolbox.ts";

/** The database dies without a checkpoint and stays down: not running, and nobody answers where it listened. */
export function dbOutageInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      return {
        ...blow(context, targets, ({ id }) => killContainer(context, id)),
        confirm: () => confirmEach(targets, (target) => isOut(context, target)),
      };
    },
  };
}

async function isOut(context: ComposeFaultContext, target: Target): Promise<Confirmation> {
  const ended = await lifeEnded(context, target);
  if (!ended.confirmed) return ended;
  const info = await inspectOrNull(context.docker, target.id);
  if (info?.State.Running) return { confirmed: false, evidence: `it ${ended.evidence}` };
  const refusal = await nobodyAnswers(context, target);
  return { confirmed: refusal.confirmed, evidence: `${ended.evidence}; ${refusal.evidence}` };
}

/** Asks from the target's own network, at the addresses and ports that it had. */
async function nobodyAnswers(context: ComposeFaultContext, { id, info }: Target): Promise<Confirmation> {
  const ports = Object.keys(info.Config.ExposedPorts ?? {}).filter((it) => it.endsWith("/tcp"));
  const [network] = Object.entries(info.NetworkSettings.Networks);
  if (network === undefined || ports.length === 0) {
    return { confirmed: true, evidence: "no port of it is known, so none was asked" };
  }
  const [name, { IPAddress }] = network;
  const asked = ports.map((port) => `${IPAddress}:${Number.parseInt(port, 10)}`);
  const toolbox = await toolboxFor(context, id);
  const result = await runHelper(toolbox, ["node", "-e", CONNECT_PROBE, ...asked], { NetworkMode: name });
  const answers = readConnectProbe(succeeded("asking its ports", result));
  return {
    confirmed: answers.every(({ outcome }) => outcome !== "connected"),
    evidence: answers.map(({ address, outcome }) => `${address} ${outcome}`).join(", "),
  };
}
