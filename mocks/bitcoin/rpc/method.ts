import type { MockExchange } from "../../core/http.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { BitcoinNode } from "../node/node.ts";
import type { Others } from "../node/others.ts";
import { CODE, RpcError } from "./error.ts";

/** What a method works on. */
export interface RpcContext {
  readonly world: MockWorld;
  readonly node: BitcoinNode;
  readonly others: Others;
  /** Calls the pump of blocks by others while somebody waits; see ../pump.ts. */
  readonly watch: () => () => void;
  readonly exchange: MockExchange;
  /** After `/wallet/`; null: the plain endpoint. */
  readonly wallet: string | null;
}

type Type = "string" | "number" | "boolean" | "object" | "array" | "any";
/** Name (and other names after `|`) and type; with `?`: may be left out or null. */
export type Param = readonly [name: string, type: Type | `${Type}?`];

export interface RpcMethod {
  readonly params: readonly Param[];
  run(args: readonly unknown[], context: RpcContext): unknown;
}

export type RpcMethods = Readonly<Record<string, RpcMethod>>;

/**
 * Arguments by position, from either form, checked as Core checks them.
 *
 * @throws RpcError
 */
export function argumentsOf(name: string, { params }: RpcMethod, given: unknown): unknown[] {
  const list = Array.isArray(given) ? given : byName(params, (given ?? {}) as Record<string, unknown>);
  if (list.length > params.length) throw new RpcError(CODE.MISC, usage(name, params));
  const wrong: string[] = [];
  params.forEach(([param, type], at) => {
    const value: unknown = list[at] ?? null;
    const optional = type.endsWith("?");
    if (value === null && optional) return;
    if (value === null && list.length <= at) throw new RpcError(CODE.MISC, usage(name, params));
    const wanted = type.replace("?", "");
    if (wanted !== "any" && typeOf(value) !== wanted)
      wrong.push(
        `    "Position ${at + 1} (${param})": "JSON value of type ${coreType(value)} is not of expected type ${wanted === "boolean" ? "bool" : wanted}"`,
      );
  });
  if (wrong.length > 0) throw new RpcError(CODE.TYPE, `Wrong type passed:\n{\n${wrong.join(",\n")}\n}`);
  return list;
}

function byName(params: readonly Param[], given: Record<string, unknown>): unknown[] {
  const valueOf = ([names]: Param) =>
    names
      .split("|")
      .map((name) => given[name])
      .find((value) => value !== undefined);
  const known = params.flatMap(([names]) => names.split("|"));
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new RpcError(CODE.INVALID_PARAMETER, `Unknown named parameter ${unknown}`);
  const last = params.findLastIndex((param) => valueOf(param) !== undefined);
  return params.slice(0, last + 1).map((param) => valueOf(param) ?? null);
}

/** The first line of Core's help (RPCHelpMan::ToString), which is all that its clients show of it. */
function usage(name: string, params: readonly Param[]): string {
  const word = ([names, type]: Param): string => {
    const [first = ""] = names.split("|");
    if (type.startsWith("string")) return `"${first}"`;
    return type.startsWith("array") ? `["${first}",...]` : first;
  };
  const isOptional = ([, type]: Param) => type.endsWith("?");
  const optional = params.filter(isOptional).map(word);
  const all = [name, ...params.filter((param) => !isOptional(param)).map(word)];
  return [...all, ...(optional.length === 0 ? [] : ["(", ...optional, ")"])].join(" ");
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

function coreType(value: unknown): string {
  const type = typeOf(value);
  return type === "boolean" ? "bool" : type;
}

/** @throws RpcError unless it is 64 hex digits. */
export function hashArgument(value: unknown, name: string): string {
  const text = String(value);
  if (text.length !== 64)
    throw new RpcError(
      CODE.INVALID_PARAMETER,
      `${name} must be of length 64 (not ${text.length}, for '${text.slice(0, 200)}')`,
    );
  if (!/^[0-9a-fA-F]+$/.test(text))
    throw new RpcError(CODE.INVALID_PARAMETER, `${name} must be hexadecimal string (not '${text}')`);
  return text.toLowerCase();
}

/** Bytes of hex digits; null: they are none. */
export function hexArgument(value: unknown): Buffer | null {
  const text = String(value);
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, "hex") : null;
}

/** Satoshi as bitcoin. */
export function coins(satoshi: bigint): number {
  return Number(satoshi) / 1e8;
}
