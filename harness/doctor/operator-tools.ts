/** What the runbooks of this repository call on real tiers, besides docker: the operator's own tools. */
export const OPERATOR_TOOLS = ["bash", "curl", "jq"] as const;
