import type { ClockMode } from "./clock.ts";
import { FREE_PORTS, testMock } from "./echo.testkit.ts";
import type { RunningMock } from "./life.ts";
import type { MockDefinition } from "./mock.ts";
import { interceptSockets } from "./mount/socket.ts";
import { serveMock } from "./mount/standalone.ts";

/** How the tests of one mock reach it. */
export interface Reach<Where extends object> {
  readonly definition: MockDefinition;
  /** The clock unless a test wants another. */
  readonly mode: ClockMode;
  /** Settings unless a test wants others. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The mock's calendar begins at the real time: for clients that sign by theirs. */
  readonly realDate?: boolean;
  /** What tests want to know of the address. `ports`: by listener; null: the mock stands in for its hosts in this process. */
  where(ports: Readonly<Record<string, number>> | null, mock: RunningMock): Where;
}

/** What a test wants otherwise. */
export interface ReachOptions {
  readonly mode?: ClockMode;
  readonly settings?: Readonly<Record<string, string>>;
  readonly definition?: MockDefinition;
  readonly epochMs?: number;
}

/** A mock with the ways to reach it. */
export type Reached<Where extends object> = Where & { readonly mock: RunningMock; close(): Promise<void> };

/** What the mounts of such an object give: `ReachedBy<typeof REACH>`. */
export type ReachedBy<Mounts extends { standalone(): Promise<unknown> }> = Awaited<
  ReturnType<Mounts["standalone"]>
>;

/** The mock as its tests want it, mounted nowhere. */
export function startedFor(reach: Reach<object>, options: ReachOptions = {}): RunningMock {
  const { definition = reach.definition, mode = reach.mode, epochMs } = options;
  const epoch = epochMs ?? (reach.realDate === true ? Date.now() : null);
  return testMock(definition, {
    mode,
    settings: { ...reach.settings, ...options.settings },
    ...(epoch === null ? {} : { epochMs: epoch }),
  });
}

/** The mounts that any unmodified client can meet, by name. */
export function reachBySockets<Where extends object>(reach: Reach<Where>) {
  return {
    standalone: async (options: ReachOptions = {}): Promise<Reached<Where>> => {
      const mock = startedFor(reach, options);
      const { ports, close } = await serveMock(mock, FREE_PORTS);
      return { ...reach.where(ports, mock), mock, close };
    },
    "socket interceptor": async (options: ReachOptions = {}): Promise<Reached<Where>> => {
      const mock = startedFor(reach, options);
      return { ...reach.where(null, mock), mock, close: closing(interceptSockets(mock).restore) };
    },
  };
}

/** The mount by msw: HTTP only. */
export function reachByMsw<Where extends object>(reach: Reach<Where>) {
  return async (options: ReachOptions = {}): Promise<Reached<Where>> => {
    // Most mocks' tests do without it, and it takes long to load.
    const { setupServer } = await import("msw/node");
    const { mswHandlers } = await import("./mount/msw.ts");
    const mock = startedFor(reach, options);
    const server = setupServer(...mswHandlers(mock));
    server.listen();
    return { ...reach.where(null, mock), mock, close: closing(() => server.close()) };
  };
}

/** Takes a patch of this process away, and waits until clients with a pool have seen their connections die. */
export function closing(undo: () => void): () => Promise<void> {
  return async () => {
    undo();
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
}
