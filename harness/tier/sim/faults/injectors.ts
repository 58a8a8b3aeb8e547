import { FiredrillError } from "../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../fault/injector.ts";
import type { FaultKind } from "../../../fault/kinds.ts";
import type { Effect } from "../network/rules.ts";
import { KILLED } from "../services/container.ts";
import type { Container } from "../services/container.ts";
import type { World } from "../world.ts";
import { deathInjector, describeDeath, diedBy, diedOutOfMemory, isDown } from "./death.ts";
import type { Look } from "./death.ts";
import { lastingInjector } from "./lasting.ts";
import { confirmation, targetsOf } from "./look.ts";
import { mockInjector } from "./mock.ts";

/** How long a wake-up waits, at most, behind one busy loop: a few time slices of the kernel's scheduler. */
const CPU_WAIT_PER_LOOP_MS = 10;

/** Every fault kind that the sim tier knows. */
export function injectorsFor(world: World): Partial<Record<FaultKind, Injector>> {
  const blow = (strike: (target: Container, fault: ResolvedFault) => Promise<void> | void, seen: Look) =>
    deathInjector(world, strike, seen);
  return {
    kill: blow((target) => target.kill("killed"), diedBy(KILLED)),
    crash: blow((target) => target.crash(KILLED, "its first process was killed"), diedBy(KILLED)),
    stop: blow((target) => target.stop("stopped"), isDown),
    "db-outage": blow((target) => target.kill("the database was killed"), diedBy(KILLED)),
    "memory-pressure": blow((target) => target.outOfMemory("out of memory"), diedOutOfMemory),
    // An outage may turn into a loss: the target need not run any more.
    "data-loss": deathInjector(
      world,
      (target, fault) => loseData(world, target, fault),
      (target) => lostItsData(world, target),
      { mayBeDown: true },
    ),
    "node-loss": { prepare: (fault) => injectorForNodes(world).prepare(withWholeNodes(world, fault)) },
    pause: pauseInjector(world),
    "cpu-stress": cpuInjector(world),
    partition: networkInjector(world, () => ({ kind: "cut" })),
    latency: networkInjector(world, ({ params }) => ({
      kind: "delay",
      delayMs: params.delayMs ?? 200,
      jitterMs: params.jitterMs ?? 0,
    })),
    "dns-failure": networkInjector(world, () => ({ kind: "no-names" })),
    mock: mockInjector(world),
  };
}

function injectorForNodes(world: World): Injector {
  return deathInjector(
    world,
    (target) => target.vanish("its node was lost"),
    (target) =>
      confirmation(target.lost && target.process === null, `${target.spec.name}: gone with its node`),
  );
}

/** A node is lost with all that runs on it. */
function withWholeNodes(world: World, fault: ResolvedFault): ResolvedFault {
  const nodes = new Set(targetsOf(world, fault).map(({ spec }) => spec.node));
  const onThem = [...world.containers.values()].filter(({ spec }) => nodes.has(spec.node));
  return { ...fault, targets: onThem.filter(({ process }) => process !== null).map(({ spec }) => spec.name) };
}

function loseData(world: World, target: Container, { params }: ResolvedFault): void {
  const volume = params.volume ?? target.volumeName;
  if (params.volume !== undefined && !(params.volume in target.spec.volumes)) {
    throw new FiredrillError("USAGE_FAULT", `${target.spec.name} has no such volume`, {
      received: params.volume,
      expected: Object.keys(target.spec.volumes).join(", ") || "a service with a named volume",
    });
  }
  if (target.process !== null) target.kill("killed, and its data is gone");
  world.volumes.erase(volume);
}

function lostItsData(world: World, target: Container): Confirmation {
  const empty = world.volumes.isEmpty(target.volumeName);
  return confirmation(
    target.process === null && empty,
    `${describeDeath(target)}; volume ${target.volumeName} is ${empty ? "empty" : "not empty"}`,
  );
}

function pauseInjector(world: World): Injector {
  return lastingInjector(world, (fault, targets) => ({
    undo: { op: "unpause", args: { services: [...fault.targets] } },
    apply: () => targets.forEach((target) => target.pause("paused")),
    look: (target) =>
      confirmation(target.state.state === "paused", `${target.spec.name}: ${target.state.state}`),
  }));
}

function cpuInjector(world: World): Injector {
  return lastingInjector(world, (fault, targets) => ({
    undo: { op: "relax-cpu", args: { services: [...fault.targets] } },
    apply: () => {
      for (const target of targets) target.cpuWaitMs = CPU_WAIT_PER_LOOP_MS * (fault.params.cores ?? 1);
    },
    look: (target) => {
      const waits = target.process !== null && target.cpuWaitMs > 0;
      return confirmation(
        waits,
        `${target.spec.name}: a wake-up waits up to ${target.cpuWaitMs} ms for a processor`,
      );
    },
  }));
}

function networkInjector(world: World, effectOf: (fault: ResolvedFault) => Effect): Injector {
  return lastingInjector(world, (fault) => {
    const { id, targets, peers } = fault;
    const rule = { id, targets, peers, direction: fault.params.direction ?? "both", effect: effectOf(fault) };
    return {
      undo: { op: "remove-rule", args: { rule: id } },
      apply: () => world.rules.add(rule),
      look: (target) => {
        const there = world.rules.get(id) !== undefined;
        const others = peers.length === 0 ? "everyone" : peers.join(", ");
        const what = `${rule.effect.kind} (${rule.direction}) between it and ${others}`;
        return confirmation(there, `${target.spec.name}: ${there ? what : "no rule at its interface"}`);
      },
    };
  });
}
