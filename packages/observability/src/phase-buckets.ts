/** Seconds: from a part of a millisecond, where small models are, to half a minute. */
export const phaseBuckets = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
