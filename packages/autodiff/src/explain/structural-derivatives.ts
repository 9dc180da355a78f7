import type { LocalDerivatives } from './local-derivative.ts';

const moves = (name: string, words: string, formula: string) => ({
  role: `${name} only moves`,
  words: `${words} No number is changed, so the gradient takes the same way back.`,
  formula,
});
const repeats = (name: string) => ({
  role: `${name} copies, so its gradient adds`,
  words: 'An element that was used several times gets the sum of the gradients of all its copies.',
  formula: 'dX = Σ of dY over the copies',
});
const stops = (name: string, words: string) => ({
  role: `${name} stops the gradient`,
  words: `${words}, so nothing flows back through it.`,
  formula: 'dX = 0',
});
const recurrent = (name: string, cell: string) => ({
  role: 'backpropagation through time',
  words: `${name} is unrolled over its steps; the gradient runs back through all of them, and the weights, used in every step, add up what each step says.`,
  formula: `dW = Σₜ (∂hₜ/∂W)ᵀ · dhₜ, dhₜ₋₁ += (∂hₜ/∂hₜ₋₁)ᵀ · dhₜ, ${cell}`,
});
const normalizes = (over: string) => ({
  role: 'normalisation removes two directions',
  words: `Mean and variance over ${over} depend on every element: what would only shift or stretch them all is taken out of the gradient.`,
  formula: 'dX = γ/σ · (dY − mean(dY) − X̂ · mean(dY · X̂)), dγ = Σ dY · X̂, dβ = Σ dY',
});

/** Operations over whole tensors: products, reductions, windows, and everything that moves elements. */
export const structuralDerivatives: LocalDerivatives = {
  MatMul: {
    role: 'matrix product switches',
    words: 'Each factor gets the gradient times the other, transposed: the only products whose shapes fit.',
    formula: 'dA = dY · Bᵀ, dB = Aᵀ · dY',
  },
  Gemm: {
    role: 'matrix product switches, bias adds',
    words: 'Each factor gets the gradient times the other, transposed; the bias gets the sum over the rows.',
    formula: 'dA = α · dY · Bᵀ, dB = α · Aᵀ · dY, dC = β · Σ rows of dY',
  },
  Einsum: {
    role: 'sum of products switches',
    words:
      'Each factor gets the sum of products of the gradient with all other factors, with the letters of its own axes as the result.',
    formula: 'dA = einsum(letters of Y and of the others → letters of A; dY, others)',
  },
  Conv: {
    role: 'convolution switches',
    words:
      'The input gets the gradient convolved with the turned kernel; the kernel the gradient correlated with the input; the bias its sum per channel.',
    formula: 'dX = dY ∗ W (turned by 180°), dW = X ⋆ dY, dB = Σ dY per channel',
  },
  ConvTranspose: {
    role: 'convolution switches',
    words:
      'The transposed convolution is the gradient of a convolution, so its own gradient is that convolution.',
    formula: 'dX = dY ⋆ W, dW = dY ⋆ X, dB = Σ dY per channel',
  },
  MaxPool: {
    role: 'max routes',
    words: 'The largest element of each window gets the whole gradient of its output, the others nothing.',
    formula: 'dX[argmax of the window] += dY',
  },
  AveragePool: {
    role: 'average shares',
    words: 'Each of the n elements of a window gets the n-th part of the gradient of its output.',
    formula: 'dX[window] += dY ÷ n',
  },
  LpPool: {
    role: 'p-norm shares by size',
    words: 'Elements of a window share the gradient by their size to the power p − 1.',
    formula: 'dX = dY · sign(X) · |X|^(p−1) ÷ Y^(p−1)',
  },
  GlobalAveragePool: {
    role: 'average shares',
    words: 'Each of the n places of a channel gets the n-th part of the gradient.',
    formula: 'dX = dY ÷ n',
  },
  GlobalMaxPool: {
    role: 'max routes',
    words: 'The largest place of each channel gets the whole gradient.',
    formula: 'dX[argmax] = dY',
  },
  ReduceSum: {
    role: 'sum distributes',
    words: 'Every element that was added gets the gradient of the sum.',
    formula: 'dX = dY, repeated along the axes that were summed',
  },
  ReduceMean: {
    role: 'mean distributes equal shares',
    words: 'Each of the n elements gets the n-th part of the gradient of the mean.',
    formula: 'dX = dY ÷ n, repeated along the axes that were averaged',
  },
  ReduceMax: {
    role: 'max routes',
    words:
      'The largest element gets the gradient; elements that tie for it share as the rule of the operation says.',
    formula: 'dX = dY where X is the largest, else 0',
  },
  ReduceMin: {
    role: 'min routes',
    words:
      'The smallest element gets the gradient; elements that tie for it share as the rule of the operation says.',
    formula: 'dX = dY where X is the smallest, else 0',
  },
  ReduceProd: {
    role: 'product switches',
    words: 'Each factor gets the gradient times the product of all the others.',
    formula: 'dXᵢ = dY · Π of the other Xⱼ',
  },
  ReduceSumSquare: { role: 'square doubles', words: 'Twice the element.', formula: 'dX = 2 · X · dY' },
  ReduceL1: {
    role: 'L1 norm gives signs',
    words: 'The sign of each element, whatever its size.',
    formula: 'dX = dY · sign(X)',
  },
  ReduceL2: {
    role: 'L2 norm gives the direction',
    words: 'The unit vector that points where X points.',
    formula: 'dX = dY · X ÷ Y',
  },
  ReduceLogSum: {
    role: 'log of a sum',
    words: 'Every element gets the gradient divided by the sum.',
    formula: 'dX = dY ÷ Σ X',
  },
  ReduceLogSumExp: {
    role: 'log-sum-exp is a soft maximum',
    words: 'The gradient is shared out by the softmax of the inputs.',
    formula: 'dX = dY · softmax(X)',
  },
  Softmax: {
    role: 'softmax couples',
    words:
      'The entries of a lane compete: each gets its own gradient less the average of all, weighted by the probabilities.',
    formula: 'dX = Y · (dY − Σ dY · Y)',
  },
  LogSoftmax: {
    role: 'log-softmax couples',
    words: 'Each entry gets its gradient less its probability times the sum of all.',
    formula: 'dX = dY − softmax(X) · Σ dY',
  },
  SoftmaxCrossEntropyLoss: {
    role: 'probability minus truth',
    words: 'Softmax and logarithm cancel: what flows back is what the model says, less what is so.',
    formula: 'dX = (softmax(X) − one-hot(labels)) · dY',
  },
  NegativeLogLikelihoodLoss: {
    role: 'loss picks one entry',
    words: 'Only the log-probability of the right class gets a gradient.',
    formula: 'dX[label] = −dY, else 0',
  },
  BatchNormalization: normalizes('the batch'),
  LayerNormalization: normalizes('the features of a sample'),
  InstanceNormalization: normalizes('the places of a channel'),
  GroupNormalization: normalizes('the channels of a group'),
  LpNormalization: {
    role: 'normalisation removes one direction',
    words: 'What would only change the length is taken out of the gradient.',
    formula: 'dX = (dY − Y · Σ dY·Y) ÷ ‖X‖ (p = 2)',
  },
  LRN: {
    role: 'neighbours damp each other',
    words: 'Each channel gets its own gradient, less what it did to the scale of its neighbours.',
    formula: 'dX = dY ÷ S^β − 2αβ/n · X · Σ (dY · Y ÷ S) over the neighbours',
  },
  CumSum: {
    role: 'running sum adds backwards',
    words: 'An element is part of every sum after it, so its gradient is the running sum from the other end.',
    formula: 'dX = reverse CumSum of dY',
  },
  RNN: recurrent('The recurrent cell', 'hₜ = tanh(Wxₜ + Rhₜ₋₁ + b)'),
  GRU: recurrent('The gated cell', 'hₜ = (1 − z)·n + z·hₜ₋₁'),
  LSTM: recurrent('The cell with memory', 'cₜ = f·cₜ₋₁ + i·g, whose gate f lets the gradient through time'),
  Reshape: moves('reshape', 'The same elements in another shape.', 'dX = dY in the shape of X'),
  Flatten: moves('flatten', 'The same elements in two axes.', 'dX = dY in the shape of X'),
  Squeeze: moves('squeeze', 'Axes of size 1 are left out.', 'dX = dY in the shape of X'),
  Unsqueeze: moves('unsqueeze', 'Axes of size 1 are added.', 'dX = dY in the shape of X'),
  Transpose: moves('transpose', 'The axes change places.', 'dX = dY with the axes back in place'),
  DepthToSpace: moves('depth to space', 'Channels become places.', 'dX = space to depth of dY'),
  SpaceToDepth: moves('space to depth', 'Places become channels.', 'dX = depth to space of dY'),
  Concat: moves('concat', 'The inputs stand side by side.', 'dXᵢ = the part of dY that Xᵢ became'),
  Split: moves('split', 'The input in pieces.', 'dX = the gradients of the pieces, side by side'),
  Slice: {
    role: 'slice selects',
    words: 'What was cut out gets the gradient of its place; what was left away gets nothing.',
    formula: 'dX = dY in its place, 0 around it',
  },
  Pad: {
    role: 'pad passes the middle',
    words: 'The elements get the gradient of their place; what was put around them belongs to nobody.',
    formula: 'dX = dY without its border',
  },
  Trilu: {
    role: 'triangle selects',
    words: 'Elements of the kept triangle get their gradient, the others nothing.',
    formula: 'dX = triangle of dY',
  },
  Gather: {
    role: 'gather selects and adds',
    words:
      'A row that was looked up gets the gradient of its place; one looked up several times gets the sum; the others get nothing.',
    formula: 'dX[index] += dY',
  },
  GatherElements: {
    role: 'gather selects and adds',
    words:
      'An element that was looked up gets the gradient of its place; one looked up several times gets the sum.',
    formula: 'dX[index] += dY',
  },
  GatherND: {
    role: 'gather selects and adds',
    words:
      'A slice that was looked up gets the gradient of its place; one looked up several times gets the sum.',
    formula: 'dX[index] += dY',
  },
  ScatterElements: {
    role: 'scatter overwrites',
    words: 'What was put in gets the gradient of its new place; what was overwritten gets nothing there.',
    formula: 'dUpdates = dY[index], dX = dY, 0 where overwritten',
  },
  ScatterND: {
    role: 'scatter overwrites',
    words: 'What was put in gets the gradient of its new place; what was overwritten gets nothing there.',
    formula: 'dUpdates = dY[index], dX = dY, 0 where overwritten',
  },
  Expand: repeats('expand'),
  Tile: repeats('tile'),
  Resize: {
    role: 'resize shares by weight',
    words:
      'Each output is a weighted mean of inputs; each input gets the gradients back with the same weights.',
    formula: 'dX = Σ weight · dY',
  },
  ArgMax: stops('argmax', 'A position is no real number'),
  ArgMin: stops('argmin', 'A position is no real number'),
  OneHot: stops('one-hot', 'A class code is no real number'),
  Shape: stops('shape', 'A shape does not depend on the values'),
  Size: stops('size', 'A size does not depend on the values'),
};
