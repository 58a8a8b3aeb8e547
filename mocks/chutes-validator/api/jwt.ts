import { createHmac, timingSafeEqual } from "node:crypto";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JSON Web Token signed with HMAC-SHA256 (RFC 7519). */
export function signJwt(claims: object, key: string): string {
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${mac(text, key)}`;
}

/** Its claims; null: not ours, changed on the way, or out of date. */
export function readJwt(token: string, key: string, nowSeconds: number): Record<string, unknown> | null {
  const [head = "", body = "", signature = ""] = token.split(".");
  const wanted = Buffer.from(mac(`${head}.${body}`, key));
  const given = Buffer.from(signature);
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return null;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  return Number(claims["exp"]) > nowSeconds && claims["iss"] === "chutes" ? claims : null;
}

function mac(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
