/** What stands where a secret stood. */
const HIDDEN = "(hidden)";

/** Ways in which k3d, k3s, kubectl and kubeconfigs write secrets; the first group stays. */
const SECRETS: readonly RegExp[] = [
  /(K3S_(?:AGENT_)?TOKEN=)[^\s"',\]]+/g,
  /("?k3d\.cluster\.token"?\s*[:=]\s*"?)[^\s"',}\]]+/g,
  /("?(?:cluster)?token"?\s*[:=]\s*"?)[^\s"',}\]]+/gi,
  /("?(?:certificate-authority|client-certificate|client-key)-data"?\s*:\s*"?)[A-Za-z0-9+/=]+/g,
  /(Bearer )[^\s"']+/g,
];
const PEM = /-----BEGIN ([A-Z ]+)-----[\s\S]*?(?:-----END \1-----|$)/g;

/** The text without cluster tokens, certificates and keys: what may be logged, stored and shown. */
export function redact(text: string): string {
  return SECRETS.reduce((rest, secret) => rest.replaceAll(secret, `$1${HIDDEN}`), text).replaceAll(
    PEM,
    HIDDEN,
  );
}
