import { z } from "zod";
import { S3Error } from "../error.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const size = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/)]).transform(Number);
const conditionSchema = z.union([
  z
    .tuple([z.string().regex(/^content-length-range$/i), size, size])
    .transform(([, min, max]) => ({ kind: "length" as const, min, max })),
  z
    .tuple([z.string().regex(/^(eq|starts-with)$/i), z.string().regex(/^\$/), scalar])
    .transform(([kind, name, value]) => ({
      kind: kind.toLowerCase() === "eq" ? ("eq" as const) : ("starts-with" as const),
      name: name.slice(1).toLowerCase(),
      value,
    })),
  z
    .record(z.string(), scalar)
    .refine((it) => Object.keys(it).length === 1)
    .transform((it) => {
      const [[name = "", value = ""] = []] = Object.entries(it);
      return { kind: "eq" as const, name: name.toLowerCase(), value };
    }),
]);
const policySchema = z.object({
  expiration: z.iso.datetime({ offset: true }),
  conditions: z.array(conditionSchema).max(1_000),
});

export type Policy = z.output<typeof policySchema>;

/** Fields that no condition need name ("Policy: Conditions"). */
const FREE = new Set(["x-amz-signature", "file", "policy", "awsaccesskeyid", "signature", "bucket"]);

/** Decodes a policy document. @throws InvalidPolicyDocument */
export function readPolicy(base64: string): Policy {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    throw new S3Error("InvalidPolicyDocument");
  }
  const policy = policySchema.safeParse(document);
  if (policy.success) return policy.data;
  const where = policy.error.issues[0]?.path.join(".") ?? "";
  throw new S3Error("InvalidPolicyDocument", { message: `Invalid Policy: Invalid '${where}' element.` });
}

/**
 * Holds an upload against its policy: every field must be foreseen. `fields` with `bucket` and the real key in it.
 * @throws AccessDenied, EntityTooSmall, EntityTooLarge
 */
export function checkPolicy(
  { expiration, conditions }: Policy,
  fields: Readonly<Record<string, string>>,
  bytes: number,
  nowMs: number,
): void {
  if (nowMs > Date.parse(expiration)) throw against("Policy expired.");
  const foreseen = new Set(
    conditions.map((condition) => (condition.kind === "length" ? "" : condition.name)),
  );
  for (const condition of conditions) {
    if (condition.kind === "length") continue;
    const { kind, name, value } = condition;
    const given = fields[name] ?? "";
    if (kind === "eq" ? given === value : given.startsWith(value)) continue;
    throw against(`Policy Condition failed: ["${kind}", "$${name}", "${value}"]`);
  }
  const extra = Object.keys(fields).filter(
    (name) => !FREE.has(name) && !name.startsWith("x-ignore-") && !foreseen.has(name),
  );
  if (extra.length > 0) throw against(`Extra input fields: ${extra.join(",")}`);
  for (const condition of conditions) if (condition.kind === "length") checkLength(condition, bytes);
}

function checkLength({ min, max }: { min: number; max: number }, bytes: number): void {
  if (bytes < min)
    throw new S3Error("EntityTooSmall", { fields: { ProposedSize: bytes, MinSizeAllowed: min } });
  if (bytes > max)
    throw new S3Error("EntityTooLarge", { fields: { ProposedSize: bytes, MaxSizeAllowed: max } });
}

function against(what: string): S3Error {
  return new S3Error("AccessDenied", { message: `Invalid according to Policy: ${what}` });
}
