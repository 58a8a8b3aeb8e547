import { createHmac } from "node:crypto";

/** `AKID/20260101/us-east-1/s3/aws4_request` */
export interface Scope {
  readonly accessKey: string;
  /** `20260101` */
  readonly day: string;
  readonly region: string;
  /** All but the key: what is signed. */
  readonly text: string;
}

/** Null: no credential of Signature Version 4 for S3. */
export function parseScope(credential: string): Scope | null {
  const parts = credential.split("/");
  const [day = "", region = "", service, end] = parts.slice(-4);
  const accessKey = parts.slice(0, -4).join("/");
  if (accessKey === "" || !/^\d{8}$/.test(day) || service !== "s3" || end !== "aws4_request") return null;
  return { accessKey, day, region, text: `${day}/${region}/${service}/${end}` };
}

/** The key of a day, region and service, which signs everything else. */
export function signingKey(secret: string, { day, region }: Scope): Buffer {
  const chain = [day, region, "s3", "aws4_request"];
  return chain.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

export function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

export function hmacHex(key: Uint8Array, text: string): string {
  return hmac(key, text).toString("hex");
}
