import { useQuery } from '@tanstack/react-query';
import type { JsonSchema } from './complete-spec.ts';

/** The schemas of the API, as its OpenAPI document states them; for completion only. */
export function useSchemas(): Readonly<Record<string, JsonSchema>> | undefined {
  const { data } = useQuery({
    queryKey: ['openapi', 'schemas'],
    queryFn: async ({ signal }) => {
      const response = await fetch('/openapi.json', { signal });
      return ((await response.json()) as { components: { schemas: Record<string, JsonSchema> } }).components
        .schemas;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
