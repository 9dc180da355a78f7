import type { LocalDerivatives } from './local-derivative.ts';

const broadcast = 'Where an input was broadcast, its gradient is summed over the axes it was repeated along.';
const slope = (name: string, words: string, formula: string) => ({
  role: `${name} scales by its slope`,
  words,
  formula,
});
const stops = (name: string, words: string) => ({
  role: `${name} stops the gradient`,
  words: `${words}, so nothing flows back through it.`,
  formula: 'dX = 0',
});
const compares = (name: string) => stops(name, 'The answer is yes or no and has no slope');

/** Operations that work on each element by itself. */
export const elementWiseDerivatives: LocalDerivatives = {
  Add: {
    role: 'add distributes',
    words: `Both inputs get the gradient of the output, unchanged. ${broadcast}`,
    formula: 'dA = dY, dB = dY',
  },
  Sub: {
    role: 'subtract distributes with a sign',
    words: `The first input gets the gradient of the output, the second its negative. ${broadcast}`,
    formula: 'dA = dY, dB = −dY',
  },
  Sum: {
    role: 'add distributes',
    words: `Every input gets the gradient of the output, unchanged. ${broadcast}`,
    formula: 'dXᵢ = dY for every i',
  },
  Mean: {
    role: 'mean distributes equal shares',
    words: `Each of the n inputs gets the n-th part of the gradient. ${broadcast}`,
    formula: 'dXᵢ = dY ÷ n',
  },
  Mul: {
    role: 'multiply switches',
    words: `Each input gets the gradient times the value of the other input. ${broadcast}`,
    formula: 'dA = dY · B, dB = dY · A',
  },
  Div: {
    role: 'divide switches and scales',
    words: `The numerator gets the gradient divided by B; the denominator the negative, times the quotient. ${broadcast}`,
    formula: 'dA = dY ÷ B, dB = −dY · Y ÷ B',
  },
  Neg: { role: 'negation flips the sign', words: 'The gradient with its sign turned.', formula: 'dX = −dY' },
  Max: {
    role: 'max routes',
    words: `Element by element, the larger input gets the whole gradient and the other nothing. ${broadcast}`,
    formula: 'dXᵢ = dY where Xᵢ is the largest, else 0',
  },
  Min: {
    role: 'min routes',
    words: `Element by element, the smaller input gets the whole gradient and the other nothing. ${broadcast}`,
    formula: 'dXᵢ = dY where Xᵢ is the smallest, else 0',
  },
  Where: {
    role: 'where routes',
    words: `The branch that was chosen gets the gradient, the other nothing: a condition is a switch. ${broadcast}`,
    formula: 'dX = dY where the condition holds, else 0; dY₂ the other way round',
  },
  Relu: {
    role: 'ReLU gates',
    words: 'The gradient passes unchanged where the input was positive, and not at all elsewhere.',
    formula: 'dX = dY · [X > 0]',
  },
  LeakyRelu: {
    role: 'leaky ReLU gates',
    words: 'The gradient passes unchanged where the input was positive, and scaled by α elsewhere.',
    formula: 'dX = dY where X > 0, else α · dY',
  },
  PRelu: {
    role: 'PReLU gates',
    words: 'As a leaky ReLU, whose slope for negative inputs is learned as well.',
    formula: 'dX = dY where X > 0, else slope · dY; dSlope = Σ X · dY where X < 0',
  },
  ThresholdedRelu: {
    role: 'thresholded ReLU gates',
    words: 'The gradient passes where the input was above α.',
    formula: 'dX = dY · [X > α]',
  },
  Elu: slope(
    'ELU',
    'Unchanged for positive inputs; below, the slope falls off as eˣ does.',
    'dX = dY where X > 0, else dY · α·eˣ',
  ),
  Selu: slope(
    'SELU',
    'As an ELU, times γ: the scale that keeps mean and variance of the layer.',
    'dX = γ·dY where X > 0, else dY · γ·α·eˣ',
  ),
  Celu: slope(
    'CELU',
    'Unchanged for positive inputs; below, the slope falls off as e^(x/α) does.',
    'dX = dY where X > 0, else dY · e^(X/α)',
  ),
  Gelu: slope(
    'GELU',
    'The input weighted by the normal distribution: the slope is Φ(x) plus x times its density.',
    'dX = dY · (Φ(X) + X·φ(X))',
  ),
  HardSigmoid: {
    role: 'hard sigmoid gates',
    words: 'The gradient passes, scaled by α, where the output lies strictly between 0 and 1.',
    formula: 'dX = α · dY · [0 < Y < 1]',
  },
  HardSwish: slope(
    'hard swish',
    'Nothing below −3, unchanged above 3, a straight line of slopes between.',
    'dX = dY · (0 | (2X + 3) ÷ 6 | 1)',
  ),
  Mish: slope(
    'mish',
    'x · tanh(softplus(x)): product rule, then the chain through both.',
    'dX = dY · (tanh s + X · σ(X) · (1 − tanh² s)), s = softplus(X)',
  ),
  Sigmoid: {
    role: 'sigmoid scales by σ(1−σ)',
    words: 'Largest at 0, where it is a quarter; at both ends the output is flat and the gradient dies.',
    formula: 'dX = dY · σ(X)(1 − σ(X))',
  },
  Tanh: {
    role: 'tanh scales by 1−tanh²',
    words: 'One at 0, nearly nothing beyond ±2.5: a saturated unit hardly learns.',
    formula: 'dX = dY · (1 − Y²)',
  },
  Softplus: slope('softplus', 'The slope of the softplus is the sigmoid.', 'dX = dY · σ(X)'),
  Softsign: slope('softsign', 'Falls off with the square of the distance from 0.', 'dX = dY ÷ (1 + |X|)²'),
  Exp: slope('exp', 'The exponential is its own derivative.', 'dX = dY · Y'),
  Log: slope('log', 'Small inputs get large gradients.', 'dX = dY ÷ X'),
  Sqrt: slope('square root', 'Grows without bound as the input goes to 0.', 'dX = dY ÷ (2·Y)'),
  Reciprocal: slope('reciprocal', 'The negative square of the output.', 'dX = −dY · Y²'),
  Pow: {
    role: 'power rule',
    words: `The base by the power rule; the exponent, where it is not constant, by the logarithm. ${broadcast}`,
    formula: 'dA = dY · B · A^(B−1), dB = dY · Y · ln A',
  },
  Abs: {
    role: 'absolute value gates the sign',
    words: 'The gradient with the sign of the input; 0 at 0.',
    formula: 'dX = dY · sign(X)',
  },
  Erf: slope('erf', 'The density of the normal distribution, scaled.', 'dX = dY · 2/√π · e^(−X²)'),
  Sin: slope('sine', 'The cosine.', 'dX = dY · cos X'),
  Cos: slope('cosine', 'The negative sine.', 'dX = −dY · sin X'),
  Tan: slope('tangent', 'One plus its square.', 'dX = dY · (1 + Y²)'),
  Asin: slope('arcsine', 'Grows without bound towards ±1.', 'dX = dY ÷ √(1 − X²)'),
  Acos: slope('arccosine', 'Grows without bound towards ±1.', 'dX = −dY ÷ √(1 − X²)'),
  Atan: slope('arctangent', 'Falls off with the square of the input.', 'dX = dY ÷ (1 + X²)'),
  Sinh: slope('hyperbolic sine', 'The hyperbolic cosine.', 'dX = dY · cosh X'),
  Cosh: slope('hyperbolic cosine', 'The hyperbolic sine.', 'dX = dY · sinh X'),
  Clip: {
    role: 'clip gates',
    words: 'The gradient passes where the input lies between the bounds, and not at all outside.',
    formula: 'dX = dY · [min ≤ X ≤ max]',
  },
  Dropout: {
    role: 'dropout gates',
    words: 'The gradient passes through the units that were kept, scaled as they were.',
    formula: 'dX = dY · mask ÷ (1 − rate)',
  },
  Identity: { role: 'identity passes on', words: 'The gradient, unchanged.', formula: 'dX = dY' },
  Cast: {
    role: 'cast passes on',
    words: 'The gradient, unchanged, between kinds of real numbers; none from integers.',
    formula: 'dX = dY',
  },
  Floor: stops('floor', 'It is constant between its steps'),
  Ceil: stops('ceil', 'It is constant between its steps'),
  Round: stops('round', 'It is constant between its steps'),
  Sign: stops('sign', 'It is constant on both sides of 0'),
  Equal: compares('comparison'),
  Less: compares('comparison'),
  LessOrEqual: compares('comparison'),
  Greater: compares('comparison'),
  GreaterOrEqual: compares('comparison'),
  And: compares('logic'),
  Or: compares('logic'),
  Xor: compares('logic'),
  Not: compares('logic'),
};
