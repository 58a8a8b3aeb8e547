import type { Clock } from "../time/clock.ts";
import type { Database } from "./database.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http.ts";

/**
 * The whole world of a service: a stand-in or mock touches nothing else, so the same code
 * runs in a container (service/node-host.ts) and inside the sim tier on virtual time.
 */
export interface Host {
  /** The service's name in its stack, e.g. `control-plane-1`. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: Random;
  /** One structured line to the service's log. */
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Listens on `port` on all addresses until the process ends. */
  serve(port: number, handler: HttpHandler): Promise<void>;
  /** @throws RequestError when no response came. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Connects lazily and reconnects by itself; one statement is one transaction. */
  database(url: string): Database;
}

/** A service's program: returns when it is serving; background loops go on. */
export type Service = (host: Host) => Promise<void>;

/** A seeded stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
}
