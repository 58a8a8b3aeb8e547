import type { Injector, PreparedFault, ResolvedFault } from "../../../fault/injector.ts";
import type { ComposeFaultContext } from "./context.ts";
import { heldRules, type HeldRules } from "./held-rules.ts";
import { kernelQueue, queueScript } from "./kernel-queue.ts";
import { proxyPlan, type ProxyPlan, proxyWorks, startProxy } from "./proxy-in-path.ts";
import { confirmEach, runningTargets, type Target } from "./target.ts";

/** A target whose traffic passes through a queue of the kernel's, or through a proxy of ours. */
type Shaped = Target & { readonly held: HeldRules } & (
    { readonly by: "kernel"; readonly queue: string } | { readonly by: "proxy"; readonly plan: ProxyPlan }
  );

/**
 * Latency and bandwidth. A kernel's queue shapes all that a container sends, to everyone: it is used for `direction: "out"`
 * without peers, where the kernel has it. Everything else goes through a proxy in the path of the connections that others
 * open to the target's listening ports; connections that the target opens itself are not shaped then.
 */
export function shapingInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const targets = await runningTargets(context, fault);
      const shaped = await Promise.all(targets.map((target) => planFor(context, fault, target)));
      let proven = false;
      return {
        undo: shaped.flatMap(({ held }) => held.undo),
        apply: async () => {
          for (const it of shaped) {
            if (it.by === "kernel") await it.held.apply(queueScript(it.held.token, it.queue));
            else await startProxy(it.held, it.plan, fault.ttlMs);
          }
        },
        confirm: async () => {
          const answer = await confirmEach(shaped, async (it) => {
            const rules = await it.held.look();
            if (!rules.confirmed || proven || it.by === "kernel") return rules;
            const works = await proxyWorks(it.held, it.plan);
            return { confirmed: works.confirmed, evidence: `${rules.evidence}; ${works.evidence}` };
          });
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

async function planFor(context: ComposeFaultContext, fault: ResolvedFault, target: Target): Promise<Shaped> {
  const held = await heldRules(context, fault, target);
  const queue = await kernelQueue(context, fault, target);
  if (queue !== null) return { ...target, held, by: "kernel", queue };
  return { ...target, held, by: "proxy", plan: await proxyPlan(context, fault, target, held.token) };
}
