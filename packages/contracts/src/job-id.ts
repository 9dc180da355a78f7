import { Type } from 'typebox';

export const JobId = Type.String({ pattern: '^job_[0-9A-HJKMNP-TV-Z]{26}$' });
