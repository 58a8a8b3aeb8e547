import type { MockWorld } from "../../core/mock.ts";
import { HEX, randomText } from "../../core/random.ts";
import { refuse } from "../failure.ts";
import type { ValidatorSettings } from "../settings.ts";
import type {
  AuditRow,
  ChuteRow,
  ImageRow,
  InstanceRow,
  JobRow,
  LaunchConfigRow,
  NodeRow,
  RollingUpdateRow,
  ServerRow,
  UpgradeWindow,
} from "./rows.ts";

/** Rows of one table; the real database has no such limit, a mock must have one. */
const MAX_ROWS = 10_000;

/** Everything that the validator knows. */
export interface Network {
  readonly servers: Map<string, ServerRow>;
  readonly nodes: Map<string, NodeRow>;
  readonly chutes: Map<string, ChuteRow>;
  readonly images: Map<string, ImageRow>;
  readonly instances: Map<string, InstanceRow>;
  readonly launchConfigs: Map<string, LaunchConfigRow>;
  readonly jobs: Map<string, JobRow>;
  readonly rollingUpdates: Map<string, RollingUpdateRow>;
  readonly audits: Map<string, AuditRow>;
  upgradeWindow: UpgradeWindow | null;
  /** By hotkey: why it is shut out. */
  readonly blacklist: Map<string, string>;
  isMember(hotkey: string): boolean;
  /** An operator registers or deregisters a hotkey. */
  setMember(hotkey: string, member: boolean): void;
  /** Adds a row. @throws Refusal 503 when the table is full. */
  add<Row>(table: Map<string, Row>, id: string, row: Row): Row;
  /** A new identifier: the n-th of a purpose depends on nothing but the seed. */
  uuid(purpose: string): string;
  hex(purpose: string, length: number): string;
  /** The instance that a GPU works for. */
  instanceOf(nodeId: string): InstanceRow | undefined;
  /** A moment of the mock's clock as a date, as Python writes it. */
  iso(atMs: number): string;
}

export function createNetwork(world: MockWorld, settings: ValidatorSettings): Network {
  const members = new Map(settings.hotkeys.map((hotkey) => [hotkey, true]));
  const streams = new Map<string, ReturnType<MockWorld["random"]>>();
  const instances = new Map<string, InstanceRow>();
  const stream = (purpose: string) => {
    const known = streams.get(purpose) ?? world.random(`id/${purpose}`);
    streams.set(purpose, known);
    return known;
  };
  const hex = (purpose: string, length: number) => randomText(stream(purpose), length, HEX);
  return {
    servers: new Map(),
    nodes: new Map(),
    chutes: new Map(),
    images: new Map(),
    instances,
    launchConfigs: new Map(),
    jobs: new Map(),
    rollingUpdates: new Map(),
    audits: new Map(),
    upgradeWindow: null,
    blacklist: new Map(),
    isMember: (hotkey) => members.get(hotkey) ?? settings.hotkeys.length === 0,
    setMember: (hotkey, member) => void members.set(hotkey, member),
    add(table, id, row) {
      if (table.size >= MAX_ROWS) refuse(503, `the mock keeps ${MAX_ROWS} of a kind, and they are there`);
      table.set(id, row);
      return row;
    },
    hex,
    uuid: (purpose) => uuidOf(hex(purpose, 32)),
    instanceOf: (nodeId) => [...instances.values()].find(({ nodeIds }) => nodeIds.includes(nodeId)),
    iso(atMs) {
      // Read in this order: a running clock must not make a moment earlier than it was.
      const nowMs = world.clock.nowMs();
      return new Date(Math.floor(world.clock.wallMs() - nowMs + atMs)).toISOString().replace("Z", "+00:00");
    },
  };
}

/** 32 hex digits as a UUID of version 4. */
export function uuidOf(hex: string): string {
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4];
  const text = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20, 32),
  ].join("-");
}
