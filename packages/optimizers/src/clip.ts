/**
 * Factor on the mean gradient that brings its global L2 norm down to `clipNorm`, and never up: min(1, clipNorm / norm)
 * (Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks"). Without `clipNorm`, 1.
 * torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm, which leaves every clipped gradient slightly short; we do not.
 */
export function clipFactor(norm: number, clipNorm: number | undefined): number {
  return clipNorm === undefined || norm <= clipNorm ? 1 : clipNorm / norm;
}
