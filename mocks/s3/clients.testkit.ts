import { S3Client } from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { Client as MinioClient } from "minio";
import { setupServer } from "msw/node";
import { systemClock } from "../../harness/time/system-clock.ts";
import { createMockClock } from "../core/clock.ts";
import type { ClockMode } from "../core/clock.ts";
import { FREE_PORTS } from "../core/echo.testkit.ts";
import { startMock } from "../core/life.ts";
import type { RunningMock } from "../core/life.ts";
import type { MockDefinition } from "../core/mock.ts";
import { mswHandlers } from "../core/mount/msw.ts";
import { interceptSockets } from "../core/mount/socket.ts";
import { serveMock } from "../core/mount/standalone.ts";
import { s3Mock } from "./s3.ts";

export const KEY = "AKIAIOSFODNN7EXAMPLE";
export const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
export const BUCKET = "a-bucket";

/** A mock with the ways to reach it. */
export interface Reached {
  readonly mock: RunningMock;
  /** Null: the clients' own https addresses lead to it. */
  readonly port: number | null;
  close(): Promise<void> | void;
}

export interface ReachOptions {
  readonly mode?: ClockMode;
  readonly settings?: Record<string, string>;
  readonly definition?: MockDefinition;
  /** Default: the real time, because clients sign with theirs. */
  readonly epochMs?: number;
}

/** The mock with one bucket, on a clock that starts at the real time. */
export function s3TestMock({ mode, settings, definition, epochMs }: ReachOptions = {}): RunningMock {
  const base = systemClock();
  return startMock(definition ?? s3Mock, {
    seed: 7,
    settings: { buckets: BUCKET, ...settings },
    clock: createMockClock({
      base,
      epochMs: epochMs ?? Date.now(),
      mode: mode ?? { kind: "run", scale: 1 },
    }),
  });
}

/** The mounts that unmodified clients can meet, by name. */
export const REACH = {
  standalone: async (options: ReachOptions = {}): Promise<Reached> => {
    const mock = s3TestMock(options);
    const server = await serveMock(mock, FREE_PORTS);
    return { mock, port: server.ports["api"] ?? 0, close: server.close };
  },
  "socket interceptor": async (options: ReachOptions = {}) => {
    const mock = s3TestMock(options);
    return { mock, port: null, close: interceptSockets(mock).restore } satisfies Reached;
  },
  msw: async (options: ReachOptions = {}) => {
    const mock = s3TestMock(options);
    const server = setupServer(...mswHandlers(mock));
    server.listen();
    return { mock, port: null, close: () => server.close() } satisfies Reached;
  },
} as const;

export interface ClientOptions {
  readonly accessKey?: string;
  readonly secret?: string;
  readonly region?: string;
  readonly aws?: S3ClientConfig;
}

/** The clients as anybody would make them; one attempt a request, so that a test sees what the wire says. */
export function clientsOf({ port }: Reached, options: ClientOptions = {}) {
  const { accessKey = KEY, secret = SECRET, region = "us-east-1", aws = {} } = options;
  return {
    aws: new S3Client({
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secret },
      maxAttempts: 1,
      ...(port === null ? {} : { endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true }),
      ...aws,
    }),
    minio: new MinioClient({
      endPoint: port === null ? "s3.amazonaws.com" : "127.0.0.1",
      ...(port === null ? { useSSL: true } : { port, useSSL: false }),
      accessKey,
      secretKey: secret,
      // Without one it asks for the bucket's location first.
      ...(options.region === undefined ? {} : { region }),
    }),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

/** How a promise failed: name, status and words; null: it did not. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    const {
      name,
      message,
      code = "",
      $metadata,
    } = error as Error & {
      code?: string;
      $metadata?: { httpStatusCode?: number };
    };
    return `${name} ${$metadata?.httpStatusCode ?? ""} ${code}: ${message}`;
  }
}
