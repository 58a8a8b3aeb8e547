import { oldSignature } from "../auth/authorize.ts";
import type { Identity } from "../auth/authorize.ts";
import { checkScope, tenantOf } from "../auth/credentials.ts";
import { hmacHex, parseScope, signingKey } from "../auth/scope.ts";
import { sameText, signatureDoesNotMatch } from "../auth/signature.ts";
import { invalidArgument } from "../error.ts";
import { regionOf } from "../region.ts";
import type { Call } from "../service.ts";
import type { Form } from "./form.ts";

/** Who signed the form's policy; without a policy, nobody did. @throws S3Error */
export function formIdentity(call: Call, { fields }: Form): Identity {
  const nobody: Identity = { tenant: null, payloadHash: "UNSIGNED-PAYLOAD", chain: null };
  const policy = fields["policy"];
  if (policy === undefined) return nobody;
  if (fields["awsaccesskeyid"] !== undefined) throw oldSignature();
  const field = (name: string) => {
    const value = fields[name.toLowerCase()];
    if (value !== undefined) return value;
    throw invalidArgument(
      `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
      name,
      "",
    );
  };
  if (field("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256")
    throw invalidArgument(
      "X-Amz-Algorithm only supports AWS4-HMAC-SHA256",
      "X-Amz-Algorithm",
      field("X-Amz-Algorithm"),
    );
  const scope = parseScope(field("X-Amz-Credential"));
  if (scope === null)
    throw invalidArgument(
      "Error parsing the X-Amz-Credential parameter",
      "X-Amz-Credential",
      field("X-Amz-Credential"),
    );
  const tenant = tenantOf(call.service, call.exchange, scope, fields["x-amz-security-token"] ?? null);
  checkScope(scope, field("X-Amz-Date"), regionOf(call), "AuthorizationQueryParametersError");
  const signature = field("X-Amz-Signature");
  if (!sameText(hmacHex(signingKey(tenant.secret, scope), policy), signature))
    throw signatureDoesNotMatch(scope, signature, policy, null);
  return { ...nobody, tenant };
}
