import { type Role, roles } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { TokenRecord } from '@descent/storage';

/** Nobody hands out more than they have. @throws DescentError ROLE_MISSING */
export function requireRole(caller: TokenRecord, role: Role): void {
  if (roles.indexOf(caller.role) < roles.indexOf(role)) throw new DescentError('ROLE_MISSING', { role });
}
