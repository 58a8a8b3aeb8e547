import type { Random } from "../../../service/host.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { between, stream } from "../kernel/streams.ts";
import type { NetworkRules } from "./rules.ts";

/** One way between two containers of one host. */
const LATENCY_MS = { low: 0.2, high: 1 } as const;
/** On the loopback interface. */
const LOOPBACK_MS = 0.05;

/**
 * When Linux repeats what got no answer. A connection request (SYN) goes out again after 1, 2, 4 … 32 s: `tcp_syn_retries`
 * is 6. Data goes out again after 0.2, 0.4 … 25.6 s (RTO starts at TCP_RTO_MIN, 200 ms, on a path this fast): eight times,
 * which is what `tcp_orphan_retries` gives a connection whose owner has closed it or died. So a write whose caller gave up
 * long ago can still arrive up to 51 s after it was sent. Source: Documentation/networking/ip-sysctl.
 */
const REPEAT_AFTER_MS = {
  syn: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
  data: [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600],
} as const;

type Segment = keyof typeof REPEAT_AFTER_MS;

/** Carries messages between named peers with TCP's patience. It knows rules and lost nodes, not processes. */
export class Wire {
  readonly rules: NetworkRules;
  readonly #kernel: Kernel;
  readonly #seed: number;
  readonly #isLost: (peer: string) => boolean;
  readonly #random = new Map<string, Random>();

  constructor(kernel: Kernel, seed: number, rules: NetworkRules, isLost: (peer: string) => boolean) {
    this.#kernel = kernel;
    this.#seed = seed;
    this.#isLost = isLost;
    this.rules = rules;
  }

  /** Does a message from `from` reach `to` now? */
  passes(from: string, to: string): boolean {
    if (this.#isLost(from) || this.#isLost(to)) return false;
    return !this.rules.cuts(from, to);
  }

  /**
   * Carries one message; `arrive` runs when it is there, which may be after repetitions, or never. A sender that
   * `isAbandoned` repeats nothing more: so it is with a connection request whose caller has given up.
   */
  send(
    kind: Segment,
    from: string,
    to: string,
    arrive: () => void,
    isAbandoned: () => boolean = () => false,
  ): void {
    const attempt = (count: number) => {
      if (isAbandoned()) return;
      const repeat = () => {
        const waitMs = REPEAT_AFTER_MS[kind][count];
        if (waitMs !== undefined) this.#kernel.after(waitMs, () => attempt(count + 1));
      };
      if (!this.passes(from, to)) return repeat();
      // What the cut catches on its way is lost as well.
      this.#kernel.after(this.#latencyMs(kind, from, to), () =>
        this.passes(from, to) ? arrive() : repeat(),
      );
    };
    attempt(0);
  }

  #latencyMs(kind: Segment, from: string, to: string): number {
    if (from === to) return LOOPBACK_MS;
    const random = this.#streamFor(`${from}>${to}`);
    // The latency fault is per piece of data, not per handshake (fault/kinds/network.ts).
    const extra = (kind === "data" ? this.rules.delays(from, to) : []).map(({ delayMs, jitterMs }) =>
      Math.max(0, delayMs + between(random, -jitterMs, jitterMs)),
    );
    return extra.reduce((sum, ms) => sum + ms, between(random, LATENCY_MS.low, LATENCY_MS.high));
  }

  #streamFor(path: string): Random {
    let random = this.#random.get(path);
    if (random === undefined) this.#random.set(path, (random = stream(this.#seed, path, "latency")));
    return random;
  }
}
