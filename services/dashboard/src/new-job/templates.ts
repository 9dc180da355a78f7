import cnn from '../../../../examples/mnist-cnn.json';
import mlp from '../../../../examples/mnist-mlp.json';
import resnet from '../../../../examples/mnist-resnet.json';
import recurrent from '../../../../examples/mnist-rows-lstm.json';
import languageModel from '../../../../examples/templates/language-model.json';
import textClassifier from '../../../../examples/templates/text-classifier.json';

const linear = {
  ...mlp,
  name: 'MNIST, linear classifier',
  model: {
    ...mlp.model,
    layers: [{ type: 'flatten' }, { type: 'dense', units: 10, name: 'scores' }],
  },
};

/** Where a new job starts from: the examples of the repository. */
export const templates: readonly { readonly name: string; readonly job: unknown }[] = [
  { name: 'linear classifier', job: linear },
  { name: 'multi-layer perceptron', job: mlp },
  { name: 'convolutional network', job: cnn },
  { name: 'residual network', job: resnet },
  { name: 'recurrent network', job: recurrent },
  { name: 'text classifier', job: textClassifier },
  { name: 'transformer language model', job: languageModel },
];
