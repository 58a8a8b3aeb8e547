import { verify } from "../../../core/signing/sr25519.ts";
import type { MetagraphCache } from "./metagraph.ts";

/** A request that a hotkey has signed. `block`: a recent head, so that what was overheard can't be sent again next week. */
export interface SignedRequest {
  readonly key: string;
  readonly hotkey: string;
  readonly block: number;
  readonly signature: string;
}

export type Access =
  | { readonly status: 200; readonly block: number; readonly ageMs: number }
  | { readonly status: 400 | 401 | 403 | 503; readonly why: string };

/** How far a request's block may be from the head: two minutes back; one ahead, for we ask only every few seconds. */
const BLOCKS_BACK = 10;
const BLOCKS_AHEAD = 2;

/** What a hotkey signs. */
export function accessText({ key, block }: Pick<SignedRequest, "key" | "block">): string {
  return `firedrill:access:${key}:${block}`;
}

/** Who may: a fresh request, signed by a hotkey that has a validator's permit. Checked in this order; the dear check last but one. */
export function judgeAccess(
  request: SignedRequest,
  metagraph: MetagraphCache,
  headNumber: number,
  nowMs: number,
): Access {
  const { block, hotkey, signature } = request;
  if (block < headNumber - BLOCKS_BACK || block > headNumber + BLOCKS_AHEAD)
    return { status: 400, why: `block ${block} is not near the head, ${headNumber}` };
  if (!verify(accessText(request), signature, hotkey)) return { status: 401, why: "the signature is wrong" };
  const permission = metagraph.ask(hotkey, nowMs);
  if (permission.kind === "refused") return { status: 503, why: permission.why };
  if (permission.neuron?.permit !== true)
    return { status: 403, why: "this hotkey has no validator's permit" };
  return { status: 200, block: permission.block, ageMs: permission.ageMs };
}
