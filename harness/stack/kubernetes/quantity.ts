/** Kubernetes' suffixes (resource.Quantity in k8s.io/apimachinery): `M` is a million, `Mi` is 1024². */
const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity of bytes as Kubernetes writes it (`128Mi`, `1G`, `1e9`, a number), or null when it is none. */
export function quantityBytes(quantity: string | number): number | null {
  const match = /^(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([kKMGT]i|[mkMGT])?$/.exec(String(quantity));
  const factor = FACTORS[match?.[2] ?? ""];
  if (!match || factor === undefined) return null;
  return Math.ceil(Number(match[1]) * factor);
}
