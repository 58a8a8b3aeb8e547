import { verify } from "../../core/signing/sr25519.ts";
import { refuse } from "../failure.ts";
import type { Validator } from "../validator.ts";
import type { Signed } from "./signed.ts";

/** The subnet whose members are let in (chutes is subnet 64). */
export const NETUID = 64;

/**
 * The validator's check, in the order of chutes-api's get_current_user: headers, nonce, signature, membership. The
 * message is `hotkey:nonce:purpose`, or `hotkey:nonce:sha256(body)` for a route without a purpose.
 *
 * @throws Refusal 401
 */
export function checkHotkey(
  { settings, world, network }: Validator,
  { hotkey, nonce, signature }: Signed,
  what: string,
  skewSeconds = 0,
): string {
  if (hotkey === "" || signature === "") refuse(401, "Can't find a user with that api key in our db :(");
  const nowSeconds = world.clock.wallMs() / 1_000 + skewSeconds;
  if (!/^\d{1,12}$/.test(nonce) || Math.abs(nowSeconds - Number(nonce)) >= settings.nonceSeconds)
    refuse(401, "Invalid nonce!");
  if (!/^([0-9a-fA-F]{2})*$/.test(signature))
    refuse(401, `Invalid signature: ${signature}, with error: non-hexadecimal number found in fromhex() arg`);
  const message = `${hotkey}:${nonce}:${what}`;
  if (!verify(message, signature, hotkey))
    refuse(401, `Invalid request signature for hotkey ${hotkey}. Message: ${message}`);
  if (!network.isMember(hotkey)) refuse(401, `Hotkey is not registered on netuid ${NETUID}`);
  return hotkey;
}
