// A network in the browser: the formulas of annlab/nn, for a page that follows the film.
//
// Samples, activations and targets are flat arrays, row by row. Weights of a layer have
// n_in rows of n_out numbers.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const SQRT_2PI = Math.sqrt(2 * Math.PI);
const LEAKY_SLOPE = 0.01;
const [SELU_ALPHA, SELU_SCALE] = [1.6732632423543772, 1.0507009873554805];

// Error function to 1.2e-7: Press et al., Numerical Recipes, section 6.2.
function erf(x) {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const terms = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807,
    -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const sum = terms.reduceRight((total, term) => total * t + term, 0);
  const tail = t * Math.exp(-x * x + sum);
  return x >= 0 ? 1 - tail : tail - 1;
}
const normalCdf = (z) => 0.5 * (1 + erf(z / Math.SQRT2));

// Each activation: value, slope, and how its formula is written around a sum.
export const ACTIVATIONS = {
  linear: [(z) => z, () => 1, (sum) => sum],
  step: [(z) => (z >= 0 ? 1 : 0), () => 0, (sum) => `1 if ${sum} ≥ 0, else 0`],
  sigmoid: [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z)), (sum) => `σ(${sum})`],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2, (sum) => `tanh(${sum})`],
  relu: [(z) => Math.max(0, z), (z) => (z > 0 ? 1 : 0), (sum) => `max(0, ${sum})`],
  leaky_relu: [(z) => (z > 0 ? z : LEAKY_SLOPE * z), (z) => (z > 0 ? 1 : LEAKY_SLOPE),
    (sum) => `leaky ReLU(${sum})`],
  elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z)),
    (sum) => `ELU(${sum})`],
  selu: [(z) => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * Math.expm1(z)),
    (z) => SELU_SCALE * (z > 0 ? 1 : SELU_ALPHA * Math.exp(z)), (sum) => `SELU(${sum})`],
  gelu: [(z) => z * normalCdf(z),
    (z) => normalCdf(z) + (z * Math.exp((-z * z) / 2)) / SQRT_2PI, (sum) => `GELU(${sum})`],
  silu: [(z) => z * sigmoid(z), (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))),
    (sum) => `SiLU(${sum})`],
  softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigmoid,
    (sum) => `ln(1 + exp(${sum}))`],
  softmax: [null, null, (sum) => `softmax(${sum})`],
};

// Inputs that a network derives from one or two features, by their names in annlab/nn.
export const FEATURES = {
  x1: (x1) => x1,
  x2: (x1, x2) => x2,
  x1_squared: (x1) => x1 ** 2,
  x2_squared: (x1, x2) => x2 ** 2,
  x1_x2: (x1, x2) => x1 * x2,
  sin_x1: (x1) => Math.sin(x1),
  sin_x2: (x1, x2) => Math.sin(x2),
  x: (x) => x,
  x_squared: (x) => x ** 2,
  x_cubed: (x) => x ** 3,
  x_to_4: (x) => x ** 4,
  x_to_5: (x) => x ** 5,
};

// What the first layer receives for n samples: (n, n_inputs); without names the features.
export function networkInputs({ features, n_features }, X, n) {
  if (!features.length) return X;
  const formulas = features.map((name) => FEATURES[name]);
  const inputs = new Float64Array(n * formulas.length);
  for (let row = 0, at = 0; row < n; row++) {
    const sample = X.subarray(row * n_features, (row + 1) * n_features);
    for (const f of formulas) inputs[at++] = f(...sample);
  }
  return inputs;
}

// Layers of a frame: `numbers` has weights, then biases, of each layer, frame after frame. Behind
// the units, the output layer receives `n_skips` inputs.
export function layersOf(numbers, sizes, frame, n_skips = 0) {
  const layers = [];
  const n_received = sizes.slice(0, -1);
  n_received[n_received.length - 1] += n_skips;
  const total = n_received.reduce((sum, n_in, l) => sum + (n_in + 1) * sizes[l + 1], 0);
  let at = frame * total;
  for (let l = 0; l + 1 < sizes.length; l++) {
    const [n_in, n_out] = [n_received[l], sizes[l + 1]];
    const W = Float64Array.from(numbers.subarray(at, at + n_in * n_out));
    at += n_in * n_out;
    layers.push({ n_in, n_out, W, b: Float64Array.from(numbers.subarray(at, at + n_out)) });
    at += n_out;
  }
  return layers;
}

// What a layer with n_in rows of weights receives: the activations A of the layer before, and behind
// them the inputs X, if it has weights for both.
export function received(n_in, A, X, n) {
  const [n_units, n_inputs] = [A.length / n, X.length / n];
  if (n_in !== n_units + n_inputs) return A;
  const both = new Float64Array(n * n_in);
  for (let row = 0; row < n; row++) {
    both.set(A.subarray(row * n_units, (row + 1) * n_units), row * n_in);
    both.set(X.subarray(row * n_inputs, (row + 1) * n_inputs), row * n_in + n_units);
  }
  return both;
}

// Sums before the activation of one layer: (n, n_out).
export function sums({ W, b, n_in, n_out }, A, n) {
  const z = new Float64Array(n * n_out);
  const counted = new Int32Array(n_in); // inputs that are not 0: half of them behind a ReLU
  for (let row = 0; row < n; row++) {
    const [from, to] = [row * n_in, row * n_out];
    for (let j = 0; j < n_out; j++) z[to + j] = b[j];
    let n_counted = 0;
    for (let i = 0; i < n_in; i++) if (A[from + i] !== 0) counted[n_counted++] = i;
    let at = 0;
    for (; at + 3 < n_counted; at += 4) { // four at once, because reading and writing z takes longest
      const [i0, i1, i2, i3] = [counted[at], counted[at + 1], counted[at + 2], counted[at + 3]];
      const [a0, a1, a2, a3] = [A[from + i0], A[from + i1], A[from + i2], A[from + i3]];
      const [w0, w1, w2, w3] = [i0 * n_out, i1 * n_out, i2 * n_out, i3 * n_out];
      for (let j = 0; j < n_out; j++) {
        z[to + j] += a0 * W[w0 + j] + a1 * W[w1 + j] + a2 * W[w2 + j] + a3 * W[w3 + j];
      }
    }
    for (; at < n_counted; at++) {
      const [value, w] = [A[from + counted[at]], counted[at] * n_out];
      for (let j = 0; j < n_out; j++) z[to + j] += value * W[w + j];
    }
  }
  return z;
}

export function activate(name, z, n_out) {
  const a = new Float64Array(z.length);
  if (name !== "softmax") {
    const f = ACTIVATIONS[name][0];
    for (let at = 0; at < z.length; at++) a[at] = f(z[at]); // map() takes three times as long
    return a;
  }
  for (let from = 0; from < z.length; from += n_out) {
    const row = z.subarray(from, from + n_out);
    const most = Math.max(...row);
    let total = 0;
    row.forEach((value, j) => (total += a[from + j] = Math.exp(value - most)));
    for (let j = 0; j < n_out; j++) a[from + j] /= total;
  }
  return a;
}

const activationOf = (model, l) =>
  l === model.sizes.length - 2 ? model.output_activation : model.activation;

// Sums and activations of every layer for n samples: a list of { z, a }.
export function forward(model, layers, X, n) {
  let a = X;
  return layers.map((layer, l) => {
    const z = sums(layer, received(layer.n_in, a, X, n), n);
    a = activate(activationOf(model, l), z, layer.n_out);
    return { z, a };
  });
}

const softplus = ACTIVATIONS.softplus[0];

// Loss of one sample, a mean over its outputs except that of classes, and its derivative: with respect
// to the sums of a cross-entropy, else to the outputs. `t`, `o`, `z`: target, output and sum of each of n outputs.
const LOSSES = {
  binary_cross_entropy: {
    value: (t, o, z) => mean(z.map((sum, j) => softplus((1 - 2 * t[j]) * sum))),
    error: (t, o) => o.map((p, j) => (p - t[j]) / o.length),
    canonical: true,
  },
  categorical_cross_entropy: {
    value: (t, o, z) => {
      const most = Math.max(...z);
      const total = z.reduce((sum, value) => sum + Math.exp(value - most), 0);
      return most + Math.log(total) - z.reduce((sum, value, j) => sum + t[j] * value, 0);
    },
    error: (t, o) => o.map((p, j) => p - t[j]),
    canonical: true,
  },
  mse: {
    value: (t, o) => mean(o.map((p, j) => (p - t[j]) ** 2)),
    error: (t, o) => o.map((p, j) => (2 * (p - t[j])) / o.length),
  },
  mae: {
    value: (t, o) => mean(o.map((p, j) => Math.abs(p - t[j]))),
    error: (t, o) => o.map((p, j) => Math.sign(p - t[j]) / o.length),
  },
  huber: {
    value: (t, o) => mean(o.map((p, j) => {
      const inside = Math.min(Math.abs(p - t[j]), 1);
      return inside * (Math.abs(p - t[j]) - inside / 2);
    })),
    error: (t, o) => o.map((p, j) => Math.max(-1, Math.min(1, p - t[j])) / o.length),
  },
};

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// Weight of a sample in the loss: that of its class. One output is that of the second class.
function weightOf(model, target) {
  if (!model.class_weights) return 1;
  return model.class_weights[target.length > 1 ? target.indexOf(Math.max(...target)) : Math.round(target[0])];
}

// k numbers of a flat array, which Array.from() copies far more slowly.
function rowOf(array, from, k) {
  const row = new Array(k);
  for (let j = 0; j < k; j++) row[j] = array[from + j];
  return row;
}

// Mean loss over n samples after a forward pass.
export function meanLoss(model, passed, targets, n) {
  const { z, a } = passed.at(-1);
  const k = model.sizes.at(-1);
  let total = 0;
  for (let from = 0; from < n * k; from += k) {
    const part = (array) => rowOf(array, from, k);
    total += weightOf(model, part(targets)) * LOSSES[model.loss].value(part(targets), part(a), part(z));
  }
  return total / n;
}

// Gradient of the mean loss: a list of { W, b } in the shapes of the layers.
export function backward(model, layers, X, n, passed, targets) {
  const loss = LOSSES[model.loss];
  const k = model.sizes.at(-1);
  let error = new Float64Array(n * k); // with respect to the sums of the layer at hand
  for (let from = 0; from < n * k; from += k) {
    const part = (array) => rowOf(array, from, k);
    const [output, z] = [part(passed.at(-1).a), part(passed.at(-1).z)];
    let of_row = loss.error(part(targets), output);
    if (!loss.canonical && model.output_activation === "softmax") {
      const along = of_row.reduce((sum, e, j) => sum + e * output[j], 0);
      of_row = of_row.map((e, j) => output[j] * (e - along));
    } else if (!loss.canonical) {
      of_row = of_row.map((e, j) => e * ACTIVATIONS[model.output_activation][1](z[j]));
    }
    const share = weightOf(model, part(targets)) / n;
    of_row.forEach((e, j) => (error[from + j] = e * share));
  }
  const gradients = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const { W, n_in, n_out } = layers[l];
    const from = received(n_in, l ? passed[l - 1].a : X, X, n);
    const n_units = l ? layers[l - 1].n_out : 0; // errors go back to units, not to inputs
    const [dW, db] = [new Float64Array(n_in * n_out), new Float64Array(n_out)];
    const before = new Float64Array(n * n_units);
    for (let row = 0; row < n; row++) {
      for (let j = 0; j < n_out; j++) {
        const e = error[row * n_out + j];
        if (e === 0) continue;
        db[j] += e;
        for (let i = 0; i < n_in; i++) dW[i * n_out + j] += e * from[row * n_in + i];
        for (let i = 0; i < n_units; i++) before[row * n_units + i] += e * W[i * n_out + j];
      }
    }
    gradients.unshift({ W: dW, b: db });
    if (l) {
      const slope = ACTIVATIONS[model.activation][1];
      error = before.map((e, at) => e * slope(passed[l - 1].z[at]));
    }
  }
  return gradients;
}
