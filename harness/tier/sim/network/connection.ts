import type { HttpResponse, IncomingRequest } from "../../../service/http.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Process } from "../services/process.ts";
import type { SqlReply, SqlRequest } from "../storage/sql.ts";
import type { Wire } from "./wire.ts";

/** What a process offers on a port. */
export type Listener =
  | {
      readonly protocol: "http";
      /** Ends in one of the two. */
      serve(request: IncomingRequest, answer: (response: HttpResponse) => void, reset: () => void): void;
    }
  | { readonly protocol: "postgres"; serve(request: SqlRequest, answer: (reply: SqlReply) => void): void };

/** Who opens connections: a process, or the world outside the stack. */
export interface Party {
  readonly name: string;
  readonly alive: boolean;
  deliver(action: () => void): void;
}

/** The network as a client sees it. */
export interface Network {
  readonly kernel: Kernel;
  readonly wire: Wire;
  /** Is there a service of this name in the stack? */
  has(name: string): boolean;
  /** The living process behind a name. */
  processOf(name: string): Process | null;
  /** A service tried to reach something outside the stack. */
  noteOutside(from: string, to: string): void;
}

export type Answer<Reply> = { readonly kind: "reply"; readonly reply: Reply } | { readonly kind: "reset" };

/**
 * Opens a TCP connection: a SYN there, a SYN-ACK or a refusal back. Kernels do this without their processes, so a
 * paused service accepts too. After `isAbandoned` nothing is tried and nothing is heard.
 */
export function connect(
  network: Network,
  from: string,
  to: string,
  port: number,
  heard: (result: Connection | "refused") => void,
  isAbandoned: () => boolean,
): void {
  const arrive = () => {
    const process = network.processOf(to);
    const listener = process?.listeners.get(port);
    const result =
      process && listener ? new Connection(network, { from, to, process, listener }) : ("refused" as const);
    network.wire.send("syn", to, from, () => (isAbandoned() ? undefined : heard(result)), isAbandoned);
  };
  network.wire.send("syn", from, to, arrive, isAbandoned);
}

interface Ends {
  readonly from: string;
  readonly to: string;
  /** The life of the server that accepted; a later one answers with a reset. */
  readonly process: Process;
  readonly listener: Listener;
}

export class Connection {
  readonly listener: Listener;
  readonly #network: Network;
  readonly #ends: Ends;

  constructor(network: Network, ends: Ends) {
    this.#network = network;
    this.#ends = ends;
    this.listener = ends.listener;
  }

  /** Did the client's kernel hear that the server's end is gone? A lost node or a cut path says nothing. */
  isBroken(): boolean {
    const { from, to, process } = this.#ends;
    return !process.alive && this.#network.wire.passes(to, from);
  }

  /**
   * Sends one message and listens for its answer. `serve` runs in the server's process, once the message is there,
   * even if nobody waits for the answer any more.
   */
  ask<Reply>(
    serve: (answer: (reply: Reply) => void, reset: () => void) => void,
    heard: (outcome: Answer<Reply>) => void,
  ): void {
    const { from, to, process } = this.#ends;
    const { wire } = this.#network;
    const back = (outcome: Answer<Reply>) => wire.send("data", to, from, () => heard(outcome));
    wire.send("data", from, to, () => {
      if (!process.alive) return back({ kind: "reset" });
      const forget = process.onEnd(() => back({ kind: "reset" }));
      const settle = (outcome: Answer<Reply>) => {
        if (!process.alive) return;
        forget();
        back(outcome);
      };
      process.deliver(() =>
        serve(
          (reply) => settle({ kind: "reply", reply }),
          () => settle({ kind: "reset" }),
        ),
      );
    });
  }
}
