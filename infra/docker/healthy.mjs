// Ends with 0 when the address answers with success: the health check of an image without curl.
const response = await fetch(process.argv[2], { signal: AbortSignal.timeout(4000) }).catch(() => null);
process.exit(response?.ok ? 0 : 1);
