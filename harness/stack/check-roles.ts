import { suggest } from "../suggest.ts";
import type { DynamicRole, ServiceSpec } from "./spec.ts";
import type { Spot } from "./yaml-source.ts";

/** Where a complaint about a role or a service points to, and how one gives a service a role there. */
export interface RoleSpots {
  role(name: string): Pick<Spot, "fail" | "at">;
  service(name: string): Pick<Spot, "fail">;
  /** E.g. `"x-firedrill: {role: worker}"`. */
  roleHint(role: string): string;
}

/**
 * A fault says `on: "leader"`: each such word must mean one thing. So a dynamic role is asked among an existing
 * static role and has a name of its own, and no service is named like a role that it does not have.
 * @throws USAGE_STACK
 */
export function checkRoles(
  services: Readonly<Record<string, ServiceSpec>>,
  roles: Readonly<Record<string, DynamicRole>>,
  spots: RoleSpots,
): void {
  const staticRoles = new Set(Object.values(services).map((service) => service.role));
  for (const [role, { among }] of Object.entries(roles)) {
    const spot = spots.role(role);
    if (staticRoles.has(role) || Object.hasOwn(services, role)) {
      spot.fail(`"${role}" is already a service or a static role`, {
        received: role,
        expected: "a name of its own",
        hint: `rename the dynamic role; its members are the services with role "${among}"`,
      });
    }
    if (!staticRoles.has(among)) {
      spot.at("among").fail(`no service has the role "${among}"`, {
        received: among,
        expected: `one of ${[...staticRoles].toSorted().join(", ")}`,
        hint: suggest(among, [...staticRoles].toSorted(), (meant) => `did you mean "${meant}"?`),
      });
    }
  }
  for (const { name, role } of Object.values(services)) {
    if (role === name || !staticRoles.has(name)) continue;
    spots.service(name).fail(`"${name}" is a service and also the role of another service`, {
      received: `service ${name} with role ${role}`,
      expected: "a role that is not the name of a service without it",
      hint: `rename the service, or give it ${spots.roleHint(name)}`,
    });
  }
}
